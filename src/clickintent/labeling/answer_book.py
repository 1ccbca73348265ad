"""What is known of each item's answers, whoever gave them and when: in this run, in an earlier one, in a recording.

An item is settled once it has a label, or once it was answered twice without one: then it stays 'invalid' and nobody
pays for it again. A call that failed on its way answers nothing, so that it settles nothing either.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickintent.labeling.label_answers import invalid, judge
from clickintent.labeling.session_label import SessionLabel

ANSWERS_WANTED: Final = 2
"""Answers that an item may take: one, and one more that was told the error of the first."""

FAILURES_ENDURED: Final = 2
"""Calls that may fail on their way for an item in one run: with others, and once more alone."""

FAILED: Final = frozenset({"error", "wrong_model"})
"""Statuses of calls that the model which was asked did not answer."""

NOT_ENDED: Final = frozenset({"over_budget", "submitted"})
"""Statuses of calls that were not sent, or wait in a batch."""


@dataclass(slots=True)
class _Heard:
    label: SessionLabel | None = None
    refusals: int = 0
    refused: str | None = None
    failures: int = 0
    failed: str | None = None
    is_unread: bool = False
    is_waiting: bool = False

    @property
    def is_settled(self) -> bool:
        return self.label is not None or self.refusals >= ANSWERS_WANTED


class AnswerBook:
    """Collects answers and says what they make of an item.

    Args:
        leaf_ids: the leaves of the taxonomy; an answer that names another one is none.
    """

    def __init__(self, leaf_ids: Collection[str]) -> None:
        self._leaf_ids = frozenset(leaf_ids)
        self._heard: dict[str, _Heard] = {}

    def hear(self, item_hash: str, status: str, label: SessionLabel) -> None:
        """Take note of what a call brought for one item; an item's first usable answer is the one that counts.

        Args:
            item_hash: the item.
            status: of the call.
            label: what the answer makes; 'invalid' with the reason where it makes nothing or there was none.
        """
        heard = self._heard.setdefault(item_hash, _Heard())
        heard.is_waiting = status == "submitted"
        if heard.is_settled or status in NOT_ENDED:
            return
        if status in FAILED:
            heard.failures += 1
            heard.failed = label.error
        elif label.status == "invalid":
            heard.refusals += 1
            heard.refused = label.error
            heard.is_unread = status != "ok"
        else:
            heard.label = label

    def recall(self, calls: Iterable[Mapping[str, Any]]) -> None:
        """Take note of calls of earlier runs, the earliest first; their answers are judged anew.

        Args:
            calls: rows of `llm_calls`: status and items.
        """
        for call in calls:
            for item in json.loads(call["items"] or "[]"):
                answer, error = item["answer"], item.get("error")
                if answer is None and error is None and call["status"] != "submitted":
                    continue  # erased with the person whose session it was
                label = invalid(error) if answer is None else judge([answer], self._leaf_ids)
                self.hear(item["item_hash"], call["status"], label)
        self.forgive()

    def forgive(self) -> None:
        """Forget failures: what failed before may go well now."""
        for heard in self._heard.values():
            heard.failures = 0

    def is_settled(self, item_hash: str) -> bool:
        """Whether nothing about the item is left to ask, now or later."""
        heard = self._heard.get(item_hash)
        return heard is not None and heard.is_settled

    def is_to_ask(self, item_hash: str) -> bool:
        """Whether the item is worth asking about in this run."""
        heard = self._heard.get(item_hash, _Heard())
        return not heard.is_settled and not heard.is_waiting and heard.failures < FAILURES_ENDURED

    def is_to_ask_alone(self, item_hash: str) -> bool:
        """Whether another item may be to blame for what became of this one's call: all of it was lost."""
        heard = self._heard.get(item_hash, _Heard())
        return heard.is_unread or heard.failures > 0

    def is_waiting(self, item_hash: str) -> bool:
        """Whether the item is being asked about in a batch."""
        return self._heard.get(item_hash, _Heard()).is_waiting

    def refusal(self, item_hash: str) -> str | None:
        """Why the item's only answer could not be used; None where there was none."""
        heard = self._heard.get(item_hash)
        return heard.refused if heard else None

    def label(self, item_hash: str) -> SessionLabel | None:
        """The item's label as things stand; None where nobody was asked about it, or it is still to be asked again."""
        heard = self._heard.get(item_hash, _Heard())
        if heard.is_settled:
            return heard.label or invalid(heard.refused)
        if heard.failures >= FAILURES_ENDURED:
            return invalid(heard.failed)
        return None
