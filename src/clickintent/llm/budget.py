"""What a run may spend."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.errors import LlmSettingsError
from clickintent.llm.prices import Price, price_of
from clickintent.llm.settings import LlmSettings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spending:
    """Tokens of a call, expected or counted."""

    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.completion_tokens


class Budget:
    """Holds the limits of `budget_tokens` and `budget_usd`; a call counts at its most until its answer tells.

    Args:
        settings: the limits, and the longest answer.
        prices: by model.

    Raises:
        LlmSettingsError: there is a limit in dollars and no price for the model.
    """

    def __init__(self, settings: LlmSettings, prices: Mapping[str, Price]) -> None:
        self._settings = settings
        self._price = price_of(settings.model, prices)
        self._tokens = 0
        self._usd = 0.0
        self._is_told = False
        if self._price is None and settings.budget_usd is not None:
            raise LlmSettingsError(
                f"llm.budget_usd needs a price for {settings.model}: add a row to seeds/llm_prices.csv, or limit the "
                "run by llm.budget_tokens."
            )

    def at_most(self, request: ChatRequest) -> Spending:
        """What a request takes if its answer is as long as it may be."""
        return Spending(request.estimated_tokens, self._settings.max_output_tokens)

    def fits(self, spending: Spending) -> bool:
        """Whether there is enough left for a call."""
        limits = self._settings
        tokens = self._tokens + spending.tokens
        usd = self._usd + (self.cost(spending) or 0.0)
        return (limits.budget_tokens is None or tokens <= limits.budget_tokens) and (
            limits.budget_usd is None or usd <= limits.budget_usd
        )

    def reserve(self, spending: Spending) -> None:
        """Count a call at its most, before it is sent."""
        self._add(spending, 1)

    def settle(self, reserved: Spending, used: Spending) -> None:
        """Count what a call took in place of what was reserved for it."""
        self._add(reserved, -1)
        self._add(used, 1)

    def cost(self, spending: Spending) -> float | None:
        """US dollars; None for a model without a price, which is said once."""
        if self._price is None:
            if not self._is_told:
                self._is_told = True
                _log.warning(
                    "seeds/llm_prices.csv has no price for %s: tokens are counted, costs are null.",
                    self._settings.model,
                )
            return None
        return self._price.usd(spending.prompt_tokens, spending.completion_tokens)

    def _add(self, spending: Spending, sign: int) -> None:
        self._tokens += sign * spending.tokens
        self._usd += sign * (self.cost(spending) or 0.0)


@dataclass
class RunTotals:
    """What a run took.

    Attributes:
        by_status: outcomes by status.
        attempts: requests sent, repeated ones included.
        prompt_tokens: of all answers.
        completion_tokens: likewise.
        cost_usd: likewise; None for a model without a price.
    """

    by_status: dict[str, int]
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0

    @property
    def outcomes(self) -> int:
        """Requests that came to an end, sent or not."""
        return sum(self.by_status.values())

    def add(self, outcome: ChatOutcome) -> None:
        """Count one outcome."""
        self.by_status[outcome.status] = self.by_status.get(outcome.status, 0) + 1
        self.attempts += outcome.attempts
        self.prompt_tokens += outcome.prompt_tokens
        self.completion_tokens += outcome.completion_tokens
        if outcome.attempts:
            known = self.cost_usd is not None and outcome.cost_usd is not None
            self.cost_usd = (self.cost_usd or 0.0) + (outcome.cost_usd or 0.0) if known else None
