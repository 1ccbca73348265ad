"""Which clusters are fitted and when again, and which sessions get their stratum anew."""

import hashlib
from datetime import datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from test_stages_run import build, empty_run, load

from clickintent.clustering import nearest_cluster
from clickintent.stages.session_clusters import fit_session_clusters, stratify_changed_sessions

WEB, APP = 2_200, 300  # more than DuckDB hands to a function at once
_random = np.random.default_rng(3)
_points = np.eye(8, 64)[_random.integers(8, size=WEB + APP)] + 0.1 * _random.normal(size=(WEB + APP, 64))
EMBEDDINGS = pl.DataFrame(
    {
        "session_id": [hashlib.md5(str(number).encode()).hexdigest() for number in range(WEB + APP)],
        "channel": ["web"] * WEB + ["app"] * APP,
        "embedding": (_points / np.linalg.norm(_points, axis=1, keepdims=True)).astype(np.float32),
        "encoder_version": "enc-1",
        "content_hash": [f"hash-{number}" for number in range(WEB + APP)],
    }
)
SESSIONS = EMBEDDINGS.select(
    "session_id",
    auth_state=pl.lit("anonymous"),
    event_count=pl.Series([1, 2, 3, 9, 10] * ((WEB + APP) // 5)),
)
VERSIONS_IN_USE = pl.DataFrame({"version": ["enc-1", "enc-0"], "is_current": [True, False]})


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "session_embedding_versions", EMBEDDINGS)
        load(connection, "sessions", SESSIONS)
        load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
        yield connection


def cluster(connection):
    sources = [connection.table(name) for name in ("session_embedding_versions", "encoder_versions_in_use")]
    return build(connection, "session_clusters", lambda run: fit_session_clusters(run, *sources), key="encoder_version")


def stratify(connection):
    names = ("sessions", "session_embedding_versions", "session_clusters", "encoder_versions_in_use")
    sources = [connection.table(name) for name in names]
    return build(connection, "session_strata", lambda run: stratify_changed_sessions(run, *sources), key="session_id")


def clusters(connection):
    return connection.sql("select * from session_clusters order by encoder_version, channel, cluster_id").pl()


def channel_of(connection, channel):
    return clusters(connection).filter(pl.col("channel") == channel).drop("cluster_version")


def test_each_channel_is_clustered_by_itself(connection):
    assert cluster(connection) == 30 + 6
    found = clusters(connection)
    assert found["cluster_version"].n_unique() == 1
    assert dict(found.group_by("channel").agg(pl.col("sessions").sum()).iter_rows()) == {"web": WEB, "app": APP}
    assert found.filter(pl.col("channel") == "app")["cluster_id"].to_list() == list(range(6))


def test_clusters_are_the_same_in_whatever_order_the_sessions_are_stored(connection):
    cluster(connection)
    before = clusters(connection).drop("fitted_at")
    connection.execute("drop table session_clusters")
    load(connection, "session_embedding_versions", EMBEDDINGS.sample(fraction=1, shuffle=True, seed=5))
    cluster(connection)
    assert clusters(connection).drop("fitted_at").equals(before)


def test_clusters_stay_whatever_sessions_arrive(connection):
    load(connection, "session_embedding_versions", EMBEDDINGS.head(WEB - 700))
    cluster(connection)
    load(connection, "session_embedding_versions", EMBEDDINGS.head(WEB))
    assert cluster(connection) == 0


def test_a_channel_that_appears_later_is_fitted_then_and_the_other_keeps_its_centres(connection):
    load(connection, "session_embedding_versions", EMBEDDINGS.head(WEB))
    cluster(connection)
    before, version = channel_of(connection, "web"), clusters(connection)["cluster_version"][0]
    load(connection, "session_embedding_versions", EMBEDDINGS)
    assert cluster(connection) == 36
    assert channel_of(connection, "web").equals(before)
    assert clusters(connection)["cluster_version"].unique().to_list() != [version]
    assert cluster(connection) == 0


def test_a_channel_that_had_too_few_sessions_is_fitted_once_it_has_enough(connection):
    load(connection, "session_embedding_versions", EMBEDDINGS.tail(APP + 100))
    cluster(connection)
    before = channel_of(connection, "app")
    assert channel_of(connection, "web").height == 1
    load(connection, "session_embedding_versions", EMBEDDINGS.tail(APP + 199))
    assert cluster(connection) == 0
    load(connection, "session_embedding_versions", EMBEDDINGS.tail(APP + 200))
    assert cluster(connection) == 6 + 4
    assert channel_of(connection, "app").equals(before)
    load(connection, "session_embedding_versions", EMBEDDINGS)
    assert cluster(connection) == 0


def test_another_encoder_gets_clusters_of_its_own_and_the_old_ones_stay(connection):
    cluster(connection)
    before = clusters(connection)
    older = EMBEDDINGS.with_columns(encoder_version=pl.lit("enc-0"), embedding=pl.col("embedding").reverse())
    load(connection, "session_embedding_versions", pl.concat([EMBEDDINGS, older]))
    load(connection, "encoder_versions_in_use", VERSIONS_IN_USE.with_columns(is_current=pl.col("version") == "enc-0"))
    assert cluster(connection) == 36
    after = clusters(connection)
    assert after.filter(pl.col("encoder_version") == "enc-1").equals(before)
    assert after["cluster_version"].n_unique() == 2
    load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
    assert cluster(connection) == 0


def test_no_encoder_in_force_makes_no_clusters_and_no_strata(connection):
    load(connection, "encoder_versions_in_use", VERSIONS_IN_USE.with_columns(is_current=False))
    assert (cluster(connection), stratify(connection)) == (0, 0)


def test_a_session_belongs_to_the_nearest_cluster_of_its_own_channel(connection):
    cluster(connection)
    assert stratify(connection) == WEB + APP
    for channel in ("web", "app"):
        centroids = channel_of(connection, channel)["centroid"].to_numpy()
        found = connection.sql(
            f"select session_id, cluster_id from session_strata where channel = '{channel}' order by session_id"
        ).fetchall()
        own = EMBEDDINGS.filter(pl.col("channel") == channel).sort("session_id")
        nearest = nearest_cluster(own["embedding"].to_numpy(), centroids)
        assert found == list(zip(own["session_id"], nearest.tolist(), strict=True))


def test_the_length_of_a_session_is_told_by_its_events(connection):
    cluster(connection)
    stratify(connection)
    found = connection.sql(
        "select event_count, any_value(length_bucket), count(distinct length_bucket) "
        "from session_strata inner join sessions using (session_id) group by event_count order by event_count"
    )
    assert found.fetchall() == [
        (1, "short", 1), (2, "short", 1), (3, "medium", 1), (9, "medium", 1), (10, "long", 1)
    ]  # fmt: skip


def test_only_what_changed_gets_its_stratum_anew(connection):
    cluster(connection)
    stratify(connection)
    assert stratify(connection) == 0
    changed = pl.when(pl.col("session_id") == EMBEDDINGS["session_id"][7]).then(pl.lit("new")).otherwise("content_hash")
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(content_hash=changed))
    assert stratify(connection) == 1
    connection.execute("update session_clusters set cluster_version = 'clu-another'")
    assert stratify(connection) == WEB + APP


def test_nothing_is_clustered_in_an_empty_run(connection):
    empty_run(connection)
    assert (cluster(connection), stratify(connection)) == (0, 0)


def test_clusters_say_when_they_were_fitted(connection):
    cluster(connection)
    (fitted_at,) = set(clusters(connection)["fitted_at"])
    assert fitted_at > datetime(2026, 1, 1)
