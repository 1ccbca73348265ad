"""Asks Snowflake's own language models, by the SQL function AI_COMPLETE: nothing leaves the account.

As Snowflake documents it: https://docs.snowflake.com/en/sql-reference/functions/ai_complete-single-string and
https://docs.snowflake.com/en/user-guide/snowflake-cortex/complete-structured-outputs
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, Final

from clickintent.llm.budget import Budget, RunTotals, Spending
from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.errors import LlmServerError, LlmSettingsError
from clickintent.llm.limits import backoff_seconds
from clickintent.llm.outcomes import Reading, count_of, outcome_of, over_budget, read_object, unanswered
from clickintent.llm.prices import Price
from clickintent.llm.settings import LlmSettings
from clickintent.snowflake.naming import literal
from clickintent.warehouse import Warehouse

MODEL: Final = "llama3.3-70b"
"""Asked where llm.model names none: it is offered in most regions."""

MOST_OUTPUT_TOKENS: Final = 8_192
HIGHEST_TEMPERATURE: Final = 1.0
"""Limits of AI_COMPLETE."""

_ELSEWHERE: Final = ("base_url", "answers_as", "batch")
"""Settings that only servers of OpenAI's protocol have."""

_TOO_LONG = re.compile(r"context (length|window)|too long|max(imum)? tokens|exceeds? .*tokens", re.I)
_FILTERED = re.compile(r"filter|guard", re.I)

OnOutcome = Callable[[ChatOutcome], Iterable[ChatRequest] | None]


def cortex_settings(var: Mapping[str, object]) -> LlmSettings:
    """Settings from the var `llm`, as AI_COMPLETE takes them.

    Raises:
        LlmSettingsError: one is wrong, or has no meaning there.
    """
    settings = LlmSettings.read({"model": MODEL, **var})
    if meant_elsewhere := [name for name in _ELSEWHERE if var.get(name)]:
        raise LlmSettingsError(
            f"llm.{meant_elsewhere[0]} has no meaning to the labeler cortex, which asks inside Snowflake: leave it out."
        )
    if settings.max_output_tokens > MOST_OUTPUT_TOKENS or settings.temperature > HIGHEST_TEMPERATURE:
        raise LlmSettingsError(
            f"AI_COMPLETE takes llm.max_output_tokens up to {MOST_OUTPUT_TOKENS} and llm.temperature up to "
            f"{HIGHEST_TEMPERATURE:g}; they are {settings.max_output_tokens} and {settings.temperature:g}."
        )
    return settings


class CortexClient:
    """A client for one run, as `ChatClient` is one for a server.

    Each statement asks `concurrency` questions, which Snowflake answers side by side.

    Args:
        settings: of `cortex_settings`.
        warehouse: a session of Snowflake.
        prices: by model, from the seed `llm_prices`.

    Raises:
        LlmSettingsError: there is a limit in dollars and no price.
    """

    def __init__(self, settings: LlmSettings, warehouse: Warehouse, *, prices: Mapping[str, Price]) -> None:
        self.settings = settings
        self.budget = Budget(settings, prices)
        self._warehouse = warehouse
        self._chance = Random(settings.seed)  # noqa: S311 - jitter, no secret

    def run(self, requests: Iterable[ChatRequest], on_outcome: OnOutcome) -> RunTotals:
        """Ask, and hand every outcome over as it comes: arguments and promises of `ChatClient.run`.

        Raises:
            LlmServerError: Snowflake refuses the statement; outcomes that came before were handed over.
        """
        totals = RunTotals({})
        source = iter(requests)
        waiting: deque[ChatRequest] = deque()

        def hand_over(outcome: ChatOutcome) -> None:
            totals.add(outcome)
            waiting.extend(on_outcome(outcome) or ())

        while True:
            together = self._take(waiting, source, hand_over)
            if not together:
                return totals
            for outcome in self._outcomes(together):
                hand_over(outcome)

    def _take(
        self, waiting: deque[ChatRequest], source: Iterator[ChatRequest], hand_over: Callable[[ChatOutcome], None]
    ) -> list[ChatRequest]:
        """Questions of one form that fit the budget, which counts them at their most."""
        taken: list[ChatRequest] = []
        while len(taken) < self.settings.concurrency:
            request = waiting.popleft() if waiting else next(source, None)
            if request is None:
                break
            spending = self.budget.at_most(request)
            if taken and (request.schema != taken[0].schema or not self.budget.fits(spending)):
                # calls count at their most until they are answered: it may fit then
                waiting.appendleft(request)
                break
            if self.budget.fits(spending):
                self.budget.reserve(spending)
                taken.append(request)
            else:
                hand_over(over_budget(request, self.settings))
        return taken

    def _outcomes(self, requests: Sequence[ChatRequest]) -> Iterator[ChatOutcome]:
        """One for each question; those that came to nothing are asked again, up to `max_attempts` times."""
        open_requests = list(requests)
        for attempt in range(1, self.settings.max_attempts + 1):
            failed = []
            for request, answer in zip(open_requests, self._ask(open_requests), strict=True):
                reading = read_answer(answer, self.settings)
                if reading.status == "error" and attempt < self.settings.max_attempts:
                    failed.append(request)
                else:
                    yield self._settled(request, reading, attempt)
            open_requests = failed
            if not failed:
                return
            time.sleep(backoff_seconds(attempt, self.settings.backoff_seconds, self._chance))

    def _ask(self, requests: Sequence[ChatRequest]) -> list[str | None]:
        """What AI_COMPLETE gives for each question, as JSON."""
        sql = complete_sql(requests[0].schema, len(requests), self.settings)
        try:
            rows = self._warehouse.read_committed(sql, [prompt_of(request) for request in requests])
        except _sql_errors() as error:
            code = getattr(error, "sql_error_code", None) or getattr(error, "errno", None)
            told = type(error).__name__ + (f" {code}" if code else "")
            # its message may quote the question
            raise LlmServerError(
                f"The LLM calls stop here: the statement with AI_COMPLETE was refused ({told}). It is a function of "
                "Snowflake alone; the role needs SNOWFLAKE.CORTEX_USER and USE AI FUNCTIONS, and the region has to "
                f"offer the model {self.settings.model}."
            ) from None
        by_number = dict(rows.select("number", "answer").iter_rows())
        return [by_number.get(number) for number in range(len(requests))]

    def _settled(self, request: ChatRequest, reading: Reading, attempts: int) -> ChatOutcome:
        used = Spending(reading.prompt_tokens, reading.completion_tokens)
        reserved = self.budget.at_most(request)
        # an attempt that gave an error may have cost its question
        lost = (attempts if reading.status == "error" else attempts - 1) * reserved.prompt_tokens
        self.budget.settle(reserved, Spending(used.prompt_tokens + lost, used.completion_tokens))
        return replace(outcome_of(request, self.settings, reading, attempts), cost_usd=self.budget.cost(used))


def prompt_of(request: ChatRequest) -> str:
    """The messages as one text: AI_COMPLETE with a schema takes no roles.

    Words of strangers stand between the marks of `untrusted`, whatever their role.
    """
    return "\n\n".join(message["content"] for message in request.messages)


def complete_sql(schema: Mapping[str, Any], count: int, settings: LlmSettings) -> str:
    """A statement that asks `count` questions, which are its parameters: number, answer (JSON).

    A question that fails is a row with an error, and does not keep the others from their answers.
    """
    asked = " union all ".join(f"select {number} as number, ? as prompt" for number in range(count))
    parameters = {"temperature": settings.temperature, "max_tokens": settings.max_output_tokens}
    return f"""\
select
    asked.number as "number",
    to_json(to_variant(ai_complete(
        model => {literal(settings.model)},
        prompt => asked.prompt,
        model_parameters => {_constant(parameters)},
        response_format => {_constant({"type": "json", "schema": schema})},
        show_details => true,
        return_error_details => true
    ))) as "answer"
from ({asked}) as asked"""  # noqa: S608 - questions are parameters


def read_answer(answer: str | None, settings: LlmSettings) -> Reading:
    """What AI_COMPLETE gave: value and error, the value with the model's details.

    Args:
        answer: JSON.
        settings: what was asked for.
    """
    given = _unwrapped(answer)
    value = _unwrapped(given.get("value")) if isinstance(given, dict) else None
    if not isinstance(value, dict):
        return _failure(str(given.get("error") or "") if isinstance(given, dict) else "")
    usage = value.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    said = _said(value)
    text = said if isinstance(said, str) or said is None else json.dumps(said, ensure_ascii=False)
    # half of a surrogate pair fits no table
    text = None if text is None else text.encode(errors="replace").decode()
    found = None if text is None else read_object(text)
    completion_tokens = count_of(usage.get("completion_tokens"))
    heard = Reading(
        status="ok",
        text=text,
        answer=found,
        error=None,
        prompt_tokens=count_of(usage.get("prompt_tokens")),
        completion_tokens=completion_tokens,
        answered_by=str(value["model"]) if value.get("model") else None,
    )
    if found is not None:
        return heard
    if completion_tokens >= settings.max_output_tokens:
        error = f"the answer is longer than llm.max_output_tokens ({settings.max_output_tokens})"
        return replace(heard, status="truncated", error=error)
    return replace(heard, status="invalid", error="the answer is not a JSON object")


def _said(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an object or a text
    """The answer among the details: `structured_output` where there was a schema, `choices` otherwise."""
    for name, inner in (("structured_output", "raw_message"), ("choices", "messages")):
        listed = value.get(name)
        if isinstance(listed, list) and listed and isinstance(listed[0], dict):
            return listed[0].get(inner)
    return None


def _failure(error: str) -> Reading:
    """No answer; of the words of the error only what kind it is may be told."""
    if _TOO_LONG.search(error):
        return unanswered("too_long", "the question does not fit the model: lower llm.context_tokens")
    if _FILTERED.search(error):
        return unanswered("refused", "a filter stopped the answer")
    return unanswered("error", "AI_COMPLETE gave an error in place of an answer")


def _unwrapped(value: Any) -> Any:  # noqa: ANN401
    """A value that may come as its JSON text."""
    while isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value


def _constant(value: Any) -> str:  # noqa: ANN401
    """A value as a constant of Snowflake's SQL."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(name)}: {_constant(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_constant, value)) + "]"
    return literal(value) if isinstance(value, str) else json.dumps(value)


def _sql_errors() -> tuple[type[Exception], ...]:
    """What a refused statement ends in, by the library that is there."""
    found: list[type[Exception]] = []
    with suppress(ImportError):
        from snowflake.snowpark.exceptions import SnowparkClientException  # noqa: PLC0415 - an extra

        found.append(SnowparkClientException)
    with suppress(ImportError):
        from snowflake.connector.errors import Error  # noqa: PLC0415

        found.append(Error)
    with suppress(ImportError):
        import duckdb  # noqa: PLC0415 - not there in Snowflake

        found.append(duckdb.Error)
    return tuple(found)
