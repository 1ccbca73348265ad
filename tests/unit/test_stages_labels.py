"""Which sessions are narrated and labelled, and when again."""

import hashlib

import duckdb
import polars as pl
import pytest
from test_encoder_synthetic import simulate
from test_stages_run import StandInDbt, build, empty_run, load

from clickintent.labeling import write_narratives
from clickintent.labeling.narratives import NARRATIVE_REVISION
from clickintent.stages.run import Run
from clickintent.stages.session_labels import label_sampled_sessions, narrate_changed_sessions

IDS = [hashlib.md5(str(number).encode()).hexdigest() for number in range(60)]

SYNTHETIC = simulate(60, seed=6)
SEQUENCES = SYNTHETIC.sequences.with_columns(
    pl.col("started_at").dt.replace_time_zone(None),
    pl.col("event_values").cast(pl.List(pl.Float64)),
    session_id=pl.Series(IDS),
    is_bot=False,
)
TAXONOMY = pl.DataFrame(
    {
        "intent_id": ["cards", "cards.find", "homes", "homes.buy"],
        "parent_intent_id": [None, "cards", None, "homes"],
        "level": [1, 2, 1, 2],
        "name": ["Cards", "Find a card", "Homes", "Buy a home"],
        "description": ["Cards.", "Looks for a card.", "Homes.", "Looks for a mortgage to buy a home with."],
        "keywords": ["", "credit card; card points; card limit", "", "mortgage home; home escrow; mortgage buyer"],
        "status": "active",
        "taxonomy_version": "tax-1",
    }
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "session_sequences", SEQUENCES)
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "intent_taxonomy", TAXONOMY)
        gold = {"session_id": pl.String, "intent_id": pl.String, "shown_because": pl.String}
        load(connection, "gold_labels", pl.DataFrame(schema=gold))
        load(connection, "session_encoder", pl.DataFrame(schema={"status": pl.String, "config": pl.String}))
        yield connection


def narrate(connection):
    sources = connection.table("session_sequences"), connection.table("pages")
    return build(
        connection, "session_narratives", lambda run: narrate_changed_sessions(run, *sources), key="session_id"
    )


def label(connection, sample=IDS, labeler="embedded"):
    load(connection, "label_sample", pl.DataFrame({"session_id": sample}))
    sources = [connection.table(name) for name in ("session_narratives", "label_sample", "intent_taxonomy")]
    more = {"gold": connection.table("gold_labels"), "encoders": connection.table("session_encoder")}

    def stage(run):
        return label_sampled_sessions(run, *sources, **more, labeler=labeler, sending=None)

    return build(connection, "session_labels", stage, key="session_id")


def column(connection, table, name):
    return [row[0] for row in connection.sql(f"select {name} from {table} order by session_id").fetchall()]


def test_narratives_in_the_warehouse_are_those_of_the_pure_function(connection):
    assert narrate(connection) == 60
    expected = write_narratives(SEQUENCES, SYNTHETIC.pages).sort("session_id")
    assert column(connection, "session_narratives", "narrative") == expected["narrative"].to_list()
    assert column(connection, "session_narratives", "narrative_hash") == expected["narrative_hash"].to_list()


def test_robots_are_not_narrated(connection):
    load(connection, "session_sequences", SEQUENCES.with_columns(is_bot=pl.col("session_id") == IDS[0]))
    assert narrate(connection) == 59
    assert IDS[0] not in column(connection, "session_narratives", "session_id")


def test_only_a_session_whose_content_changed_is_narrated_again(connection):
    narrate(connection)
    assert narrate(connection) == 0
    changed = pl.when(pl.col("session_id") == IDS[3]).then(pl.lit("new")).otherwise("content_hash")
    load(connection, "session_sequences", SEQUENCES.with_columns(content_hash=changed))
    assert narrate(connection) == 1


def test_an_older_narrative_is_written_again_and_labelled_again_only_where_it_reads_differently(connection):
    narrate(connection)
    label(connection)
    connection.execute(f"update session_narratives set narrative_revision = {NARRATIVE_REVISION - 1}")
    connection.execute(
        f"update session_narratives set narrative = 'old', narrative_hash = 'old' where session_id = '{IDS[3]}'"
    )
    connection.execute(f"update session_labels set narrative_hash = 'old' where session_id = '{IDS[3]}'")
    connection.execute("update session_labels set labeled_at = '2000-01-01'")
    assert narrate(connection) == 60
    assert set(column(connection, "session_narratives", "narrative_revision")) == {NARRATIVE_REVISION}
    label(connection)
    again = connection.sql("select distinct session_id from session_labels where labeled_at > '2000-01-02'").fetchall()
    assert again == [(IDS[3],)]


def test_narratives_from_before_there_were_revisions_are_written_again(connection):
    narrate(connection)
    connection.execute("alter table session_narratives drop column narrative_revision")
    run = Run(StandInDbt("session_narratives", is_incremental=True), connection)
    sources = connection.table("session_sequences"), connection.table("pages")
    assert narrate_changed_sessions(run, *sources).count("*").fetchone() == (60,)


def test_a_session_that_reads_as_before_keeps_its_labels(connection):
    narrate(connection)
    label(connection)
    load(connection, "session_sequences", SEQUENCES.with_columns(content_hash=pl.lit("new")))
    assert narrate(connection) == 60
    assert label(connection) == 0


def test_every_sampled_session_gets_a_label_or_is_recorded_as_abstained(connection):
    narrate(connection)
    label(connection, IDS[:30])
    assert set(column(connection, "session_labels", "session_id")) == set(IDS[:30])
    assert set(column(connection, "session_labels", "status")) <= {"ok", "abstained"}
    assert set(column(connection, "session_labels", "intent_id")) >= {"cards.find", "homes.buy"}


def test_a_larger_sample_labels_only_the_sessions_that_are_new_to_it(connection):
    narrate(connection)
    label(connection, IDS[:30])
    before = connection.sql("select * from session_labels order by session_id, rank").fetchall()
    label(connection)
    first = ", ".join(f"'{session_id}'" for session_id in IDS[:30])
    after = connection.sql(f"select * from session_labels where session_id in ({first}) order by session_id, rank")
    assert after.fetchall() == before
    assert set(column(connection, "session_labels", "session_id")) == set(IDS)


def test_nothing_is_labelled_twice_for_the_same_narrative_and_taxonomy(connection):
    narrate(connection)
    assert label(connection) >= 60
    assert label(connection) == 0


def test_another_taxonomy_labels_again_and_replaces_the_labels(connection):
    narrate(connection)
    label(connection)
    load(connection, "intent_taxonomy", TAXONOMY.with_columns(taxonomy_version=pl.lit("tax-2")))
    assert label(connection) >= 60
    assert set(column(connection, "session_labels", "taxonomy_version")) == {"tax-2"}


def test_nothing_is_narrated_or_labelled_in_an_empty_run(connection):
    empty_run(connection)
    assert narrate(connection) == 0
    assert label(connection) == 0
