"""What a build made, in one screen."""

from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickintent.built_file import opened

INTENTS_SHOWN: Final = 12
BAR_WIDTH: Final = 10  # characters, of the largest intent

_COUNTS: Final = """
select
    (select count(*) from stg_events) as events,
    (select count(*) from quarantined_events) as quarantined,
    (select count(*) from sessions) as sessions,
    (select count(*) from sessions where is_bot) as bots,
    (select count(*) from session_intents) as scored,
    (select count(*) from session_intents where not is_abstained) as answered
"""

_INTENTS: Final = """
with intents as (
    select
        channel,
        intent_id,
        sum(sessions) as sessions,
        sum(converted_sessions) as converted_sessions,
        sum(abstained_sessions) as abstained_sessions
    from intent_distribution_daily
    group by channel, intent_id
    having sum(sessions) > 0
)

select
    intents.channel,
    coalesce(dim_intents.intent_name, 'none') as intent,
    intents.sessions,
    intents.sessions / sum(intents.sessions) over (partition by intents.channel) as share,
    intents.converted_sessions / intents.sessions as conversion_rate,
    intents.abstained_sessions / intents.sessions as abstained_share
from intents
left join dim_intents on intents.intent_id = dim_intents.intent_id
order by intents.channel desc, intents.sessions desc, intent
"""


def render_summary(file: Path, console: Console) -> None:
    """Print counts, coverage, the intent distribution of each channel, and what to run next.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        console: where to print.

    Raises:
        BuiltFileError: there is no such file, it is being written, or the build in it is not complete.
    """
    with opened(file) as connection:
        counts = _row(connection, _COUNTS)
        intents = connection.execute(_INTENTS).fetchall()
        evaluated = _evaluation(connection)
        reviewed = _review(connection)

    console.print()
    for channel in dict.fromkeys(row[0] for row in intents):
        console.print(_intent_table(channel, [row[1:] for row in intents if row[0] == channel]))
    console.print(
        f"[bold]{counts['sessions']:,}[/] sessions from {counts['events']:,} events "
        f"({counts['quarantined']:,} more in quarantine); {counts['bots']:,} sessions are bots. "
        f"[bold]{_share(counts['answered'], counts['scored'])}[/] of human sessions have an intent, the rest abstain.",
        highlight=False,
    )
    for told in (evaluated, reviewed):
        if told:
            console.print(told, highlight=False)
    console.print(
        f"\nThe result is in [bold]{escape(str(file.resolve()))}[/]: "
        "open it with `duckdb`, or any client that reads DuckDB.\n"
        'Next: bring your own events (README, "Your own events"), or read what each table holds: '
        "`dbt docs generate && dbt docs serve`.",
        highlight=False,
        soft_wrap=True,
    )


def _intent_table(channel: str, rows: list[tuple[Any, ...]]) -> Table:
    table = Table(title=f"Intents of {channel} sessions", title_justify="left", title_style="bold")
    table.add_column("intent", no_wrap=True)
    for heading in ("sessions", "share", "", "conv.", "abst."):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for intent, sessions, share, converted, abstained in rows[:INTENTS_SHOWN]:
        bar = "█" * round(share * BAR_WIDTH / rows[0][2])
        table.add_row(intent, f"{sessions:,.0f}", f"{share:.1%}", bar, f"{converted or 0:.1%}", f"{abstained or 0:.0%}")
    if len(rows) > INTENTS_SHOWN:
        others = rows[INTENTS_SHOWN:]
        share = sum(row[2] for row in others)
        table.add_row(f"{len(others)} others", f"{sum(row[1] for row in others):,.0f}", f"{share:.1%}", "", "", "")
    return table


def _evaluation(connection: duckdb.DuckDBPyConnection) -> str | None:
    """On the synthetic bank, how often the intents are right; None for real data, which has no truth."""
    if not _has_table(connection, "eval_labels"):
        return None
    figures = dict(
        connection.execute(
            """
            select model || ' ' || metric, value from eval_labels
            where task = 'level_1' and channel = 'all'
            """
        ).fetchall()
    )
    if not figures.get("session_intents coverage"):  # nothing evaluated, or nothing answered
        return None
    return (
        "Against the synthetic bank's truth, level-1 intents are right for "
        f"{figures['session_intents accuracy']:.1%} of the {figures['session_intents coverage']:.0%} of sessions that "
        "have one. Over all sessions, best guesses included: "
        f"{figures['session_intents, never abstaining accuracy']:.1%} "
        f"(keyword match {figures['keyword match accuracy']:.1%}, "
        f"best possible {figures['oracle accuracy']:.1%}): table eval_labels."
    )


def _review(connection: duckdb.DuckDBPyConnection) -> str | None:
    """What people say of the labels; None for a build from before there were gold labels."""
    if not _has_table(connection, "label_quality"):
        return None
    row = connection.execute(
        """
        select value, low, high, n from label_quality
        where judged = 'labels' and metric = 'agreement' and channel = 'all' and language = 'all'
        """
    ).fetchone()
    if row is None:
        return "Nobody has checked the labels yet: `clickintent taxonomy review` collects gold labels."
    value, low, high, n = row
    return (
        f"People agree with the labels of {value:.0%} of {n} random sessions (95% interval {low:.0%} to {high:.0%}): "
        "table label_quality."
    )


def _has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = "select 1 from information_schema.tables where table_name = ?"
    return connection.execute(query, [name]).fetchone() is not None


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
