"""What the student keeps of its teacher, what its probabilities are worth, and what a language model would cost."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped,unused-ignore]

from clickintent.classifier.calibration import Judged, calibration_error
from clickintent.classifier.labels import UNANSWERED, estimate_weights
from clickintent.evaluation.figures import Interval, Rows, bootstrap
from clickintent.labeling.label_prompt import LabelItem, LabelPrompt
from clickintent.labeling.packing import LabelCalls
from clickintent.llm import LlmSettings, Price
from clickintent.taxonomy import Taxonomy

LEAST_PROBABILITY: Final = 1e-6
"""Of the true leaf where log loss is told: isotonic regression gives some leaves none."""

MILLION: Final = 1_000_000


def kept_of_teacher(
    owners: NDArray[np.str_],
    truth: NDArray[np.int64],
    teacher: NDArray[np.int64],
    student: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> dict[str, Interval]:
    """How often teacher and student are right of the same sessions, and the share that the student keeps.

    Args:
        owners: visitor of each session.
        truth: int64[n], the true intent.
        teacher: int64[n], the teacher's.
        student: int64[n], the student's.
        weights: float64[n], sessions that each stands for.

    Returns:
        'teacher_accuracy', 'student_accuracy' and their ratio 'share_kept', with 95% intervals by visitor; the ratio's
        is that of both drawn together.
    """
    counted = estimate_weights(weights)
    teacher_right, student_right = (counted * (answers == truth) for answers in (teacher, student))

    def shares(rows: Rows) -> Mapping[str, float]:
        of_teacher, of_student, total = (column[rows].sum() for column in (teacher_right, student_right, counted))
        return {
            "teacher_accuracy": _ratio(of_teacher, total),
            "student_accuracy": _ratio(of_student, total),
            "share_kept": _ratio(of_student, of_teacher),
        }

    return bootstrap(owners, shares)


def calibration_figures(
    owners: NDArray[np.str_],
    probabilities: NDArray[np.float32],
    answers: NDArray[np.int64],
    weights: NDArray[np.float64],
    groups: NDArray[np.int64],
) -> dict[str, Interval]:
    """Expected calibration error of leaves and of groups, and log loss of leaves, with 95% intervals by visitor.

    A group is as probable as its leaves together, and the best group is the most probable one.

    Args:
        owners: visitor of each session.
        probabilities: float32[n, leaves].
        answers: int64[n], a judge's leaf.
        weights: float64[n], sessions that each stands for.
        groups: int64[leaves], number of each leaf's level-1 intent.
    """
    counted = estimate_weights(weights)
    best, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == answers
    by_group = level_1(probabilities, groups)
    best_group, is_right_group = by_group.max(axis=1), by_group.argmax(axis=1) == groups[answers]
    of_answer = probabilities[np.arange(len(answers)), answers].astype(np.float64)
    losses = -np.log(np.maximum(of_answer, LEAST_PROBABILITY))

    def figures(rows: Rows) -> Mapping[str, float]:
        stands_for = counted[rows]
        if stands_for.sum() == 0:
            return dict.fromkeys(("calibration_error", "calibration_error_level_1", "log_loss"), float("nan"))
        return {
            "calibration_error": calibration_error(best[rows], is_right[rows], stands_for),
            "calibration_error_level_1": calibration_error(best_group[rows], is_right_group[rows], stands_for),
            "log_loss": float(np.average(losses[rows], weights=stands_for)),
        }

    return bootstrap(owners, figures)


def abstention_figures(
    owners: NDArray[np.str_],
    is_right: NDArray[np.bool_],
    is_covered: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> dict[str, Interval]:
    """Share right of the sessions that keep an intent ('precision'), and how many those are ('coverage').

    Args:
        owners: visitor of each session.
        is_right: bool[n], whether the best leaf is the judge's.
        is_covered: bool[n], whether the student answers.
        weights: float64[n], sessions that each stands for.
    """
    counted = estimate_weights(weights)
    covered, right = counted * is_covered, counted * (is_covered & is_right)

    def shares(rows: Rows) -> Mapping[str, float]:
        of_covered = covered[rows].sum()
        return {
            "precision": _ratio(right[rows].sum(), of_covered),
            "coverage": _ratio(of_covered, counted[rows].sum()),
        }

    return bootstrap(owners, shares)


def level_1(probabilities: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.float32]:
    """Probability of each group, the sum of its leaves'; float32[n, groups].

    Args:
        probabilities: float32[n, leaves].
        groups: int64[leaves], number of each leaf's group.
    """
    return probabilities @ np.eye(groups.max() + 1, dtype=np.float32)[groups]


def isotonic(judged: Judged) -> NDArray[np.float32]:
    """Probabilities recalibrated leaf by leaf and scaled to sum to 1 (Zadrozny & Elkan 2002), float32[n, leaves].

    Each fold by what the judge says of the others. A leaf that the judge never named there keeps its scores; a session
    to which no leaf is left keeps all of its own.
    """
    recalibrated = judged.probabilities.copy()
    for fold in np.unique(judged.fold):
        here = judged.fold == fold
        others = judged.only(~here & (judged.answers != UNANSWERED))
        weights = estimate_weights(others.weights)
        for leaf in np.unique(others.answers):
            fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
                others.probabilities[:, leaf], others.answers == leaf, sample_weight=weights
            )
            recalibrated[here, leaf] = fitted.predict(judged.probabilities[here, leaf])
    total = recalibrated.sum(axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.divide(recalibrated, total, out=judged.probabilities.copy(), where=total > 0)
    return scaled


def llm_costs(
    narratives: Sequence[str],
    sample_sessions: int,
    taxonomy: Taxonomy,
    settings: LlmSettings,
    prices: Mapping[str, Price],
) -> dict[str, dict[str, float]]:
    """What a language model would cost that labels every session, beside one that labels the sample once.

    By the tokens that the labeler 'openai' would send: sessions packed into calls, tokens estimated, answers of usual
    length, no discount, and no answer used for two sessions that read alike.

    Args:
        narratives: of sessions drawn at random, as they would be sent; at least one.
        sample_sessions: in the label sample.
        taxonomy: shown in every call.
        settings: how calls are filled.
        prices: by model.

    Returns:
        Model -> figures: 'usd_per_million_sessions', 'usd_of_label_sample'; under 'any model' 'tokens_per_session' of
        questions and 'answer_tokens_per_session'.
    """
    writer = LabelCalls(LabelPrompt(taxonomy), taxonomy.leaf_ids, settings)
    items = [LabelItem(str(number), str(number), text) for number, text in enumerate(narratives)]
    prompt_tokens = sum(call.estimated_tokens for call in writer.pack(item for item in items if writer.fits(item)))
    per_session = prompt_tokens / len(items), writer.usual_answer_tokens(len(items)) / len(items)
    costs = {"any model": {"tokens_per_session": per_session[0], "answer_tokens_per_session": per_session[1]}}
    for model, price in prices.items():
        usd = price.usd(round(per_session[0] * MILLION), round(per_session[1] * MILLION))
        costs[model] = {"usd_per_million_sessions": usd, "usd_of_label_sample": usd * sample_sessions / MILLION}
    return costs


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
