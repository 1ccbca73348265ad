"""Which sessions a model reads: near and far from the centre of each cluster, so that it sees the usual and the odd."""

from __future__ import annotations

import polars as pl

from clickintent.taxonomy.proposal.sketch import SessionText


def choose_representatives(sessions: pl.DataFrame, *, near: int, far: int) -> list[SessionText]:
    """Sessions nearest to and farthest from each cluster's centre, in an order that mixes the clusters.

    Args:
        sessions: session_id (a hash), narrative, channel, cluster_id (of its channel), distance (to its centre).
        near: of each cluster.
        far: of each cluster.

    Returns:
        Distinct narratives; of sessions that read alike the nearest one counts.
    """
    of_cluster = ["channel", "cluster_id"]
    ranked = (
        sessions.sort("distance", "session_id")
        .unique("narrative", keep="first", maintain_order=True)
        .with_columns(
            rank=pl.int_range(pl.len()).over(of_cluster),
            rank_from_far=pl.len().over(of_cluster) - 1 - pl.int_range(pl.len()).over(of_cluster),
        )
    )
    chosen = ranked.filter((pl.col("rank") < near) | (pl.col("rank_from_far") < far)).sort("session_id")
    return [SessionText(text, channel) for text, channel in chosen.select("narrative", "channel").iter_rows()]
