"""What a labeler says about one session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MAX_INTENTS: Final = 3
"""Leaves a label may name: a session seldom pursues more, and the public contract stops here."""

NO_INTENT: Final = "none"
"""What stands for no intent where an id is asked for: in answers of models, and in gold labels."""

LabelStatus = Literal["ok", "abstained", "invalid"]


@dataclass(frozen=True, slots=True)
class SessionLabel:
    """One labeler's answer for one narrative.

    Attributes:
        status: 'ok' with intents; 'abstained' when the labeler saw no clear intent; 'invalid' when its answer
            could not be used.
        intents: up to three (intent_id, confidence), best first, confidences in (0, 1]; empty unless 'ok'.
        error: what was wrong with an invalid answer, else None.
    """

    status: LabelStatus
    intents: tuple[tuple[str, float], ...] = ()
    error: str | None = None

    def __post_init__(self) -> None:
        if (self.status == "ok") != bool(self.intents):
            raise ValueError(f"a label has intents exactly when it is 'ok', not '{self.status}' with {self.intents}")
        if len(self.intents) > MAX_INTENTS:
            raise ValueError(f"a label names at most {MAX_INTENTS} intents, not {len(self.intents)}")
        if not all(0.0 < confidence <= 1.0 for _, confidence in self.intents):
            raise ValueError(f"confidences lie in (0, 1]: {self.intents}")


ABSTAINED: Final = SessionLabel("abstained")
