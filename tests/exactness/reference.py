"""The rules of arrival and of sessions in plain Python, written from their definition and from no SQL.

What the SQL models do in sets, this does one row and one visitor at a time. Where both modes of a build are wrong in
the same way (`>=` for `>` at the idle limit), a full refresh agrees with them and only this disagrees.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

NULL = chr(30)
SEPARATOR = chr(31)
EPOCH = datetime(1970, 1, 1)
SECOND = 1_000_000  # all differences of time are in whole microseconds

# In this order they make up an event's content, and its id where the source gives none.
CONTENT_COLUMNS = (
    "event_id", "source", "site_id", "channel", "visitor_id", "customer_id", "event_at", "event_type", "page_url",
    "page_title", "referrer_url", "utm_source", "utm_medium", "utm_campaign", "device_type", "user_agent", "language",
    "has_consent", "is_internal", "event_value", "engaged_seconds", "properties",
)  # fmt: skip
IDENTITY_COLUMNS = (
    "source", "event_at", "site_id", "channel", "visitor_id", "customer_id", "event_type", "page_url", "page_title",
    "referrer_url", "utm_source", "utm_medium", "utm_campaign", "device_type", "user_agent", "language", "has_consent",
    "is_internal", "event_value", "properties",
)  # fmt: skip

HEARTBEATS = {"page_ping", "heartbeat", "user_engagement"}
PAGE_VIEWS = {"page_view", "screen_view"}


@dataclass(frozen=True)
class Arrival:
    """A row of a source as text, and the build (0, 1, ...) that is the first to see it."""

    build: int
    event_id: str | None = None
    event_at: str | None = None
    loaded_at: str | None = None
    visitor_id: str | None = None
    site_id: str | None = None
    channel: str | None = None
    customer_id: str | None = None
    event_type: str | None = None
    page_url: str | None = None
    page_title: str | None = None
    referrer_url: str | None = None
    utm_campaign: str | None = None
    user_agent: str | None = None
    has_consent: str | None = None
    event_value: str | None = None
    engaged_seconds: str | None = None
    note: str | None = None  # a column that the contract does not have: it stands in the raw row alone

    def __repr__(self) -> str:
        """Only what is set, so that a failing schedule can be read."""
        shown = [f"{name}={value!r}" for name in COLUMNS if (value := getattr(self, name)) is not None]
        return f"build {self.build}: {', '.join(shown)}"


COLUMNS = tuple(field.name for field in fields(Arrival) if field.name != "build")


@dataclass(frozen=True)
class Rules:
    """The vars that sessions depend on, and the moment that rows without a load time are judged by."""

    idle_minutes: dict[str, int]
    max_hours: int
    max_events: int
    split_on_campaign: bool
    future_tolerance_hours: int
    clock: datetime
    conversion_events: tuple[str, ...]
    max_dwell_seconds: int


@dataclass(frozen=True)
class Event:
    """A row that was judged: times in microseconds since 1970, UTC."""

    event_id: str
    verdict: str
    reason: str | None
    event_at: int | None
    loaded_at: int
    source: str
    site_id: str
    channel: str
    visitor_id: str | None
    customer_id: str | None
    event_type: str | None
    utm_campaign: str | None
    content_hash: int
    load_batch: str
    has_load_time: bool

    @property
    def load_order(self) -> tuple[object, ...]:
        """Of events with one id the first in this order stands."""
        return (self.loaded_at, self.content_hash, self.load_batch, not self.has_load_time, self.reason or "")

    @property
    def visitor(self) -> tuple[str, str, str, str | None]:
        return (self.source, self.site_id, self.channel, self.visitor_id)

    @property
    def place(self) -> tuple[int, str]:
        """The total order within a visitor."""
        assert self.event_at is not None, self
        return (self.event_at, self.event_id)


@dataclass(frozen=True)
class Session:
    """Events of one session in order, and the idle block (see `idle_blocks`) that it lies in."""

    session_id: str
    block: int
    events: tuple[Event, ...]
    is_capped: bool

    @property
    def bounds(self) -> tuple[int, int]:
        return self.events[0].place[0], self.events[-1].place[0]


def stable_hash(values: Iterable[str | None]) -> str:
    return hashlib.md5(SEPARATOR.join(NULL if value is None else value for value in values).encode()).hexdigest()


def hash_number(values: Iterable[str | None]) -> int:
    """The first 15 hex digits: they fit a signed 64-bit number on every warehouse."""
    return int(stable_hash(values)[:15], 16)


def microseconds(text: str | None) -> int | None:
    """A time in ISO 8601, UTC where it has no offset; null where the text is no time."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if time.tzinfo is not None:
        time = time.astimezone(UTC).replace(tzinfo=None)
    return (time - EPOCH) // timedelta(microseconds=1)


def time_text(at: int | None) -> str | None:
    """As a warehouse casts a timestamp to text: no fraction where it is zero, no trailing zeros."""
    if at is None:
        return None
    text = str(EPOCH + timedelta(microseconds=at))
    return text.rstrip("0") if "." in text else text


def blank_is_null(text: str | None) -> str | None:
    return (text or "").strip() or None


def judge(arrival: Arrival, rules: Rules, source: str, file: tuple[str, datetime] | None = None) -> Event:
    """One row: what it says, and whether it is accepted, quarantined or refused.

    Args:
        arrival: the row.
        rules: the vars of the build.
        source: name of the staging model that brought it.
        file: path and modification time of the file it came from; None for a relation.
    """
    raw = {name: getattr(arrival, name, None) for name in IDENTITY_COLUMNS} | {"source": source}
    identity = [raw[name] for name in IDENTITY_COLUMNS] + [arrival.engaged_seconds] * (
        arrival.engaged_seconds is not None
    )
    event_id = blank_is_null(arrival.event_id) or stable_hash(identity)
    url = blank_is_null(arrival.page_url)
    query = parse_qs(urlsplit(url).query) if url else {}
    event_at = microseconds(arrival.event_at)
    load_time = microseconds(arrival.loaded_at)
    read = {
        "event_id": event_id,
        "source": source,
        "site_id": blank_is_null(arrival.site_id) or "default",
        "channel": "app" if (arrival.channel or "").lower() in {"app", "ios", "android"} else "web",
        "visitor_id": blank_is_null(arrival.visitor_id),
        "customer_id": blank_is_null(arrival.customer_id),
        "event_at": time_text(event_at),
        "event_type": blank_is_null(arrival.event_type) or ("page_view" if url else None),
        "page_url": url,
        "page_title": blank_is_null(arrival.page_title),
        "referrer_url": blank_is_null(arrival.referrer_url),
        "utm_source": query.get("utm_source", [None])[0],
        "utm_medium": query.get("utm_medium", [None])[0],
        "utm_campaign": arrival.utm_campaign or query.get("utm_campaign", [None])[0],
        "user_agent": arrival.user_agent or None,
        "has_consent": arrival.has_consent,
        "is_internal": "false",
        "event_value": arrival.event_value and str(float(arrival.event_value)),
        "engaged_seconds": arrival.engaged_seconds and str(float(arrival.engaged_seconds)),
    }
    reason = reason_against(arrival, read, event_at, load_time, rules, file[1] if file else None)
    loaded_at = load_time if load_time is not None else event_at or 0
    day = str(EPOCH + timedelta(microseconds=loaded_at))[:10]
    return Event(
        event_id=event_id,
        verdict="refused" if arrival.has_consent == "false" else "quarantined" if reason else "accepted",
        reason=reason,
        event_at=event_at,
        loaded_at=loaded_at,
        has_load_time=load_time is not None,
        load_batch=file[0] if file else day if load_time is not None else f"{day} (no load time)",
        content_hash=hash_number(read.get(name) for name in CONTENT_COLUMNS),
        source=source,
        **{
            name: read[name]
            for name in ("site_id", "channel", "visitor_id", "customer_id", "event_type", "utm_campaign")
        },
    )


def reason_against(arrival, read, event_at, load_time, rules, modified_at) -> str | None:
    if read["visitor_id"] is None:
        return "missing_visitor"
    if blank_is_null(arrival.event_at) is None:
        return "missing_timestamp"
    if event_at is None:
        return "bad_timestamp"
    clock = ((modified_at or rules.clock) - EPOCH) // timedelta(microseconds=1)
    if event_at - (clock if load_time is None else load_time) > rules.future_tolerance_hours * 3600 * SECOND:
        return "future_timestamp"
    return None if read["event_type"] else "missing_event_type_and_page"


def winners(events: Iterable[Event]) -> tuple[dict[str, Event], dict[str, Event]]:
    """Accepted and quarantined events by id: of each id the first load wins, and a good row hides the bad ones."""
    accepted: dict[str, Event] = {}
    quarantined: dict[str, Event] = {}
    for event in events:
        kept = {"accepted": accepted, "quarantined": quarantined}.get(event.verdict)
        if kept is None:
            continue
        rival = kept.get(event.event_id)
        if rival is None or event.load_order < rival.load_order:
            kept[event.event_id] = event
    return accepted, {key: event for key, event in quarantined.items() if key not in accepted}


def sessions_of(accepted: Iterable[Event], rules: Rules) -> list[Session]:
    visitors: dict[tuple, list[Event]] = defaultdict(list)
    for event in accepted:
        visitors[event.visitor].append(event)
    return [session for events in visitors.values() for session in sessions_of_visitor(events, rules)]


def sessions_of_visitor(events: list[Event], rules: Rules) -> Iterable[Session]:
    for number, idle_block in enumerate(idle_blocks(events, rules)):
        for block in campaign_blocks(idle_block) if rules.split_on_campaign else [idle_block]:
            parts = list(capped(block, rules))
            for position, part in enumerate(parts):
                session_id = stable_hash((*part[0].visitor, part[0].event_id))
                yield Session(session_id, number, tuple(part), is_capped=position < len(parts) - 1)


def idle_blocks(events: list[Event], rules: Rules) -> Iterable[list[Event]]:
    """A visitor's events in order, parted at gaps of more than the idle limit: nothing reaches over such a gap."""
    limit = rules.idle_minutes[events[0].channel] * 60 * SECOND
    block: list[Event] = []
    for event in sorted(events, key=lambda event: event.place):
        if block and event.place[0] - block[-1].place[0] > limit:
            yield block
            block = []
        block.append(event)
    yield block


def campaign_blocks(events: list[Event]) -> Iterable[list[Event]]:
    """Parted where an event carries another campaign than the last one that was named."""
    block: list[Event] = []
    in_force = None
    for event in events:
        if block and event.utm_campaign is not None and event.utm_campaign != in_force:
            yield block
            block = []
        in_force = event.utm_campaign or in_force
        block.append(event)
    yield block


def capped(events: list[Event], rules: Rules) -> Iterable[list[Event]]:
    """Parted once a session has lasted its hours or holds its number of events."""
    part: list[Event] = []
    for event in events:
        too_long = part and event.place[0] - part[0].place[0] >= rules.max_hours * 3600 * SECOND
        if too_long or len(part) == rules.max_events:
            yield part
            part = []
        part.append(event)
    yield part


def dwell_seconds(events: Sequence[Event], rules: Rules) -> list[float | None]:
    """How long each event's page was looked at: until the next event, or what the last heartbeat after it shows.

    A heartbeat says only that a page is still open: it has no dwell of its own, and ends none.
    """
    pages = [number for number, event in enumerate(events) if event.event_type not in HEARTBEATS]
    dwell: list[float | None] = [None] * len(events)
    for position, number in enumerate(pages):
        is_last = position == len(pages) - 1
        end = len(events) - 1 if is_last else pages[position + 1]
        if end > number:
            dwell[number] = min(
                (events[end].place[0] - events[number].place[0]) / SECOND, float(rules.max_dwell_seconds)
            )
    return dwell


def named(arrival: Arrival, name: str) -> Arrival:
    """The row with `@` in its texts replaced by the schedule's name, which sets its ids and pages apart."""
    texts = {column: getattr(arrival, column) for column in COLUMNS}
    return replace(arrival, **{column: text.replace("@", name) for column, text in texts.items() if text})
