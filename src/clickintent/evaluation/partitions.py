"""Intents against gold whatever they are called: for taxonomies that nobody has mapped to the truth."""

from typing import Any, Final

import polars as pl
from sklearn.metrics import adjusted_mutual_info_score

from clickintent.evaluation.intervals import bootstrap_mean

PARTITION_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "task": pl.String,
    "model": pl.String,
    "channel": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def partition_rows(task: str, model: str, judged: pl.DataFrame) -> list[dict[str, Any]]:
    """How well groups of sessions agree with the truth, by channel and overall.

    Args:
        task: name of what is grouped.
        model: who grouped.
        judged: visitor_id, channel, truth, prediction; only sessions that have both.

    Returns:
        Rows by PARTITION_SCHEMA: 'adjusted_mutual_information' (Vinh et al. 2010; 0 by chance, 1 for the same groups)
        and 'purity', the share of sessions whose truth is the commonest one of their group (95% interval by visitor).
        More groups are never less pure: read both.
    """
    rows = []
    for channel in ("all", *judged["channel"].unique().sort()):
        chosen = judged if channel == "all" else judged.filter(pl.col("channel") == channel)
        if chosen.is_empty():
            continue
        agreement = float(adjusted_mutual_info_score(chosen["truth"].to_list(), chosen["prediction"].to_list()))
        commonest = chosen["truth"] == chosen.select(pl.col("truth").mode().sort().first().over("prediction"))["truth"]
        purity, low, high = bootstrap_mean(commonest, chosen["visitor_id"])
        common = {"task": task, "model": model, "channel": channel, "n": chosen.height}
        rows.append({**common, "metric": "adjusted_mutual_information", "value": agreement, "low": None, "high": None})
        rows.append({**common, "metric": "purity", "value": purity, "low": low, "high": high})
    return rows
