"""A row of a customer is made of the sessions known before it begins to hold; only customers with news are computed."""

from datetime import datetime, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_stages_run import build, empty_run, load

from clickintent.encoder import EMBEDDING_DIM
from clickintent.ranking import pooling
from clickintent.stages import customer_embeddings
from clickintent.stages.customer_embeddings import CHANGE_SCHEMA, pool_changed_customers

START = datetime(2026, 3, 1)
VECTORS = ["embedding", "web_embedding", "app_embedding"]
VECTOR = pl.Array(pl.Float32, EMBEDDING_DIM)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def vector(seed: int) -> list[float]:
    drawn = np.random.default_rng(seed).normal(size=EMBEDDING_DIM)
    return (drawn / np.linalg.norm(drawn)).tolist()


def sessions_of(rows) -> pl.DataFrame:
    """Rows: customer, channel, day it started, day it was known."""
    return pl.DataFrame(
        [
            {
                "customer_id": customer,
                "session_id": f"{number:03d}",
                "channel": channel,
                "started_at": START + timedelta(days=started),
                "known_at": START + timedelta(days=known),
                "content_hash": "1",
            }
            for number, (customer, channel, started, known) in enumerate(rows)
        ],
        schema={
            "customer_id": pl.String,
            "session_id": pl.String,
            "channel": pl.String,
            "started_at": pl.Datetime("us"),
            "known_at": pl.Datetime("us"),
            "content_hash": pl.String,
        },
    )


def arrive(connection, sessions: pl.DataFrame, encoder_version: str = "enc-1") -> None:
    load(connection, "session_histories", sessions)
    embedded = sessions.select("session_id", "content_hash").with_columns(
        encoder_version=pl.lit(encoder_version),
        embedding=pl.Series([vector(int(session)) for session in sessions["session_id"]], dtype=VECTOR),
    )
    load(connection, "session_embeddings", embedded)


def pooled(connection, var=None, **how) -> int:
    def stage(run):
        tables = (connection.table(name) for name in ("session_histories", "session_embeddings"))
        return pool_changed_customers(run, *tables, pooling=var)

    return build(connection, "changes", stage, key="customer_id", **how)


def changes(connection, where: str = "true") -> pl.DataFrame:
    return connection.sql(f"select * from changes where {where} order by customer_id, valid_from").pl()


HISTORY = [
    ("ann", "web", 0, 1),
    ("ben", "app", 0, 1),
    ("ann", "app", 2, 3),
    ("ann", "app", 1, 3),  # loaded together with the one before
    ("ann", "web", 0.5, 9),  # a link that was known late
]


def test_a_row_holds_from_just_after_its_sessions_became_known_until_the_next(connection):
    arrive(connection, sessions_of(HISTORY))
    assert pooled(connection) == 4
    rows = changes(connection, "customer_id = 'ann'")
    begins = [START + timedelta(days=day, microseconds=1) for day in (1, 3, 9)]
    assert rows["valid_from"].to_list() == begins
    assert rows["valid_to"].to_list() == [*begins[1:], None]
    assert rows["session_count"].to_list() == [1, 3, 4]
    assert rows["web_session_count"].to_list() == [1, 1, 2]
    assert rows["app_session_count"].to_list() == [0, 2, 2]
    assert rows["last_session_at"].to_list() == [START, *[START + timedelta(days=2)] * 2]
    assert list(rows.schema) == list(CHANGE_SCHEMA)


def test_the_three_vectors_are_of_all_sessions_of_those_on_the_web_and_of_those_in_the_app(connection):
    arrive(connection, sessions_of(HISTORY))
    pooled(connection, {"kind": "last_k", "last_k": 9})
    first, _, last = changes(connection, "customer_id = 'ann'").iter_rows(named=True)
    assert first["app_embedding"] is None
    for name, sessions in (("embedding", (0, 2, 3, 4)), ("web_embedding", (0, 4)), ("app_embedding", (2, 3))):
        mean = np.mean([vector(session) for session in sessions], axis=0)
        np.testing.assert_allclose(last[name], mean / np.linalg.norm(mean), atol=1e-6)


def test_only_customers_with_news_are_computed_and_the_result_is_that_of_a_full_refresh(connection):
    arrive(connection, sessions_of(HISTORY))
    pooled(connection)
    assert pooled(connection) == 0
    # ben's session is loaded again with a later time; one of ann's is another customer's now
    arrive(connection, sessions_of([*HISTORY[:1], ("ben", "app", 0, 2), *HISTORY[2:]]))
    assert pooled(connection) == 1
    incremental = changes(connection)
    pooled(connection, is_full_refresh=True)
    assert incremental.equals(changes(connection))


@pytest.mark.parametrize("news", ["content", "encoder", "pooling"])
def test_what_a_vector_is_made_of_makes_it_anew(connection, news):
    sessions = sessions_of(HISTORY)
    arrive(connection, sessions)
    pooled(connection)
    if news == "content":
        sessions = sessions.with_columns(
            content_hash=pl.when(pl.col("session_id") == "001").then(pl.lit("2")).otherwise("content_hash")
        )
    arrive(connection, sessions, "enc-2" if news == "encoder" else "enc-1")
    assert pooled(connection, {"half_life_days": 3} if news == "pooling" else None) == (1 if news == "content" else 4)


def test_an_empty_run_computes_nothing(connection):
    arrive(connection, sessions_of(HISTORY))
    empty_run(connection)
    assert pooled(connection) == 0


def differences(connection, sessions: pl.DataFrame, moment: datetime) -> int:
    """Rows that hold at a moment or before and are not the same once all that became known from then on is gone."""
    arrive(connection, sessions)
    pooled(connection, is_full_refresh=True)
    known = changes(connection, f"valid_from <= timestamp '{moment}'")
    arrive(connection, sessions.filter(pl.col("known_at") < moment))
    pooled(connection, is_full_refresh=True)
    told = changes(connection)
    # the row that holds at the moment ends with what comes later; and a hash is not a vector
    told, known = (
        rows.drop("history_hash").with_columns(valid_to=pl.when(pl.col("valid_to") <= moment).then("valid_to"))
        for rows in (told, known)
    )
    return 0 if told.equals(known) else 1 + abs(told.height - known.height)


drawn_sessions = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben"]), st.sampled_from(["web", "app"]), st.integers(0, 9), st.integers(0, 9)
    ).map(lambda row: (*row[:3], row[2] + row[3])),
    max_size=12,
)


# one connection for all of them: every build is a full refresh
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=drawn_sessions, day=st.integers(0, 20))
def test_what_becomes_known_later_changes_no_row_that_holds_already(connection, rows, day):
    assert differences(connection, sessions_of(rows), START + timedelta(days=day)) == 0


def of_all_sessions(histories, is_member, way):
    """A planted leak: every row knows the customer's last one."""
    honest = pooling.pool_histories(histories, is_member, way)
    lengths = np.diff(histories.offsets)
    return honest[np.repeat(histories.offsets[1:] - 1, lengths)]


def in_order_of_starting(histories, is_member, way):
    """A planted leak: a session counts from when it started, not from when it was known."""
    order = np.concatenate(
        [
            first + np.argsort(histories.started_at[first:end], kind="stable")
            for first, end in zip(histories.offsets[:-1], histories.offsets[1:], strict=True)
        ]
    )
    sorted_histories = pooling.Histories(histories.offsets, histories.started_at[order], histories.embeddings[order])
    return pooling.pool_histories(sorted_histories, is_member[order], way)


@pytest.mark.parametrize("leak", [of_all_sessions, in_order_of_starting])
def test_a_planted_leak_is_found(connection, monkeypatch, leak):
    monkeypatch.setattr(customer_embeddings, "pool_histories", leak)
    assert differences(connection, sessions_of(HISTORY), START + timedelta(days=5)) > 0
