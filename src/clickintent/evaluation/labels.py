"""Predicted intents against gold: accuracy where a model answers, and how often it does.

Gold is here what is taken for true, such as the demo's truth; what people say is judged in `labeling.quality`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import polars as pl

from clickintent.evaluation.intervals import bootstrap_mean

EVALUATION_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "task": pl.String,
    "model": pl.String,
    "channel": pl.String,
    "metric": pl.String,
    "intent_id": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "evaluated_at": pl.Datetime("us"),
}

ROUNDING: Final = 1e-9


def evaluate_predictions(
    task: str, gold: pl.DataFrame, predictions: dict[str, pl.DataFrame], evaluated_at: datetime
) -> pl.DataFrame:
    """Accuracy and coverage of several models on the same sessions, overall and by channel.

    Args:
        task: name of what is predicted.
        gold: session_id, visitor_id, channel, truth.
        predictions: model -> session_id, prediction (null where it abstains) and, where the sessions are a sample,
            weight: how many sessions each stands for, above 0. A model is judged on its own sessions only, so that
            one that saw a sample is not blamed for the rest.
        evaluated_at: UTC.

    Returns:
        Rows by EVALUATION_SCHEMA: metrics 'accuracy' (where the model answers; 95% interval by visitor) and 'coverage',
        of all intents together.
    """
    rows = [
        {"task": task, "model": model, "channel": channel, **figures, "evaluated_at": evaluated_at}
        for model, predicted in predictions.items()
        for channel, figures in _figures(gold.join(predicted, on="session_id", how="inner"))
    ]
    return pl.DataFrame(rows, schema=EVALUATION_SCHEMA)


def evaluate_by_intent(
    task: str, gold: pl.DataFrame, predictions: dict[str, pl.DataFrame], evaluated_at: datetime
) -> pl.DataFrame:
    """Accuracy of several models for the sessions of each true intent.

    Args:
        task: name of what is predicted.
        gold: session_id, visitor_id, channel, truth.
        predictions: model -> session_id, prediction (null where it abstains) and, of a sample, weight.
        evaluated_at: UTC.

    Returns:
        Rows by EVALUATION_SCHEMA: metric 'accuracy_of_intent', where the model answers, over all channels; n is 0 where
        it answers for no session of an intent.
    """
    rows = []
    for model, predicted in predictions.items():
        judged = gold.join(predicted, on="session_id", how="inner")
        for intent_id in judged["truth"].unique().sort():
            answered = judged.filter((pl.col("truth") == intent_id) & pl.col("prediction").is_not_null())
            value, low, high = _mean(answered, answered["prediction"] == intent_id)
            figures = {"value": value, "low": low, "high": high, "n": answered.height}
            said = {"task": task, "model": model, "channel": "all", "metric": "accuracy_of_intent"}
            rows.append({**said, "intent_id": intent_id, **figures, "evaluated_at": evaluated_at})
    return pl.DataFrame(rows, schema=EVALUATION_SCHEMA)


def surest(predictions: pl.DataFrame, coverage: float) -> pl.DataFrame:
    """The predictions of the share of sessions that a model is surest of; the others are left unanswered.

    Args:
        predictions: session_id, prediction, score (higher is surer), weight (how many sessions each stands for).
        coverage: share to answer, 0 to 1.

    Returns:
        session_id, prediction (null where not answered), weight, ordered from the surest; ties go by id.
    """
    ranked = predictions.sort("score", "session_id", descending=[True, False])
    # the last session would be lost to rounding where all are to be answered
    is_answered = pl.col("weight").cum_sum() <= coverage * pl.col("weight").sum() * (1 + ROUNDING)
    return ranked.select("session_id", "weight", prediction=pl.when(is_answered).then("prediction"))


def _figures(judged: pl.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    for channel in ("all", *judged["channel"].unique().sort()):
        chosen = judged if channel == "all" else judged.filter(pl.col("channel") == channel)
        answered = chosen.filter(pl.col("prediction").is_not_null())
        for metric, rows, values in (
            ("accuracy", answered, answered["prediction"] == answered["truth"]),
            ("coverage", chosen, chosen["prediction"].is_not_null()),
        ):
            value, low, high = _mean(rows, values)
            yield channel, {"metric": metric, "value": value, "low": low, "high": high, "n": rows.height}


def _mean(rows: pl.DataFrame, values: pl.Series) -> tuple[float, float, float]:
    return bootstrap_mean(values, rows["visitor_id"], weights=rows["weight"] if "weight" in rows.columns else None)
