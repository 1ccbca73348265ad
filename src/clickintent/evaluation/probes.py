"""Linear probes: what a representation gives away to the simplest reader, people apart between fit and test."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
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


def auroc(scores: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Chance that a positive scores above a negative, ties by half; NaN without both."""
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = float(rankdata(scores)[is_positive].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


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
