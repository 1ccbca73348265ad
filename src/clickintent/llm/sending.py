"""One request at a time, sent until it has come to an end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI

from clickintent.llm.answers import read_completion
from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.dialect import Dialect
from clickintent.llm.errors import LlmServerError
from clickintent.llm.faults import Fault, fault_of
from clickintent.llm.limits import Pace, backoff_seconds
from clickintent.llm.outcomes import Reading, outcome_of, unanswered
from clickintent.llm.settings import LlmSettings

T = TypeVar("T")
Action = Callable[[AsyncOpenAI], Awaitable[T]]
"""Something to be done with the client library's client."""

_SPREAD: Final = 0.1
"""Share of a back-off by which calls that were told to wait for one moment come back apart."""

_MOST_FORMS: Final = 8
"""Forms that one request is sent in: more than there are, so that two requests cannot take turns for ever."""

_TRANSPORT_ERRORS: Final = (openai.OpenAIError, TimeoutError, ValueError, RecursionError)
"""What a broken connection or a malformed body ends in; the text of some holds the body, so none is passed on."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that came to an end.

    Attributes:
        outcome: of it, `cost_usd` still open.
        unaccounted_attempts: attempts that may have cost without an answer that says how much.
        is_final: whether every other request would fail too.
    """

    outcome: ChatOutcome
    unaccounted_attempts: int
    is_final: bool


@dataclass
class Sender:
    """Sends requests to one server at its pace, in its dialect.

    Args:
        settings: limits and patience.
        base_url: of the server.
        key: sent to it and kept nowhere else.
    """

    settings: LlmSettings
    base_url: str
    key: str = field(repr=False)
    dialect: Dialect = field(default_factory=Dialect)

    def __post_init__(self) -> None:
        self._has_connected = False
        self.host = urlsplit(self.base_url).hostname or "the server"
        self._requests = Pace(self.settings.requests_per_minute)
        self._tokens = Pace(self.settings.tokens_per_minute)
        self._chance = random.Random(self.settings.seed)  # noqa: S311  # jitter, no secret

    def open(self) -> AsyncOpenAI:
        """A client whose own retries are off, so that attempts are counted in one place."""
        return AsyncOpenAI(
            api_key=self.key, base_url=self.base_url, max_retries=0, timeout=self.settings.timeout_seconds
        )

    async def send(self, client: AsyncOpenAI, request: ChatRequest) -> Sent:
        """Send a request until it is answered, refused, or out of attempts."""
        attempts = failures = forms = unaccounted = 0
        while True:
            seen = self.dialect.revision
            attempts += 1
            result = await self._attempt(client, request)
            self._has_connected |= isinstance(result, Reading) or not result.never_connected
            if isinstance(result, Reading):
                self.dialect.succeeded(seen)
                return Sent(self._outcome(request, attempts, result), unaccounted, is_final=False)
            unaccounted += result.may_have_cost
            if result.is_about_form:
                forms += 1
                if forms <= _MOST_FORMS and self.dialect.adapt(result.param, result.message, seen):
                    continue
                self.dialect.failed()
            failures += 1
            wait = self._wait_after(failures, result)
            if wait is None:
                return Sent(self._outcome(request, attempts, _reading_of(result)), unaccounted, self._is_final(result))
            await asyncio.sleep(wait)

    async def insist(self, client: AsyncOpenAI, action: Action[T]) -> T:
        """Do what is no chat completion, such as looking after a batch, until it succeeds.

        Raises:
            LlmServerError: it does not, after all attempts.
        """
        failures = 0
        while True:
            await _in_turn(self._requests, 1)
            try:
                return await action(client)
            except _TRANSPORT_ERRORS as error:
                fault = fault_of(error, self.host, self.settings.timeout_seconds)
            failures += 1
            wait = self._wait_after(failures, fault)
            if wait is None:
                raise LlmServerError(f"The LLM calls stop here: {fault.error}.")
            await asyncio.sleep(wait)

    def _is_final(self, fault: Fault) -> bool:
        """Whether every other call would fail too; a server that nobody has reached yet is not where it should be."""
        return fault.is_final or not self._has_connected

    def _wait_after(self, failures: int, fault: Fault) -> float | None:
        """Seconds until the next attempt, None where there is none."""
        if not fault.is_transient or failures >= self.settings.max_attempts:
            return None
        backoff = backoff_seconds(failures, self.settings.backoff_seconds, self._chance)
        if fault.retry_after is None:
            return backoff
        # what one call is told holds for all of them
        self._requests.pause(time.monotonic() + fault.retry_after)
        return fault.retry_after + backoff * _SPREAD

    async def _attempt(self, client: AsyncOpenAI, request: ChatRequest) -> Reading | Fault:
        reserved = request.estimated_tokens + self.settings.max_output_tokens
        await _in_turn(self._requests, 1)
        await _in_turn(self._tokens, reserved)
        try:
            async with asyncio.timeout(self.settings.timeout_seconds):
                completion = await client.chat.completions.create(**self.dialect.body(request, self.settings))
            reading = read_completion(completion, self.settings)
        except _TRANSPORT_ERRORS as error:
            return fault_of(error, self.host, self.settings.timeout_seconds)
        if used := reading.prompt_tokens + reading.completion_tokens:
            self._tokens.give_back(reserved - used)
        return reading

    def _outcome(self, request: ChatRequest, attempts: int, reading: Reading) -> ChatOutcome:
        return outcome_of(request, self.settings, reading, attempts)


def _reading_of(fault: Fault) -> Reading:
    if fault.is_too_long:
        return unanswered("too_long", f"{fault.error}: lower llm.context_tokens")
    return unanswered("refused" if fault.is_filtered else "error", fault.error)


async def _in_turn(pace: Pace, amount: float) -> None:
    wait = pace.wait_for(amount, time.monotonic())
    if wait > 0:
        await asyncio.sleep(wait)
