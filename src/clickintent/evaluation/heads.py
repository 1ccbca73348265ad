"""One simple head for every representation: logistic regression, its penalty and its calibration chosen alike."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from clickintent.classifier.calibration import fit_temperature

Floats = NDArray[np.float64]
Features = NDArray[np.float32]
Labels = NDArray[np.int64]

PENALTIES: Final = (0.001, 0.01, 0.03, 0.1)
"""Inverse strengths of the ridge per standardised feature, from hardly any freedom to a lot."""
VALIDATION_PARTS: Final = 3
FEWEST_OF_CLASS: Final = 2
_LEAST_PROBABILITY: Final = 1e-12


@dataclass(frozen=True)
class Head:
    """A fitted head.

    Attributes:
        mean, scale: float64[d], by which features are standardised; a feature that never varied has scale 1.
        weights: float64[d, classes].
        bias: float64[classes].
        temperature: that its logits are divided by.
        penalty: the one of PENALTIES that was chosen.
    """

    mean: Floats
    scale: Floats
    weights: Floats
    bias: Floats
    temperature: float = 1.0
    penalty: float = 0.0

    def logits(self, features: Features) -> Floats:
        """float64[n, classes], before the temperature."""
        logits: Floats = (features - self.mean) / self.scale @ self.weights + self.bias
        return logits

    def probabilities(self, features: Features) -> Floats:
        """float64[n, classes], rows sum to 1."""
        return softmax(self.logits(features) / self.temperature)


def fit_head(
    features: Features,
    labels: Labels,
    weights: Floats,
    people: NDArray[np.int64],
    class_count: int,
    penalties: Sequence[float] = PENALTIES,
) -> Head:
    """Fit a head; penalty and temperature are those by which held-out people of the training side lose least.

    People are held out in turn, a third of them at a time, so that each is guessed once by a head that has not seen
    them. Then all of them are learned from.

    Args:
        features: float32[n, d].
        labels: int64[n] below `class_count`.
        weights: float64[n], how much a row counts.
        people: int64[n], whose row it is: hashes.
        class_count: a class without rows keeps a small probability.
        penalties: to choose among.
    """
    # the folds of an evaluation are the last digit of the same numbers: take another one
    part = (people // 1_000) % VALIDATION_PARTS
    best: tuple[float, float, Floats] | None = None
    for penalty in penalties:
        heldout = np.zeros((len(labels), class_count))
        for number in range(VALIDATION_PARTS):
            rest, out = part != number, part == number
            if out.any():
                head = _fit(features[rest], labels[rest], weights[rest], class_count, penalty)
                heldout[out] = head.logits(features[out])
        loss = log_loss(softmax(heldout), labels, weights)
        if best is None or loss < best[0]:
            best = (loss, penalty, heldout)
    assert best is not None
    _, penalty, heldout = best
    temperature = fit_temperature(softmax(heldout).astype(np.float32), labels, weights)
    fitted = _fit(features, labels, weights, class_count, penalty)
    return Head(fitted.mean, fitted.scale, fitted.weights, fitted.bias, temperature, penalty)


def cross_fitted(
    features: Features,
    labels: Labels,
    weights: Floats,
    people: NDArray[np.int64],
    folds: NDArray[np.int64],
    is_train: NDArray[np.bool_],
    class_count: int,
) -> Floats:
    """Probabilities of the rows that are not trained on, each by a head that knows neither their time nor their person.

    Args:
        features: as `fit_head` takes them, of all rows.
        labels: of all rows.
        weights: of all rows.
        people: of all rows.
        folds: int64[n], part of each row's person.
        is_train: bool[n], the rows before the split.
        class_count: number of classes.

    Returns:
        float64[n, classes]; zeros in the rows that are trained on.
    """
    probabilities = np.zeros((len(labels), class_count))
    for fold in np.unique(folds[~is_train]):
        rows = is_train & (folds != fold)
        asked = ~is_train & (folds == fold)
        if rows.any():
            head = fit_head(features[rows], labels[rows], weights[rows], people[rows], class_count)
            probabilities[asked] = head.probabilities(features[asked])
        else:
            probabilities[asked] = 1 / class_count
    return probabilities


def log_loss(probabilities: Floats, labels: Labels, weights: Floats) -> float:
    """Mean of -log of the probability of the class that it was, weighted."""
    own = np.maximum(probabilities[np.arange(len(labels)), labels], _LEAST_PROBABILITY)
    return float(np.average(-np.log(own), weights=weights))


def softmax(logits: Floats) -> Floats:
    """Rows to probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _fit(features: Features, labels: Labels, weights: Floats, class_count: int, penalty: float) -> Head:
    """A head at one penalty, with temperature 1: every class counts as seen once more, so that none is impossible."""
    total = weights.sum()
    mean = np.average(features.astype(np.float64), axis=0, weights=weights)
    scale = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=weights))
    scale[scale < 1e-6] = 1.0  # noqa: PLR2004 - rounding of a constant
    present = np.unique(labels)
    counts = np.bincount(labels, weights, class_count) * len(labels) / total
    bias = np.log((counts + 1) / (counts + 1).sum())
    coefficients = np.zeros((features.shape[1], class_count))
    if len(present) >= FEWEST_OF_CLASS and features.shape[1]:
        model = LogisticRegression(C=penalty, max_iter=100, tol=1e-3)
        standardised = ((features - mean) / scale).astype(np.float32)
        # more threads only get in the way on matrices this small
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore", ConvergenceWarning)  # near enough: the temperature is fitted afterwards
            model.fit(standardised, labels, sample_weight=weights * len(labels) / total)
        if len(present) == 2:  # noqa: PLR2004 - sklearn keeps one row for two classes
            coefficients[:, present] = np.stack([-model.coef_[0] / 2, model.coef_[0] / 2], axis=1)
            bias[present] = [-model.intercept_[0] / 2, model.intercept_[0] / 2]
        else:
            coefficients[:, present] = model.coef_.T
            bias[present] = model.intercept_
        absent = np.setdiff1d(np.arange(class_count), present)
        # one row more than none, beside the classes that are there
        bias[absent] = np.log(1 / len(labels)) + np.log(np.exp(bias[present]).sum())
    return Head(mean, scale, coefficients, bias, penalty=penalty)
