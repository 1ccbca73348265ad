"""Clients for language models: limits, budgets, prices, and a store of every call."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clickintent.llm.budget import RunTotals
from clickintent.llm.calls import CALL_SCHEMA, CallItem, CallStore, WaitingCall
from clickintent.llm.chat import ChatOutcome, ChatRequest, ChatStatus, estimate_tokens, hash_of, prompt_hash
from clickintent.llm.errors import LlmError, LlmServerError, LlmSettingsError
from clickintent.llm.prices import Price, price_of, read_prices
from clickintent.llm.settings import LlmSettings

if TYPE_CHECKING:
    from clickintent.llm.batch import BATCH_PRICE_SHARE, BatchClient, Collected
    from clickintent.llm.client import ChatClient, OnOutcome
    from clickintent.llm.cortex import CortexClient

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
    "CortexClient",
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

_HOMES = {
    "BATCH_PRICE_SHARE": "batch",
    "BatchClient": "batch",
    "ChatClient": "client",
    "Collected": "batch",
    "CortexClient": "cortex",
    "OnOutcome": "client",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute
    """Import the library of OpenAI's protocol only with what speaks it: in Snowflake it need not be there."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
