"""The rows of every `eval_*` table that judges by time, and intervals for any figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.evaluation.intervals import DRAWS, INTERVAL

FIGURE_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "task": pl.String,
    "model": pl.String,
    "segment": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "train_n": pl.Int64,
    "split_at": pl.Datetime("us"),
    "encoder_version": pl.String,
    "taxonomy_version": pl.String,
    "classifier_version": pl.String,
    "evaluated_at": pl.Datetime("us"),
}

Rows = NDArray[np.int64]
Statistic = Callable[[Rows], Mapping[str, float]]
"""Rows of the examples, with repeats, to named figures; NaN where one cannot be told of them."""


@dataclass(frozen=True)
class Judged:
    """What the figures of one evaluation have in common; null where there is none of the kind.

    Attributes:
        split_at: everything was fitted on what was known before, and judged on what came after, UTC.
        encoder_version, taxonomy_version, classifier_version: whose outputs were judged.
        evaluated_at: UTC.
    """

    evaluated_at: datetime
    split_at: datetime | None = None
    encoder_version: str | None = None
    taxonomy_version: str | None = None
    classifier_version: str | None = None


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


def bootstrap(owners: NDArray[Any], statistic: Statistic, *, draws: int = DRAWS, seed: int = 7) -> dict[str, Interval]:
    """Figures with 95% intervals, resampling owners and not rows: what one person does is alike.

    A difference between two models is a figure as well: let `statistic` compute both on the rows that it is given, and
    the interval is that of the paired difference.

    Args:
        owners: n keys, such as visitor ids.
        statistic: from rows, int64[m] into the n examples, to figures by name.
        draws: resamples.
        seed: of the resampling.

    Returns:
        Name -> figure over all rows, and the percentiles of the resamples where it could be told; empty without rows.
    """
    if len(owners) == 0:
        return {}
    order, starts, lengths = _by_owner(owners)
    figures = statistic(np.arange(len(owners)))
    random = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(draws):
        chosen = random.integers(0, len(starts), len(starts))
        for name, figure in statistic(_rows_of(chosen, order, starts, lengths)).items():
            drawn[name].append(figure)
    return {name: Interval(float(figure), *_percentiles(drawn[name])) for name, figure in figures.items()}


def figure_rows(
    judged: Judged,
    *,
    task: str,
    model: str,
    figures: Mapping[str, Interval],
    n: int,
    train_n: int | None = None,
    segment: str = "all",
) -> list[dict[str, Any]]:
    """Rows by FIGURE_SCHEMA, one a figure.

    Args:
        judged: what they have in common.
        task: what is guessed.
        model: whose answers are judged.
        figures: metric -> figure.
        n: examples judged.
        train_n: examples the head was fitted on; null where none was.
        segment: which part of the examples, such as a channel.
    """  # fmt: skip
    common = {"task": task, "model": model, "segment": segment, "n": n, "train_n": train_n}
    common |= {name: getattr(judged, name) for name in Judged.__dataclass_fields__}
    return [
        {**common, "metric": metric, "value": figure.value, "low": figure.low, "high": figure.high}
        for metric, figure in figures.items()
    ]


def _by_owner(owners: NDArray[Any]) -> tuple[Rows, Rows, Rows]:
    """Rows in the order of their owners, and where each owner's rows start and how many there are."""
    order = np.argsort(owners, kind="stable")
    in_order = owners[order]
    starts = np.flatnonzero(np.append(True, in_order[1:] != in_order[:-1]))
    return order, starts, np.diff(np.append(starts, len(owners)))


def _rows_of(chosen: Rows, order: Rows, starts: Rows, lengths: Rows) -> Rows:
    """All rows of the chosen owners, an owner's as often as it was chosen."""
    counts = lengths[chosen]
    first = np.repeat(starts[chosen] - (np.cumsum(counts) - counts), counts)
    return np.asarray(order[first + np.arange(counts.sum())])


def _percentiles(drawn: list[float]) -> tuple[float, float]:
    told = np.array([figure for figure in drawn if not np.isnan(figure)])
    if len(told) == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(told, INTERVAL)
    return float(low), float(high)
