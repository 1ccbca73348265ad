"""The encoder of an evaluation: fitted before the split, once, and on nothing that came later."""

from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest
from test_encoder_synthetic import simulate
from test_stages_run import build, empty_run, load

from clickintent.encoder import EncoderConfig
from clickintent.stages.evaluation_encoder import fit_eval_encoder
from clickintent.stages.versions import VERSION_SCHEMA, current_version, with_current

SYNTHETIC = simulate(120, seed=4)
SEQUENCES = SYNTHETIC.sequences.with_columns(
    pl.col("started_at").dt.replace_time_zone(None),
    pl.col("event_values").cast(pl.List(pl.Float64)),
    is_bot=False,
    is_before_split=True,
    content_hash=pl.col("session_id"),
)
SPLIT_AT = SEQUENCES["started_at"].max() + timedelta(days=1)
CONFIG = EncoderConfig(steps=2, min_training_sessions=40, initial_weights="seeded")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "eval_training_sequences", SEQUENCES)
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "eval_split", pl.DataFrame({"split_at": [SPLIT_AT]}))
        load(connection, "session_encoder", pl.DataFrame(schema=VERSION_SCHEMA))
        yield connection


def fit(connection, config=CONFIG, **chosen):
    def stage(run):
        tables = (
            connection.table(name) for name in ("eval_training_sequences", "pages", "eval_split", "session_encoder")
        )
        return fit_eval_encoder(run, *tables, config, **chosen)

    written = build(connection, "eval_encoder", stage, key="version")
    return written, current_version(connection.table("eval_encoder").pl())


def in_force(connection, trained_to):
    row = {
        "version": "enc-in-force",
        "trained_rows": 90,
        "trained_from": datetime(2026, 1, 1),
        "trained_to": trained_to,
    }
    row |= {"config": "{}", "metrics": '{"is_trained": true}', "weights": b"weights"}
    known = with_current(pl.DataFrame(schema=VERSION_SCHEMA), row, approved_by="a test", at=SPLIT_AT)
    load(connection, "session_encoder", known)


def test_it_is_trained_once_for_the_same_sessions_and_split(connection):
    written, first = fit(connection)
    assert (written, first["trained_rows"] > 0) == (1, True)
    assert first["trained_to"] < SPLIT_AT
    assert fit(connection) == (0, first)


def test_another_split_trains_another_one_and_going_back_finds_the_first(connection):
    _, first = fit(connection)
    load(connection, "eval_split", pl.DataFrame({"split_at": [SPLIT_AT + timedelta(days=1)]}))
    load(connection, "eval_training_sequences", SEQUENCES.head(100))
    _, second = fit(connection)
    assert second["version"] != first["version"]
    load(connection, "eval_split", pl.DataFrame({"split_at": [SPLIT_AT]}))
    load(connection, "eval_training_sequences", SEQUENCES)
    written, again = fit(connection)
    assert (written, again["version"], again["trained_at"]) == (2, first["version"], first["trained_at"])


def test_a_session_that_changed_trains_another_one(connection):
    fit(connection)
    changed = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("new")).otherwise("content_hash")
    load(connection, "eval_training_sequences", SEQUENCES.with_columns(content_hash=changed))
    assert fit(connection)[0] > 0


def test_the_encoder_in_force_is_judged_where_it_saw_nothing_later(connection):
    in_force(connection, SPLIT_AT - timedelta(days=2))
    assert fit(connection)[1]["version"] == "enc-in-force"


@pytest.mark.parametrize("reason", ["saw later sessions", "sessions are cut"])
def test_the_encoder_in_force_is_not_judged_where_it_may_have_seen_what_is_asked(connection, reason):
    in_force(connection, SPLIT_AT - timedelta(hours=23 if reason == "saw later sessions" else 80))
    assert fit(connection, is_cut=reason == "sessions are cut")[1]["version"] != "enc-in-force"


def test_nothing_is_trained_in_an_empty_run(connection):
    empty_run(connection)
    assert fit(connection) == (0, None)
