"""The labelers behind which a language model answers: asked now, or read from what it answered before.

Both read the same items, look them up in the same book and judge them by the same rules; they differ in what they do
about an item without an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from clickintent.labeling.answer_book import NOT_ANSWERED, AnswerBook
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.label_answers import AnswerError, invalid, judge, read_answers
from clickintent.labeling.label_prompt import LabelItem, LabelKey
from clickintent.labeling.packing import LabelCalls
from clickintent.labeling.session_label import ABSTAINED, SessionLabel
from clickintent.llm import CallItem, CallStore, ChatClient, ChatOutcome, ChatRequest

_log = logging.getLogger(__name__)

FAILED_IN_A_ROW: Final = 12
"""Calls that may fail one after the other before the run stops: at random faults this does not happen, and each of
them was tried `max_attempts` times."""


class LlmLabeler:
    """Labels narratives by asking a language model, each distinct one at most twice, ever.

    Args:
        key: what shapes its answers.
        leaf_ids: the leaves of the taxonomy.
        book: answers that are known.
        calls: writes the requests.
        client: sends them.
        store: keeps what came back.
    """

    name = "openai"
    reads_what_is_sent = True

    def __init__(
        self,
        key: LabelKey,
        leaf_ids: Collection[str],
        *,
        book: AnswerBook,
        calls: LabelCalls,
        client: ChatClient,
        store: CallStore,
    ) -> None:
        self.model = key.model_version
        self._key = key
        self._leaf_ids = frozenset(leaf_ids)
        self._book = book
        self._calls = calls
        self._client = client
        self._store = store
        self._failed_in_a_row = 0

    def label(self, narratives: Sequence[str], channels: Sequence[str]) -> list[SessionLabel | None]:
        """Label n narratives; None for those that the budget left out.

        Raises:
            LabelerError: the server fails call after call. What was answered before is kept.
            LlmError: it refuses every call, or the settings do not fit.
        """
        items = [self._key.item(narrative) for narrative in narratives]
        self._ask(items)
        labels = [self._label(item) for item in items]
        if unlabeled := labels.count(None):
            _log.warning(
                "The LLM budget is spent: %d of %d narratives stay unlabelled; a later build takes them up. "
                "llm.budget_tokens and llm.budget_usd limit each build.",
                unlabeled,
                len(labels),
            )
        return labels

    def _label(self, item: LabelItem) -> SessionLabel | None:
        if not self._book.is_settled(item.item_hash) and not self._calls.fits(item):
            return SessionLabel("invalid", error="the narrative is too long for llm.context_tokens")
        return self._book.label(item.item_hash)

    def _ask(self, items: Iterable[LabelItem]) -> None:
        open_items = {
            item.item_hash: self._with_refusal(item)
            for item in items
            if self._book.is_to_ask(item.item_hash) and self._calls.fits(item)
        }
        if not open_items:
            return
        # in the order of their hashes, so that the same items make the same calls
        requests = self._calls.pack(open_items[item_hash] for item_hash in sorted(open_items))
        totals = self._client.run(requests, self._hear)
        _log.info("%d LLM calls for %d narratives: %s.", totals.outcomes, len(open_items), dict(totals.by_status))

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
        self._store.append(
            outcome, kept, prompt_hash=self._key.prompt_hash, taxonomy_version=self._key.taxonomy_version
        )
        for item, label in zip(items, labels, strict=True):
            self._book.hear(item.item_hash, outcome.status, label)
        self._count_failure(outcome)
        again = [self._with_refusal(item) for item in items if self._book.is_to_ask(item.item_hash)]
        # an answer that cannot be read at all may be the doing of one item: each is asked about alone then
        return self._calls.pack(again) if said else iter([self._calls.request([item]) for item in again])

    def _with_refusal(self, item: LabelItem) -> LabelItem:
        return replace(item, refused=self._book.refusal(item.item_hash))

    def _count_failure(self, outcome: ChatOutcome) -> None:
        self._failed_in_a_row = self._failed_in_a_row + 1 if outcome.status in NOT_ANSWERED else 0
        if self._failed_in_a_row >= FAILED_IN_A_ROW:
            raise LabelerError(
                f"{FAILED_IN_A_ROW} LLM calls in a row failed, the last one because {outcome.error}. What was answered "
                "before is kept: mend the cause and build again."
            )


def _read(outcome: ChatOutcome, count: int) -> tuple[ChatOutcome, list[list[Any]] | None]:
    """What was said of each item; None where nothing can be read, and then the outcome says why."""
    if outcome.answer is None:
        return outcome, None
    try:
        return outcome, read_answers(outcome.answer, count)
    except AnswerError as error:
        return replace(outcome, status="invalid", error=str(error)), None


def _items_of(request: ChatRequest) -> tuple[LabelItem, ...]:
    assert isinstance(request.payload, tuple)
    return request.payload


class ReplayLabeler:
    """Labels narratives by what a language model answered in a recorded run; it sends nothing.

    Args:
        key: what shaped the recorded answers.
        book: the recorded answers.
        source: name of the recording, for its errors.
        is_complete: whether a narrative without an answer is an error; it is abstained from otherwise.
    """

    name = "replay"
    reads_what_is_sent = True

    def __init__(self, key: LabelKey, book: AnswerBook, source: str, *, is_complete: bool) -> None:
        self.model = key.model_version
        self._key = key
        self._book = book
        self._source = source
        self._is_complete = is_complete

    def label(self, narratives: Sequence[str], channels: Sequence[str]) -> list[SessionLabel | None]:
        """Label n narratives.

        Raises:
            LabelerError: some are not answered in the recording, and nothing says to abstain from them.
        """
        items = [self._key.item(narrative).item_hash for narrative in narratives]
        missing = sum(not self._book.is_settled(item) for item in items)
        if missing and self._is_complete:
            raise LabelerError(
                f"{self._source} has no answer for {missing} of {len(items)} narratives under taxonomy "
                f"{self._key.taxonomy_version}: record it again from a build with the labeler openai, or set "
                "llm.replay_missing to abstain."
            )
        return [self._book.label(item) or ABSTAINED for item in items]
