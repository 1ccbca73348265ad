"""What a build made, in one screen."""

from dataclasses import dataclass
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

_EVALUATION: Final = """
select model || ' ' || metric as figure, value from eval_labels
where task = 'level_1' and channel = 'all'
"""

_REVIEW: Final = """
select value, low, high, n from label_quality
where judged = 'labels' and metric = 'agreement' and channel = 'all' and language = 'all'
"""


@dataclass(frozen=True)
class Summary:
    """What a build made.

    Attributes:
        file: the DuckDB file.
        counts: 'events', 'quarantined', 'sessions', 'bots', 'scored' (human sessions) and 'answered' (with an intent).
        intents: of each channel, the most frequent first: channel, intent, sessions, share, conversion_rate,
            abstained_share.
        evaluated: on the synthetic bank, model and metric -> share, by its truth; empty for real data, which has none.
        reviewed: what people say of the labels: value, low, high and n; None where nobody said anything. Absent, as
            `is_reviewable` says, in a build from before there were gold labels.
    """

    file: Path
    counts: dict[str, int]
    intents: list[dict[str, Any]]
    evaluated: dict[str, float]
    reviewed: dict[str, float] | None
    is_reviewable: bool

    def figures(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return {
            "file": str(self.file),
            **self.counts,
            "intents": [{**row, "sessions": int(row["sessions"])} for row in self.intents],
            "against_synthetic_truth": self.evaluated or None,
            "agreement_of_people": self.reviewed,
        }


def read_summary(file: Path) -> Summary:
    """Counts, coverage and the intent distribution of each channel.

    Args:
        file: a DuckDB file that `dbt build` wrote.

    Raises:
        BuiltFileError: there is no such file, it is being written, or the build in it is not complete.
    """
    with opened(file) as connection:
        (counts,) = _rows(connection, _COUNTS)
        reviewed = _rows(connection, _REVIEW) if _has_table(connection, "label_quality") else None
        return Summary(
            file=file.resolve(),
            counts=counts,
            intents=_rows(connection, _INTENTS),
            evaluated={row["figure"]: row["value"] for row in _rows(connection, _EVALUATION)}
            if _has_table(connection, "eval_labels")
            else {},
            reviewed=reviewed[0] if reviewed else None,
            is_reviewable=reviewed is not None,
        )


def render_summary(summary: Summary, console: Console) -> None:
    """Print it, and what to run next."""
    counts = summary.counts
    console.print()
    for channel in dict.fromkeys(row["channel"] for row in summary.intents):
        console.print(_intent_table(channel, [row for row in summary.intents if row["channel"] == channel]))
    console.print(
        f"[bold]{counts['sessions']:,}[/] sessions from {counts['events']:,} events "
        f"({counts['quarantined']:,} more in quarantine); {counts['bots']:,} sessions are bots. "
        f"[bold]{_share(counts['answered'], counts['scored'])}[/] of human sessions have an intent, the rest abstain.",
        highlight=False,
    )
    for told in (_told_evaluation(summary.evaluated), _told_review(summary)):
        if told:
            console.print(told, highlight=False)
    console.print(
        f"\nThe result is in [bold]{escape(str(summary.file))}[/]: "
        "open it with `duckdb`, or any client that reads DuckDB.\n"
        "Next: see it in the browser (`clickintent dashboard`), bring your own events (README, "
        '"Your own events"), or read what each table holds (`dbt docs generate && dbt docs serve`).',
        highlight=False,
        soft_wrap=True,
    )


def _intent_table(channel: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=f"Intents of {channel} sessions", title_justify="left", title_style="bold")
    table.add_column("intent", no_wrap=True)
    for heading in ("sessions", "share", "", "conv.", "abst."):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for row in rows[:INTENTS_SHOWN]:
        table.add_row(
            row["intent"],
            f"{row['sessions']:,.0f}",
            f"{row['share']:.1%}",
            "█" * round(row["share"] * BAR_WIDTH / rows[0]["share"]),
            f"{row['conversion_rate'] or 0:.1%}",
            f"{row['abstained_share'] or 0:.0%}",
        )
    if len(rows) > INTENTS_SHOWN:
        others = rows[INTENTS_SHOWN:]
        share = sum(row["share"] for row in others)
        sessions = sum(row["sessions"] for row in others)
        table.add_row(f"{len(others)} others", f"{sessions:,.0f}", f"{share:.1%}", "", "", "")
    return table


def _told_evaluation(figures: dict[str, float]) -> str | None:
    """On the synthetic bank, how often the intents are right."""
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


def _told_review(summary: Summary) -> str | None:
    if not summary.is_reviewable:
        return None
    if summary.reviewed is None:
        return "Nobody has checked the labels yet: `clickintent taxonomy review` collects gold labels."
    agreement = summary.reviewed
    return (
        f"People agree with the labels of {agreement['value']:.0%} of {agreement['n']} random sessions "
        f"(95% interval {agreement['low']:.0%} to {agreement['high']:.0%}): table label_quality."
    )


def _has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = "select 1 from information_schema.tables where table_name = ?"
    return connection.execute(query, [name]).fetchone() is not None


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
