"""What the page *Intents* shows: shares, trends, movers, conversion, expected sessions, visitors."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from clickintent.dashboard.data import Query
from clickintent.dashboard.filters import DIMENSIONS, OF_VISITORS, Filters
from clickintent.dashboard.intervals import rise, wilson

NO_INTENT_NAME: Final = "No intent yet"
DAYS_NOW: Final = 7
DAYS_BEFORE: Final = 28
FEWEST_FOR_RATE: Final = 30
"""Sessions an intent needs before a rate of conversion is drawn for it: of fewer, the interval fills the chart."""

_INTENT: Final = {
    1: "coalesce(intents.intent_l1, 'none') as intent, "
    f"coalesce(intents.intent_group_name, '{NO_INTENT_NAME}') as name",
    2: f"cells.intent_id as intent, coalesce(intents.intent_name, '{NO_INTENT_NAME}') as name",
}
_FROM: Final = (
    "from intent_trends_daily as cells left join dim_intents as intents on cells.intent_id = intents.intent_id"
)


def shares(query: Query, filters: Filters) -> pl.DataFrame:
    """Each intent's part of the sessions, the largest first.

    Returns:
        intent, name, sessions, expected_sessions, converted_sessions, abstained_sessions, share (of all sessions that
        the filters leave, those of other groups among them), abstained_share, conversion_rate, low and high (its 95%
        interval).
    """
    condition, parameters = filters.condition()
    rows = query(
        f"""
        select
            {_INTENT[filters.level]},
            sum(cells.sessions) as sessions,
            sum(cells.expected_sessions) as expected_sessions,
            sum(cells.converted_sessions) as converted_sessions,
            sum(cells.abstained_sessions) as abstained_sessions,
            sum(sum(cells.sessions)) over () as all_sessions
        {_FROM} where {condition}
        group by 1, 2
        order by sessions desc, name
        """,
        parameters,
    )
    rows = _of_group(query, filters, rows)
    low, high = wilson(rows["converted_sessions"].to_numpy(), rows["sessions"].to_numpy())
    return rows.with_columns(
        share=pl.col("sessions") / pl.col("all_sessions"),
        # an intent may be expected of some sessions and be the best of none
        abstained_share=(pl.col("abstained_sessions") / pl.col("sessions")).fill_nan(None),
        conversion_rate=(pl.col("converted_sessions") / pl.col("sessions")).fill_nan(None),
        low=low,
        high=high,
    ).drop("all_sessions")


def totals(found: pl.DataFrame) -> dict[str, float]:
    """Sessions, those that abstained, that converted, and that are expected, of the intents that `shares` found."""
    columns = ("sessions", "abstained_sessions", "converted_sessions", "expected_sessions")
    return found.select(pl.col(columns).sum()).row(0, named=True)


def groups_by_size(query: Query) -> list[str]:
    """Names of the level-1 intents, the largest of all days first."""
    return query(
        f"""
        select intents.intent_group_name as name, sum(cells.sessions) as sessions
        {_FROM} where intents.intent_group_name is not null
        group by 1
        order by 2 desc, 1
        """
    )["name"].to_list()


def trend(query: Query, filters: Filters, period: str) -> pl.DataFrame:
    """Each intent's share of each day or week.

    Args:
        query: where from.
        filters: what is chosen.
        period: 'day' or 'week'. A week of which not all days are chosen is left out, unless there is no whole one.

    Returns:
        period_start, intent, name, sessions, share; periods ascending.
    """
    condition, parameters = filters.condition()
    start = "cells.day" if period == "day" else "cast(date_trunc('week', cells.day) as date)"
    rows = query(
        f"""
        select
            {start} as period_start,
            {_INTENT[filters.level]},
            sum(cells.sessions) as sessions
        {_FROM} where {condition}
        group by 1, 2, 3
        order by 1, 4 desc, 3
        """,
        parameters,
    ).with_columns(share=pl.col("sessions") / pl.col("sessions").sum().over("period_start"))
    if period == "week":
        is_whole = (pl.col("period_start") >= filters.first_day) & (
            pl.col("period_start") <= filters.last_day - timedelta(days=DAYS_NOW - 1)
        )
        rows = rows.filter(is_whole) if rows.select(is_whole.any()).item() else rows
    return _of_group(query, filters, rows)


def split(query: Query, filters: Filters, dimension: str) -> pl.DataFrame:
    """Each intent's share within each value of a dimension.

    Args:
        query: where from.
        filters: what is chosen.
        dimension: one of `DIMENSIONS`.

    Returns:
        value, intent, name, sessions, share.
    """
    if dimension not in DIMENSIONS:
        raise ValueError(f"Nothing is split by {dimension}: choose of {', '.join(DIMENSIONS)}.")
    condition, parameters = filters.condition()
    rows = query(
        f"""
        select cells.{dimension} as value, {_INTENT[filters.level]}, sum(cells.sessions) as sessions
        {_FROM} where {condition}
        group by 1, 2, 3
        order by 4 desc, 1, 3
        """,
        parameters,
    ).with_columns(share=pl.col("sessions") / pl.col("sessions").sum().over("value"))
    return _of_group(query, filters, rows)


def movers(query: Query, filters: Filters, first_day: date, last_day: date) -> pl.DataFrame:
    """What rose and fell in the last week against the four weeks before, whatever days are chosen.

    Args:
        query: where from.
        filters: what is chosen; its days are not used.
        first_day: of the data.
        last_day: of the data.

    Returns:
        intent, name, sessions (of the week), share_before, share, change, low and high (95% interval of the change) and
        has_moved (the interval leaves out zero); the largest rise first. No rows of less than five weeks.
    """
    first_now = last_day - timedelta(days=DAYS_NOW - 1)
    first = first_now - timedelta(days=DAYS_BEFORE)
    condition, parameters = filters.over(first, last_day).condition()
    is_known_whole = first_day <= first
    cells = query(
        f"""
        select cells.day, {_INTENT[filters.level]}, sum(cells.sessions) as sessions
        {_FROM} where {condition}
        group by 1, 2, 3
        order by 1, 2
        """,
        parameters,
    )
    schema: dict[str, type[pl.DataType]] = {"intent": pl.String, "name": pl.String, "sessions": pl.Int64}
    schema |= dict.fromkeys(("share_before", "share", "change", "low", "high"), pl.Float64)
    schema["has_moved"] = pl.Boolean
    days = [first + timedelta(days=number) for number in range(DAYS_BEFORE + DAYS_NOW)]
    place = {day: number for number, day in enumerate(days)}
    counts: dict[tuple[str, str], np.ndarray] = {}
    for day, intent, name, sessions in cells.iter_rows() if is_known_whole else ():
        counts.setdefault((intent, name), np.zeros(len(days)))[place[day]] += sessions
    total = sum(counts.values(), np.zeros(len(days)))
    found = []
    for (intent, name), daily in counts.items():
        before, now = daily[:DAYS_BEFORE], float(daily[DAYS_BEFORE:].sum())
        change = rise(before, total[:DAYS_BEFORE], now, float(total[DAYS_BEFORE:].sum()))
        if change is not None:
            share_before = float(before.sum() / total[:DAYS_BEFORE].sum())
            has_moved = change.low > 0 or change.high < 0
            found.append((intent, name, int(now), share_before, share_before + change.value, *change, has_moved))
    rows = pl.DataFrame(found, schema=schema, orient="row").sort("change", "name", descending=[True, False])
    return _of_group(query, filters, rows)


def visitors(query: Query, filters: Filters, period: str) -> pl.DataFrame | None:
    """Visitors of each day or week by itself; they do not add up over periods or intents.

    Args:
        query: where from.
        filters: what is chosen.
        period: 'day' or 'week'.

    Returns:
        period_start, channel, visitors; None where a filter is chosen by which visitors are not counted.
    """
    if any(dimension not in OF_VISITORS for dimension, _ in filters.values):
        return None
    conditions = "".join(f" and {dimension} = ?" for dimension, _ in filters.values)
    level, intent = (0, "all") if filters.group is None else (1, filters.group)
    rows = query(
        f"""
        select period_start, channel, sum(visitors) as visitors
        from intent_visitors
        where period = ? and intent_level = ? and intent_id = ? and period_start >= ? and period_start <= ?{conditions}
        group by 1, 2
        order by 1, 2
        """,
        [period, level, intent, filters.first_day, filters.last_day, *(value for _, value in filters.values)],
    )
    if period == "week":
        whole = rows.filter(pl.col("period_start") <= filters.last_day - timedelta(days=DAYS_NOW - 1))
        return whole if whole.height else rows
    return rows


def _of_group(query: Query, filters: Filters, rows: pl.DataFrame) -> pl.DataFrame:
    """The leaves of the chosen group alone, whose shares are of all sessions."""
    if filters.group is None:
        return rows
    kept = query("select intent_id, intent_l1 from dim_intents where intent_l1 = ?", [filters.group])
    return rows.filter(pl.col("intent").is_in([*kept["intent_id"], *kept["intent_l1"]]))
