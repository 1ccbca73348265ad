"""Asks an OpenAI-compatible server many questions at once and hands the answers over one by one."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from openai import AsyncOpenAI

from clickintent.llm.budget import Budget, RunTotals, Spending
from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.errors import LlmServerError, LlmSettingsError
from clickintent.llm.prices import Price
from clickintent.llm.sending import Sender, Sent, outcome_of, unanswered
from clickintent.llm.settings import LlmSettings, is_address
from clickintent.llm.silence import quiet_libraries

OnOutcome = Callable[[ChatOutcome], Iterable[ChatRequest] | None]
"""Takes one outcome, in the thread that called `run`; may return requests that follow from it."""

OPENAI_URL: Final = "https://api.openai.com/v1"
NO_KEY: Final = "no-key"
"""Sent to servers of one's own that ask for none; the client library insists on one."""


_LOOK_UP_SECONDS: Final = 0.5
"""Longest wait for an answer in one piece."""


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
        environment: where the key is read from.

    Raises:
        LlmSettingsError: there is no key, or a limit in dollars and no price.
    """

    def __init__(
        self, settings: LlmSettings, *, prices: Mapping[str, Price], environment: Mapping[str, str] = os.environ
    ) -> None:
        base_url, key = server_of(settings, environment)
        self.settings = settings
        self._budget = Budget(settings, prices)
        self._sender = Sender(settings, base_url, key)

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
        with quiet_libraries(), _open_line(self._sender) as line:
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
        line: _Line,
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
            spending = self._budget.at_most(request)
            if self._budget.fits(spending):
                self._budget.reserve(spending)
                line.send(request, spending)
            elif line.in_flight:
                # calls count at their most until they are answered: it may fit then
                waiting.appendleft(request)
                return
            else:
                outcome = self._over_budget(request)
                totals.add(outcome)
                waiting.extend(on_outcome(outcome) or ())

    def _settled(self, sent: Sent, reserved: Spending) -> ChatOutcome:
        """Count what a call took; attempts that may have cost count with their question."""
        outcome = sent.outcome
        used = Spending(outcome.prompt_tokens, outcome.completion_tokens)
        lost = Spending(sent.unaccounted_attempts * reserved.prompt_tokens, 0)
        self._budget.settle(reserved, Spending(used.prompt_tokens + lost.prompt_tokens, used.completion_tokens))
        return replace(outcome, cost_usd=self._budget.cost(used))

    def _over_budget(self, request: ChatRequest) -> ChatOutcome:
        limits = [name for name in ("budget_tokens", "budget_usd") if getattr(self.settings, name) is not None]
        error = f"not sent: it would go beyond llm.{' or llm.'.join(limits)}"
        return outcome_of(request, self.settings, unanswered("over_budget", error), attempts=0)


class _Line:
    """Requests in flight in an event loop, whose outcomes arrive in the caller's thread."""

    def __init__(self, sender: Sender, loop: asyncio.AbstractEventLoop) -> None:
        self._sender = sender
        self._loop = loop
        self._client: AsyncOpenAI = sender.open()
        self._arrived: queue.SimpleQueue[tuple[Future[Sent], Spending]] = queue.SimpleQueue()
        self._futures: set[Future[Sent]] = set()

    @property
    def in_flight(self) -> int:
        return len(self._futures)

    def send(self, request: ChatRequest, spending: Spending) -> None:
        future = asyncio.run_coroutine_threadsafe(self._sender.send(self._client, request), self._loop)
        self._futures.add(future)
        future.add_done_callback(lambda done: self._arrived.put((done, spending)))

    def receive(self) -> tuple[Sent, Spending]:
        """The next to arrive; waits for it."""
        arrived = None
        while arrived is None:
            # a signal that comes just before the wait is noticed only after it
            with suppress(queue.Empty):
                arrived = self._arrived.get(timeout=_LOOK_UP_SECONDS)
        future, spending = arrived
        self._futures.remove(future)
        return future.result(), spending

    def close(self) -> None:
        """Cancel what is in flight and close the connections."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()

    async def _close(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()


@contextmanager
def _open_line(sender: Sender) -> Iterator[_Line]:
    """An event loop in a thread of its own: it sends and waits while the caller writes answers down."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="clickintent-llm", daemon=True)
    thread.start()
    try:
        line = _Line(sender, loop)
        try:
            yield line
        finally:
            line.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
