"""How often the student says what a judge says: overall, above the threshold, and per leaf with intervals."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clickintent.classifier.calibration import best_guesses, calibration_error, reliability
from clickintent.classifier.labels import UNANSWERED, estimate_weights
from clickintent.evaluation.figures import Interval, bootstrap

OVERALL: Final = ""
"""Names the agreement over all leaves among those of single leaves."""


def agreement_report(
    probabilities: NDArray[np.float32],
    answers: NDArray[np.int64],
    is_covered: NDArray[np.bool_],
    intent_ids: list[str],
    groups: list[str],
    weights: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Agreement with a judge overall, above the threshold, and per leaf with its n.

    The figures that end in `_with_abstentions` count each session on which the judge abstained as no agreement, as
    the choice of the threshold does: `agreement_above_threshold_with_abstentions` is what `min_precision` came to.

    Args:
        probabilities: float32[n, leaves].
        answers: int64[n], the judge's best leaf; UNANSWERED where it abstained.
        is_covered: bool[n], whether the student answers.
        intent_ids: names of the leaves.
        groups: visitor of each session: intervals are by visitor.
        weights: float64[n], sessions that each stands for; 1 each if null.
    """
    weights_of_all = np.ones(len(answers)) if weights is None else weights
    probability, is_agreed = best_guesses(probabilities, answers)
    is_answered = answers != UNANSWERED
    weights = estimate_weights(weights_of_all[is_answered])
    weights_of_all = estimate_weights(weights_of_all)
    agreed, covered, answered = is_agreed[is_answered], is_covered[is_answered], answers[is_answered]
    majority = np.bincount(answered, weights=weights).argmax() if len(answered) else None
    by_leaf = agreement_by_leaf(probabilities, answers, intent_ids, groups, weights_of_all)
    overall = by_leaf.pop(OVERALL, None)
    counts = np.bincount(answered, minlength=len(intent_ids))
    return {
        "agreement": _share(agreed, weights),
        "agreement_low": _rounded(overall.low) if overall else None,
        "agreement_high": _rounded(overall.high) if overall else None,
        "agreement_above_threshold": _share(agreed[covered], weights[covered]),
        "coverage": _share(covered, weights),
        "agreement_above_threshold_with_abstentions": _share(is_agreed[is_covered], weights_of_all[is_covered]),
        "coverage_with_abstentions": _share(is_covered, weights_of_all),
        "calibration_error": round(calibration_error(probability[is_answered], agreed, weights), 4),
        "calibration_bins": reliability(probability[is_answered], agreed, weights),
        "majority_agreement": _share(answered == majority, weights),
        "agreement_per_leaf": {
            leaf: {
                "agreement": _rounded(figure.value),
                "low": _rounded(figure.low),
                "high": _rounded(figure.high),
                "n": int(counts[intent_ids.index(leaf)]),
            }
            for leaf, figure in by_leaf.items()
        },
        "n": len(answered),
        "unanswered_n": int((~is_answered).sum()),
    }


def agreement_by_leaf(
    probabilities: NDArray[np.float32],
    answers: NDArray[np.int64],
    intent_ids: list[str],
    groups: list[str],
    weights: NDArray[np.float64],
) -> dict[str, Interval]:
    """Share of the sessions of each leaf, by the judge, that the student puts there, with 95% intervals by visitor.

    Args:
        probabilities: float32[n, leaves].
        answers: int64[n], the judge's best leaf; sessions on which it abstained are left out.
        intent_ids: names of the leaves.
        groups: visitor of each session.
        weights: float64[n], sessions that each stands for; where those of a leaf stand for none, each counts as one.

    Returns:
        Leaf -> share, for the leaves that the judge named, and OVERALL -> share of all; empty where it named none.
    """
    is_answered = answers != UNANSWERED
    leaf = answers[is_answered]
    is_agreed = probabilities[is_answered].argmax(axis=1) == leaf
    of_all = estimate_weights(weights[is_answered])
    of_leaf = np.where(np.bincount(leaf, of_all, len(intent_ids))[leaf] > 0, of_all, 1.0)
    named = np.unique(leaf)

    def shares(rows: NDArray[np.int64]) -> Mapping[str, float]:
        drawn, agreed = leaf[rows], is_agreed[rows]
        counted = np.bincount(drawn, of_leaf[rows], len(intent_ids))
        right = np.bincount(drawn, of_leaf[rows] * agreed, len(intent_ids))
        by_leaf = np.divide(right, counted, out=np.full(len(counted), np.nan), where=counted > 0)
        all_counted = of_all[rows].sum()
        overall = (of_all[rows] * agreed).sum() / all_counted if all_counted > 0 else np.nan
        return {OVERALL: overall} | {intent_ids[number]: by_leaf[number] for number in named}

    owners = np.asarray(groups, dtype=str)[is_answered]
    return bootstrap(owners, shares)


def _share(is_true: NDArray[np.bool_], weights: NDArray[np.float64]) -> float | None:
    """Share of the sessions that the rows stand for; None where they stand for none."""
    return round(float(np.average(is_true, weights=weights)), 4) if weights.sum() > 0 else None


def _rounded(figure: float) -> float | None:
    """To four digits; None where there is none, as JSON knows no NaN."""
    return None if np.isnan(figure) else round(float(figure), 4)
