"""One run's conversation with a language model: which items are asked about, together or alone, and when it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from clickintent.labeling.answer_book import FAILED, AnswerBook
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.label_answers import AnswerError, invalid, judge, read_answers
from clickintent.labeling.label_prompt import LabelItem, LabelKey
from clickintent.labeling.packing import LabelCalls
from clickintent.llm import CallItem, CallStore, ChatOutcome, ChatRequest, LlmSettings, RunTotals

if TYPE_CHECKING:
    from clickintent.llm import BatchClient

_log = logging.getLogger(__name__)

Report = Callable[[int, int], None]
Progress = Callable[[], AbstractContextManager[Report]]


class Client(Protocol):
    """Whoever sends requests: `ChatClient`, `CortexClient`."""

    @property
    def settings(self) -> LlmSettings:
        """What shapes the answers."""
        ...

    def run(
        self, requests: Iterable[ChatRequest], on_outcome: Callable[[ChatOutcome], Iterable[ChatRequest] | None]
    ) -> RunTotals:
        """Send requests and hand over what comes of each; what is handed back is sent too."""
        ...


FAILED_IN_A_ROW: Final = 12
"""Calls that may fail one after the other before the run stops: at random faults this does not happen, and each of
them was tried `max_attempts` times."""


FEWEST_IN_BATCH: Final = 50
"""Calls from which on a batch is worth its wait of up to a day; fewer are made at once, even with llm.batch."""


class Asking:
    """Asks about items until each is settled, was asked about as often as it may be, or the budget is spent.

    Args:
        key: what shapes the answers.
        leaf_ids: the leaves of the taxonomy.
        book: what is known, and takes note of what comes.
        calls: writes the requests.
        client: sends them.
        store: keeps what came back, before anything follows from it.
        progress: opens a report, which is told how many items of how many are done with.
    """

    def __init__(
        self,
        key: LabelKey,
        leaf_ids: Collection[str],
        *,
        book: AnswerBook,
        calls: LabelCalls,
        client: Client,
        store: CallStore,
        progress: Progress,
    ) -> None:
        self._key = key
        self._leaf_ids = frozenset(leaf_ids)
        self._book = book
        self._calls = calls
        self._client = client
        self._store = store
        self._progress = progress
        self._items: dict[str, LabelItem] = {}
        self._report: Report = _no_report
        self._failed_in_a_row = 0
        self._done = 0

    def ask(self, items: Iterable[LabelItem]) -> set[str]:
        """Ask about those of the items that are not settled.

        Returns:
            Hashes of the items that are too long to be asked about.

        Raises:
            LabelerError: the server fails call after call.
            LlmError: it refuses every call.
        """
        self._collect()
        wanted = {item.item_hash: item for item in items if self._book.is_to_ask(item.item_hash)}
        self._items = {item_hash: item for item_hash, item in wanted.items() if self._calls.fits(item)}
        if self._items:
            # in the order of their hashes, so that the same items make the same calls
            self._done = 0
            with self._progress() as self._report:
                totals = self._send(self._requests(sorted(self._items)))
            _log.info("LLM calls for %d narratives: %s.", len(self._items), dict(totals.by_status))
        return set(wanted) - set(self._items)

    def _send(self, requests: Iterator[ChatRequest]) -> RunTotals:
        first = list(islice(requests, FEWEST_IN_BATCH))
        if not self._client.settings.batch or len(first) < FEWEST_IN_BATCH:
            return self._client.run(chain(first, requests), self._hear)
        known_batches = self._store.batch_ids()
        return self._batches().submit(chain(first, requests), self._hear, known_batches=known_batches)

    def _collect(self) -> None:
        """Take what batches of earlier builds have brought; what they did not settle is asked about with the rest."""
        if waiting := self._store.waiting(*self._key.cached_by):
            self._batches().collect(waiting, self._hear)
            self._book.forgive()

    def _batches(self) -> BatchClient:
        from clickintent.llm import BatchClient, ChatClient  # noqa: PLC0415 - of OpenAI's protocol alone

        if not isinstance(self._client, ChatClient):
            raise LabelerError(
                "calls of this model wait in a batch of the labeler openai: collect them by a build with that labeler, "
                "or name another llm.model."
            )
        return BatchClient(self._client)

    def _requests(self, item_hashes: Sequence[str]) -> Iterator[ChatRequest]:
        items = [replace(self._items[key], refused=self._book.refusal(key)) for key in item_hashes]
        alone = [item for item in items if self._book.is_to_ask_alone(item.item_hash)]
        together = [item for item in items if not self._book.is_to_ask_alone(item.item_hash)]
        return chain(self._calls.pack(together), (self._calls.request([item]) for item in alone))

    def _hear(self, outcome: ChatOutcome) -> Iterator[ChatRequest]:
        """Keep what a call brought, then ask again about the items that it did not settle."""
        items = _items_of(outcome.request)
        if outcome.status == "over_budget":
            return iter(())
        outcome, said = _read(outcome, len(items))
        labels = [judge(answers, self._leaf_ids) for answers in said] if said else [invalid(outcome.error)] * len(items)
        kept = [
            CallItem(item.item_hash, item.narrative_hash, error=label.error)
            if label.status == "invalid"
            else CallItem(item.item_hash, item.narrative_hash, answers[0])
            for item, label, answers in zip(items, labels, said or [[]] * len(items), strict=True)
        ]
        shaping = {"prompt_hash": self._key.prompt_hash, "taxonomy_version": self._key.taxonomy_version}
        self._store.append(outcome, kept, **shaping)
        for item, label in zip(items, labels, strict=True):
            self._book.hear(item.item_hash, outcome.status, label)
        self._tell_progress(items)
        if outcome.batch_id is not None:
            return iter(())
        self._count_failure(outcome)
        return self._requests([item.item_hash for item in items if self._book.is_to_ask(item.item_hash)])

    def _tell_progress(self, items: Sequence[LabelItem | CallItem]) -> None:
        self._done += sum(not self._book.is_to_ask(item.item_hash) for item in items)
        self._report(self._done, len(self._items))

    def _count_failure(self, outcome: ChatOutcome) -> None:
        self._failed_in_a_row = self._failed_in_a_row + 1 if outcome.status in FAILED else 0
        if self._failed_in_a_row >= FAILED_IN_A_ROW:
            raise LabelerError(
                f"{FAILED_IN_A_ROW} LLM calls in a row failed, the last one because {outcome.error}. What was answered "
                "before is kept: mend the cause and build again."
            )


def _no_report(done: int, items: int) -> None:
    """Nobody looks."""


@contextmanager
def unwatched() -> Iterator[Report]:
    """A progress that nobody looks at."""
    yield _no_report


def _read(outcome: ChatOutcome, count: int) -> tuple[ChatOutcome, list[list[Any]] | None]:
    """What was said of each item; None where nothing can be read, and then the outcome says why."""
    if outcome.answer is None:
        return outcome, None
    try:
        return outcome, read_answers(outcome.answer, count)
    except AnswerError as error:
        return replace(outcome, status="invalid", error=str(error)), None


def _items_of(request: ChatRequest) -> tuple[LabelItem | CallItem, ...]:
    """What a request asks about; after a wait in a batch, all that is left of an item is what the table keeps."""
    assert isinstance(request.payload, tuple)
    return request.payload
