"""Settings of the LLM client: the dict var `llm`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import NoneType
from typing import Final, get_args, get_type_hints
from urllib.parse import urlsplit

from clickintent.llm.errors import LlmSettingsError

_ALLOWED: Final[Mapping[str, tuple[float, float, str]]] = {
    "temperature": (0, 2, "a number from 0 to 2"),
    "seed": (0, 2**31 - 1, "a whole number from 0 to 2147483647"),
    "max_output_tokens": (16, 1_000_000, "a whole number of at least 16"),
    "context_tokens": (1_000, 10_000_000, "a whole number of at least 1000"),
    "concurrency": (1, 256, "a whole number from 1 to 256"),
    "requests_per_minute": (1, 1_000_000, "a whole number of at least 1, or null for no limit"),
    "tokens_per_minute": (1, 1_000_000_000, "a whole number of at least 1, or null for no limit"),
    "timeout_seconds": (0.1, 3_600, "seconds from 0.1 to 3600"),
    "max_attempts": (1, 20, "a whole number from 1 to 20"),
    "backoff_seconds": (0, 60, "seconds from 0 to 60"),
    "budget_tokens": (0, 1_000_000_000_000, "a whole number of at least 0, or null for no limit"),
    "budget_usd": (0, 1_000_000, "an amount in US dollars of at least 0, or null for no limit"),
}
"""Least, greatest and both in words."""

_IN_WORDS: Final[Mapping[str, str]] = {
    "model": "the name of a model",
    "base_url": "an address that starts with http:// or https://, without a user or password in it, which dbt would "
    "write down; or null for OPENAI_BASE_URL or OpenAI itself",
    "answers_as": "the name of a model as the server writes it into its answers, or null where it is `model`",
    "batch": "true or false",
}


READ_ELSEWHERE: Final = frozenset({"replay", "replay_missing", "taxonomy"})
"""Names in the var `llm` that are no settings of the client: what is done with answers."""


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """How an OpenAI-compatible server is asked.

    The key is no setting: `environment` says where it is read from.

    Attributes:
        model: asked for in every call.
        base_url: of the server; None takes OPENAI_BASE_URL from the environment, and OpenAI without it.
        answers_as: name that the server gives the model in its answers, where that is not `model` (on Azure, where
            `model` is the name of a deployment).
        temperature: 0 for the most repeatable answers.
        seed: asks the server for the same answer to the same question; few servers promise it.
        max_output_tokens: longest answer; a longer one is 'truncated'.
        context_tokens: of the model, answer included; calls are filled up to it.
        concurrency: calls in flight at once.
        requests_per_minute: None for no limit of ours.
        tokens_per_minute: prompt and longest answer; None for no limit of ours.
        timeout_seconds: of one attempt, from the first byte sent to the last received.
        max_attempts: of one call, the first included.
        backoff_seconds: wait before the second attempt where the server names none; doubled for each further one.
        budget_tokens: of one run, prompts and answers; None for no limit.
        budget_usd: of one run, by the prices in seeds/llm_prices.csv; None for no limit.
        batch: whether large samples go through the Batch API: submitted by one build, collected by a later one.
    """

    model: str = "gpt-4.1-mini"
    base_url: str | None = None
    answers_as: str | None = None
    temperature: float = 0.0
    seed: int = 7
    max_output_tokens: int = 4096
    context_tokens: int = 32_000
    concurrency: int = 8
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_seconds: float = 60.0
    max_attempts: int = 6
    backoff_seconds: float = 1.0
    budget_tokens: int | None = None
    budget_usd: float | None = None
    batch: bool = False

    def __post_init__(self) -> None:
        hints = get_type_hints(LlmSettings)
        for name, hint in hints.items():
            value = getattr(self, name)
            if not _is_a(value, hint) or not _in_range(name, value):
                shown = "an address" if name == "base_url" and isinstance(value, str) else repr(value)
                raise LlmSettingsError(f"llm.{name} is {shown}: it has to be {_words(name)}.")
        if self.max_output_tokens >= self.context_tokens:
            raise LlmSettingsError(
                f"llm.max_output_tokens is {self.max_output_tokens} and llm.context_tokens {self.context_tokens}: "
                "the context holds the question too, so it has to be the larger."
            )

    @classmethod
    def read(cls, var: Mapping[str, object]) -> LlmSettings:
        """Settings from the var `llm`; what it leaves out keeps its default, and `READ_ELSEWHERE` is passed over.

        Raises:
            LlmSettingsError: a name is unknown, or a value is of another type or out of range.
        """
        known = {field.name for field in fields(cls)}
        own = {name: value for name, value in var.items() if name not in READ_ELSEWHERE}
        for name in own:
            if name not in known:
                names = ", ".join(sorted(known | READ_ELSEWHERE))
                raise LlmSettingsError(f"llm.{name} is no setting: the var `llm` knows {names}.")
        return cls(**own)  # type: ignore[arg-type]  # checked value by value when made

    @property
    def parameters(self) -> str:
        """JSON of what shapes an answer beside model and prompt: part of the key of the cache."""
        shaping = {
            "max_output_tokens": self.max_output_tokens,
            "seed": self.seed,
            "temperature": float(self.temperature),
        }
        return json.dumps(shaping, sort_keys=True)


def _is_a(value: object, hint: object) -> bool:
    """Whether a value is of a field's type; a whole number passes for a float, a boolean for no number."""
    kinds = get_args(hint) or (hint,)
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int):
        return int in kinds or float in kinds
    return any(isinstance(value, kind) for kind in kinds if kind in {str, float, NoneType})


def _in_range(name: str, value: object) -> bool:
    if name == "base_url":
        return value is None or (is_address(str(value)) and "@" not in urlsplit(str(value)).netloc)
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, int | float) and name in _ALLOWED:
        least, greatest, _ = _ALLOWED[name]
        return least <= value <= greatest
    return True


def is_address(text: str) -> bool:
    """Whether a text is the address of a server."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _words(name: str) -> str:
    return _IN_WORDS[name] if name in _IN_WORDS else _ALLOWED[name][2]
