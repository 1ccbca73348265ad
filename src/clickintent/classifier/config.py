"""Choices made when a student is distilled from labels."""

from dataclasses import dataclass, replace
from typing import Final

from clickintent.classifier.errors import ClassifierError

MIN_FOLDS = 2


@dataclass(frozen=True)
class ClassifierConfig:
    """Shape and training of the classifier, and what its confidence must be worth."""

    hidden: int = 128
    seed: int = 7
    min_labels: int = 50
    epochs: int = 80
    patience: int = 8  # epochs without a better loss on the visitors that a fold leaves out
    batch_sessions: int = 512  # fewer where there are few labels, so that a pass is more than a step or two
    learning_rate: float = 4e-3
    # A teacher that reads what the embedding is made of is wrong in a pattern that the embedding tells. Noise as large
    # as the embedding, dropout and decay keep a student to what many labels agree on.
    weight_decay: float = 1.0
    dropout: float = 0.5  # of inputs and of the hidden layer
    input_noise: float = 1.0  # standard deviation, beside embedding numbers of about 1
    balance: float = 0.25  # a row of a leaf of share s weighs s^-balance: 0 is none, 1 is full balance
    # A label drawn at rate r from its kind of session stands for 1/r sessions, and counts by that to this power in
    # training: 0 is none, 1 is full. Threshold, temperature and figures always count it in full.
    sampling_weight: float = 1.0
    max_row_weight: float = 3.0  # the most that a row counts, beside a mean of 1
    folds: int = 5  # parts of the visitors: each is judged by weights that were fitted on the others
    min_precision: float = 0.85  # agreement with the teacher that a session which does not abstain should have
    min_coverage: float | None = 0.9  # never abstain on more than the rest, whatever the precision; None: no cap
    # a teacher that answers less often than this has a taxonomy that does not fit the site: then abstain freely
    min_answered_share: float = 0.25
    threads: int | None = 1  # more only gets in the way on batches this small; None: every available core

    def __post_init__(self) -> None:
        """Refuse values that cannot make a classifier, naming the field and what it needs."""
        for field in ("hidden", "epochs", "batch_sessions", "patience"):
            self._require(field, getattr(self, field) >= 1, "at least 1")
        self._require("folds", self.folds >= MIN_FOLDS, f"at least {MIN_FOLDS}")
        self._require("dropout", 0 <= self.dropout < 1, "in [0, 1)")
        self._require("input_noise", self.input_noise >= 0, "0 or more")
        self._require("sampling_weight", 0 <= self.sampling_weight <= 1, "in [0, 1]")
        self._require("max_row_weight", self.max_row_weight >= 1, "at least 1")
        self._require("min_precision", 0 < self.min_precision <= 1, "in (0, 1]")
        self._require("min_coverage", self.min_coverage is None or 0 <= self.min_coverage <= 1, "in [0, 1] or None")

    def _require(self, field: str, holds: bool, needed: str) -> None:
        if not holds:
            raise ClassifierError(f"ClassifierConfig.{field} is {getattr(self, field)!r}; it must be {needed}.")


READS_PAGE_WORDS: Final = "embedded"
"""The labeler that reads what the embedding is made of."""


def config_of_labeler(labeler: str, *, min_precision: float, min_coverage: float | None) -> ClassifierConfig:
    """The training that suits a labeler, and what its student's answers must be worth.

    The mistakes of a labeler that does not go by page words are less of a pattern in the embedding: with half of the
    noise and less else, its student keeps more of what it knows (docs/student.md has figures).

    Args:
        labeler: its name in `session_labels`.
        min_precision: see ClassifierConfig.
        min_coverage: see ClassifierConfig.

    Raises:
        ClassifierError: a share is out of range.
    """
    config = ClassifierConfig(min_precision=min_precision, min_coverage=min_coverage)
    if labeler == READS_PAGE_WORDS:
        return config
    return replace(config, input_noise=0.5, dropout=0.3, weight_decay=0.3)
