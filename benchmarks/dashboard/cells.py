"""A published copy as large as many sessions would make it: cells of made-up sessions, the rest of a real copy."""

from pathlib import Path

import duckdb

WEEKS = 52

# each session's place in the grid of cells by one hash of its number; each has three intents of falling probability
_CELLS = """
create table published.intent_trends_daily as
with intents as (
    select intent_id, row_number() over (order by intent_id) - 1 as number from built.dim_intents
),

size as (
    select count(*) as intents from intents
),

-- four campaigns in five sessions are none; of intents some are more frequent: the smaller of two draws
drawn as (
    select
        number, rank, intents as intent_count,
        hash(number) % 365 * 18 + hash(number, 1) % 18 as place,
        case when hash(number, 2) % 5 < 4 then 0 else 1 + hash(number, 3) % 21 end as campaign,
        least(hash(number, rank) % intents, hash(rank, number) % intents) as intent,
    from range($sessions) as numbers (number), (values (1), (2), (3)) as ranks (rank), size
),

counted as (
    select
        (place * 22 + campaign) * intent_count + intent as cell,
        intent_count,
        count(*) filter (where rank = 1) as sessions,
        sum(case rank when 1 then 0.8 when 2 then 0.15 else 0.05 end) as expected_sessions,
        count(*) filter (where rank = 1 and number % 33 = 0) as converted_sessions,
        count(*) filter (where rank = 1 and number % 11 = 0) as abstained_sessions
    from drawn
    group by all
),

placed as (
    select *, cell // intent_count % 22 as campaign, cell // intent_count // 22 as place from counted
)

select
    date '2026-01-01' - cast(place // 18 as integer) as day,
    'made_up' as source,
    'default' as site_id,
    ['web', 'app'][1 + cast(place % 2 as integer)] as channel,
    ['anonymous', 'authenticated', 'mixed'][1 + cast(place // 2 % 3 as integer)] as auth_state,
    ['mobile', 'desktop', 'tablet'][1 + cast(place // 6 % 3 as integer)] as device_type,
    case when campaign = 0 then 'none' else 'campaign_' || campaign end as campaign,
    intents.intent_id,
    sessions,
    cast(expected_sessions as double) as expected_sessions,
    converted_sessions,
    abstained_sessions
from placed
inner join intents on placed.cell % placed.intent_count = intents.number
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
        connection.execute(f"attach '{copy}' as built (read_only)")
        connection.execute(f"attach '{target}' as published")
        connection.execute(_CELLS, {"sessions": sessions})
        connection.execute(_VISITORS)
        for table, column in _WEEKS.items():  # a year of such weeks
            connection.execute(
                f"""
                create table published.{table} as
                select date '2025-01-06' + cast(7 * week as integer) as {column}, rows.* exclude ({column})
                from built.{table} as rows, range({WEEKS}) as weeks (week)
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
