"""Labelled sessions made ready to distil: checked, ordered by content, cut into parts by visitor."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.errors import ClassifierInputError, NotEnoughLabels

TRAIN, CALIBRATE, REPORT = 0, 1, 2

MIN_LEAVES = 2
# One group each to train, calibrate and report is the least that gives honest figures.
MIN_GROUPS = 3
# Of `min_labels`, what must be left to train on: parts are cut by visitor, and a few visitors can hold most labels.
MIN_TRAINING_SHARE = 0.5


@dataclass(frozen=True)
class Labels:
    """Usable labelled sessions in an order that depends on their content only.

    Attributes:
        embeddings: float32[n, dim].
        channels: channel names.
        targets: float32[n, leaves], rows sum to 1.
        part: int64[n], TRAIN, CALIBRATE or REPORT, the same for all sessions of a group.
        weights: float64[n], sessions that each stands for in an estimate; 0 for one that stands for no other.
        unanswered: float32[m, dim], embeddings of the sessions on which the teacher abstained.
        unanswered_channels: channel names of those.
        unanswered_part: int64[m], their parts.
        unanswered_weights: float64[m], sessions that each of those stands for.
    """

    embeddings: NDArray[np.float32]
    channels: list[str]
    targets: NDArray[np.float32]
    part: NDArray[np.int64]
    weights: NDArray[np.float64]
    unanswered: NDArray[np.float32]
    unanswered_channels: list[str]
    unanswered_part: NDArray[np.int64]
    unanswered_weights: NDArray[np.float64]

    @property
    def answers(self) -> NDArray[np.int64]:
        """The teacher's best leaf, int64[n]."""
        best: NDArray[np.int64] = self.targets.argmax(axis=1)
        return best


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
    """Check the labelled sessions, put them in order and cut them into parts by visitor.

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
    is_answered = targets[order].sum(axis=1) > 0
    answered, unanswered = order[is_answered], order[~is_answered]
    _require_groups([names[row] for row in answered], config)
    part = _parts([names[row] for row in order], is_answered, config)
    kept = targets[answered]
    _require_training_labels(kept[part[is_answered] == TRAIN], config)
    return Labels(
        embeddings=embeddings[answered],
        channels=[channels[row] for row in answered],
        targets=kept / kept.sum(axis=1, keepdims=True),
        part=part[is_answered],
        weights=stands_for[answered],
        unanswered=embeddings[unanswered],
        unanswered_channels=[channels[row] for row in unanswered],
        unanswered_part=part[~is_answered],
        unanswered_weights=stands_for[unanswered],
    )


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
    """Refuse labels too few, or of visitors too few, to be cut into three parts."""
    if len(groups) < config.min_labels:
        raise NotEnoughLabels(
            f"{len(groups)} labels; a student needs at least {config.min_labels}. "
            "Label more sessions (var label_share), or write a taxonomy that fits the site."
        )
    if len(set(groups)) < MIN_GROUPS:
        raise NotEnoughLabels(
            f"{len(groups)} labels of {len(set(groups))} visitors; a student needs labels of at least {MIN_GROUPS}: "
            "some to train on, some to calibrate on, some to report on. Label sessions of more visitors."
        )


def _require_training_labels(targets: NDArray[np.float32], config: ClassifierConfig) -> None:
    """Refuse a training part from which nothing can be learned."""
    leaves = len(np.unique(targets.argmax(axis=1)))
    least = math.ceil(MIN_TRAINING_SHARE * config.min_labels)
    if len(targets) < least or leaves < MIN_LEAVES:
        raise NotEnoughLabels(
            f"{len(targets)} labels of {leaves} leaves are left to train on, with some visitors set aside to calibrate "
            f"and report; a student needs at least {least} of at least {MIN_LEAVES} leaves. "
            "Label sessions of more visitors (var label_share)."
        )


def _parts(groups: list[str], is_answered: NDArray[np.bool_], config: ClassifierConfig) -> NDArray[np.int64]:
    """Cut the visitors, ordered by hash, into three parts.

    The cuts are placed by the visitors who have answers, so that each part has some of them whatever the share of
    abstentions; the other visitors fall where their hash puts them.
    """
    hashes = {group: (zlib.crc32(group.encode()), group) for group in groups}
    by_hash = sorted({hashes[group] for group, has_answer in zip(groups, is_answered, strict=True) if has_answer})
    calibrated = max(round(config.calibration_share * len(by_hash)), 1)
    reported = max(round(config.report_share * len(by_hash)), 1)
    last_calibrated, last_reported = by_hash[calibrated - 1], by_hash[calibrated + reported - 1]
    parts = [
        CALIBRATE if hashes[group] <= last_calibrated else REPORT if hashes[group] <= last_reported else TRAIN
        for group in groups
    ]
    return np.asarray(parts, dtype=np.int64)
