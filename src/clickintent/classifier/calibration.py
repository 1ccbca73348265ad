"""What a probability is worth: temperature, abstention threshold, and calibration error against whoever judges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped,unused-ignore]

from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.labels import UNANSWERED, estimate_weights

# Inverse temperatures looked at: the loss is convex in them, so that one search finds the least.
SHARPNESS_BOUNDS = (0.1, 10.0)
CALIBRATION_BINS = 10
# Probabilities are told apart to this step where a threshold is chosen: finer ones differ by machine.
THRESHOLD_STEPS = 10_000
# A student that is sure of everything gives a probability of exactly 1: above it everybody abstains.
ABOVE_ALL = 1 + 1 / THRESHOLD_STEPS


@dataclass(frozen=True)
class Judged:
    """Sessions, scored by weights that have not seen their visitor, beside what a judge says of them.

    Attributes:
        probabilities: float32[n, leaves], at temperature 1.
        answers: int64[n], the judge's best leaf; UNANSWERED where it has none, to which every answer is wrong.
        weights: float64[n], sessions that each stands for; 0 for one that stands for no other.
        fold: int64[n], the fold of its visitor.
    """

    probabilities: NDArray[np.float32]
    answers: NDArray[np.int64]
    weights: NDArray[np.float64]
    fold: NDArray[np.int64]

    def only(self, rows: NDArray[np.bool_]) -> "Judged":
        """Some of the sessions."""
        return Judged(self.probabilities[rows], self.answers[rows], self.weights[rows], self.fold[rows])


@dataclass(frozen=True)
class Calibration:
    """What turns scores into probabilities and answers.

    Attributes:
        temperature: logits are divided by it.
        threshold: below this probability a session abstains.
    """

    temperature: float
    threshold: float


def fit_calibration(judged: Judged, config: ClassifierConfig) -> Calibration:
    """Temperature and threshold that a judge asks for.

    Args:
        judged: sessions and their judge.
        config: the wanted precision and coverage.
    """
    answered = judged.only(judged.answers != UNANSWERED)
    temperature = fit_temperature(answered.probabilities, answered.answers, estimate_weights(answered.weights))
    probability, is_agreed = best_guesses(at_temperature(judged.probabilities, temperature), judged.answers)
    # What the judge could not answer, nobody has checked: it must not raise the precision.
    stands_for = estimate_weights(judged.weights)
    answered_share = stands_for[judged.answers != UNANSWERED].sum() / max(stands_for.sum(), 1)
    min_coverage = config.min_coverage if answered_share >= config.min_answered_share else None
    threshold = choose_threshold(probability, is_agreed, config.min_precision, min_coverage, stands_for)
    return Calibration(temperature, threshold)


def cross_fitted(judged: Judged, config: ClassifierConfig) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Calibrated probabilities and answers of each fold by what the other folds' judge asks for.

    Args:
        judged: sessions and their judge.
        config: the wanted precision and coverage.

    Returns:
        Probabilities, float32[n, leaves], and whether each session is above the threshold, bool[n].
    """
    probabilities = np.empty_like(judged.probabilities)
    is_covered = np.zeros(len(judged.answers), dtype=bool)
    for fold in np.unique(judged.fold):
        here = judged.fold == fold
        calibration = fit_calibration(judged.only(~here), config)
        probabilities[here] = at_temperature(judged.probabilities[here], calibration.temperature)
        is_covered[here] = probabilities[here].max(axis=1) >= calibration.threshold
    return probabilities, is_covered


def at_temperature(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities of logits divided by a temperature, from those at temperature 1; float32[n, leaves].

    Log-probabilities are logits up to a constant of the row, which a softmax undoes.
    """
    tempered: NDArray[np.float32] = probabilities ** np.float32(1 / temperature)
    tempered /= tempered.sum(axis=1, keepdims=True)
    return tempered


def best_guesses(
    probabilities: NDArray[np.float32], answers: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Probability of the best leaf, float32[n], and whether it is the judge's, bool[n]."""
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == answers


def fit_temperature(
    probabilities: NDArray[np.float32], answers: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """The temperature with the least negative log-likelihood (Guo et al. 2017, section 4.2).

    Args:
        probabilities: float32[n, leaves], at temperature 1.
        answers: int64[n], the judge's best leaf.
        weights: float64[n], sessions that each stands for; 1 each if null.
    """
    if len(answers) == 0:
        return 1.0
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    of_answer = logits[np.arange(len(answers)), answers]

    def loss(sharpness: float) -> float:
        normaliser = np.log(np.exp(sharpness * logits).sum(axis=1))
        return float(np.average(normaliser - sharpness * of_answer, weights=weights))

    found = minimize_scalar(loss, bounds=SHARPNESS_BOUNDS, method="bounded", options={"xatol": 1e-4})
    return round(1 / float(found.x), 4)


def choose_threshold(
    probability: NDArray[np.float32],
    is_agreed: NDArray[np.bool_],
    min_precision: float,
    min_coverage: float | None,
    weights: NDArray[np.float64] | None = None,
) -> float:
    """The lowest threshold whose sessions agree with the judge often enough; 0 when all do, ABOVE_ALL when none.

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the judge's.
        min_precision: wanted share of agreement above the threshold.
        min_coverage: share of sessions that must stay above it, even where precision then suffers.
        weights: float64[n], sessions that each stands for, one of them above 0; 1 each if null.
    """
    if len(probability) == 0:
        return min_precision
    weights = np.ones(len(probability)) if weights is None else weights
    # a probability of 1 is one of nearly 1 on another machine
    step = np.minimum(np.floor(probability.astype(np.float64) * THRESHOLD_STEPS), THRESHOLD_STEPS - 1).astype(np.int64)
    order = np.argsort(-step, kind="stable")
    # equal sessions stand or fall together: a threshold lies between two steps
    is_last_of_step = np.append(np.diff(step[order]) != 0, True)
    covered = np.flatnonzero(is_last_of_step) + 1
    covered_weight = np.cumsum(weights[order])[covered - 1]
    agreed_weight = np.cumsum((weights * is_agreed)[order])[covered - 1]
    is_precise = (covered_weight > 0) & (agreed_weight >= min_precision * covered_weight)
    wanted = int(covered[is_precise][-1]) if is_precise.any() else 0
    if min_coverage is not None and min_coverage > 0:
        enough = np.searchsorted(covered_weight, min_coverage * covered_weight[-1])
        wanted = max(wanted, int(covered[enough]))
    if wanted == 0:
        return ABOVE_ALL
    return 0.0 if wanted == len(order) else float(step[order[wanted - 1]] / THRESHOLD_STEPS)


def calibration_error(
    probability: NDArray[np.float32], is_agreed: NDArray[np.bool_], weights: NDArray[np.float64] | None = None
) -> float:
    """Expected calibration error over equal-width bins (Guo et al. 2017, section 2).

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the judge's.
        weights: float64[n], sessions that each stands for; 1 each if null.
    """
    if len(probability) == 0:
        return 0.0
    weights = np.ones(len(probability)) if weights is None else weights
    gaps = np.bincount(_bins(probability), weights=weights * (probability - is_agreed))
    return float(np.abs(gaps).sum() / weights.sum())


def reliability(
    probability: NDArray[np.float32], is_agreed: NDArray[np.bool_], weights: NDArray[np.float64] | None = None
) -> list[dict[str, float | int]]:
    """What a plot of calibration shows (Guo et al. 2017, section 2): bins of `calibration_error` that hold sessions.

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the judge's.
        weights: float64[n], sessions that each stands for; 1 each if null.

    Returns:
        Of each bin, lowest first: `probability`, the weighted mean; `agreement`, the weighted share; `n`, sessions.
    """
    weights = np.ones(len(probability)) if weights is None else weights
    bins = _bins(probability)
    told: list[dict[str, float | int]] = []
    for number in np.unique(bins):
        inside = bins == number
        total = float(weights[inside].sum())
        if total > 0:
            told.append(
                {
                    "probability": round(float((weights * probability)[inside].sum()) / total, 4),
                    "agreement": round(float((weights * is_agreed)[inside].sum()) / total, 4),
                    "n": int(inside.sum()),
                }
            )
    return told


def _bins(probability: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.minimum((probability * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
