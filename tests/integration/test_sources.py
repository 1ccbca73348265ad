"""Each source fills the event contract: fixtures with named edge cases, and the tables that should come of them.

`fixtures/SOURCE/TABLE.jsonl` is there at the first build, `TABLE_late.jsonl` at the second. What is expected was
written row by row from the rules, not copied from a build; only the order of two events of GA4 that nothing but their
hash orders was looked up.
"""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

FIXTURES = Path(__file__).parent / "fixtures"
TABLES = {
    "snowplow": {"atomic.events": "events"},
    "segment": {f"segment.{call}": call for call in ("pages", "screens", "tracks", "identifies")},
    "ga4": {"ga4.events": "events"},
}
# how a warehouse holds what is text in a fixture: times with their offset, documents as JSON
READ = {
    "snowplow": ("* exclude fixture", ", maximum_depth = 2"),
    "segment": (
        "* exclude fixture replace (timestamp::timestamptz as timestamp, received_at::timestamptz as received_at,"
        " original_timestamp::timestamptz as original_timestamp, uuid_ts::timestamptz as uuid_ts)",
        "",
    ),
    "ga4": ("* exclude fixture", ""),
}
MODELS = ("--select", "+sessions", "+quarantined_events", "+ingestion_audit")
VARS = {
    "event_source": list(TABLES),
    "conversion_events": ["purchase", "transaction"],
    "as_of": "2026-04-01 00:00:00",
}
# an event is named by its id; without one by its title; in GA4, which has no ids, by a parameter
OWN_ID = "regexp_replace(event_id, '^' || source || ':', '')"
NAMED_EVENTS = f"""(
    select
        *,
        coalesce(
            properties ->> 'edge_case',
            case when regexp_full_match({OWN_ID}, '[0-9a-f]{{32}}') then page_title else {OWN_ID} end
        ) as edge_case
    from stg_events
)"""
NAMED_QUARANTINE = f"""(
    select *, coalesce(raw ->> '$.event_params[0].value.string_value', {OWN_ID}) as edge_case
    from quarantined_events
)"""


def arrive(project, *sources: str, late: bool = False) -> None:
    """Load the rows of the fixtures, or those that come late, as the loader of each tracker would."""
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for source in sources:
            columns, options = READ[source]
            for table, name in TABLES[source].items():
                connection.execute(f"create schema if not exists {table.split('.')[0]}")
                # both files at once, for the types; then the rows of one
                rows = f"""
                    select {columns} from read_json('{FIXTURES}/{source}/{name}*.jsonl', filename = 'fixture'{options})
                    where (fixture like '%_late.jsonl') = {late}
                """
                connection.execute(f"create table if not exists {table} as from ({rows}) limit 0")
                connection.execute(f"insert into {table} from ({rows})")


def lines(frame: pl.DataFrame) -> list[str]:
    """Rows as lines of text, so that a failure shows which edge case differs, and how."""
    return [" | ".join(row) for row in frame.fill_null("").rows()]


def expected(source: str, table: str) -> pl.DataFrame:
    return pl.read_csv(FIXTURES / source / f"expected_{table}.csv", infer_schema=False)


def found(project, columns: list[str], query: str) -> pl.DataFrame:
    texts = ", ".join(f"{column}::varchar as {column}" for column in columns)
    with duckdb.connect(str(project.file), read_only=True) as connection:
        return pl.from_arrow(connection.execute(f"select {texts} from ({query})").to_arrow_table())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture
def built(project, folder):
    """All three at once, in two builds, the second with late rows; made by the first test that asks for it."""
    shared = replace(project, folder=folder, vars=dict(VARS))
    whole = folder / "whole"
    if not whole.exists():
        assert not shared.file.exists(), "the build failed in the first test that asked for it"
        arrive(shared, *TABLES)
        shared.run(*MODELS)
        arrive(shared, *TABLES, late=True)
        shared.run(*MODELS)
        whole.touch()
    return shared


@pytest.mark.parametrize("source", TABLES)
def test_events_are_accepted_as_the_table_of_edge_cases_says(built, source):
    wanted = expected(source, "events")
    events = f"select * from {NAMED_EVENTS} where source = '{source}' order by visitor_id, site_id, event_at, event_id"
    assert lines(found(built, wanted.columns, events)) == lines(wanted)


@pytest.mark.parametrize("source", TABLES)
def test_what_cannot_be_an_event_is_quarantined_with_its_reason(built, source):
    wanted = expected(source, "quarantine")
    rows = f"select * from {NAMED_QUARANTINE} where source = '{source}' order by edge_case"
    assert lines(found(built, wanted.columns, rows)) == lines(wanted)


@pytest.mark.parametrize("source", TABLES)
def test_sessions_are_those_that_the_rules_make_of_the_edge_cases(built, source):
    wanted = expected(source, "sessions")
    # a session is named by its first event
    sessions = f"""
        select sessions.*, entries.edge_case
        from sessions
        inner join session_events on sessions.session_id = session_events.session_id and session_events.is_entry
        inner join {NAMED_EVENTS} as entries on session_events.event_id = entries.event_id
        where sessions.source = '{source}'
        order by sessions.visitor_id, sessions.site_id, sessions.started_at
    """
    assert lines(found(built, wanted.columns, sessions)) == lines(wanted)


@pytest.mark.parametrize("source", TABLES)
def test_dwell_is_never_negative_and_heartbeats_prolong_that_of_their_page(built, source):
    wanted = expected(source, "dwell")
    # of some visitors, and of no heartbeat: what those say is in the row of their page
    events = f"""
        select
            named.visitor_id, named.edge_case, placed.event_index, placed.seconds_since_previous, placed.dwell_seconds,
            placed.engaged_seconds, placed.is_entry, placed.is_exit
        from session_events as placed
        inner join {NAMED_EVENTS} as named on placed.event_id = named.event_id
        where
            named.source = '{source}'
            and named.visitor_id in {tuple(wanted["visitor_id"].unique())}
            and named.event_type not in (select event_type from event_types where is_heartbeat)
        order by named.visitor_id, placed.event_index
    """
    assert lines(found(built, wanted.columns, events)) == lines(wanted)


def test_every_row_is_accepted_a_duplicate_quarantined_or_refused(built):
    # counted by hand in the fixtures; of GA4 two rows are refused for lack of consent
    assert built.query("""
        select
            source, sum(row_count), sum(accepted_count), sum(duplicate_count), sum(quarantined_count),
            sum(refused_count)
        from ingestion_audit group by 1 order by 1
    """) == [("ga4", 41, 33, 3, 3, 2), ("segment", 38, 32, 3, 3, 0), ("snowplow", 46, 38, 4, 4, 0)]


def test_sources_share_ids_and_visitors_without_mixing_them(built):
    rows = built.query("""
        select source, site_id, event_id from stg_events where visitor_id = 'v-shared' order by source, site_id
    """)
    assert rows == [
        ("segment", "default", "segment:same id, visitor and time in two sources"),
        ("snowplow", "default", "snowplow:same id, visitor and time in two sources"),
        ("snowplow", "other-brand", "snowplow:same visitor on another site"),
    ]


def test_late_rows_add_up_to_what_a_full_refresh_gives(built, tmp_path):
    in_parts = built.copy(tmp_path)
    built.run(*MODELS, "--full-refresh")
    assert built.tables() == in_parts.tables()
    for table in built.tables():
        assert lines(in_parts.content(table)) == lines(built.content(table)), table


def test_freshness_is_judged_by_the_clock_of_the_collector(built):
    with duckdb.connect(str(built.file)) as connection:
        connection.execute("""
            insert into atomic.events by name
            select 'just now' as event_id, (now() at time zone 'UTC')::timestamp as collector_tstamp
        """)
    built.dbt("source", "freshness")
    with duckdb.connect(str(built.file)) as connection:
        connection.execute("delete from atomic.events where event_id = 'just now'")
    results = json.loads((built.folder / "target" / "sources.json").read_text())["results"]
    # an event of GA4 with a clock of the year 2099 does not make its export fresh
    assert {result["unique_id"].removeprefix("source.clickintent."): result["status"] for result in results} == {
        "snowplow.events": "pass",
        "segment.pages": "error",
        "segment.screens": "error",
        "segment.tracks": "error",
        "segment.identifies": "error",
        "ga4.events": "error",
    }


def test_a_source_that_nobody_knows_stops_the_build_with_the_names_of_those_that_are_known(project):
    failed = project.dbt("parse", event_source=["segment", "snowplough"])
    assert failed.returncode != 0
    message = " ".join(failed.stdout.split())
    assert "event_source names 'snowplough', which is not a source" in message
    assert "The sources are: demo, generic, snowplow, segment, ga4" in message


@pytest.mark.slow
def test_settings_say_where_the_rows_are_and_which_tables_there_are(project):
    arrive(project, "segment")
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("""
            create schema raw;
            create table raw.page_calls as from segment.pages;
            drop schema segment cascade
        """)
    project.vars |= {
        "event_source": "segment",
        "source_settings": {
            "segment": {"schema": "raw", "pages": "page_calls", "screens": None, "tracks": None, "identifies": None}
        },
    }
    project.run("--select", "+stg_events")
    # one source alone: its ids are as they came
    assert ("campaign",) in project.query("select event_id from stg_events")
    assert project.query("select distinct event_type from stg_events") == [("page_view",)]
    missing = project.dbt("build", "--select", "stg_segment__events", source_settings={"segment": {"schema": "raws"}})
    assert "There is no table or view" in missing.stdout
    assert "Say in the var source_settings where this source's rows are" in " ".join(missing.stdout.split())


@pytest.mark.slow
def test_going_from_one_source_to_several_takes_a_full_refresh_and_says_so(project):
    arrive(project, "segment", "snowplow")
    project.vars["event_source"] = "segment"
    project.run("--select", "+stg_events")
    project.vars["event_source"] = ["segment", "snowplow"]
    failed = project.dbt("build", "--select", "+stg_events")
    assert "made with one source switched on" in " ".join(failed.stdout.split())
    assert project.query("select count(distinct source) from stg_events") == [(1,)]
    project.run("--select", "+stg_events", "--full-refresh")
    project.run("--select", "+stg_events")
    assert project.query("select count(distinct source), count(*) = count(distinct event_id) from stg_events") == [
        (2, True)
    ]
