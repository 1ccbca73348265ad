"""A published copy as large as many sessions make it: cells of made-up sessions, the rest of a real copy."""

from pathlib import Path

import duckdb

WEEKS = 52

# Sessions are spread over a year and evenly over every cell, which makes more cells than sessions of a bank would: four
# in five are of no campaign, the rest of 21 of them. A session is a score of one intent, and of two less probable ones.
_CELLS = """
create table published.intent_trends_daily as
with intents as (
    select intent_id, row_number() over (order by intent_id) - 1 as number from built.dim_intents
),

places as (
    select place, campaign
    from range(365 * 18) as places (place), range(22) as campaigns (campaign)
),

expected as (
    select
        places.*,
        intents.intent_id,
        hash(place, campaign, intents.number) as draw,
        3.0 * $sessions * case when campaign = 0 then 0.8 else 0.2 / 21 end
            / (365 * 18) / (select count(*) from intents) as mean_scores
    from places, intents
),

scored as (
    select
        *,
        cast(floor(mean_scores) as bigint)
        + cast(draw % 1000 < 1000 * (mean_scores - floor(mean_scores)) as bigint) as scores
    from expected
),

counted as (
    select *, scores // 3 + cast(draw // 1000 % 3 < scores % 3 as bigint) as sessions from scored
    where scores > 0
)

select
    date '2026-01-01' - cast(place // 18 as integer) as day,
    'made_up' as source,
    'default' as site_id,
    ['web', 'app'][1 + cast(place % 2 as integer)] as channel,
    ['anonymous', 'authenticated', 'mixed'][1 + cast(place // 2 % 3 as integer)] as auth_state,
    ['mobile', 'desktop', 'tablet'][1 + cast(place // 6 % 3 as integer)] as device_type,
    case when campaign = 0 then 'none' else 'campaign_' || campaign end as campaign,
    intent_id,
    sessions,
    cast(0.8 * sessions + 0.1 * (scores - sessions) as double) as expected_sessions,
    cast((sessions + draw // 7919 % 33) // 33 as bigint) as converted_sessions,
    cast((sessions + draw // 104729 % 11) // 11 as bigint) as abstained_sessions
from counted
"""
_VISITORS = """
create table published.intent_visitors as
with cells as (
    select cells.day, cells.channel, intents.intent_l1, intents.intent_id, sum(cells.sessions) as sessions
    from published.intent_trends_daily as cells
    inner join built.dim_intents as intents on cells.intent_id = intents.intent_id
    group by all
),

periods as (
    select 'day' as period, day as period_start, * exclude (day) from cells
    union all
    select 'week' as period, cast(date_trunc('week', day) as date) as period_start, * exclude (day) from cells
)

select period, period_start, 'made_up' as source, 'default' as site_id, channel, level as intent_level,
    case level when 0 then 'all' when 1 then intent_l1 else intent_id end as intent_id,
    cast(sum(sessions) as bigint) as visitors
from periods, (values (0), (1), (2)) as levels (level)
group by all
"""
_WEEKS = {
    "intent_flows": "week",
    "journey_outcomes": "week",
}


def write_cells(copy: Path, sessions: int, target: Path) -> dict[str, int]:
    """Write a copy of so many sessions.

    Args:
        copy: a published copy, such as the demo's: its taxonomy, map, flows and journeys are used.
        sessions: how many to make up.
        target: the file to write.

    Returns:
        Table -> rows, of those that grow with sessions.
    """
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{copy}' as built (read_only)")
        connection.execute(f"attach '{target}' as published")
        connection.execute(_CELLS, {"sessions": sessions})
        connection.execute(_VISITORS)
        for table, column in _WEEKS.items():  # a year of such weeks
            connection.execute(
                f"""
                create table published.{table} as
                select date '2025-01-06' + cast(7 * weeks.number as integer) as {column}, rows.* exclude ({column})
                from built.{table} as rows, range({WEEKS}) as weeks (number)
                where rows.{column} = (select max({column}) from built.{table} where {column} <
                    (select max({column}) from built.{table}))
                """  # noqa: S608 - names of our own
            )
        grown = ("intent_trends_daily", "intent_visitors", *_WEEKS)
        held = connection.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall()
        for table in {name for (name,) in held}.difference(grown):
            connection.execute(f"create table published.{table} as select * from built.{table}")  # noqa: S608
        return {
            table: connection.execute(f"select count(*) from published.{table}").fetchall()[0][0]  # noqa: S608
            for table in grown
        }
