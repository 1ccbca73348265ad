"""What the page *Journeys* shows: from intent to intent, how long it takes, where it ends."""

from datetime import date
from typing import Final

import polars as pl

from clickintent.dashboard.data import Query

CHANNELS: Final = {
    "all": "All sessions",
    "web_app": "From web to app",
    "app_web": "From app to web",
    "web": "Within the web",
    "app": "Within the app",
}
"""Which pairs of channels a flow may have -> its name on the page."""

CAPS: Final = {"days": 30, "sessions": 10}
"""The last value of `time_to_conversion`, which stands for itself and more; as `journey_outcomes` cuts it."""

_PAIRS: Final = {
    "all": None,
    "web_app": ("web", "app"),
    "app_web": ("app", "web"),
    "web": ("web", "web"),
    "app": ("app", "app"),
}


def flows(query: Query, first_day: date, last_day: date, channels: str) -> pl.DataFrame:
    """From each level-1 intent to the next session's.

    Args:
        query: where from.
        first_day: weeks that start on it or later.
        last_day: and on this day at the latest.
        channels: one of `CHANNELS`.

    Returns:
        from_intent, from_name, to_intent, to_name, transitions, share (of the transitions from that intent),
        conversion_rate (of the later sessions), mean_days; the most frequent first.
    """
    pair = _PAIRS[channels]
    condition = "" if pair is None else " and flows.from_channel = ? and flows.to_channel = ?"
    rows = query(
        f"""
        with groups as (
            select distinct intent_l1, intent_group_name from dim_intents
        )

        select
            flows.from_intent_l1 as from_intent,
            coalesce(before.intent_group_name, flows.from_intent_l1) as from_name,
            flows.to_intent_l1 as to_intent,
            coalesce(later.intent_group_name, flows.to_intent_l1) as to_name,
            sum(flows.transitions) as transitions,
            sum(flows.converted_transitions) as converted_transitions,
            sum(flows.days_between) as days_between
        from intent_flows as flows
        left join groups as before on flows.from_intent_l1 = before.intent_l1
        left join groups as later on flows.to_intent_l1 = later.intent_l1
        where flows.week >= ? and flows.week <= ?{condition}
        group by 1, 2, 3, 4
        order by 5 desc, 2, 4
        """,
        [first_day, last_day, *(pair or ())],
    )
    return rows.with_columns(
        share=pl.col("transitions") / pl.col("transitions").sum().over("from_intent"),
        conversion_rate=pl.col("converted_transitions") / pl.col("transitions"),
        mean_days=pl.col("days_between") / pl.col("transitions"),
    ).drop("converted_transitions", "days_between")


def outcomes(query: Query, first_day: date, last_day: date, channel: str | None) -> pl.DataFrame:
    """Where the journeys of each intent end.

    Returns:
        intent, name, stage_reached, stage_rank, journeys, converted_journeys, share (of the intent's journeys),
        converted_share (of the intent); the intents that convert most first, stages in their order.
    """
    condition, parameters = _condition(first_day, last_day, channel)
    rows = query(
        f"""
        with groups as (
            select distinct intent_l1, intent_group_name from dim_intents
        )

        select
            outcomes.intent_l1 as intent,
            coalesce(groups.intent_group_name, outcomes.intent_l1) as name,
            outcomes.stage_reached,
            outcomes.stage_rank,
            sum(outcomes.journeys) as journeys,
            sum(case when outcomes.is_converted then outcomes.journeys else 0 end) as converted_journeys
        from journey_outcomes as outcomes
        left join groups on outcomes.intent_l1 = groups.intent_l1
        where {condition}
        group by 1, 2, 3, 4
        """,
        parameters,
    )
    of_intent = pl.col("journeys").sum().over("intent")
    return rows.with_columns(
        share=pl.col("journeys") / of_intent,
        converted_share=pl.col("converted_journeys").sum().over("intent") / of_intent,
    ).sort("converted_share", "name", "stage_rank", descending=[True, False, False])


def time_to_conversion(query: Query, first_day: date, last_day: date, channel: str | None, unit: str) -> pl.DataFrame:
    """How many days or sessions journeys that converted took.

    Args:
        query: where from.
        first_day: weeks that start on it or later.
        last_day: and on this day at the latest.
        channel: 'web', 'app', or None for both.
        unit: 'days' or 'sessions'.

    Returns:
        value (the last one stands for itself and more), journeys, share.
    """
    condition, parameters = _condition(first_day, last_day, channel)
    column = {"days": "days_to_conversion", "sessions": "sessions_to_conversion"}[unit]
    rows = query(
        f"""
        select outcomes.{column} as value, sum(outcomes.journeys) as journeys
        from journey_outcomes as outcomes
        where {condition} and outcomes.{column} is not null
        group by 1
        order by 1
        """,
        parameters,
    )
    return rows.with_columns(share=pl.col("journeys") / pl.col("journeys").sum())


def _condition(first_day: date, last_day: date, channel: str | None) -> tuple[str, list[object]]:
    condition = "outcomes.week >= ? and outcomes.week <= ?"
    if channel is None:
        return condition, [first_day, last_day]
    return f"{condition} and outcomes.channel = ?", [first_day, last_day, channel]
