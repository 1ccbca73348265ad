"""Event streams and the order they arrive in.

A *schedule* is one visitor's stream and its arrivals over several builds. Hypothesis draws them one by one; a run
builds many of them together, since a build costs seconds whether it brings ten rows or ten thousand.
"""

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import reference
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reference import Arrival, Rules

BUILDS = 5
STREAM_START = datetime(2026, 1, 10, 22, 0)  # before midnight, which never parts a session
FIRST_LOAD = datetime(2026, 1, 20, 12, 0)
# Small limits, so that short streams reach them; two idle limits, so that a channel's own is seen to hold.
IDLE_MINUTES = {"web": 30, "app": 10}
MAX_EVENTS = 8
MAX_HOURS = 3
CONVERSION = "application_submit"
RULES = Rules(
    idle_minutes=IDLE_MINUTES,
    max_hours=MAX_HOURS,
    max_events=MAX_EVENTS,
    split_on_campaign=False,
    future_tolerance_hours=24,
    clock=datetime(2026, 3, 1),
    conversion_events=(CONVERSION,),
    max_dwell_seconds=1200,
)


@dataclass(frozen=True)
class Schedule:
    """One visitor's rows, in whatever order they arrive. Its name stands in every id and page of it."""

    name: str
    arrivals: tuple[Arrival, ...]

    def __str__(self) -> str:
        rows = sorted(self.arrivals, key=lambda row: (row.build, row.event_at or "", row.event_id or ""))
        return "\n".join([f"schedule {self.name}, {len(rows)} rows:", *(f"    {row!r}" for row in rows)])


def of(name: str, arrivals: Iterable[Arrival]) -> Schedule:
    return Schedule(name, tuple(reference.named(arrival, name) for arrival in arrivals))


def loaded(build: int, hours_before: float = 0) -> str:
    """A load time of a build: a day apart, not always in order, always inside the look-back of 72 hours."""
    return str(FIRST_LOAD + timedelta(days=build) - timedelta(hours=hours_before))


# -- what Hypothesis draws ---------------------------------------------------------------------------------------------

MINUTE = 60_000_000
LIMIT = IDLE_MINUTES["web"] * MINUTE
APP_LIMIT = IDLE_MINUTES["app"] * MINUTE
# microseconds to the event before
GAPS = {
    "close": [0, 0, 1, 1_000_000, 37_000_000, 5 * MINUTE],
    "slow": [LIMIT - 1, LIMIT, 25 * MINUTE, 29 * MINUTE],
    "mixed": [
        0, MINUTE, 9 * MINUTE, APP_LIMIT, APP_LIMIT + 1, 20 * MINUTE, LIMIT, LIMIT + 1, 45 * MINUTE, 7 * 60 * MINUTE,
    ],
    "apart": [LIMIT, LIMIT + 1, 31 * MINUTE, 50 * MINUTE, 59 * MINUTE, 26 * 60 * MINUTE],
}  # fmt: skip

VIEW = {"event_type": "page_view", "page_url": "https://bank.example/@/cards"}
FLAVOURS = [
    VIEW,
    VIEW | {"page_title": "Cards"},
    VIEW | {"page_url": "https://bank.example/@/loans?utm_campaign=spring", "page_title": "Loans"},
    VIEW | {"page_url": "/@/loans", "utm_campaign": "autumn"},
    VIEW | {"event_type": None, "referrer_url": "https://www.google.com/search"},
    VIEW | {"page_url": "/@/account/12345678", "customer_id": "@-customer"},
    {"event_type": "click"},
    {"event_type": "search", "page_url": "/@/search"},
    {"event_type": "page_ping", "page_url": "/@/cards", "engaged_seconds": "10"},
    {"event_type": "heartbeat", "engaged_seconds": "2.5"},
    {"event_type": "login", "customer_id": "@-customer"},
    {"event_type": "login", "customer_id": "@-partner", "has_consent": "true"},
    {"event_type": CONVERSION, "event_value": "100", "page_url": "/@/apply"},
    VIEW | {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    VIEW | {"channel": "app", "page_url": "Home-@"},
    VIEW | {"channel": "app", "page_url": "Home-@", "page_title": "Home"},
    VIEW | {"site_id": "@-brand"},
]
# What becomes of an event on its way: see `rows_of`.
FATES = [
    *["once"] * 12, "never loaded", "no id", "twice in one load", "same again", "same again, loaded earlier",
    "other content", "other content, loaded earlier", "other time, loaded earlier", "other visitor, loaded earlier",
    "other content in one load", "bad time, then good", "good, then bad time", "two bad times",
    "no visitor, then good", "future, then loaded again", "no visitor", "future", "no type and no page", "refused",
    "offset",
]  # fmt: skip
ORDERS = ["any", "any", "in order", "reversed", "all at once", "one late"]


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[Arrival, ...]:
    """One visitor's stream in event time, and for each of its events the builds that bring it."""
    gaps = st.sampled_from(GAPS[draw(st.sampled_from(sorted(GAPS)))])
    order = draw(st.sampled_from(ORDERS))
    event = st.tuples(
        gaps, st.integers(0, len(FLAVOURS) - 1), st.sampled_from(FATES), st.integers(0, BUILDS - 1), st.integers(0, 40)
    )
    drawn = draw(st.lists(event, min_size=draw(st.sampled_from([1, 4, 10, 16])), max_size=30))
    late_one = draw(st.integers(0, len(drawn) - 1))
    rows: list[Arrival] = []
    at = STREAM_START
    for number, (gap, flavour, fate, free_build, hours) in enumerate(drawn):
        at += timedelta(microseconds=gap)
        in_order = number * BUILDS // len(drawn)
        build = {
            "any": free_build,
            "in order": in_order,
            "reversed": BUILDS - 1 - in_order,
            "all at once": 0,
            "one late": BUILDS - 2 if number == late_one else 0,
        }[order]
        # ids in another order than time, so that a tie in time is told by the id and not by its arrival
        event = Arrival(build, event_id=f"@-{number * 7 % 31:02d}", visitor_id="@", loaded_at=loaded(build, hours))
        event = replace(event, event_at=str(at), note=str(number), **FLAVOURS[flavour])
        rows.extend(rows_of(event, fate, at, hours))
    return tuple(rows)


def rows_of(event: Arrival, fate: str, at: datetime, hours: int) -> list[Arrival]:
    """The rows that one event leaves in the source; a second one comes with the next build, where there is one."""
    later = min(event.build + 1, BUILDS - 1)
    again = replace(event, build=later, loaded_at=loaded(later, hours), note=f"{event.note} again")
    earlier = replace(again, loaded_at=loaded(event.build, hours + 20))  # still inside the look-back of the next build
    other = {"page_url": "/@/other", "page_title": "Other"}
    first_load = datetime.fromisoformat(event.loaded_at or "")
    return {
        "once": [event],
        "never loaded": [replace(event, loaded_at=None)],
        "no id": [replace(event, event_id=None), replace(again, event_id=None)],
        "twice in one load": [event, replace(event, note=f"{event.note} twice")],
        "same again": [event, again],
        "same again, loaded earlier": [event, earlier],
        "other content": [event, replace(again, **other)],
        "other content, loaded earlier": [event, replace(earlier, **other)],
        "other time, loaded earlier": [event, replace(earlier, event_at=str(at - timedelta(minutes=40)))],
        "other visitor, loaded earlier": [event, replace(earlier, visitor_id="@-other")],
        "other content in one load": [event, replace(event, **other)],
        "bad time, then good": [replace(event, event_at="soon"), again],
        "good, then bad time": [event, replace(again, event_at="soon")],
        "two bad times": [
            replace(event, event_at="soon"), replace(event, event_at=None), replace(earlier, event_at="later"),
        ],
        "no visitor, then good": [replace(event, visitor_id="  "), again],
        # the row was right about its time, and a later load shows it
        "future, then loaded again": [
            replace(event, event_at=str(first_load + timedelta(hours=25))),
            replace(again, event_at=str(first_load + timedelta(hours=25)), loaded_at=loaded(later, 0)),
        ],
        "no visitor": [replace(event, visitor_id=None)],
        "future": [replace(event, event_at="2099-01-01 00:00:00"), replace(again, event_at="2099-01-01 00:00:00")],
        "no type and no page": [replace(event, event_type=None, page_url=None)],
        "refused": [replace(event, has_consent="false")],
        "offset": [replace(event, event_at=f"{at + timedelta(hours=5, minutes=30)}+05:30")],
    }[fate]  # fmt: skip


def drawn(count: int) -> list[Schedule]:
    """As many schedules as asked for, the same ones at every run, or new ones with HYPOTHESIS_PROFILE=thorough."""
    found: list[tuple[Arrival, ...]] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        derandomize=os.environ.get("HYPOTHESIS_PROFILE") != "thorough",
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(arrivals())
    def collect(rows: tuple[Arrival, ...]) -> None:
        found.append(rows)

    collect()
    return [of(f"drawn{number}", rows) for number, rows in enumerate(found)]


# -- what a person would think of --------------------------------------------------------------------------------------


def view(number: int, minute: float, build: int, **fields) -> Arrival:
    at = STREAM_START + timedelta(minutes=minute)
    return Arrival(
        build, f"@-{number:02d}", str(at), loaded(build), "@", event_type="page_view", page_url="/@/cards", **fields
    )


def by_hand() -> list[Schedule]:
    microsecond = 1 / MINUTE
    return [
        of("bridge_joins_two_closed_sessions", [view(1, 0, 0), view(2, 1, 0), view(3, 51, 0), view(4, 26, 3)]),
        of("bridge_exactly_at_the_limit", [view(1, 0, 0), view(3, 60, 0), view(2, 30, 2)]),
        of("bridge_a_microsecond_too_far", [view(1, 0, 0), view(3, 60 + microsecond, 0), view(2, 30, 2)]),
        of("gap_of_the_limit", [view(1, 0, 0), view(2, 30, 0)]),
        of("gap_a_microsecond_over", [view(1, 0, 0), view(2, 30 + microsecond, 0)]),
        of("first_event_arrives_last", [view(n, 5 * n, BUILDS - 1 - n) for n in range(BUILDS)]),
        of("first_event_of_a_tie_arrives_last", [view(9, 0, 0), view(5, 0, 1), view(1, 0, 3)]),
        of("late_event_inside_a_session", [view(1, 0, 0), view(3, 20, 0), view(2, 10, 2)]),
        of("late_event_far_from_all", [view(1, 0, 0), view(3, 600, 0), view(2, 300, 2)]),
        of("midnight_and_login", [view(1, 119, 0), view(2, 121, 0, customer_id="@-customer")]),
        of("more_events_than_a_session_holds", [view(n, n, n % BUILDS) for n in range(30)]),
        of("ties_at_the_event_limit", [view(n, 0, n % 3) for n in range(30)]),
        of("exactly_the_longest_session", [view(n, 30 * n, 0) for n in range(8)]),
        of("hours_over_after_a_late_start", [*[view(n + 1, 30 * n, 0) for n in range(8)], view(0, -30, 2)]),
        of("removal_splits_a_session", [
            view(1, 0, 0), view(2, 25, 1), view(3, 50, 0),
            replace(view(2, 500, 2), loaded_at=loaded(1, 10)),
        ]),
        of("event_moves_to_another_visitor", [
            view(1, 0, 0), view(2, 25, 1), view(3, 50, 0),
            replace(view(2, 25, 2), visitor_id="@-other", loaded_at=loaded(1, 10)),
        ]),
        of("same_visitor_on_two_sites_and_channels", [
            view(1, 0, 0), view(2, 5, 1, site_id="@-brand"), view(3, 10, 0, channel="app"), view(4, 20, 2),
            view(5, 21, 3, channel="app"),
        ]),
        of("campaign_changes_inside", [
            view(1, 0, 0), view(2, 5, 0, utm_campaign="spring"), view(4, 15, 0, utm_campaign="autumn"),
            view(5, 16, 1), view(3, 10, 2, utm_campaign="autumn"), view(6, 17, 3, utm_campaign="spring"),
        ]),
        of("a_quarantined_row_is_corrected", [replace(view(1, 0, 0), event_at="soon"), view(1, 0, 2)]),
        of("a_good_row_is_reloaded_bad", [view(1, 0, 0), replace(view(1, 0, 2), event_at="soon")]),
        of("the_good_row_was_loaded_before_the_bad_one", [
            replace(view(1, 0, 1), event_at="soon"), replace(view(1, 0, 2), loaded_at=loaded(1, 10)),
        ]),
        of("two_bad_rows_of_one_load_differ_in_their_reason", [
            replace(view(1, 0, 1), event_at="soon"), replace(view(1, 0, 1), event_at=None), view(2, 9, 2),
        ]),
        of("one_content_with_and_without_load_time", [
            replace(view(1, 0, 0), loaded_at=None),
            replace(view(1, 0, 3), event_at=loaded(3), loaded_at=loaded(3)),
            replace(view(1, 0, 1), event_at=loaded(3), loaded_at=None),
        ]),
        of("a_ping_before_its_page", [
            replace(view(1, 0, 0), event_type="page_ping", engaged_seconds="10"), view(2, 1, 1),
            replace(view(3, 2, 0), event_type="page_ping", engaged_seconds="10"),
        ]),
        of("nothing_but_pings", [
            replace(view(n, n, n), event_type="page_ping", engaged_seconds="10") for n in range(3)
        ]),
    ]  # fmt: skip


# -- what they contain -------------------------------------------------------------------------------------------------

CASES = {
    "sessions joined", "session split", "first event arrives last", "late event inside a session", "tie in time",
    "gap exactly at the limit", "gap a microsecond over", "capped by events", "capped by hours",
    "same id, same content", "same id, other content", "displaced by an earlier load", "quarantined, then corrected",
    "no id", "never loaded", "quarantined", "refused", "two visitors", "heartbeat", "campaign changes",
}  # fmt: skip


def cases_of(schedule: Schedule, rules: Rules = RULES) -> set[str]:
    """The cases (of `CASES`) that a schedule holds: what was drawn is told by what it does, not by its making."""
    events = [(row, reference.judge(row, rules, "generic")) for row in schedule.arrivals]
    found = {"no id" for row, _ in events if not row.event_id} | {
        "never loaded" for row, _ in events if not row.loaded_at
    }
    found |= {event.verdict for _, event in events if event.verdict != "accepted"}
    contents: dict[str, Counter[int]] = {}
    for _, event in events:
        contents.setdefault(event.event_id, Counter())[event.content_hash] += 1
    found |= {"same id, same content" for counts in contents.values() if max(counts.values()) > 1}
    found |= {"same id, other content" for counts in contents.values() if len(counts) > 1}
    states = [reference.winners(event for row, event in events if row.build <= build) for build in range(BUILDS)]
    for (before, bad_before), (after, _) in itertools.pairwise(states):
        found |= {"displaced by an earlier load" for key, event in before.items() if after[key] != event}
        found |= {"quarantined, then corrected" for key in bad_before if key in after}
        found |= moves(reference.sessions_of(before.values(), rules), reference.sessions_of(after.values(), rules))
    final = states[-1][0]
    found |= {"heartbeat" for event in final.values() if event.event_type in reference.HEARTBEATS}
    if len({event.visitor for event in final.values()}) > 1:
        found.add("two visitors")
    for session in reference.sessions_of(final.values(), rules):
        found |= shapes(session, events)
    return found & CASES | gaps(final.values(), rules)


def moves(before: Sequence[reference.Session], after: Sequence[reference.Session]) -> set[str]:
    old = {event.event_id: session.session_id for session in before for event in session.events}
    new = {event.event_id: session.session_id for session in after for event in session.events}
    joined = {(new[key], old[key]) for key in old.keys() & new.keys()}
    found = set()
    if max(Counter(now for now, _ in joined).values(), default=0) > 1:
        found.add("sessions joined")
    if max(Counter(was for _, was in joined).values(), default=0) > 1:
        found.add("session split")
    for session in after:
        inner = {event.event_id for event in session.events[1:-1]}
        if inner - old.keys() and session.events[0].event_id in old and session.events[-1].event_id in old:
            found.add("late event inside a session")
    return found


def shapes(session: reference.Session, events: list[tuple[Arrival, reference.Event]]) -> set[str]:
    found = set()
    first_builds = {event.event_id: row.build for row, event in sorted(events, key=lambda pair: -pair[0].build)}
    times = [event.place[0] for event in session.events]
    if len(set(times)) < len(times):
        found.add("tie in time")
    builds = [first_builds[event.event_id] for event in session.events]
    if len(builds) > 1 and builds[0] > max(builds[1:]):
        found.add("first event arrives last")
    if session.is_capped:
        found.add("capped by events" if len(session.events) == MAX_EVENTS else "capped by hours")
    if len({event.utm_campaign for event in session.events if event.utm_campaign}) > 1:
        found.add("campaign changes")
    return found


def gaps(accepted: Iterable[reference.Event], rules: Rules) -> set[str]:
    visitors: dict[tuple, list[int]] = {}
    for event in accepted:
        visitors.setdefault(event.visitor, []).append(event.place[0])
    found = set()
    for (_, _, channel, _), times in visitors.items():
        limit = rules.idle_minutes[channel] * MINUTE
        differences = {later - earlier for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)}
        found |= {"gap exactly at the limit"} if limit in differences else set()
        found |= {"gap a microsecond over"} if limit + 1 in differences else set()
    return found
