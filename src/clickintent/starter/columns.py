"""Which column of a file of events is which of the contract, by the names that trackers and analysts give them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb

# a mere `id` is in no list: as an event's id a person's would make one event of all theirs
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "event_id": ("event_uuid", "message_id", "messageid", "insert_id", "hit_id", "uuid"),
    "event_at": (
        "event_timestamp",
        "event_time",
        "timestamp",
        "derived_tstamp",
        "original_timestamp",
        "occurred_at",
        "server_time",
        "datetime",
        "date_time",
        "time",
        "ts",
        "created_at",
    ),
    "loaded_at": ("ingested_at", "received_at", "collector_tstamp", "load_time", "_loaded_at"),
    "site_id": ("site", "brand", "property_id", "app_id"),
    "channel": ("platform",),
    "visitor_id": (
        "visitor",
        "anonymous_id",
        "anonymousid",
        "user_pseudo_id",
        "domain_userid",
        "client_id",
        "clientid",
        "cookie_id",
        "cookie",
        "device_id",
        "visitorid",
        "fullvisitorid",
        "idvisitor",
        "session_id",
    ),
    "customer_id": ("customer", "account_id", "user_id", "userid", "member_id"),
    "event_type": ("event_name", "event", "event_action", "action", "type"),
    "page_url": (
        "url",
        "page_location",
        "page",
        "page_path",
        "path",
        "uri",
        "request",
        "screen_name",
        "screen",
        "page_name",
    ),
    "page_title": ("title",),
    "referrer_url": ("referrer", "referer", "page_referrer", "ref"),
    "device_type": ("device", "device_category"),
    "user_agent": ("useragent", "agent", "ua"),
    "language": ("lang", "locale"),
    "has_consent": ("consent", "consent_given"),
    "event_value": ("value", "revenue", "amount", "price"),
    "properties": ("params", "event_properties", "payload", "context"),
}
"""Contract column -> names it goes by elsewhere, the surest first; its own name needs no entry."""

VISITOR_IF_NO_OTHER: Final = ("user_id", "userid", "customer_id", "member_id", "account_id")
"""Where nobody is anonymous, who is signed in is the visitor."""


class ColumnsError(ValueError):
    """A file of events cannot be read, or lacks what every source needs; the message says what to do."""


@dataclass(frozen=True)
class EventColumns:
    """What is mapped to what.

    Attributes:
        mapped: contract column -> column of the file, for those of another name.
        same: columns of the file that bear the contract's names.
        missing: what every source needs and no name tells: 'visitor_id', 'event_at', 'event_type or page_url'.
        unused: columns of the file that are none of these.
    """

    mapped: dict[str, str] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def read_columns(events_path: str) -> list[str]:
    """Names of the columns of files that a glob names, in their order.

    Raises:
        ColumnsError: no file matches, none of its kind is known, or it cannot be read.
    """
    kind = events_path.lower().removesuffix(".gz").removesuffix(".zst")
    if kind.endswith(".parquet"):
        reader = "read_parquet($path, union_by_name = true)"
    elif kind.endswith((".json", ".jsonl", ".ndjson")):
        reader = "read_json($path, union_by_name = true, maximum_depth = 1)"
    elif kind.endswith((".csv", ".tsv", ".txt")):
        reader = "read_csv($path, union_by_name = true, all_varchar = true, header = true, null_padding = true)"
    else:
        raise ColumnsError(
            f"{events_path} ends in none of .parquet, .csv, .tsv, .txt, .json, .jsonl, .ndjson (with .gz or not)."
        )
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"select * from {reader} limit 0", {"path": events_path})  # noqa: S608 - a constant
            return [str(column[0]) for column in found.description]
    except duckdb.Error as error:
        raise ColumnsError(f"{events_path} cannot be read: {str(error).splitlines()[0]}") from error


def guess_columns(columns: Sequence[str]) -> EventColumns:
    """Map columns by their names alone; what is guessed is for a person to look at.

    Args:
        columns: names in the file, in any case.
    """
    by_name = {column.lower(): column for column in columns}
    contract = [*NAMES, "utm_source", "utm_medium", "utm_campaign", "is_internal", "engaged_seconds"]
    same = [name for name in contract if name in by_name]
    free = {name: column for name, column in by_name.items() if name not in same}
    mapped: dict[str, str] = {}
    for name, others in NAMES.items():
        if name in same:
            continue
        found = next((other for other in others if other in free), None)
        if found is not None:
            mapped[name] = free.pop(found)
    if "visitor_id" not in same and "visitor_id" not in mapped:
        found = next((other for other in VISITOR_IF_NO_OTHER if other in by_name), None)
        if found is not None:
            mapped["visitor_id"] = by_name[found]
            if mapped.get("customer_id") == by_name[found]:
                del mapped["customer_id"]
            free.pop(found, None)
    known = {*same, *mapped}
    missing = [name for name in ("visitor_id", "event_at") if name not in known]
    if not known & {"event_type", "page_url"}:
        missing.append("event_type or page_url")
    return EventColumns(mapped, tuple(same), tuple(missing), tuple(free.values()))
