"""A person who is forgotten leaves every table, comes back by no build, and takes nobody else along."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from test_incremental import assert_same
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.dashboard.places import published_file
from clickintent.dashboard.published import publish
from clickintent.llm.calls import CALL_SCHEMA
from clickintent.privacy.audience import Audience
from clickintent.privacy.erasure import forget
from clickintent.privacy.people import Asked, PrivacyError, find
from clickintent.privacy.personal_tables import PERSON_COLUMNS, PERSONAL_TABLES, TOMBSTONES

ROOT = Path(__file__).resolve().parents[2]


def command(project, *arguments: str):
    return CliRunner().invoke(app, [*arguments, "--file", str(project.file)])


def person_of(project) -> tuple[str, str]:
    """A visitor who has a row in quarantine, and a customer of two devices: people who are in many tables."""
    ((visitor,),) = project.query(
        """
        select visitor_id from stg_events inner join quarantined_events on contains(raw, visitor_id)
        where visitor_id not in (select visitor_id from visitor_customers)
        group by 1 order by count(*) desc, 1 limit 1
        """
    )
    ((customer,),) = project.query(
        """
        select customer_id from visitor_customers inner join session_customers using (customer_id)
        inner join session_labels using (session_id)
        group by 1 order by count(distinct visitor_id) desc, count(*) desc, 1 limit 1
        """
    )
    return visitor, customer


def ids_of(project, visitor: str, customer: str) -> dict[str, list[str]]:
    """Everything by which these two are known, read from the events themselves."""
    theirs = f"select visitor_id from stg_events where customer_id = '{customer}'"
    devices = f"visitor_id = '{visitor}' or visitor_id in ({theirs})"
    return {
        "visitors": [row for (row,) in project.query(f"select distinct visitor_id from stg_events where {devices}")],
        "events": [row for (row,) in project.query(f"select event_id from stg_events where {devices}")],
        "sessions": [row for (row,) in project.query(f"select session_id from sessions where {devices}")],
        "customers": [customer],
    }


def places(project, ids: list[str]) -> list[str]:
    """Table and column of every value, whatever its type, in whose text one of the ids stands."""
    found = []
    with duckdb.connect(str(project.file), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        for schema, table in tables:
            for column, kind, *_ in connection.execute(f'describe "{schema}"."{table}"').fetchall():
                if kind != "BLOB":
                    query = f"""
                        select count(*) from "{schema}"."{table}"
                        where regexp_matches("{column}"::varchar, '{"|".join(ids[:50])}')
                    """
                    if connection.execute(query).fetchone()[0]:
                        found.append(f"{table}.{column}")
    return found


@pytest.fixture(scope="module")
def forgotten(built_demo, tmp_path_factory):
    """A copy of the demo without the two of them, as it was before and with their ids."""
    project = built_demo.copy(tmp_path_factory.mktemp("forgotten"))
    visitor, customer = person_of(project)
    ids = ids_of(project, visitor, customer)
    for arguments in (("--visitor", visitor), ("--customer", customer)):
        done = command(project, "forget", *arguments, "--by", "a test")
        assert done.exit_code == 0, done.output
    return project, ids, (visitor, customer)


def test_a_forgotten_person_is_in_no_column_of_any_table(forgotten, built_demo):
    project, ids, (visitor, customer) = forgotten
    assert len(ids["visitors"]) > 2
    for kind, known in ids.items():
        assert places(built_demo, known), kind
        assert places(project, known) == [], kind
    for option, known in (("--visitor", visitor), ("--customer", customer)):
        assert command(built_demo, "where", option, known).exit_code == 2
        assert command(project, "where", option, known).exit_code == 0


def test_rows_of_everybody_else_are_as_they_were(forgotten, built_demo):
    project, ids, _ = forgotten
    gone = ", ".join(f"'{session}'" for session in ids["sessions"])
    for table in ("sessions", "session_features", "session_labels", "session_embedding_versions", "session_narratives"):
        before = built_demo.content(table).filter(~pl.col("session_id").is_in(ids["sessions"]))
        assert project.content(table).equals(before), table
        assert project.query(f"select count(*) from {table} where session_id in ({gone})") == [(0,)]
    events = built_demo.content("stg_events").filter(~pl.col("event_id").is_in(ids["events"]))
    assert project.content("stg_events").equals(events)


@pytest.mark.slow
def test_neither_a_build_nor_a_full_refresh_brings_a_forgotten_person_back(forgotten, tmp_path_factory):
    project, ids, _ = forgotten
    tombstones = project.content(TOMBSTONES)
    assert tombstones.height >= 4  # the visitor, the customer and their devices
    built = project.copy(tmp_path_factory.mktemp("built"))
    built.build()  # with all data tests: the audit adds up
    refreshed = built.copy(tmp_path_factory.mktemp("refreshed"))
    refreshed.run("--full-refresh")

    assert_same(built, refreshed)
    for each in (built, refreshed):
        assert each.content(TOMBSTONES).equals(tombstones)
        assert [place for known in ids.values() for place in places(each, known)] == []
    for name in ("session_encoder", "intent_classifier"):
        assert refreshed.content(name).equals(project.content(name)), name


def test_every_table_that_has_a_key_of_a_person_is_in_the_list(built_demo):
    columns = built_demo.query(
        "select table_name, column_name from duckdb_columns() where not internal and schema_name = 'main' "
        "and table_name in (select table_name from duckdb_tables())"
    )
    personal = {table for table, column in columns if column in PERSON_COLUMNS}
    assert personal - {TOMBSTONES} <= set(PERSONAL_TABLES)
    assert len(personal) > 20


def test_every_page_has_been_seen_by_somebody_under_the_title_that_its_words_are_of(built_demo):
    assert built_demo.query("select count(title_hash) > 100 from pages") == [(True,)]
    with duckdb.connect(str(built_demo.file), read_only=True) as connection:
        find(connection, Asked(customer_id="nobody"))  # so that everybody is somebody else
        for traces in ("pages_of_nobody_else", "user_agents_of_nobody_else"):
            assert connection.execute(f"select * from {traces}").fetchall() == []


# what a kill leaves: before the rows are gone, and before the new file has taken the place of the old one
KILLS = {
    "in the transaction": ("clickintent.privacy.erasure", "_move_counts", 1),
    "before the new file is written": ("clickintent.privacy.erasure", "rewrite", 0),
    "before it takes the place": ("clickintent.privacy.rewriting", "_sync", 0),
}


@pytest.mark.parametrize("moment", KILLS)
def test_a_killed_erasure_is_completed_by_the_same_command(built_demo, tmp_path, moment):
    project = built_demo.copy(tmp_path)
    visitor, _ = person_of(project)
    module, function, events_left = KILLS[moment]
    script = f"""
import os, signal, {module} as module
module.{function} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from clickintent.cli import app
app(["forget", "--visitor", "{visitor}", "--by", "a test", "--file", "{project.file}"])
"""
    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=dict(os.environ), capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    still_there = project.query(f"select count(*) > 0 from stg_events where visitor_id = '{visitor}'")
    assert still_there == [(bool(events_left),)]
    blocks = project.file.stat().st_ino
    project.file.with_name(project.file.name + ".tmp").mkdir()  # what a killed build had spilled

    assert command(project, "forget", "--visitor", visitor, "--by", "a test").exit_code == 0

    assert project.file.stat().st_ino != blocks  # another file: of the old one nothing is left
    assert [path.name for path in tmp_path.iterdir()] == [project.file.name]
    assert command(project, "where", "--visitor", visitor).exit_code == 0
    assert project.query(f"select count(*) from {TOMBSTONES}") == [(1,)]


def test_a_page_that_an_erasure_makes_rare_does_not_stand_in_its_way(built_demo, tmp_path):
    """What was sent of others names that page, and their narratives are sent without it from then on."""
    project = built_demo.copy(tmp_path)
    ((visitor, words),) = project.query(
        """
        with enough as (select min(people_count) as fewest from page_audience where is_known)
        select visitor_id, text from page_audience inner join enough on people_count = fewest
        inner join stg_events using (page_key)
        where is_known and visitor_id not in (select visitor_id from visitor_customers)
            and visitor_id in (select visitor_id from sessions where not is_bot)
        order by all limit 1
        """
    )
    is_known = f"select distinct is_known from page_audience where text = '{words}'"
    assert project.query(is_known) == [(True,)]
    with duckdb.connect(str(project.file)) as connection:
        send_of_others(connection, visitor)
    done = command(project, "forget", "--visitor", visitor, "--by", "a test")
    assert done.exit_code == 0, done.output
    assert project.query(is_known) == [(False,)]
    # told apart by their narratives: of those that read as they did, every call is as it was
    kept, lost = project.query("select count(request), count(*) - count(request) from llm_calls")[0]
    assert kept
    assert lost


def send_of_others(connection: duckdb.DuckDBPyConnection, visitor: str) -> None:
    """A call for each narrative of somebody else, as it would be sent; no labels came of them."""
    audience = Audience.read(
        connection.execute("from page_audience").pl(), connection.execute("from event_type_audience").pl()
    )
    rows = connection.execute(
        """
        select distinct narrative from session_narratives inner join sessions using (session_id)
        where visitor_id <> $1
        """,
        [visitor],
    ).fetchall()
    sent = sorted({audience.redact(narrative) for (narrative,) in rows})
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in sent]
    items = [json.dumps([{"item_hash": each, "narrative_hash": each, "answer": "none"}]) for each in hashes]
    told = {name: pl.Series([None] * len(sent), dtype=kind) for name, kind in CALL_SCHEMA.items()}
    calls = pl.DataFrame(told | {"call_hash": hashes, "request": sent, "items": items})
    connection.register("calls", calls.to_arrow())
    connection.execute("create or replace table llm_calls as from calls")


def test_what_people_asked_and_said_of_a_session_goes_with_it_and_the_seed_is_named_that_brings_it_back(
    built_demo, tmp_path
):
    project = built_demo.copy(tmp_path)
    _, customer = person_of(project)
    ((session,),) = project.query(
        f"select min(session_id) from session_customers inner join session_labels using (session_id) "
        f"where customer_id = '{customer}'"
    )
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("insert into gold_labels by name select $1 as session_id, 'none' as intent_id", [session])
        connection.execute("insert into label_requests by name select $1 as session_id", [session])
    done = command(project, "forget", "--customer", customer, "--by", "a test")
    assert done.exit_code == 0, done.output
    assert places(project, [session]) == []
    assert "come back from seeds/gold_labels.csv until you remove them there" in done.output


def test_nobody_is_erased_where_nobody_of_that_id_is_known(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    before = project.content("stg_events")
    done = command(project, "forget", "--customer", "nobody", "--by", "a test")
    assert done.exit_code == 1
    assert "knows nobody of the id nobody" in " ".join(done.output.split())
    assert project.content("stg_events").equals(before)


# event_id, visitor_id, customer_id, minute, page: a device that two customers share, between two of its own
SHARED = """
a of anna | family | anna | 0 | /cards
b of nobody | family | | 5 | /help
c of ben | family | ben | 10 | /loans
d of anna alone | phone | anna | 0 | /cards
e before her login | phone | | 40 | /secret-of-anna
f of somebody | other | | 0 | /help
"""


def arrive_shared(project) -> None:
    rows = [[field.strip() or None for field in line.split("|")] for line in SHARED.strip().split("\n")]
    events = pl.DataFrame(rows, schema=["event_id", "visitor_id", "customer_id", "minute", "page"], orient="row")
    path = project.folder / "events.csv"
    events.select(
        "event_id",
        "visitor_id",
        "customer_id",
        event_at=pl.concat_str(pl.lit("2026-03-01T10:"), pl.col("minute").str.zfill(2), pl.lit(":00Z")),
        page_url=pl.concat_str(pl.lit("https://bank.example"), "page"),
    ).write_csv(path)
    project.vars |= {"event_source": "generic", "events_path": str(path)}


@pytest.mark.slow
def test_of_a_shared_device_only_the_customers_own_events_go_and_the_file_that_still_has_them_brings_none_back(project):
    arrive_shared(project)
    project.run()
    erasure = forget(project.file, Asked(customer_id="anna"), by="a test")
    assert [visitor[-1] for visitor in erasure.person.visitors] == ["phone"]
    assert [visitor[-1] for visitor in erasure.person.shared] == ["family"]

    for arguments in ((), ("--full-refresh",)):
        project.build(*arguments)
        assert project.query("select event_id from stg_events order by 1") == [
            ("b of nobody",),
            ("c of ben",),
            ("f of somebody",),
        ]
        assert project.query("select page_key from pages order by 1") == [("/help",), ("/loans",)]
        assert project.query("select visitor_id, event_count from sessions order by 1") == [("family", 2), ("other", 1)]
        assert project.query("select row_count, accepted_count, erased_count, is_to_recount from ingestion_audit") == [
            (6, 3, 3, False)
        ]


def test_a_visitor_is_erased_on_the_site_that_is_named_and_nowhere_else(project):
    arrive_shared(project)
    project.run()
    with pytest.raises(PrivacyError, match="knows nobody"):
        forget(project.file, Asked(visitor_id="phone", site_id="another"), by="a test")
    forget(project.file, Asked(visitor_id="phone", site_id="default"), by="a test")
    assert project.query("select count(*) from stg_events where visitor_id = 'phone'") == [(0,)]


def test_an_erasure_leaves_nothing_of_the_person_in_the_published_copy(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    ((visitor,),) = project.query(
        "select visitor_id from mapped_sessions inner join sessions using (session_id) order by session_id limit 1"
    )
    publish(project.file)
    theirs = {key for (key,) in project.query(f"select session_id from sessions where visitor_id = '{visitor}'")}
    assert theirs & published_sessions(project)

    assert command(project, "forget", "--visitor", visitor, "--by", "a test").exit_code == 0

    assert published_sessions(project)
    assert theirs.isdisjoint(published_sessions(project))


def published_sessions(project):
    """Every session that the published copy names, in whatever column."""
    with duckdb.connect(str(published_file(project.file)), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where not internal and (column_name = 'session_id' or column_name = 'neighbour_id')"
        ).fetchall()
        assert len(columns) >= 6
        queries = [f"select {column} as session_id from {table}" for table, column in columns]
        return {key for (key,) in connection.execute(" union ".join(queries)).fetchall()}
