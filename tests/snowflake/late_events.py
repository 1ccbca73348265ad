"""Raw events that arrive in three waves, late ones among them, for builds of two warehouses to be compared.

The streams are those of the exactness tests: every edge of sessions, duplicates, corrections and consent, in drawn
orders of arrival. Beside them stand rows of `TEXTS`, in which the dialects of SQL could read a text differently.
"""

import json
import sys
from pathlib import Path

import duckdb
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "exactness"))

import schedules
from reference import COLUMNS

WAVES = 3
RELATION = "RAW_EVENTS"

VARS = {
    "event_source": "generic",
    "event_defaults": {"language": "it's \\ back"},
    "idle_minutes": schedules.IDLE_MINUTES,
    "session_max_events": schedules.MAX_EVENTS,
    "session_max_hours": schedules.MAX_HOURS,
    "conversion_events": {schedules.CONVERSION: "product"},
    "max_dwell_seconds": schedules.RULES.max_dwell_seconds,
    "link_visitors": True,
    "as_of": str(schedules.RULES.clock),
}
"""Of the project, in both warehouses; `events_relation` is named as each of them writes it."""

KEYS = {
    "stg_events": ["event_id"],
    "quarantined_events": ["event_id"],
    "ingestion_audit": ["source", "load_batch"],
    "pages": ["page_key"],
    "user_agents": ["user_agent"],
    "consent_withdrawals": ["visitor_hash"],
    "customer_sightings": ["source", "site_id", "channel", "visitor_id", "customer_id", "is_withdrawn", "known_at"],
    "visitor_customers": ["source", "site_id", "channel", "visitor_id", "customer_id"],
    "placed_events": ["event_id"],
    "session_events": ["event_id"],
    "sessions": ["session_id"],
    "session_customers": ["session_id"],
}
"""Tables that follow from the events alone -> what tells their rows apart."""

TEXTS: list[dict[str, str]] = [
    {"note": "seconds", "event_at": "1768083000"},
    {"note": "seconds with a fraction", "event_at": "1768083000.25"},
    {"note": "milliseconds", "event_at": "1768083000123"},
    {"note": "microseconds", "event_at": "1768083000123456"},
    {"note": "nanoseconds", "event_at": "1768083000123456789"},
    {"note": "Zulu", "event_at": "2026-01-10T22:10:00Z"},
    {"note": "zone by name", "event_at": "2026-01-10 22:10:00 UTC"},
    {"note": "seven decimals", "event_at": "2026-01-10T22:10:00.1234567"},
    {"note": "offset of hours", "event_at": "2026-01-10T22:10:00-07"},
    {"note": "offset without a colon", "event_at": "2026-01-10T22:10:00.5+0530"},
    {"note": "no seconds", "event_at": "2026-01-10 22:10"},
    {"note": "a day", "event_at": "2026-01-11"},
    {"note": "no such day", "event_at": "2026-02-30 10:00:00"},
    {"note": "American", "event_at": "01/10/2026 22:10:00"},
    {"note": "zeros", "event_at": "0000-00-00 00:00:00"},
    {"note": "a small number", "event_at": "20260110"},
    {"note": "percent codes", "page_url": "https://bank.example/caf%C3%A9/%2541bc?x=%20y", "page_title": "%C3%A9%2540"},
    {"note": "broken percent codes", "page_url": "https://bank.example/50%-off/%E9t%C3/x", "page_title": "50% off %zz"},
    {"note": "mail in a path", "page_url": "https://bank.example/u/ann%40mail.example/home"},
    {"note": "uuid", "page_url": "/a/0F8fad5b-d9cb-469f-a165-70867728950e/b"},
    {"note": "token", "page_url": "/reset/aB3dE5fG7hI9jK1lM3nO5pQ7"},
    {"note": "dates and numbers", "page_url": "/2026/01/05/news/12345/7"},
    {"note": "hash route", "page_url": "https://bank.example/index.html#/Loans/Home?from=x"},
    {"note": "camel case", "page_url": "HomeScreenFAQPage", "page_title": "IRAs and FAQPage | Bank"},
    {"note": "umlauts", "page_url": "/Über-uns/Kündigung", "page_title": "ÜberGroße \u2014 Kündigung\u2019s | Bank"},
    {"note": "Greek and Chinese", "page_url": "/λόγος", "page_title": "银行 λόγος"},
    {"note": "full width", "page_title": "\uff21\uff4e\uff4e\uff20\uff4d\uff41\uff49\uff4c\uff0e\uff45\uff58"},
    {"note": "greeting", "page_title": "Welcome back, Ann O'Neil! | Bank"},
    {"note": "greeting at arrival", "page_title": "Welcome to Loans, Ann"},
    {"note": "named", "page_title": "Customer name: Ann Lee / Loans"},
    {"note": "address", "page_title": "12 Baker Street, London | Bank"},
    {"note": "Strasse", "page_title": "Lindenstra\u00dfe 5, Bonn | Bank"},
    {"note": "iban", "page_title": "Pay DE89 3704 0044 0532 0130 00 now"},
    {"note": "telephone", "page_title": "Call +49 (30) 1234-5678"},
    {"note": "search", "page_url": "/Search/results?q=x", "page_title": "Search results for mortgage"},
    {"note": "search by title", "page_url": "/find", "page_title": "12 Treffer"},
    {"note": "quotes", "page_url": "/it's/a \"b\"", "page_title": "back\\slash \\n 'x' \"y\""},
    {"note": "lines", "page_title": "two\nlines\tand a tab"},
    {"note": "html codes", "page_title": "a&#64;b&#46;c &amp; d &nbsp; e"},
    {"note": "campaign in the URL", "page_url": "https://www.bank.example/x?utm_source=a+b&utm_medium=CPC&utm_campaign=%C3%A9"},
    {"note": "click id", "page_url": "https://www.bank.example/x?gclid=1"},
    {"note": "search engine", "referrer_url": "https://www.google.co.uk/search?q=x", "page_url": "https://bank.example/"},
    {"note": "own site", "referrer_url": "https://accounts.bank.example/", "page_url": "https://www.bank.example/y"},
    {"note": "web mail", "referrer_url": "https://mail.anything.example/", "page_url": "https://bank.example/z"},
    {"note": "address in numbers", "referrer_url": "http://192.168.0.1:80/", "page_url": "https://bank.example/z"},
    {"note": "a bot", "user_agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
    {"note": "no bot", "user_agent": "Mozilla/5.0 (Linux; CUBOT X18)"},
    {"note": "consent in a word", "has_consent": "Granted"},
    {"note": "consent in another", "has_consent": "nein"},
    {"note": "consent unknown", "has_consent": " N/A "},
    {"note": "whole value", "event_value": "100"},
    {"note": "fraction", "event_value": "0.1"},
    {"note": "many digits", "event_value": "123456789.123"},
    {"note": "negative", "event_value": "-0.5"},
    {"note": "no number", "event_value": "ten"},
    {"note": "engaged", "event_type": "page_ping", "engaged_seconds": "2.5"},
    {"note": "property", "event_type": schedules.CONVERSION, "properties": '{"product": "credit card", "n": 1.50}'},
    {"note": "nested property", "event_type": schedules.CONVERSION, "properties": '{"product": {"a": [1, null]}}'},
    {"note": "null property", "event_type": schedules.CONVERSION, "properties": '{"product": null}'},
]  # fmt: skip
"""Fields of rows; the note names the edge, and makes the row's id and visitor."""


def waves() -> list[pl.DataFrame]:
    """The rows that come before each build: columns of the contract and `note`, all text."""
    streams = [*schedules.by_hand(), *schedules.drawn(40)]
    columns = [*COLUMNS, "properties"]
    rows: list[list[dict[str, str | None]]] = [[] for _ in range(WAVES)]
    for stream in streams:
        for arrival in stream.arrivals:
            wave = arrival.build * WAVES // schedules.BUILDS
            rows[wave].append({name: getattr(arrival, name, None) for name in columns})
    for number, text in enumerate(TEXTS):
        common = {
            "event_id": f"text {text['note']}",
            "visitor_id": f"reader of {text['note']}",
            "event_at": str(schedules.STREAM_START),
            "loaded_at": schedules.loaded(0),
            "event_type": "page_view",
        }
        rows[number % WAVES].append(common | text)
    return [pl.DataFrame(wave, schema=dict.fromkeys(columns, pl.String)) for wave in rows]


def append_to_duckdb(file: Path, wave: pl.DataFrame) -> None:
    """Rows into the table `RELATION` of a file, which is made where it is not there."""
    with duckdb.connect(str(file)) as connection:
        connection.register("wave", wave.to_arrow())
        connection.execute(f"create table if not exists {RELATION} as from wave limit 0")
        connection.execute(f"insert into {RELATION} from wave")


def vars_of(relation: str, **further: object) -> str:
    """`VARS` as dbt takes them, with the relation as a warehouse names it."""
    return json.dumps(VARS | {"events_relation": relation} | further)
