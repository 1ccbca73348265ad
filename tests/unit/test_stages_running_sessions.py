"""The beginnings of sessions are embedded by the version in force alone, and only those that changed."""

import duckdb
import numpy as np
import polars as pl
import pytest
from test_encoder_synthetic import simulate
from test_stages_run import build, empty_run, load

from clickintent.encoder import EncoderConfig, SessionEncoder, embed_pages, encode
from clickintent.encoder.version import save_encoder
from clickintent.stages.running_sessions import embed_running_sessions
from clickintent.stages.session_embeddings import SEQUENCE_INPUTS, embed_new_pages

SYNTHETIC = simulate(30, seed=4)
# two impressions of each session: the second knows one event more
BEGINNINGS = pl.concat(
    [
        SYNTHETIC.sequences.with_columns(
            *[pl.col(name).list.head(kept) for name, type_ in SEQUENCE_INPUTS.items() if type_.endswith("[]")],
            impression_id=pl.lit(f"i{kept}"),
            event_count=pl.lit(kept),
            content_hash=pl.lit("1"),
        ).cast({"event_values": pl.List(pl.Float64), "hours": pl.List(pl.Int32), "weekdays": pl.List(pl.Int32)})
        for kept in (1, 2)
    ]
)


def version_of(seed: int):
    encoder = SessionEncoder(EncoderConfig(seed=seed)).eval()
    name, weights, config = save_encoder(encoder)
    return encoder, {"version": name, "weights": weights, "config": config}


(ENCODER, CURRENT), (_, BEFORE) = version_of(1), version_of(2)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "versions", pl.DataFrame([CURRENT | {"is_current": True}, BEFORE | {"is_current": False}]))
        versions = connection.table("versions")
        build(
            connection,
            "page_embeddings",
            lambda run: embed_new_pages(run, connection.table("pages"), versions),
            key="page_key",
        )
        yield connection


def embed(connection, beginnings=BEGINNINGS) -> int:
    load(connection, "sequences", beginnings)
    names = ("sequences", "page_embeddings", "versions")
    return build(
        connection,
        "running",
        lambda run: embed_running_sessions(run, *map(connection.table, names)),
        key="session_id || impression_id",
    )


def test_each_beginning_has_the_vector_of_its_events_by_the_version_in_force(connection):
    assert embed(connection) == BEGINNINGS.height
    rows = connection.sql("select * from running").pl().sort("session_id", "impression_id")
    assert set(rows["encoder_version"]) == {CURRENT["version"]}
    expected = encode(BEGINNINGS.sort("session_id", "impression_id"), ENCODER, embed_pages(SYNTHETIC.pages, ENCODER))
    np.testing.assert_allclose(rows["embedding"].to_numpy(), expected, atol=1e-5)
    assert rows.group_by("session_id").agg(pl.col("embedding").n_unique())["embedding"].min() == 2


def test_only_beginnings_that_changed_are_embedded_again(connection):
    embed(connection)
    assert embed(connection) == 0
    one = (pl.col("session_id") == BEGINNINGS["session_id"][0]) & (pl.col("impression_id") == "i2")
    changed = BEGINNINGS.with_columns(content_hash=pl.when(one).then(pl.lit("2")).otherwise("content_hash"))
    assert embed(connection, changed) == 1
    connection.execute("update versions set is_current = not is_current")
    assert embed(connection) == BEGINNINGS.height


def test_an_empty_run_and_one_without_a_version_embed_nothing(connection):
    connection.execute("update versions set is_current = false")
    assert embed(connection) == 0
    connection.execute("update versions set is_current = true where version = $1", [CURRENT["version"]])
    empty_run(connection)
    assert embed(connection) == 0
