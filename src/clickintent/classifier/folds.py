"""Visitors dealt to folds, and the weights that were fitted without each: what makes every figure one of strangers."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from clickintent.classifier.errors import ClassifierInputError, ClassifierLoadError
from clickintent.classifier.model import IntentClassifier, load_classifier, predict

FOLD_PREFIX = "fold_"
"""Of the names of the folds' weights, beside those in force and with an axis of folds before theirs."""
WEIGHT_NAMES = ("hidden_weight", "hidden_bias", "output_weight", "output_bias")


@dataclass(frozen=True)
class Folds:
    """Which visitors a fold leaves out, for visitors with labels and without.

    Attributes:
        ends: the last hash of each fold but the last one, ascending.
    """

    ends: tuple[int, ...]

    @classmethod
    def dealt(cls, groups: Sequence[str], folds: int) -> "Folds":
        """Folds of about equally many visitors, by hash; of fewer visitors than folds, one each.

        Args:
            groups: visitors of the sessions that the teacher answered, so that each fold has some of them whatever the
                share of abstentions; others fall where their hash puts them.
            folds: how many.
        """
        hashes = sorted({_hash(group) for group in groups})
        count = min(folds, len(hashes))
        return cls(tuple(hashes[len(hashes) * fold // count - 1] for fold in range(1, count)))

    @property
    def count(self) -> int:
        """How many folds there are."""
        return len(self.ends) + 1

    def of(self, groups: Sequence[str]) -> NDArray[np.int64]:
        """The fold of each visitor, int64[n], 0 to `count` - 1."""
        hashes = np.fromiter((_hash(group) for group in groups), dtype=np.int64, count=len(groups))
        return np.searchsorted(np.asarray(self.ends, dtype=np.int64), hashes).astype(np.int64)


@dataclass(frozen=True)
class FoldedClassifier:
    """A version's classifiers of the folds: the k-th was fitted without the visitors of fold k.

    Attributes:
        folds: who is in which.
        classifiers: one a fold.
    """

    folds: Folds
    classifiers: tuple[IntentClassifier, ...]

    def predict(
        self, embeddings: NDArray[np.float32], channels: Sequence[str], groups: Sequence[str]
    ) -> NDArray[np.float32]:
        """Probability per leaf, float32[n, leaves], each session's by the classifier that has not seen its visitor.

        Args:
            embeddings: float32[n, dim].
            channels: 'web' or 'app' per row.
            groups: visitor of each session.

        Raises:
            ClassifierInputError: the shapes do not fit.
        """
        if not len(embeddings) == len(channels) == len(groups):
            raise ClassifierInputError(
                f"Embeddings, channels and groups have {len(embeddings)}, {len(channels)} and {len(groups)} entries; "
                "pass one per session."
            )
        probabilities = np.empty((len(embeddings), len(self.classifiers[0].intent_ids)), dtype=np.float32)
        fold = self.folds.of(groups)
        for number, classifier in enumerate(self.classifiers):
            rows = np.flatnonzero(fold == number)
            probabilities[rows] = predict(embeddings[rows], [channels[row] for row in rows.tolist()], classifier)
        return probabilities


def load_folds(weights: bytes, config: str) -> FoldedClassifier:
    """The classifiers of a version's folds, with its temperature.

    Args:
        weights: safetensors bytes of a row of `intent_classifier`.
        config: JSON of the same row.

    Raises:
        ClassifierLoadError: the row cannot be read, or is from before folds were kept.
    """
    classifier = load_classifier(weights, config)
    ends = json.loads(config).get("fold_ends")
    if ends is None:
        raise ClassifierLoadError("The classifier row has no folds; train again (var retrain: always).")
    arrays = load(bytes(weights))
    folds = Folds(tuple(ends))
    classifiers = tuple(
        replace(classifier, **{name: arrays[FOLD_PREFIX + name][fold] for name in WEIGHT_NAMES})
        for fold in range(folds.count)
    )
    return FoldedClassifier(folds, classifiers)


def _hash(group: str) -> int:
    return zlib.crc32(group.encode())
