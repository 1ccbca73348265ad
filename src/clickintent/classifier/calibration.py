"""What a probability is worth: temperature, abstention threshold, agreement with the teacher."""

import numpy as np
from numpy.typing import NDArray

# Temperatures tried, on a log scale wide enough for any student: the loss is convex in 1/T, a grid finds it.
TEMPERATURES = np.geomspace(0.2, 5.0, 121)
CALIBRATION_BINS = 10
# Probabilities are told apart to this step where a threshold is chosen: finer ones differ by machine.
THRESHOLD_STEPS = 10_000
# A student that is sure of everything gives a probability of exactly 1: above it everybody abstains.
ABOVE_ALL = 1 + 1 / THRESHOLD_STEPS


def fit_temperature(logits: NDArray[np.float32], answers: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al. 2017, section 4.2).

    Args:
        logits: float32[n, leaves].
        answers: int64[n], the teacher's best leaf.
    """
    if len(answers) == 0:
        return 1.0
    losses = []
    for temperature in TEMPERATURES:
        scaled = logits.astype(np.float64) / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(axis=1))
        losses.append((normaliser - scaled[np.arange(len(answers)), answers]).mean())
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 4)


def choose_threshold(
    probability: NDArray[np.float32],
    is_agreed: NDArray[np.bool_],
    min_precision: float,
    min_coverage: float | None,
) -> float:
    """The lowest threshold whose sessions agree with the teacher often enough; 0 when all do, ABOVE_ALL when none.

    Args:
        probability: float32[n], of the best leaf.
        is_agreed: bool[n], whether the best leaf is the teacher's.
        min_precision: wanted share of agreement above the threshold.
        min_coverage: share of sessions that must stay above it, even where precision then suffers.
    """
    if len(probability) == 0:
        return min_precision
    # a probability of 1 is one of nearly 1 on another machine
    step = np.minimum(np.floor(probability.astype(np.float64) * THRESHOLD_STEPS), THRESHOLD_STEPS - 1).astype(np.int64)
    order = np.argsort(-step, kind="stable")
    # equal sessions stand or fall together: a threshold lies between two steps
    is_last_of_step = np.append(np.diff(step[order]) != 0, True)
    covered = np.flatnonzero(is_last_of_step) + 1
    precision = np.cumsum(is_agreed[order])[covered - 1] / covered
    precise = covered[precision >= min_precision]
    wanted = int(precise[-1]) if len(precise) else 0
    if min_coverage is not None:
        wanted = max(wanted, int(np.ceil(min_coverage * len(order))))
    if wanted == 0:
        return ABOVE_ALL
    chosen = int(covered[np.searchsorted(covered, wanted)])
    return 0.0 if chosen == len(order) else float(step[order[chosen - 1]] / THRESHOLD_STEPS)


def calibration_error(probability: NDArray[np.float32], is_agreed: NDArray[np.bool_]) -> float:
    """Expected calibration error over equal-width bins, against the teacher's labels."""
    if len(probability) == 0:
        return 0.0
    bins = np.minimum((probability * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    gap = 0.0
    for bin_number in np.unique(bins):
        inside = bins == bin_number
        gap += inside.mean() * abs(float(probability[inside].mean()) - float(is_agreed[inside].mean()))
    return float(gap)


def agreement_report(
    probabilities: NDArray[np.float32],
    answers: NDArray[np.int64],
    unanswered: NDArray[np.float32],
    intent_ids: list[str],
    threshold: float,
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
    """
    best = probabilities.argmax(axis=1)
    probability = probabilities.max(axis=1) if len(best) else np.empty(0, dtype=np.float32)
    is_agreed = best == answers
    is_covered = probability >= threshold
    is_unanswered_covered = unanswered.max(axis=1) >= threshold
    is_covered_of_all = np.concatenate([is_covered, is_unanswered_covered])
    is_agreed_of_all = np.concatenate([is_agreed, np.zeros(len(unanswered), dtype=bool)])
    per_leaf = {
        intent_ids[leaf]: {
            "agreement": round(float(is_agreed[answers == leaf].mean()), 4),
            "n": int((answers == leaf).sum()),
        }
        for leaf in np.unique(answers)
    }
    return {
        "agreement": _share(is_agreed),
        "agreement_above_threshold": _share(is_agreed[is_covered]),
        "coverage": _share(is_covered),
        "agreement_above_threshold_with_abstentions": _share(is_agreed_of_all[is_covered_of_all]),
        "coverage_with_abstentions": _share(is_covered_of_all),
        "calibration_error": round(calibration_error(probability, is_agreed), 4),
        "majority_agreement": _share(answers == np.bincount(answers).argmax()) if len(answers) else None,
        "agreement_per_leaf": per_leaf,
        "n": len(answers),
        "unanswered_n": len(unanswered),
    }


def _share(is_true: NDArray[np.bool_]) -> float | None:
    return round(float(is_true.mean()), 4) if len(is_true) else None
