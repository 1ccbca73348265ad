"""Who runs on the same file: the floor and the peer as SQL steps, and what any of them left behind."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.sessions.dbt_models import MEASURED_MODELS
from benchmarks.sessions.events import LATE_BATCH
from benchmarks.sessions.sql_runs import run_sql
from benchmarks.sessions.steps import Step, read_steps

# The idle limit of all three: the project's and the peer's default
IDLE_MICROSECONDS = 30 * 60 * 1_000_000
# The peer's default: how far behind the newest event time it looks again
TRAILING_HOURS = 3
# Tables that say which sessions there are, and the column that counts a session's events
SESSION_TABLES = {"ours": ("sessions", "event_count"), "peer": ("peer_sessions", "page_view_count")}


def floor_steps() -> list[Step]:
    """Plain SQL: two window passes and one row per session."""
    return read_steps("floor", idle_microseconds=IDLE_MICROSECONDS)


def peer_steps(*, incremental: bool) -> list[Step]:
    """The peer's five models, built anew or incrementally."""
    parts = {step.name: step.sql for step in read_steps("peer_parts", idle_microseconds=IDLE_MICROSECONDS)}
    if incremental:
        return read_steps("peer_incremental", trailing_hours=TRAILING_HOURS, **parts)
    return read_steps("peer_full", **parts)


def drop_results(file: Path, settings: Mapping[str, str], contender: str) -> None:
    """Drops what a contender ('floor', 'ours' or 'peer') has built, so that the next run starts from the same file."""
    query = Step("tables", "select table_name, table_type from information_schema.tables where table_schema = 'main'")
    found = run_sql(file, settings, [query]).rows["tables"]
    steps = [
        Step(str(name), f'drop {"view" if kind == "VIEW" else "table"} "{name}"')
        for name, kind in found
        if (name in MEASURED_MODELS if contender == "ours" else str(name).startswith(f"{contender}_"))
    ]
    if steps:
        run_sql(file, settings, steps)


def verify(file: Path, settings: Mapping[str, str], *contenders: str) -> dict[str, dict[str, object]]:
    """Compares contenders' sessions with those that the events make, computed apart.

    Returns:
        Under 'true' the events, sessions and late events there are; under each contender its sessions, the events they
        count, how many true sessions it does not hold as they are, and how many late events lie in those.
    """
    steps = read_steps("verify", idle_microseconds=IDLE_MICROSECONDS, late_batch=LATE_BATCH)
    for contender in contenders:
        table, count_column = SESSION_TABLES[contender]
        steps += [
            Step(f"{contender}_{step.name}", step.sql)
            for step in read_steps("verify_table", table=table, count_column=count_column)
        ]
    rows = {name: found[0] for name, found in run_sql(file, settings, steps).rows.items() if found}
    events, sessions, late, longest, is_within_caps = rows["counts"]
    checked: dict[str, dict[str, object]] = {
        "true": {
            "events": int(str(events)),
            "sessions": sessions,
            "late_events": int(str(late)),
            "longest_session_events": longest,
            "is_within_caps": is_within_caps,
        }
    }
    for contender in contenders:
        held, missing = rows[f"{contender}_held"], rows[f"{contender}_missing"]
        checked[contender] = {
            "sessions": held[0],
            "counted_events": int(str(held[1])),
            "missing_sessions": missing[0],
            "lost_late_events": int(str(missing[1])),
        }
    return checked
