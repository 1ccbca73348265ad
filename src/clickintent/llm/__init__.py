"""A client for OpenAI-compatible servers: limits, budgets, prices, and a store of every call."""

from clickintent.llm.batch import BATCH_PRICE_SHARE, BatchClient, Collected
from clickintent.llm.budget import RunTotals
from clickintent.llm.calls import CALL_SCHEMA, CallItem, CallStore, WaitingCall
from clickintent.llm.chat import ChatOutcome, ChatRequest, ChatStatus, estimate_tokens, hash_of, prompt_hash
from clickintent.llm.client import ChatClient, OnOutcome
from clickintent.llm.errors import LlmError, LlmServerError, LlmSettingsError
from clickintent.llm.prices import Price, price_of, read_prices
from clickintent.llm.settings import LlmSettings

__all__ = [
    "BATCH_PRICE_SHARE",
    "CALL_SCHEMA",
    "BatchClient",
    "CallItem",
    "CallStore",
    "ChatClient",
    "ChatOutcome",
    "ChatRequest",
    "ChatStatus",
    "Collected",
    "LlmError",
    "LlmServerError",
    "LlmSettings",
    "LlmSettingsError",
    "OnOutcome",
    "Price",
    "RunTotals",
    "WaitingCall",
    "estimate_tokens",
    "hash_of",
    "price_of",
    "prompt_hash",
    "read_prices",
]
