"""Linear probes: what a representation gives away to the simplest reader, people apart between fit and test."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

FOLDS: Final = 5
PENALTY: Final = 0.1
"""Inverse strength of the ridge, of features of unit length: one for all, and chosen by nobody's test sessions."""

Features = Any
"""[n, d] of unit length by row: a NumPy array or a SciPy sparse matrix."""


def person_folds(persons: NDArray[Any]) -> NDArray[np.int64]:
    """Fold of each row, all rows of a person in the same one: int64[n] of n whole numbers that are hashes already."""
    return np.asarray(np.abs(persons.astype(np.int64)) % FOLDS)


def cross_fitted_scores(
    features: Features,
    targets: NDArray[Any],
    folds: NDArray[np.int64],
    *,
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """What heads say of sessions, each fitted on people of the other folds.

    The head is a logistic regression whose classes weigh the same, so that it knows nothing of how common they are.

    Args:
        features: [n, d] of unit length by row.
        targets: n classes.
        folds: n folds, by person.
        train: bool[n], rows that may be fitted on.
        test: bool[n], rows that are answered.

    Returns:
        Probabilities float64[test rows, classes], 0 for a class that a fold has none of, and the classes in order.
        Rows are all 0 where the other folds hold fewer than two classes.
    """
    classes = np.unique(targets[train])
    scores = np.zeros((len(targets), len(classes)))
    with threadpool_limits(limits=1):  # sums of numbers depend on how many threads add them up
        for fold in range(FOLDS):
            fitted, asked = train & (folds != fold), test & (folds == fold)
            if not asked.any() or len(np.unique(targets[fitted])) < 2:  # noqa: PLR2004 - nothing to tell apart
                continue
            head = LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=300, tol=1e-3)
            head.fit(features[fitted], targets[fitted])
            columns = np.searchsorted(classes, head.classes_)
            scores[np.ix_(np.flatnonzero(asked), columns)] = head.predict_proba(features[asked])
    return scores[test], classes


@dataclass(frozen=True)
class Ranking:
    """Scores of n rows within groups, sorted once: a resample is then counted, and not sorted again.

    Attributes:
        places: int64[n], rank of each row's score, by group; ties share one.
        group_of_place: int64[places], in order.
        is_positive: bool[n].
        groups: how many there are.
    """

    places: NDArray[np.int64]
    group_of_place: NDArray[np.int64]
    is_positive: NDArray[np.bool_]
    groups: int

    @classmethod
    def of(
        cls, scores: NDArray[np.float64], is_positive: NDArray[np.bool_], groups: NDArray[np.int64] | None = None
    ) -> Self:
        """Sort float64[n] scores of rows that are positive or not, in groups int64[n] from 0; in one if null."""
        own = np.zeros(len(scores), dtype=np.int64) if groups is None else groups
        order = np.lexsort((scores, own))
        is_new = np.append(True, (np.diff(scores[order]) != 0) | (np.diff(own[order]) != 0))
        places = np.empty(len(scores), dtype=np.int64)
        places[order] = np.cumsum(is_new) - 1
        return cls(places, own[order][is_new], is_positive, int(own.max(initial=0)) + 1)

    def auroc(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Chance that a positive scores above a negative, ties by half: float64[groups], NaN without both."""
        positives, negatives = self._counts(rows)
        below = self._before(negatives) + negatives / 2
        wins, pairs = self._sum(positives * below), self._sum(positives) * self._sum(negatives)
        return _ratio(wins, pairs)

    def balanced_accuracy(self, rows: NDArray[np.int64], is_guessed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Mean of the shares of positives and of negatives guessed right: float64[groups], NaN without both."""
        groups, is_positive = self.group_of_place[self.places[rows]], self.is_positive[rows]
        is_right = is_guessed[rows] == is_positive
        shares = []
        for part in (is_positive, ~is_positive):
            count = np.bincount(groups[part], minlength=self.groups)
            right = np.bincount(groups[part & is_right], minlength=self.groups)
            shares.append(_ratio(right, count))
        return np.asarray((shares[0] + shares[1]) / 2)

    def _counts(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positives and negatives at each place, in the order of `group_of_place`."""
        is_positive, places = self.is_positive[rows], self.places[rows]
        size = len(self.group_of_place)
        return np.bincount(places[is_positive], minlength=size), np.bincount(places[~is_positive], minlength=size)

    def _before(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Counts at the lower places of the same group."""
        passed = np.cumsum(counts) - counts
        starts = np.searchsorted(self.group_of_place, np.arange(self.groups)).clip(max=len(counts) - 1)
        return np.asarray(passed - passed[starts][self.group_of_place])

    def _sum(self, counts: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(self.group_of_place, weights=counts, minlength=self.groups))


def macro_f1(
    truth: NDArray[np.int64], guessed: NDArray[np.int64], classes: int, *, is_equal_shares: bool = False
) -> float:
    """Mean F1 of the classes that occur in `truth`; NaN without rows.

    Args:
        truth: int64[n], classes from 0.
        guessed: int64[n].
        classes: how many there are.
        is_equal_shares: whether rows are weighted so that each class in `truth` is as common as the others: a rare
            class is then not judged by the mistakes of a common one.
    """
    counts = np.bincount(truth, minlength=classes)
    is_there = counts > 0
    if not is_there.any():
        return float("nan")
    weights = 1.0 / counts[truth] if is_equal_shares else None
    pairs = np.bincount(truth * classes + guessed, weights=weights, minlength=classes * classes)
    table = pairs.reshape(classes, classes).astype(np.float64)
    right = table.diagonal()
    return float((2 * right / np.maximum(table.sum(0) + table.sum(1), np.finfo(float).tiny))[is_there].mean())


def _ratio(parts: NDArray[Any], wholes: NDArray[Any]) -> NDArray[np.float64]:
    """NaN where there is no whole."""
    return np.asarray(np.divide(parts, wholes, out=np.full(len(wholes), np.nan), where=wholes > 0))
