"""Asks an OpenAI-compatible server many questions at once and hands the answers over one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from clickintent.llm.budget import Budget, RunTotals, Spending
from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.environment import asking_environment
from clickintent.llm.errors import LlmServerError, LlmSettingsError
from clickintent.llm.line import Line, open_line
from clickintent.llm.outcomes import over_budget
from clickintent.llm.prices import Price
from clickintent.llm.sending import Sender, Sent
from clickintent.llm.settings import LlmSettings, is_address
from clickintent.llm.silence import quiet_libraries

OnOutcome = Callable[[ChatOutcome], Iterable[ChatRequest] | None]
"""Takes one outcome, in the thread that called `run`; may return requests that follow from it."""

OPENAI_URL: Final = "https://api.openai.com/v1"
NO_KEY: Final = "no-key"
"""Sent to servers of one's own that ask for none; the client library insists on one."""


def server_of(settings: LlmSettings, environment: Mapping[str, str]) -> tuple[str, str]:
    """Address and key of the server.

    Args:
        settings: `base_url`.
        environment: OPENAI_BASE_URL, OPENAI_API_KEY.

    Raises:
        LlmSettingsError: OpenAI is to be asked, and there is no key.
    """
    base_url = settings.base_url or environment.get("OPENAI_BASE_URL", "").strip()
    key = environment.get("OPENAI_API_KEY", "").strip()
    if not base_url and not key:
        raise LlmSettingsError(
            "No key to ask OpenAI with: set the environment variable OPENAI_API_KEY, or llm.base_url (or "
            "OPENAI_BASE_URL) to a server of your own."
        )
    if base_url and not is_address(base_url):
        raise LlmSettingsError(
            "OPENAI_BASE_URL is no address that starts with http:// or https://: correct or unset it."
        )
    return base_url or OPENAI_URL, key or NO_KEY


class ChatClient:
    """A client for one run: what it learns of the server and what it spends counts for all calls of `run`.

    Args:
        settings: the var `llm`.
        prices: by model, from the seed `llm_prices`.
        environment: where the key is read from; `asking_environment` if not given.

    Raises:
        LlmSettingsError: there is no key, or a limit in dollars and no price.
    """

    def __init__(
        self, settings: LlmSettings, *, prices: Mapping[str, Price], environment: Mapping[str, str] | None = None
    ) -> None:
        base_url, key = server_of(settings, asking_environment() if environment is None else environment)
        self.settings = settings
        self.budget = Budget(settings, prices)
        self.sender = Sender(settings, base_url, key)

    def run(self, requests: Iterable[ChatRequest], on_outcome: OnOutcome) -> RunTotals:
        """Send requests, as many at once as `concurrency` says.

        An exception in `on_outcome` or a keyboard interrupt cancels what is in flight and goes on to the caller.

        Args:
            requests: taken one by one as there is room for them.
            on_outcome: gets every outcome as it comes, one at a time; a request that does not fit the budget has the
                outcome 'over_budget' and is never sent.

        Raises:
            LlmServerError: the server refuses every call; outcomes that came before were handed over.
        """
        totals = RunTotals({})
        source = iter(requests)
        waiting: deque[ChatRequest] = deque()
        with quiet_libraries(), open_line(self.sender) as line:
            while True:
                self._fill(line, waiting, source, totals, on_outcome)
                if not line.in_flight:
                    return totals
                sent, reserved = line.receive()
                outcome = self._settled(sent, reserved)
                totals.add(outcome)
                waiting.extend(on_outcome(outcome) or ())
                if sent.is_final:
                    raise LlmServerError(f"The LLM calls stop here: {outcome.error}.")

    def _fill(
        self,
        line: Line,
        waiting: deque[ChatRequest],
        source: Iterator[ChatRequest],
        totals: RunTotals,
        on_outcome: OnOutcome,
    ) -> None:
        """Send until all slots are taken or nothing is left that fits the budget."""
        while line.in_flight < self.settings.concurrency:
            request = waiting.popleft() if waiting else next(source, None)
            if request is None:
                return
            spending = self.budget.at_most(request)
            if self.budget.fits(spending):
                self.budget.reserve(spending)
                line.send(request, spending)
            elif line.in_flight:
                # calls count at their most until they are answered: it may fit then
                waiting.appendleft(request)
                return
            else:
                outcome = self.over_budget(request)
                totals.add(outcome)
                waiting.extend(on_outcome(outcome) or ())

    def _settled(self, sent: Sent, reserved: Spending) -> ChatOutcome:
        """Count what a call took; attempts that may have cost count with their question."""
        outcome = sent.outcome
        used = Spending(outcome.prompt_tokens, outcome.completion_tokens)
        lost = Spending(sent.unaccounted_attempts * reserved.prompt_tokens, 0)
        self.budget.settle(reserved, Spending(used.prompt_tokens + lost.prompt_tokens, used.completion_tokens))
        return replace(outcome, cost_usd=self.budget.cost(used))

    def over_budget(self, request: ChatRequest) -> ChatOutcome:
        """The outcome of a request that is not sent."""
        return over_budget(request, self.settings)
