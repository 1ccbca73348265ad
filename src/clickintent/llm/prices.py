"""What a model's tokens cost: rows of the seed `llm_prices`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

_MILLION: Final = 1_000_000
_SNAPSHOT = re.compile(r"-\d[\d-]*$")
"""What a server adds to a model's name for one dated state of it: '-2025-04-14', '-0613'."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of one model."""

    usd_per_million_prompt_tokens: float
    usd_per_million_completion_tokens: float

    def usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Cost of one call."""
        prompt = prompt_tokens * self.usd_per_million_prompt_tokens
        return (prompt + completion_tokens * self.usd_per_million_completion_tokens) / _MILLION


def read_prices(frame: pl.DataFrame) -> dict[str, Price]:
    """Prices by model.

    Args:
        frame: rows of `llm_prices`: model, usd_per_million_prompt_tokens, usd_per_million_completion_tokens.
    """
    columns = ("model", "usd_per_million_prompt_tokens", "usd_per_million_completion_tokens")
    return {model: Price(float(prompt), float(answer)) for model, prompt, answer in frame.select(columns).iter_rows()}


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The price of a model, or of the model that it is a dated state of; None where there is none."""
    return prices.get(model) or prices.get(_SNAPSHOT.sub("", model))


def is_model(answered: str, asked: str) -> bool:
    """Whether a server's name for a model is the one that was asked for, or a dated state of it.

    'gpt-4.1-mini-2025-04-14' is 'gpt-4.1-mini'; 'gpt-4.1-mini' is not 'gpt-4.1'.
    """
    return answered == asked or (answered.startswith(asked) and bool(_SNAPSHOT.fullmatch(answered[len(asked) :])))
