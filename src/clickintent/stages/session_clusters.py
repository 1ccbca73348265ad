"""Stages `session_clusters` and `session_strata`: centres of the session embeddings, and what each session is like."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.clustering import MAX_FITTED_SESSIONS, cluster_count, fit_clusters, nearest_cluster
from clickintent.encoder import EMBEDDING_DIM
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.versions import encoder_in_force
from clickintent.warehouse import Relation

CLUSTER_SCHEMA: Final[Schema] = {
    "cluster_version": pl.String,
    "encoder_version": pl.String,
    "channel": pl.String,
    "cluster_id": pl.Int64,
    "centroid": pl.Array(pl.Float32, EMBEDDING_DIM),
    "sessions": pl.Int64,
    "fitted_at": pl.Datetime("us"),
}
STRATUM_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "cluster_version": pl.String,
    "channel": pl.String,
    "cluster_id": pl.Int64,
    "auth_state": pl.String,
    "length_bucket": pl.String,
    "content_hash": pl.String,
}
MAX_SHORT_EVENTS: Final = 2
MAX_MEDIUM_EVENTS: Final = 9
"""Events of a session of length 'short' and 'medium' at most; a longer one is 'long'."""
HASH_DIGITS: Final = 12


def fit_session_clusters(run: Run, embeddings: Relation, encoder_versions: Relation) -> Relation:
    """Rows of `session_clusters` to write: all of the encoder version in force where a channel has to be fitted.

    A channel is fitted once per encoder version, on a hash sample of its sessions; and once more if it had too few
    sessions for more than one cluster, and has enough now. The other channels keep their clusters, under the name of
    the new cluster version.
    """
    if run.is_empty:
        return run.nothing(CLUSTER_SCHEMA)
    encoder_version = encoder_in_force(run, encoder_versions)
    if encoder_version is None:
        return run.nothing(CLUSTER_SCHEMA)
    known = run.known_rows(CLUSTER_SCHEMA).filter(pl.col("encoder_version") == encoder_version)
    fitted_on = dict(known.group_by("channel").agg(pl.col("sessions").sum()).iter_rows())
    sessions = run.warehouse.read(
        f"""
        select channel, count(*) as sessions from {run.source(embeddings)} as embeddings
        where encoder_version = '{encoder_version}' group by channel order by channel
        """
    )
    unfitted = [
        channel
        for channel, count in sessions.iter_rows()
        if channel not in fitted_on or cluster_count(fitted_on[channel]) == 1 < cluster_count(count)
    ]
    if not unfitted:
        return run.nothing(CLUSTER_SCHEMA)
    kept = known.filter(~pl.col("channel").is_in(unfitted)).drop("cluster_version")
    fitted = _fitted_channels(run, embeddings, encoder_version, unfitted)
    clusters = pl.concat([kept, fitted]).sort("channel", "cluster_id")
    return run.rows(clusters.with_columns(cluster_version=pl.lit(_version_of(clusters))), CLUSTER_SCHEMA)


def stratify_changed_sessions(
    run: Run, sessions: Relation, embeddings: Relation, clusters: Relation, encoder_versions: Relation
) -> Relation:
    """The strata of the human sessions that have none of their content and of the clusters in force, through a UDF."""
    if run.is_empty:
        return run.nothing(STRATUM_SCHEMA)
    encoder_version = encoder_in_force(run, encoder_versions)
    in_force = run.warehouse.read(
        f"""
        select cluster_version, channel, centroid from {run.source(clusters)} as clusters
        where encoder_version = '{encoder_version}' order by channel, cluster_id
        """
    )
    if in_force.is_empty():
        return run.nothing(STRATUM_SCHEMA)
    cluster_version = in_force["cluster_version"][0]
    centroids = {
        channel: embedding_matrix(rows["centroid"])
        for (channel,), rows in in_force.group_by("channel", maintain_order=True)
    }
    return run.map_rows(
        "clickintent_nearest_cluster",
        f"""
        select
            embeddings.session_id,
            '{cluster_version}' as cluster_version,
            embeddings.channel,
            embeddings.embedding,
            sessions.auth_state,
            case
                when sessions.event_count <= {MAX_SHORT_EVENTS} then 'short'
                when sessions.event_count <= {MAX_MEDIUM_EVENTS} then 'medium'
                else 'long'
            end as length_bucket,
            embeddings.content_hash
        from {run.source(embeddings)} as embeddings
        inner join {run.source(sessions)} as sessions on sessions.session_id = embeddings.session_id
        left join {run.known(STRATUM_SCHEMA)} as known
            on known.session_id = embeddings.session_id
            and known.content_hash = embeddings.content_hash
            and known.cluster_version = '{cluster_version}'
        where embeddings.encoder_version = '{encoder_version}' and known.session_id is null
        """,
        partial(_nearest_batch, centroids=centroids),
        inputs={"embedding": f"float[{EMBEDDING_DIM}]", "channel": "varchar"},
        outputs={"cluster_id": "bigint"},
        schema=STRATUM_SCHEMA,
    )


def _fitted_channels(run: Run, embeddings: Relation, encoder_version: str, channels: list[str]) -> pl.DataFrame:
    # session ids are hashes: by their last digits, since the label sample is drawn by the first
    sample = run.warehouse.read(
        f"""
        select channel, embedding from {run.source(embeddings)} as embeddings
        where encoder_version = '{encoder_version}'
        qualify row_number() over (
            partition by channel order by right(session_id, 8), session_id
        ) <= {MAX_FITTED_SESSIONS}
        order by right(session_id, 8), session_id
        """
    )
    fitted = []
    for channel in channels:
        centroids, sessions = fit_clusters(embedding_matrix(sample.filter(pl.col("channel") == channel)["embedding"]))
        clusters = {"cluster_id": np.arange(len(centroids)), "centroid": centroids, "sessions": sessions}
        fitted.append(pl.DataFrame(clusters).with_columns(channel=pl.lit(channel)))
    named = pl.concat(fitted).with_columns(encoder_version=pl.lit(encoder_version), fitted_at=pl.lit(run.now))
    unversioned = {name: kind for name, kind in CLUSTER_SCHEMA.items() if name != "cluster_version"}
    return named.select(list(unversioned)).cast(pl.Schema(unversioned))


def _version_of(clusters: pl.DataFrame) -> str:
    digest = hashlib.sha256()
    for encoder_version, channel, centroid in clusters.select("encoder_version", "channel", "centroid").iter_rows():
        digest.update(f"{encoder_version} {channel} ".encode() + np.asarray(centroid, dtype=np.float32).tobytes())
    return f"clu-{digest.hexdigest()[:HASH_DIGITS]}"


def _nearest_batch(batch: pa.RecordBatch, centroids: Mapping[object, NDArray[np.float32]]) -> pa.Array:
    rows = pl.from_arrow(batch)
    assert isinstance(rows, pl.DataFrame)
    embeddings, channels = embedding_matrix(rows["embedding"]), rows["channel"].to_numpy()
    nearest = np.zeros(len(rows), dtype=np.int64)
    for channel in np.unique(channels):
        is_there = channels == channel
        nearest[is_there] = nearest_cluster(embeddings[is_there], centroids[channel])
    return pa.array(nearest)
