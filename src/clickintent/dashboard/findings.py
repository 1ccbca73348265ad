"""Titles that say what a chart shows, from the rows it is drawn of."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

POINTS = 100


def share(value: float | None, digits: int = 0) -> str:
    """A share as people say it; a dash where it cannot be told."""
    return "\N{EN DASH}" if value is None else f"{value:.{digits}%}"


def points(value: float) -> str:
    """A difference of shares, with its sign."""
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
    return f"{sign}{abs(value) * POINTS:.1f} points"


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def leading_intent(shares: pl.DataFrame) -> str:
    """Of `intents.shares`."""
    counted = shares.filter(pl.col("sessions") > 0)
    if counted.is_empty():
        return "No session is left by these filters"
    first = counted.row(0, named=True)
    if counted.height == 1:
        return f"{first['name']} is what {share(first['share'])} of sessions are about"
    second = counted.row(1, named=True)
    then = f"{second['name']} ({share(second['share'])})"
    return f"{first['name']} leads with {share(first['share'])} of sessions, then {then}"


def concentration(shares: pl.DataFrame, count: int) -> str:
    """Of `intents.shares`: how much the largest hold."""
    counted = shares.filter(pl.col("sessions") > 0)
    if counted.height <= count:
        return f"{counted.height} intents hold {share(_sum(counted['share']))} of sessions"
    return (
        f"The {count} largest of {counted.height} intents hold {share(_sum(counted['share'].head(count)))} of sessions"
    )


def differing_share(split: pl.DataFrame, values: Sequence[str], dimension: str) -> str:
    """Of `intents.split`: the intent whose share differs most between the values.

    Args:
        split: value, name, share.
        values: those to compare.
        dimension: what they are values of.
    """
    spread = (
        split.filter(pl.col("value").is_in(values))
        .group_by("name")
        .agg(most=pl.col("share").max(), least=pl.col("share").min(), where=pl.col("value").sort_by("share").last())
        .sort(pl.col("most") - pl.col("least"), "name", descending=[True, False])
    )
    if spread.is_empty() or len(values) < 2:  # noqa: PLR2004 - a difference is of two
        return f"What each {dimension.lower()} comes for"
    first = spread.row(0, named=True)
    return f"{first['name']} differs most by {dimension.lower()}: {share(first['most'])} in {first['where']}"


def moving_intents(movers: pl.DataFrame) -> str:
    """Of `intents.movers`."""
    if movers.is_empty():
        return "There are not five weeks to compare"
    moved = movers.filter("has_moved")
    if moved.is_empty():
        return "No intent moved by more than chance this week"
    most = moved.sort(pl.col("change").abs().round(9), "change", descending=True).row(0, named=True)
    others = moved.height - 1
    tail = "" if others == 0 else f", and {others} more moved" if others > 1 else ", and one more moved"
    return (
        f"{most['name']} {'rose' if most['change'] > 0 else 'fell'} by {abs(most['change']) * POINTS:.1f} points{tail}"
    )


def changing_share(trend: pl.DataFrame) -> str:
    """Of `intents.trend`: the intent whose share changed most from the first period to the last."""
    periods = trend["period_start"].unique().sort()
    if periods.len() < 2:  # noqa: PLR2004 - a trend has two ends
        return "One period alone shows no trend"
    ends = (
        trend.filter(pl.col("period_start").is_in([periods[0], periods[-1]]))
        .group_by("name")
        .agg(
            change=pl.col("share").filter(pl.col("period_start") == periods[-1]).sum()
            - pl.col("share").filter(pl.col("period_start") == periods[0]).sum()
        )
        .sort(pl.col("change").abs(), "name", descending=[True, False])
    )
    most = ends.row(0, named=True)
    return f"{most['name']} changed most: {points(most['change'])} from the first to the last period"


def best_converting(shares: pl.DataFrame, fewest: int) -> str:
    """Of `intents.shares`, among intents of at least so many sessions."""
    rated = shares.filter(pl.col("sessions") >= fewest).sort("conversion_rate", "name", descending=[True, False])
    if rated.is_empty() or not rated["conversion_rate"][0]:
        return "No session converted"
    first = rated.row(0, named=True)
    return f"{first['name']} converts best: {share(first['conversion_rate'], 1)} of its sessions"


def counted_and_expected(shares: pl.DataFrame) -> str:
    """Of `intents.shares`: where counting the best intent and summing probabilities differ most."""
    gap = (pl.col("expected_sessions") - pl.col("sessions")).abs()
    rows = shares.sort(gap, "name", descending=[True, False])
    if rows.is_empty():
        return "No session is left by these filters"
    first = rows.row(0, named=True)
    more = "more" if first["expected_sessions"] > first["sessions"] else "fewer"
    size = abs(first["expected_sessions"] - first["sessions"])
    return f"{first['name']}: {size:,.0f} {more} sessions expected than counted, the widest gap"


def next_intents(flows: pl.DataFrame) -> str:
    """Of `journeys.flows`."""
    total = _sum(flows["transitions"])
    if not total:
        return "Nobody was followed from one session to the next"
    same = _sum(flows.filter(pl.col("from_intent") == pl.col("to_intent"))["transitions"]) / total
    moved = flows.filter(pl.col("from_intent") != pl.col("to_intent"))
    tail = ""
    if moved.height:
        first = moved.row(0, named=True)
        tail = f"; the most frequent change is from {first['from_name']} to {first['to_name']}"
    return f"{share(same)} come back for the same thing{tail}"


def journeys_end(outcomes: pl.DataFrame) -> str:
    """Of `journeys.outcomes`."""
    if outcomes.is_empty():
        return "There are no journeys yet"
    stages = outcomes.group_by("stage_reached").agg(pl.col("journeys").sum()).sort("journeys", descending=True)
    first = stages.row(0, named=True)
    part = first["journeys"] / _sum(stages["journeys"])
    return f"{share(part)} of journeys come no further than {stage_name(first['stage_reached']).lower()}"


def time_taken(rows: pl.DataFrame, unit: str) -> str:
    """Of `journeys.time_to_conversion`."""
    if rows.is_empty():
        return "No journey converted"
    quick = {"days": 0, "sessions": 1}[unit]
    part = _sum(rows.filter(pl.col("value") <= quick)["share"])
    within = {"days": "on the day they begin", "sessions": "in their first session"}[unit]
    return f"{share(part)} of the journeys that convert do so {within}"


def stage_name(stage: str) -> str:
    """A stage as people say it."""
    return stage.replace("_", " ").capitalize()


def trusted(coverage: float | None, failed: int | None, tests: int) -> str:
    """How many sessions have an intent, and whether the last run's tests passed; nothing of tests where none ran.

    Args:
        coverage: share of sessions with an intent.
        failed: tests and models of the last run that failed; None where no run is known.
        tests: how many tests ran in it.
    """
    told = f"{share(coverage, 1)} of sessions have an intent"
    if failed:
        return f"{told}, and {counted(failed, 'check')} failed"
    return told if failed is None or not tests else f"{told}, and every test passed"


def last_run(unpassed: int, tests: int) -> str:
    """Of what did not pass in the last run, and how many tests ran in it."""
    if unpassed:
        return f"{counted(unpassed, 'check')} of the last run did not pass"
    return "Nothing failed in the last run" if tests else "The last run ran no tests"


def small_cells(fewest: int) -> str:
    """What a caption says of cells that were left out; nothing where none were."""
    return f" Cells under {fewest:,} sessions are left out." if fewest > 0 else ""


def calibrated(metrics: Mapping[str, Any]) -> str:
    """Of the classifier's metrics."""
    error = metrics.get("calibration_error")
    if error is None:
        return "There is no classifier to judge"
    return f"Probabilities are off by {error * POINTS:.1f} points on average"


def least_reliable(leaves: pl.DataFrame, fewest: int) -> str:
    """Of `trust.agreement_per_leaf`, among leaves of at least so many labels."""
    judged = leaves.filter(pl.col("n") >= fewest)
    if judged.is_empty():
        return "No leaf has labels enough to be judged"
    first = judged.row(0, named=True)
    return f"{first['name']} is the least reliable: {share(first['agreement'])} as the labeler has it"


def quarantined(rows: pl.DataFrame) -> str:
    """Of `trust.quarantine`."""
    if rows.is_empty():
        return "No event is in quarantine"
    first = rows.row(0, named=True)
    return f"{rows['events'].sum():,} events are in quarantine, most for {first['reason'].replace('_', ' ')}"


def _sum(values: pl.Series) -> float:
    return float(values.sum() or 0)
