"""Whom a request is about, and where their traces begin: visitors, events, sessions."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from clickintent.privacy.personal_tables import CUSTOMER, DEMO_VISITOR, VISITOR
from clickintent.privacy.tombstones import as_number, customer_hash, visitor_hash

LONG_ID: Final = 6
"""From so many characters on, an id is taken to be itself wherever it is written; a shorter one ('42') is not."""

_ID_KEY: Final = "id|visitor|customer|user|client|cookie|device"
"""Names under which a raw row holds a short id."""

_CHANNELS: Final = ("web", "app")
"""As `source_events` writes them, whatever a source calls them: a tombstone of another name would keep out nobody."""

Visitor = tuple[str, str, str, str]
"""Source, site, channel and id."""


class PrivacyError(RuntimeError):
    """A person cannot be searched or erased; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request names: one visitor, if need be of one source, site or channel, or one customer."""

    visitor_id: str | None = None
    customer_id: str | None = None
    source: str | None = None
    site_id: str | None = None
    channel: str | None = None

    def __post_init__(self) -> None:
        if bool(self.visitor_id) == bool(self.customer_id):
            raise PrivacyError("Name one person: give either --visitor or --customer.")
        if self.channel and self.channel not in _CHANNELS:
            raise PrivacyError(f"There is no channel '{self.channel}': give --channel web or --channel app.")
        if self.customer_id and self.scope:
            raise PrivacyError("A customer is the same everywhere: --source, --site and --channel go with --visitor.")

    @property
    def id(self) -> str:
        """The id that is named."""
        return self.visitor_id or self.customer_id or ""

    @property
    def scope(self) -> dict[str, str]:
        """What narrows a visitor down: column -> value."""
        said = {"source": self.source, "site_id": self.site_id, "channel": self.channel}
        return {column: value for column, value in said.items() if value}

    @property
    def is_exact(self) -> bool:
        """Whether a visitor is named by all that makes one."""
        return all((self.visitor_id, self.source, self.site_id, self.channel))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is about, as far as the warehouse knows.

    Attributes:
        asked: the request.
        visitors: cookies and devices that are theirs alone.
        shared: devices on which they signed in and somebody else did as well.
        event_count: events of theirs.
        session_ids: sessions that hold such events.
        first_at, last_at: time of the first and the last of these events.
        erased_before: until when an erasure has to reach, so that none of these rows can come back.
    """

    asked: Asked
    visitors: tuple[Visitor, ...]
    shared: tuple[Visitor, ...]
    event_count: int
    session_ids: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None
    erased_before: datetime | None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids by which they are known: the one that was named first."""
        return tuple(dict.fromkeys([self.asked.id, *(visitor[-1] for visitor in self.visitors)]))

    @property
    def tombstones(self) -> list[tuple[str, str]]:
        """Hash and kind of what `erasures` keeps of them."""
        customers = [(customer_hash(self.asked.customer_id), "customer")] if self.asked.customer_id else []
        return customers + [(visitor_hash(*visitor), "visitor") for visitor in self.visitors]


def find(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Person:
    """Find a person, and fill the temporary tables that `personal_tables` reads.

    Args:
        connection: to a build.
        asked: whom.
    """
    tables = _tables(connection)
    visitors, shared = _visitors(connection, asked, tables)
    _fill(connection, "asked_customers", ["customer_id"], [(asked.customer_id,)] if asked.customer_id else [])
    _fill(
        connection,
        "asked_visitors",
        ["source", "site_id", "channel", "visitor_id", "visitor_hash"],
        [(*visitor, visitor_hash(*visitor)) for visitor in visitors],
    )
    numbers = [(as_number(visitor_hash(*visitor)),) for visitor in visitors]
    _fill(connection, "asked_numbers", ["visitor_hash"], numbers, "bigint")
    _find_raw_rows(connection, sorted({asked.id, *(visitor[-1] for visitor in visitors)}))
    demo = (
        f"union select event_id from demo_events where {DEMO_VISITOR} or {CUSTOMER}" if "demo_events" in tables else ""
    )
    for name, query in _TRACES.items():
        connection.execute(f"create or replace temp table {name} as {query.format(demo=demo)}")
    return _person(connection, asked, visitors, shared, "demo_events" in tables)


_PLACED: Final = (
    "event_id in (select event_id from asked_events) or visitor_hash in (select visitor_hash from asked_numbers)"
)

_TRACES: Final = {
    "asked_events": f"""
        select event_id from stg_events where {VISITOR} or {CUSTOMER}
        union select event_id from asked_raw_rows
        {{demo}}
    """,
    "asked_sessions": f"""
        select session_id from placed_events where {_PLACED}
        union select session_id from sessions where {VISITOR}
        union select session_id from session_sequences where {VISITOR}
    """,
    # whole blocks: a session of somebody else may begin elsewhere once these events are gone
    "asked_blocks": f"""
        select distinct visitor_hash, block_started_at from placed_events where {_PLACED}
    """,
    "asked_journeys": """
        select distinct journey_id from journey_sessions where session_id in (select session_id from asked_sessions)
    """,
    # the words of a page are those of a title: who saw it under another one has not seen them (macro title_hash)
    "pages_of_nobody_else": f"""
        select page_key from pages
        anti join (
            select distinct page_key, page_title from stg_events where not coalesce({VISITOR} or {CUSTOMER}, false)
        ) as others
            on pages.page_key = others.page_key
            and (
                pages.title_hash is null
                or pages.title_hash
                = cast('0x' || left(md5(lower(regexp_replace(others.page_title, '[|][^|]*$', '', 'g'))), 15) as bigint)
            )
    """,
    "user_agents_of_nobody_else": f"""
        select distinct user_agent from stg_events where {VISITOR} or {CUSTOMER}
        except
        select user_agent from stg_events where not coalesce({VISITOR} or {CUSTOMER}, false)
    """,
}


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where list_contains(current_schemas(true), schema_name)"
    ).fetchall()
    return {name for (name,) in rows}


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    rows: Iterable[tuple[object, ...]],
    kind: str = "varchar",
) -> None:
    connection.execute(f"create or replace temp table {table} ({', '.join(f'{column} {kind}' for column in columns)})")
    for row in rows:
        connection.execute(f"insert into {table} values ({', '.join('?' * len(columns))})", list(row))


def _visitors(
    connection: duckdb.DuckDBPyConnection, asked: Asked, tables: set[str]
) -> tuple[tuple[Visitor, ...], tuple[Visitor, ...]]:
    """Visitors that are theirs alone, and those that they share."""
    if asked.customer_id:
        rows = connection.execute(
            """
            select source, site_id, channel, visitor_id, bool_and(customer_id is null or customer_id = $customer)
            from stg_events
            where (source, site_id, channel, visitor_id) in (
                select (source, site_id, channel, visitor_id) from stg_events where customer_id = $customer
            )
            group by 1, 2, 3, 4
            order by 1, 2, 3, 4
            """,
            {"customer": asked.customer_id},
        ).fetchall()
        return tuple(row[:4] for row in rows if row[4]), tuple(row[:4] for row in rows if not row[4])
    held = [
        f"select source, site_id, channel, visitor_id from {table}" for table in ("stg_events", "session_sequences")
    ]
    if "demo_events" in tables:
        held.append(
            "select 'demo', coalesce(nullif(trim(site_id), ''), 'default'), channel, nullif(trim(visitor_id), '') "
            "from demo_events"
        )
    scope = "".join(f" and {column} = ${column}" for column in asked.scope)
    rows = connection.execute(
        f"select * from ({' union '.join(held)}) where visitor_id = $visitor_id{scope} order by all",
        {"visitor_id": asked.visitor_id, **asked.scope},
    ).fetchall()
    if asked.is_exact and not rows:  # nothing of theirs has come yet, and nothing shall
        rows = [(*asked.scope.values(), asked.visitor_id)]
    return tuple(rows), ()


def _find_raw_rows(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> None:
    """Rows in quarantine that hold one of the ids; their columns have the names of the source."""
    patterns = []
    for known in ids:
        value = re.escape(json.dumps(known, ensure_ascii=False)[1:-1])
        before = r'["\s:]' if len(known) >= LONG_ID else rf'(?i:"[^"]*(?:{_ID_KEY})[^"]*")\s*:\s*"?'
        patterns.append(rf'{before}{value}["\\\s,}}\]]')
    connection.execute(
        """
        create or replace temp table asked_raw_rows as
        select event_id from quarantined_events where regexp_matches(raw, $pattern)
        """,
        {"pattern": "|".join(patterns)},
    )


def _person(
    connection: duckdb.DuckDBPyConnection,
    asked: Asked,
    visitors: tuple[Visitor, ...],
    shared: tuple[Visitor, ...],
    is_demo: bool,
) -> Person:
    counted = connection.execute(
        f"""
        select count(*), min(event_at), max(event_at), max(least(event_at, loaded_at))
        from stg_events where {VISITOR} or {CUSTOMER}
        """
    ).fetchone()
    assert counted is not None
    latest = [
        "select max(loaded_at) as latest_at from quarantined_events "
        "where event_id in (select event_id from asked_raw_rows)"
    ]
    if is_demo:
        latest.append(f"select max(loaded_at) from demo_events where {DEMO_VISITOR} or {CUSTOMER}")
    newest = connection.execute(f"select max(latest_at) from ({' union all '.join(latest)})").fetchone()
    assert newest is not None
    sessions = connection.execute("select session_id from asked_sessions order by 1").fetchall()
    return Person(
        asked,
        visitors,
        shared,
        event_count=counted[0],
        session_ids=tuple(session for (session,) in sessions),
        first_at=counted[1],
        last_at=counted[2],
        erased_before=max((at for at in (counted[3], newest[0]) if at), default=None),
    )
