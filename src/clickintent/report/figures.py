"""Figures of one table, and how they are said."""

from dataclasses import dataclass
from typing import Final

import polars as pl

GAIN: Final = "_gain_over_"


@dataclass(frozen=True)
class Figure:
    """A row of a table of figures; low and high are null where there is no interval."""

    task: str
    model: str
    segment: str
    metric: str
    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def has_interval(self) -> bool:
        """Whether it is an estimate with a 95% interval."""
        return self.low is not None and self.high is not None


class Figures:
    """The rows of one table whose value can be told, in their order.

    Args:
        frame: task, model, segment, metric, value, low, high, n.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        told = frame.with_columns(pl.col("value", "low", "high").fill_nan(None)).drop_nulls("value")
        self.rows = [Figure(**row) for row in told.select(list(Figure.__annotations__)).iter_rows(named=True)]

    def all(
        self,
        *,
        task: str | None = None,
        model: str | None = None,
        segment: str | None = None,
        metric: str | None = None,
    ) -> list[Figure]:
        """The rows that agree with what is said."""
        return [
            row
            for row in self.rows
            if task in (None, row.task)
            and model in (None, row.model)
            and segment in (None, row.segment)
            and metric in (None, row.metric)
        ]

    def one(self, task: str, model: str, metric: str, segment: str = "all") -> Figure | None:
        """That row, None where there is none."""
        found = self.all(task=task, model=model, segment=segment, metric=metric)
        return found[0] if found else None

    def tasks(self) -> list[str]:
        """Tasks in their order."""
        return list(dict.fromkeys(row.task for row in self.rows))

    def model_of(self, slug: str) -> str:
        """The model that a metric's name means: 'page_counts' is 'page counts'."""
        for row in self.rows:
            if row.model.replace(" + ", "_and_").replace(" ", "_") == slug:
                return row.model
        return slug.replace("_", " ")


def number(value: float) -> str:
    """Three digits after the point, or three that count where it is smaller or larger."""
    if value == 0:
        return "0"
    return f"{value:.3f}" if 0.01 <= abs(value) < 100 else f"{value:,.3g}"  # noqa: PLR2004 - what reads well


def share(value: float) -> str:
    """As a percentage; one digit after the point below a tenth."""
    return f"{value:.1%}" if abs(value) < 0.1 else f"{value:.0%}"  # noqa: PLR2004 - what reads well


def interval(figure: Figure, *, is_share: bool = False) -> str:
    """'(95% interval 0.1 to 0.2, n = 1,000)', less what is not known."""
    said = share if is_share else number
    if figure.low is None or figure.high is None:
        return f"(n = {figure.n:,})"
    return f"(95% interval {said(figure.low)} to {said(figure.high)}, n = {figure.n:,})"


def against(figure: Figure, goal: float) -> str:
    """'above', 'below', or 'unsure' where the interval holds the goal, or there is no interval and they are equal."""
    low, high = (figure.low, figure.high) if figure.has_interval else (figure.value, figure.value)
    if low is not None and low > goal:
        return "above"
    return "below" if high is not None and high < goal else "unsure"
