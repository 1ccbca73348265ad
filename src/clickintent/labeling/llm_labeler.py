"""The labelers behind which a language model answers: asked now, or read from what it answered before.

Both read the same items, look them up in the same book and judge them by the same rules; they differ in what they do
about an item without an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from clickintent.labeling.answer_book import AnswerBook
from clickintent.labeling.asking import Asking
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.label_prompt import LabelKey
from clickintent.labeling.session_label import ABSTAINED, SessionLabel

_log = logging.getLogger(__name__)


class LlmLabeler:
    """Labels narratives by asking a language model, each distinct one at most twice, ever.

    Args:
        key: what shapes its answers.
        book: answers that are known.
        asking: asks for the others.
    """

    name = "openai"
    reads_what_is_sent = True

    def __init__(self, key: LabelKey, book: AnswerBook, asking: Asking) -> None:
        self.model = key.model_version
        self._key = key
        self._book = book
        self._asking = asking

    def label(self, narratives: Sequence[str], channels: Sequence[str]) -> list[SessionLabel | None]:
        """Label n narratives; None for those that the budget left out or that wait in a batch.

        Raises:
            LabelerError: the server fails call after call. What was answered before is kept.
            LlmError: it refuses every call, or the settings do not fit.
        """
        items = [self._key.item(narrative) for narrative in narratives]
        too_long = self._asking.ask(items)
        labels = [
            SessionLabel("invalid", error="the narrative is too long for llm.context_tokens")
            if item.item_hash in too_long
            else self._book.label(item.item_hash)
            for item in items
        ]
        waiting = sum(self._book.is_waiting(item.item_hash) for item in items)
        if waiting:
            _log.warning(
                "%d of %d narratives wait in a batch: a later build collects their labels.", waiting, len(items)
            )
        if unasked := labels.count(None) - waiting:
            _log.warning(
                "The LLM budget is spent: %d of %d narratives stay unlabelled; a later build takes them up. "
                "llm.budget_tokens and llm.budget_usd limit each build.",
                unasked,
                len(items),
            )
        return labels


class CortexLabeler(LlmLabeler):
    """Likewise by Snowflake's own models: what they read stays in the account."""

    name = "cortex"


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
