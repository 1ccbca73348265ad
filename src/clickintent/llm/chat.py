"""A question to a chat model, and what became of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from clickintent.llm.settings import LlmSettings

ChatStatus = Literal[
    "ok", "invalid", "refused", "truncated", "too_long", "wrong_model", "over_budget", "submitted", "error"
]
"""What became of a request.

'ok': the answer is a JSON object; 'invalid': it is none; 'refused': the model or a filter declined; 'truncated': the
answer met `max_output_tokens`; 'too_long': the question does not fit the model's context; 'wrong_model': another model
answered; 'over_budget': never sent; 'submitted': waits in a batch; 'error': no answer after all attempts, or the server
refused the request.
"""

BYTES_PER_TOKEN: Final = 3.5
"""English takes some 4.2 bytes a token, page paths and JSON fewer: estimates err on the high side."""

_TOKENS_PER_MESSAGE: Final = 8
"""Role and separators around each message."""


def estimate_tokens(text: str) -> int:
    """About how many tokens a text takes; no tokenizer is asked, since each model has its own."""
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


@dataclass(frozen=True)
class ChatRequest:
    """One question to a chat model.

    Attributes:
        purpose: what it is asked for, such as 'label'.
        messages: role and content, in order.
        schema_name: name of the schema, of letters, digits, '_' and '-'.
        schema: strict JSON schema of the answer, an object.
        payload: the caller's own; comes back with the outcome and is never sent.
    """

    purpose: str
    messages: tuple[Mapping[str, str], ...] = field(repr=False)
    schema_name: str
    schema: Mapping[str, Any] = field(repr=False)
    payload: object = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str:
        """What is sent, as JSON."""
        return json.dumps(
            {"messages": self.messages, "schema": {self.schema_name: self.schema}}, sort_keys=True, ensure_ascii=False
        )

    @classmethod
    def read(cls, purpose: str, text: str, payload: object = None) -> ChatRequest:
        """The request whose `text` this is."""
        sent = json.loads(text)
        [(schema_name, schema)] = sent["schema"].items()
        return cls(purpose, tuple(sent["messages"]), schema_name, schema, payload)

    @property
    def estimated_tokens(self) -> int:
        """About how many tokens the question takes, schema included."""
        return estimate_tokens(self.text) + _TOKENS_PER_MESSAGE * (len(self.messages) + 1)

    def call_hash(self, settings: LlmSettings) -> str:
        """Hash of all that shapes the answer: purpose, model, parameters and what is sent."""
        return _call_hash(self, settings.model, settings.parameters)


@dataclass(frozen=True)
class ChatOutcome:
    """What became of one request.

    Attributes:
        request: the question.
        status: 'ok' with an answer, else why there is none.
        text: the answer as the model wrote it; None where none came.
        answer: the JSON object in it; None unless 'ok'. Nothing beyond being an object is checked here.
        error: one sentence unless 'ok'; it holds nothing of request or response.
        prompt_tokens: as the server counted them; 0 where it told none.
        completion_tokens: likewise.
        cost_usd: by the price table; None for a model without a price.
        attempts: times the request was sent.
        model: asked for.
        parameters: what shapes the answer beside model and request, as in `LlmSettings`.
        answered_by: model that the server says has answered; None where it says none.
        called_at: when the outcome came, UTC without a time zone.
        batch_id: of the batch that it came with, or waits in; None for a call of its own.
    """

    request: ChatRequest
    status: ChatStatus
    text: str | None = field(repr=False)
    answer: Mapping[str, Any] | None = field(repr=False)
    error: str | None
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    attempts: int
    model: str
    parameters: str
    answered_by: str | None = field(repr=False)
    called_at: datetime
    batch_id: str | None = None

    @property
    def call_hash(self) -> str:
        """Of the request, as `ChatRequest.call_hash` gives it."""
        return _call_hash(self.request, self.model, self.parameters)


def hash_of(*parts: str) -> str:
    """One hash of several texts; no other texts run together to the same."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]


def prompt_hash(instructions: Sequence[str], schema: Mapping[str, Any]) -> str:
    """Hash of a prompt less what changes from call to call: the fixed texts and the schema of the answer."""
    return hash_of(*instructions, json.dumps(schema, sort_keys=True, ensure_ascii=False))


def _call_hash(request: ChatRequest, model: str, parameters: str) -> str:
    return hash_of(request.purpose, model, parameters, request.text)
