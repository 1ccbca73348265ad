"""Predicted intents against gold: accuracy where a model answers, and how often it does."""

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
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "evaluated_at": pl.Datetime("us"),
}


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
        Rows by EVALUATION_SCHEMA: metrics 'accuracy' (where the model answers; 95% interval by visitor) and 'coverage'.
    """
    rows = [
        {"task": task, "model": model, "channel": channel, **figures, "evaluated_at": evaluated_at}
        for model, predicted in predictions.items()
        for channel, figures in _figures(gold.join(predicted, on="session_id", how="inner"))
    ]
    return pl.DataFrame(rows, schema=EVALUATION_SCHEMA)


def _figures(judged: pl.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    for channel in ("all", *judged["channel"].unique().sort()):
        chosen = judged if channel == "all" else judged.filter(pl.col("channel") == channel)
        answered = chosen.filter(pl.col("prediction").is_not_null())
        for metric, rows, values in (
            ("accuracy", answered, answered["prediction"] == answered["truth"]),
            ("coverage", chosen, chosen["prediction"].is_not_null()),
        ):
            weights = rows["weight"] if "weight" in rows.columns else None
            value, low, high = bootstrap_mean(values, rows["visitor_id"], weights=weights)
            yield channel, {"metric": metric, "value": value, "low": low, "high": high, "n": rows.height}
