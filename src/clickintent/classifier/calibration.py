"""What a probability is worth: temperature, abstention threshold, agreement with the teacher."""

import numpy as np
from numpy.typing import NDArray

from clickintent.classifier.labels import estimate_weights

# Temperatures tried, on a log scale wide enough for any student: the loss is convex in 1/T, a grid finds it.
TEMPERATURES = np.geomspace(0.2, 5.0, 121)
CALIBRATION_BINS = 10
# Probabilities are told apart to this step where a threshold is chosen: finer ones differ by machine.
THRESHOLD_STEPS = 10_000
# A student that is sure of everything gives a probability of exactly 1: above it everybody abstains.
ABOVE_ALL = 1 + 1 / THRESHOLD_STEPS


def fit_temperature(
    logits: NDArray[np.float32], answers: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """The temperature with the least negative log-likelihood (Guo et al. 2017, section 4.2).

    Args:
        logits: float32[n, leaves].
        answers: int64[n], the teacher's best leaf.
        weights: float64[n], sessions that each stands for; 1 each if null.
    """
    if len(answers) == 0:
        return 1.0
    losses = []
    for temperature in TEMPERATURES:
        scaled = logits.astype(np.float64) / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(axis=1))
        losses.append(np.average(normaliser - scaled[np.arange(len(answers)), answers], weights=weights))
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 4)


def choose_threshold(
    probability: NDArray[np.float32],
    is_agreed: NDArray[np.bool_],
    min_precision: float,
    min_coverage: float | None,
    weights: NDArray[np.float64] | None = None,
) -> float:
    """The lowest threshold whose sessions agree with the teacher often enough; 0 when all do, ABOVE_ALL when none.

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the teacher's.
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
    """Expected calibration error over equal-width bins, against the teacher's labels.

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the teacher's.
        weights: float64[n], sessions that each stands for; 1 each if null.
    """
    if len(probability) == 0:
        return 0.0
    weights = np.ones(len(probability)) if weights is None else weights
    bins = np.minimum((probability * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=weights * (probability - is_agreed))
    return float(np.abs(gaps).sum() / weights.sum())


def agreement_report(
    probabilities: NDArray[np.float32],
    answers: NDArray[np.int64],
    unanswered: NDArray[np.float32],
    intent_ids: list[str],
    threshold: float,
    weights: NDArray[np.float64] | None = None,
    unanswered_weights: NDArray[np.float64] | None = None,
) -> dict[str, object]:
    """Agreement with the teacher overall, above the threshold, and per leaf with its n.

    The figures that end in `_with_abstentions` count each session on which the teacher abstained as no agreement, as
    the choice of the threshold does: `agreement_above_threshold_with_abstentions` is what `min_precision` came to.

    Args:
        probabilities: float32[n, leaves], of the sessions that the teacher answered.
        answers: int64[n], the teacher's best leaf.
        unanswered: float32[m, leaves], probabilities of the sessions on which the teacher abstained.
        intent_ids: names of the leaves.
        threshold: of abstention.
        weights: float64[n], sessions that each answered session stands for; 1 each if null.
        unanswered_weights: float64[m], sessions that each of the others stands for; 1 each if null.
    """
    weights_of_all = np.concatenate(
        [
            np.ones(len(answers)) if weights is None else weights,
            np.ones(len(unanswered)) if unanswered_weights is None else unanswered_weights,
        ]
    )
    weights = estimate_weights(weights_of_all[: len(answers)])
    weights_of_all = estimate_weights(weights_of_all)
    best = probabilities.argmax(axis=1)
    probability = probabilities.max(axis=1) if len(best) else np.empty(0, dtype=np.float32)
    is_agreed = best == answers
    is_covered = probability >= threshold
    is_covered_of_all = np.concatenate([is_covered, unanswered.max(axis=1) >= threshold])
    is_agreed_of_all = np.concatenate([is_agreed, np.zeros(len(unanswered), dtype=bool)])
    majority = np.bincount(answers, weights=weights).argmax() if len(answers) else None
    per_leaf = {
        intent_ids[leaf]: {
            "agreement": _share(is_agreed[answers == leaf], estimate_weights(weights[answers == leaf])),
            "n": int((answers == leaf).sum()),
        }
        for leaf in np.unique(answers)
    }
    return {
        "agreement": _share(is_agreed, weights),
        "agreement_above_threshold": _share(is_agreed[is_covered], weights[is_covered]),
        "coverage": _share(is_covered, weights),
        "agreement_above_threshold_with_abstentions": _share(
            is_agreed_of_all[is_covered_of_all], weights_of_all[is_covered_of_all]
        ),
        "coverage_with_abstentions": _share(is_covered_of_all, weights_of_all),
        "calibration_error": round(calibration_error(probability, is_agreed, weights), 4),
        "majority_agreement": _share(answers == majority, weights),
        "agreement_per_leaf": per_leaf,
        "n": len(answers),
        "unanswered_n": len(unanswered),
    }


def _share(is_true: NDArray[np.bool_], weights: NDArray[np.float64]) -> float | None:
    """Share of the sessions that the rows stand for; None where they stand for none."""
    return round(float(np.average(is_true, weights=weights)), 4) if weights.sum() > 0 else None
