"""Labelled sessions made ready to distil: checked, ordered by content, dealt to folds by visitor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.errors import ClassifierInputError, NotEnoughLabels
from clickintent.classifier.folds import Folds

MIN_LEAVES = 2
# Fewer visitors than this make no folds: what is told of one would rest on the other alone.
MIN_GROUPS = 3
# Of `min_labels`, what each fold must leave to train on: folds are cut by visitor, and a few can hold most labels.
MIN_TRAINING_SHARE = 0.5
UNANSWERED = -1
"""Stands for a leaf where there is none: the teacher abstained, or a person found that no leaf fits."""


@dataclass(frozen=True)
class Labels:
    """Labelled sessions in an order that depends on their content only.

    Attributes:
        embeddings: float32[n, dim].
        channels: channel names.
        targets: float32[n, leaves], rows sum to 1, or to 0 where the teacher abstained.
        weights: float64[n], sessions that each stands for in an estimate; 0 for one that stands for no other.
        groups: visitor of each session.
        folds: how the visitors are dealt.
    """

    embeddings: NDArray[np.float32]
    channels: list[str]
    targets: NDArray[np.float32]
    weights: NDArray[np.float64]
    groups: list[str]
    folds: Folds

    @cached_property
    def fold(self) -> NDArray[np.int64]:
        """int64[n], the same for all sessions of a visitor."""
        return self.folds.of(self.groups)

    @property
    def is_answered(self) -> NDArray[np.bool_]:
        """bool[n], whether the teacher named a leaf."""
        is_answered: NDArray[np.bool_] = self.targets.sum(axis=1) > 0
        return is_answered

    @property
    def answers(self) -> NDArray[np.int64]:
        """The teacher's best leaf, int64[n]; UNANSWERED where it abstained."""
        return np.where(self.is_answered, self.targets.argmax(axis=1), UNANSWERED)

    def only(self, rows: NDArray[np.bool_]) -> "Labels":
        """Some of the sessions, dealt as all are."""
        chosen = np.flatnonzero(rows)
        return replace(
            self,
            embeddings=self.embeddings[chosen],
            channels=[self.channels[row] for row in chosen],
            targets=self.targets[chosen],
            weights=self.weights[chosen],
            groups=[self.groups[row] for row in chosen],
        )


@dataclass(frozen=True)
class Gold:
    """Sessions drawn at random of which people said what they are about.

    Attributes:
        embeddings: float32[n, dim].
        channels: channel names.
        groups: visitor of each session.
        intent_ids: a leaf each; any other text, such as 'none', says that no leaf fits.
    """

    embeddings: NDArray[np.float32]
    channels: list[str]
    groups: list[str]
    intent_ids: list[str]

    def answers(self, leaves: Sequence[str]) -> NDArray[np.int64]:
        """Columns of the leaves, int64[n]; UNANSWERED where none fits."""
        column = {leaf: number for number, leaf in enumerate(leaves)}
        return np.array([column.get(intent_id, UNANSWERED) for intent_id in self.intent_ids], dtype=np.int64)


def prepare_labels(
    embeddings: NDArray[np.float32],
    channels: Sequence[str],
    targets: NDArray[np.float32],
    groups: Sequence[str],
    *,
    weights: Sequence[float] | None,
    intent_ids: list[str],
    config: ClassifierConfig,
) -> Labels:
    """Check the labelled sessions, put them in order and deal them to folds by visitor.

    Arguments and errors are those of `train_classifier`.
    """
    embeddings = np.asarray(embeddings, dtype=np.float32)
    targets = np.asarray(targets, dtype=np.float32)
    rows = len(embeddings)
    stands_for = np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(channels) == len(groups) == len(targets) == len(stands_for) == rows:
        raise ClassifierInputError(
            f"Embeddings, channels, targets, groups and weights have {rows}, {len(channels)}, {len(targets)}, "
            f"{len(groups)} and {len(stands_for)} entries; pass one per session."
        )
    if targets.shape != (rows, len(intent_ids)):
        raise ClassifierInputError(
            f"Targets have shape {targets.shape}; expected one column per leaf: ({rows}, {len(intent_ids)})."
        )
    if not np.isfinite(embeddings).all() or not np.isfinite(targets).all() or (targets < 0).any():
        raise ClassifierInputError("Embeddings and targets must be finite, targets not negative; drop such rows first.")
    if not np.isfinite(stands_for).all() or (stands_for < 0).any():
        raise ClassifierInputError("Weights must be finite and not negative: 1 / rate of the sample, or 0 outside it.")
    names = [str(group) for group in groups]
    order = np.asarray(
        sorted(
            range(rows),
            key=lambda row: (names[row], embeddings[row].tobytes(), targets[row].tobytes(), stands_for[row]),
        ),
        dtype=np.int64,
    )
    targets = targets[order]
    total = targets.sum(axis=1, keepdims=True)
    ordered = [names[row] for row in order]
    is_answered = total[:, 0] > 0
    answered = [group for group, has_answer in zip(ordered, is_answered, strict=True) if has_answer]
    _require_groups(answered, config)
    labels = Labels(
        embeddings=embeddings[order],
        channels=[channels[row] for row in order],
        targets=np.divide(targets, total, out=np.zeros_like(targets), where=total > 0),
        weights=stands_for[order],
        groups=ordered,
        folds=Folds.dealt(answered, config.folds),
    )
    _require_training_labels(labels.only(is_answered), config)
    return labels


def training_weights(weights: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """How much each label counts in training: its sampling weight beside the mean of those, to a power.

    A session that stands for no other, one that was asked for and not drawn, counts as much as the mean: it was
    labelled to be learned from.

    Args:
        weights: float64[n], sessions that each stands for; 0 outside the sample.
        power: 0 counts all alike, 1 counts each as the sessions that it stands for.
    """
    is_drawn = weights > 0
    if not is_drawn.any():
        return np.ones(len(weights))
    counted: NDArray[np.float64] = np.where(is_drawn, weights / weights[is_drawn].mean(), 1.0) ** power
    return counted


def estimate_weights(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of an estimate over some sessions: their own, or 1 each where none of them was drawn."""
    return weights if weights.sum() > 0 else np.ones(len(weights))


def _require_groups(groups: list[str], config: ClassifierConfig) -> None:
    """Refuse labels too few, or of visitors too few, to be dealt to folds."""
    if len(groups) < config.min_labels:
        raise NotEnoughLabels(
            f"{len(groups)} labels; a student needs at least {config.min_labels}. "
            "Label more sessions (var label_share), or write a taxonomy that fits the site."
        )
    if len(set(groups)) < MIN_GROUPS:
        raise NotEnoughLabels(
            f"{len(groups)} labels of {len(set(groups))} visitors; a student needs labels of at least {MIN_GROUPS}: "
            "some to train on, some to calibrate and report on. Label sessions of more visitors."
        )


def _require_training_labels(answered: Labels, config: ClassifierConfig) -> None:
    """Refuse labels of which some fold leaves nothing that can be learned from."""
    least = math.ceil(MIN_TRAINING_SHARE * config.min_labels)
    for fold in np.unique(answered.fold):
        left = answered.answers[answered.fold != fold]
        leaves = len(np.unique(left))
        if len(left) < least or leaves < MIN_LEAVES:
            raise NotEnoughLabels(
                f"{len(left)} labels of {leaves} leaves are left to train on, with a part of the visitors set aside to "
                f"calibrate and report; a student needs at least {least} of at least {MIN_LEAVES} leaves. "
                "Label sessions of more visitors (var label_share)."
            )
