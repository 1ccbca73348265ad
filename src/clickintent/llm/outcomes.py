"""What was heard of a question, whoever was asked: fit to be read, kept and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clickintent.llm.chat import ChatOutcome, ChatRequest, ChatStatus
from clickintent.llm.settings import LlmSettings

_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.S)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a completion says: the fields of a `ChatOutcome` that depend on it."""

    status: ChatStatus
    text: str | None
    answer: Mapping[str, Any] | None
    error: str | None
    prompt_tokens: int
    completion_tokens: int
    answered_by: str | None


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, or that it wraps in a fence as many models do; None where it is neither."""
    fenced = _FENCED.match(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
        json.dumps(value, ensure_ascii=False).encode()  # fails where half of a surrogate pair is written as JSON has it
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def count_of(tokens: object) -> int:
    """Tokens as a server tells them; 0 for anything that is no count."""
    return tokens if isinstance(tokens, int) and tokens > 0 else 0


def outcome_of(request: ChatRequest, settings: LlmSettings, reading: Reading, attempts: int) -> ChatOutcome:
    """An outcome of now, its cost still open."""
    return ChatOutcome(
        request=request,
        status=reading.status,
        text=reading.text,
        answer=reading.answer,
        error=reading.error,
        prompt_tokens=reading.prompt_tokens,
        completion_tokens=reading.completion_tokens,
        cost_usd=None,
        attempts=attempts,
        model=settings.model,
        parameters=settings.parameters,
        answered_by=reading.answered_by,
        called_at=datetime.now(UTC).replace(tzinfo=None),
    )


def unanswered(status: ChatStatus, error: str | None) -> Reading:
    """What there is to read where no answer came."""
    return Reading(status, None, None, error, 0, 0, None)


def over_budget(request: ChatRequest, settings: LlmSettings) -> ChatOutcome:
    """The outcome of a request that is not sent, since it would go beyond a limit of the settings."""
    limits = [name for name in ("budget_tokens", "budget_usd") if getattr(settings, name) is not None]
    error = f"not sent: it would go beyond llm.{' or llm.'.join(limits)}"
    return outcome_of(request, settings, unanswered("over_budget", error), attempts=0)
