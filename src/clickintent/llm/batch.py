"""The Batch API: many questions in one file, answered within a day at half the price.

One build submits, a later one collects: what waits in between is in the table `llm_calls`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final

import openai
from openai import AsyncOpenAI
from openai.types import Batch
from openai.types.chat import ChatCompletion

from clickintent.llm.answers import read_completion
from clickintent.llm.budget import RunTotals, Spending
from clickintent.llm.calls import WaitingCall
from clickintent.llm.chat import ChatOutcome, ChatRequest
from clickintent.llm.client import ChatClient, OnOutcome
from clickintent.llm.errors import LlmServerError
from clickintent.llm.line import Line, open_line
from clickintent.llm.outcomes import Reading, outcome_of, unanswered
from clickintent.llm.sending import Action
from clickintent.llm.silence import quiet_libraries

_log = logging.getLogger(__name__)

BATCH_PRICE_SHARE: Final = 0.5
"""What OpenAI takes for a token in a batch, as a share of the price table's."""

MOST_REQUESTS: Final = 20_000
MOST_BYTES: Final = 100_000_000
"""Of one batch: OpenAI takes 50,000 requests and 200 MB."""

_MARK: Final = "clickintent_input"
_LISTED_BATCHES: Final = 100
_ENDINGS: Final = {
    "completed": "ended",
    "failed": "was refused by the server",
    "expired": "expired",
    "cancelled": "was cancelled",
}
"""States in which nothing more comes, as they are told."""


@dataclass
class Collected:
    """What a look after the batches brought.

    Attributes:
        totals: of the calls that came to an end.
        follow_ups: requests that `on_outcome` returned, to be submitted.
        waiting: calls whose batch has not ended.
    """

    totals: RunTotals = field(default_factory=lambda: RunTotals({}))
    follow_ups: list[ChatRequest] = field(default_factory=list)
    waiting: int = 0


class BatchClient:
    """Submits and collects batches with the settings, the key and the budget of a `ChatClient`.

    Args:
        chat: sends the first request of each submission by itself, to learn what form the server takes before a day
            is lost over it.
    """

    def __init__(self, chat: ChatClient) -> None:
        self._chat = chat

    def submit(
        self, requests: Iterable[ChatRequest], on_outcome: OnOutcome, *, known_batches: Collection[str] = ()
    ) -> RunTotals:
        """Submit requests, the first of them asked at once.

        Args:
            requests: all of them are taken, up to the budget.
            on_outcome: gets the outcome of the first, and 'submitted' with a batch or 'over_budget' for each other
                one; what it returns for these is not sent.
            known_batches: those whose calls are written down. One that is not, and holds the same requests, was
                created by a build that died before it could write so: it is taken over and not paid for again.

        Raises:
            LlmServerError: the server takes no batches, or refuses every call. What was handed over is submitted.
        """
        source = iter(requests)
        totals = RunTotals({})
        first = next(source, None)
        if first is None:
            return totals
        totals = self._chat.run([first], on_outcome)
        with quiet_libraries(), open_line(self._chat.sender) as line:
            for together in self._batches(source, totals, on_outcome):
                batch_id = self._create(line, together, known_batches)
                for request in together:
                    waiting = outcome_of(request, self._chat.settings, unanswered("submitted", None), attempts=0)
                    _hand_over(replace(waiting, batch_id=batch_id), totals, on_outcome)
        return totals

    def collect(self, waiting: Sequence[WaitingCall], on_outcome: OnOutcome) -> Collected:
        """Hand over the outcomes of batches that have ended, and delete their files from the server.

        Args:
            waiting: of `CallStore.waiting`.
            on_outcome: as in `ChatClient.run`.

        Raises:
            LlmServerError: the server cannot be asked.
        """
        by_batch: dict[str, dict[str, ChatRequest]] = defaultdict(dict)
        for call in waiting:
            by_batch[call.batch_id][call.request.call_hash(self._chat.settings)] = call.request
        collected = Collected()
        with quiet_libraries(), open_line(self._chat.sender) as line:
            for batch_id, requests in by_batch.items():
                batch = line.insist(_retrieve(batch_id))
                if batch is not None and batch.status not in _ENDINGS:
                    collected.waiting += len(requests)
                    continue
                for outcome in self._outcomes(line, batch_id, batch, requests):
                    collected.follow_ups += _hand_over(outcome, collected.totals, on_outcome)
                if batch is not None:
                    self._forget(line, batch)
        return collected

    def _batches(
        self, source: Iterator[ChatRequest], totals: RunTotals, on_outcome: OnOutcome
    ) -> Iterator[list[ChatRequest]]:
        """Requests that fit the budget, as many at a time as a batch takes."""
        taken: list[ChatRequest] = []
        size = 0
        for request in source:
            spending = self._chat.budget.at_most(request)
            if not self._chat.budget.fits(spending):
                _hand_over(self._chat.over_budget(request), totals, on_outcome)
                continue
            self._chat.budget.reserve(spending)
            length = len(self._line(request))
            if taken and (len(taken) == MOST_REQUESTS or size + length > MOST_BYTES):
                yield taken
                taken, size = [], 0
            taken.append(request)
            size += length
        if taken:
            yield taken

    def _line(self, request: ChatRequest) -> bytes:
        body = self._chat.sender.dialect.body(request, self._chat.settings)
        call = {"custom_id": request.call_hash(self._chat.settings), "method": "POST", "url": "/v1/chat/completions"}
        return json.dumps(call | {"body": body}, ensure_ascii=False).encode() + b"\n"

    def _create(self, line: Line, requests: Sequence[ChatRequest], known_batches: Collection[str]) -> str:
        content = b"".join(map(self._line, requests))
        mark = hashlib.sha256(content).hexdigest()[:32]

        async def find_or_create(client: AsyncOpenAI) -> Batch:
            listed = await client.batches.list(limit=_LISTED_BATCHES)
            for batch in listed.data:
                if (batch.metadata or {}).get(_MARK) == mark and batch.id not in known_batches:
                    return batch
            file = await client.files.create(file=("clickintent.jsonl", content), purpose="batch")
            return await client.batches.create(
                input_file_id=file.id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_MARK: mark},
            )

        return line.insist(find_or_create).id

    def _outcomes(
        self, line: Line, batch_id: str, batch: Batch | None, requests: Mapping[str, ChatRequest]
    ) -> Iterator[ChatOutcome]:
        """An outcome for each request, whatever the batch says of it."""
        open_requests = dict(requests)
        for call_hash, result in self._results(line, batch) if batch else ():
            if (request := open_requests.pop(call_hash, None)) is not None:
                yield self._outcome(request, self._read(result), batch_id)
        ending = _ENDINGS[batch.status] if batch else "is gone from the server"
        for request in open_requests.values():
            yield self._outcome(request, unanswered("error", f"its batch {ending} without an answer to it"), batch_id)

    def _results(self, line: Line, batch: Batch) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Hash of its call and line of each result; the call of a line that is none stays unanswered."""
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            for text in (line.insist(_content(file_id)) or "").splitlines():
                try:
                    result = json.loads(text)
                    yield str(result["custom_id"]), result
                except (ValueError, KeyError, TypeError):
                    _log.warning("A line in the results of batch %s is no result.", batch.id)

    def _read(self, result: Mapping[str, Any]) -> Reading:
        response = result.get("response")
        status = response.get("status_code") if isinstance(response, Mapping) else None
        if not isinstance(response, Mapping) or status != HTTPStatus.OK:
            told = f"with status {status}" if isinstance(status, int) else "without an answer"
            return unanswered("error", f"it came back {told}")
        try:
            return read_completion(ChatCompletion.construct(**response["body"]), self._chat.settings)
        except (ValueError, KeyError, TypeError):
            return unanswered("error", "it came back with what is no chat completion")

    def _outcome(self, request: ChatRequest, reading: Reading, batch_id: str) -> ChatOutcome:
        cost = self._chat.budget.cost(Spending(reading.prompt_tokens, reading.completion_tokens))
        outcome = outcome_of(request, self._chat.settings, reading, attempts=1)
        return replace(outcome, batch_id=batch_id, cost_usd=None if cost is None else cost * BATCH_PRICE_SHARE)

    def _forget(self, line: Line, batch: Batch) -> None:
        """Delete what the server keeps of a batch whose outcomes were all handed over."""
        for file_id in filter(None, (batch.input_file_id, batch.output_file_id, batch.error_file_id)):
            try:
                line.insist(_delete(file_id))
            except LlmServerError:
                _log.warning("A file of batch %s could not be deleted from the server: delete it there.", batch.id)


def _hand_over(outcome: ChatOutcome, totals: RunTotals, on_outcome: OnOutcome) -> list[ChatRequest]:
    totals.add(outcome)
    return list(on_outcome(outcome) or ())


def _retrieve(batch_id: str) -> Action[Batch | None]:
    async def retrieve(client: AsyncOpenAI) -> Batch | None:
        try:
            return await client.batches.retrieve(batch_id)
        except openai.NotFoundError:
            return None

    return retrieve


def _content(file_id: str) -> Action[str | None]:
    async def content(client: AsyncOpenAI) -> str | None:
        try:
            return (await client.files.content(file_id)).text
        except openai.NotFoundError:
            return None

    return content


def _delete(file_id: str) -> Action[None]:
    async def delete(client: AsyncOpenAI) -> None:
        # an attempt that failed may have deleted it
        with suppress(openai.NotFoundError):
            await client.files.delete(file_id)

    return delete
