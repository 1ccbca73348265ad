"""One run: schedules arrive over several builds. The reference judges each build, and a refresh the last one."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import reference
from reference import Arrival, Event, Rules, Session, time_text
from schedules import BUILDS, Schedule
from warehouse import Rows, Warehouse

REFERENCE = "differs from the reference"
REFRESH = "differs from a full refresh"
SHUFFLED = "differs from a full refresh of shuffled rows with one thread"
REWRITTEN = "writes other rows than the new ones"

# brings the rows of a build into the source; tells the file that each came from, and its time, if it came from one
Arrive = Callable[[Warehouse, int, list[Arrival]], dict[Arrival, tuple[str, datetime]]]


@dataclass(frozen=True)
class Finding:
    """What a rule found wrong in a table, after which build, with the rows that say so."""

    rule: str
    build: int
    table: str
    missing: Rows = field(default_factory=Counter)
    surplus: Rows = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{self.table} {self.rule} after build {self.build}"]
        lines += [f"    missing {row}" for row in sorted(map(str, self.missing))[:4]]
        return "\n".join(lines + [f"    surplus {row}" for row in sorted(map(str, self.surplus))[:4]])


@dataclass
class Run:
    """What came of building some schedules."""

    schedules: Sequence[Schedule]
    owners: dict[str, str] = field(default_factory=dict)  # hashed id -> visitor, to name the schedule of a row
    findings: list[Finding] = field(default_factory=list)
    written: dict[tuple[int, str], int] = field(default_factory=dict)  # (build, table) -> rows written

    def broken(self, rule: str, tables: Iterable[str] = ()) -> str:
        """Nothing, or the findings of a rule and the smallest schedules that they name."""
        found = [each for each in self.findings if each.rule.startswith(rule) and (not tables or each.table in tables)]
        return "\n\n".join([*map(str, found[:6]), *map(str, self.guilty(found)[:3])])

    def guilty(self, findings: Iterable[Finding]) -> list[Schedule]:
        cells = (str(cell) for each in findings for row in (*each.missing, *each.surplus) for cell in row)
        words = {word for cell in cells for word in re.findall(r"\w+", cell)}
        words |= {word for known in words & self.owners.keys() for word in re.findall(r"\w+", self.owners[known])}
        named = [schedule for schedule in self.schedules if schedule.name in words]
        return sorted(named, key=lambda schedule: len(schedule.arrivals))

    def compare(self, rule: str, build: int, table: str, expected: Rows, found: Rows) -> None:
        if expected != found:
            self.findings.append(Finding(rule, build, table, expected - found, found - expected))


def run(schedules: Sequence[Schedule], warehouse: Warehouse, arrive: Arrive, rules: Rules, *, full: bool = True) -> Run:
    """Build `schedules` in their order of arrival, then once more with nothing new, then all over again.

    Args:
        schedules: what arrives.
        warehouse: an empty one.
        arrive: brings the rows of one build into the source that `warehouse.vars` name.
        rules: the same as those vars.
        full: False stops at the first build that is wrong.
    """
    found = Run(schedules)
    arrived: list[Event] = []
    for build in range(BUILDS + 1):
        rows = [row for schedule in schedules for row in schedule.arrivals if row.build == build]
        files = arrive(warehouse, build, rows)
        arrived += [reference.judge(row, rules, "generic", files.get(row)) for row in rows]
        before = {table: warehouse.rows(table) for table in warehouse.incremental_tables} if build else {}
        warehouse.build()
        accepted, quarantined = reference.winners(arrived)
        sessions = reference.sessions_of(accepted.values(), rules)
        found.owners |= {event.event_id: event.visitor_id or "" for event in arrived}
        found.owners |= dict(warehouse.execute("select session_id, visitor_id from sessions"))
        found.owners |= {session.session_id: session.events[0].visitor_id or "" for session in sessions}
        hold_against_reference(found, build, warehouse, accepted, quarantined, sessions, rules)
        if build:
            hold_against_before(found, build, warehouse, before)
        if found.findings and not full:
            return found
    for rule, other in (
        (REFRESH, warehouse.refreshed("refreshed")),
        (SHUFFLED, warehouse.refreshed("shuffled", threads=1, shuffled=True)),
    ):
        for table, expected in all_rows(other).items():
            found.compare(rule, BUILDS, table, expected, warehouse.rows(table))
    return found


def all_rows(warehouse: Warehouse) -> dict[str, Rows]:
    return {table: warehouse.rows(table) for table in warehouse.tables}


# -- against the reference ---------------------------------------------------------------------------------------------


def hold_against_reference(
    found: Run,
    build: int,
    warehouse: Warehouse,
    accepted: dict[str, Event],
    quarantined: dict[str, Event],
    sessions: list[Session],
    rules: Rules,
) -> None:
    expected = {
        "stg_events": map(event_row, accepted.values()),
        "quarantined_events": map(quarantine_row, quarantined.values()),
        "session_events": (row for session in sessions for row in place_rows(session, rules)),
        "sessions": (session_row(session, rules) for session in sessions),
    }
    for table, rows in expected.items():
        as_text = [{name: text(value) for name, value in row.items()} for row in rows]
        if not as_text:
            found.compare(REFERENCE, build, table, Counter(), warehouse.rows(table))
            continue
        found.compare(
            REFERENCE, build, table, Counter(tuple(row.values()) for row in as_text), warehouse.rows(table, *as_text[0])
        )


def text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower()


def event_row(event: Event) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "source": event.source,
        "site_id": event.site_id,
        "channel": event.channel,
        "visitor_id": event.visitor_id,
        "customer_id": event.customer_id,
        "event_at": time_text(event.event_at),
        "event_type": event.event_type,
        "utm_campaign": event.utm_campaign,
        "loaded_at": time_text(event.loaded_at),
        "load_batch": event.load_batch,
        "content_hash": event.content_hash,
    }


def quarantine_row(event: Event) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "reason": event.reason,
        "loaded_at": time_text(event.loaded_at),
        "content_hash": event.content_hash,
    }


def place_rows(session: Session, rules: Rules) -> Iterable[dict[str, object]]:
    times = [event.place[0] for event in session.events]
    for index, (event, dwell) in enumerate(
        zip(session.events, reference.dwell_seconds(session.events, rules), strict=True)
    ):
        yield {
            "event_id": event.event_id,
            "session_id": session.session_id,
            "event_time": time_text(times[index]),
            "event_index": index + 1,
            "seconds_since_previous": (times[index] - times[index - 1]) / reference.SECOND if index else None,
            "dwell_seconds": dwell,
            "is_entry": index == 0,
            "is_exit": index == len(times) - 1,
        }


def session_row(session: Session, rules: Rules) -> dict[str, object]:
    events = session.events
    started_at, ended_at = session.bounds
    known = [number for number, event in enumerate(events) if event.customer_id]
    conversions = [event for event in events if event.event_type in rules.conversion_events]
    return {
        "session_id": session.session_id,
        "source": events[0].source,
        "site_id": events[0].site_id,
        "channel": events[0].channel,
        "visitor_id": events[0].visitor_id,
        "customer_id": events[known[0]].customer_id if known else None,
        "auth_state": "anonymous" if not known else "authenticated" if len(known) == len(events) else "mixed",
        "login_at": time_text(events[known[0]].event_at) if known and known[0] else None,
        "started_at": time_text(started_at),
        "ended_at": time_text(ended_at),
        "duration_seconds": (ended_at - started_at) / reference.SECOND,
        "event_count": len(events),
        "utm_campaign": next((event.utm_campaign for event in events if event.utm_campaign), None),
        "is_capped": session.is_capped,
        "is_converted": bool(conversions),
        "conversion_type": conversions[0].event_type if conversions else None,
        "converted_at": time_text(conversions[0].event_at) if conversions else None,
        "updated_at": time_text(max(event.loaded_at for event in events)),
    }


# -- what a build wrote ------------------------------------------------------------------------------------------------


def hold_against_before(found: Run, build: int, warehouse: Warehouse, before: dict[str, Rows]) -> None:
    """A build inserts as many rows as there are new ones, and no row that was there in the same words."""
    for table in warehouse.incremental_tables:
        after = warehouse.rows(table)
        new = after - before[table]
        found.written[build, table] = warehouse.inserted[table]
        if warehouse.inserted[table] != new.total():
            found.findings.append(
                Finding(f"{REWRITTEN}: {warehouse.inserted[table]} inserted, {new.total()} new", build, table)
            )
