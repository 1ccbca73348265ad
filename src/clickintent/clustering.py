"""Clusters of sessions: k-means over session embeddings, and the nearest of its centres."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from threadpoolctl import threadpool_limits

MAX_CLUSTERS: Final = 30
MIN_CLUSTERED_SESSIONS: Final = 200
"""Fewer sessions than this are one cluster: what k-means finds in them is chance."""
SESSIONS_PER_CLUSTER: Final = 50
MAX_FITTED_SESSIONS: Final = 50_000
"""Sessions to fit on at most: 30 centres do not move for more."""

SEED: Final = 7
BATCH_SESSIONS: Final = 4_096
RESTARTS: Final = 3
BLOCK_SESSIONS: Final = 65_536


class ClusteringError(ValueError):
    """Embeddings or centroids that cannot be compared; the message says what was expected."""


def cluster_count(sessions: int) -> int:
    """How many clusters that many sessions make, from 1 to MAX_CLUSTERS."""
    if sessions < MIN_CLUSTERED_SESSIONS:
        return 1
    return min(sessions // SESSIONS_PER_CLUSTER, MAX_CLUSTERS)


def fit_clusters(embeddings: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Centres of the clusters of some sessions, by mini-batch k-means (Sculley 2010).

    The same rows in the same order give the same centres on one machine.

    Args:
        embeddings: float32[n, dim], in an order that depends on nothing but the sessions.

    Returns:
        float32[k, dim], the largest cluster first, and int64[k], the sessions nearest to each; at most
        `cluster_count(n)` clusters, none of them empty.

    Raises:
        ClusteringError: there is no session.
    """
    if embeddings.ndim != 2 or len(embeddings) == 0:  # noqa: PLR2004 - a matrix
        raise ClusteringError(f"Embeddings have shape {embeddings.shape}; expected at least one row to cluster.")
    clusters = cluster_count(len(embeddings))
    if clusters == 1:
        centroids = embeddings.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)
    else:
        fitting = MiniBatchKMeans(clusters, random_state=SEED, batch_size=BATCH_SESSIONS, n_init=RESTARTS)
        with threadpool_limits(1):  # threads add up in the order in which they end
            centroids = fitting.fit(embeddings).cluster_centers_.astype(np.float32)
    sessions = np.bincount(nearest_cluster(embeddings, centroids), minlength=len(centroids))
    order = np.lexsort((np.arange(len(centroids)), -sessions))
    order = order[sessions[order] > 0]  # sessions of fewer kinds than clusters leave some centres alone
    return centroids[order], sessions[order].astype(np.int64)


def nearest_cluster(embeddings: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """The cluster of each session: the row of the centroid at the least Euclidean distance, the first of equals.

    Args:
        embeddings: float32[n, dim].
        centroids: float32[k, dim], k at least 1.

    Returns:
        int64[n], from 0 to k - 1.

    Raises:
        ClusteringError: there is no centroid, or it has another dimension than the embeddings.
    """
    if centroids.ndim != 2 or embeddings.ndim != 2 or len(centroids) == 0 or centroids.shape[1] != embeddings.shape[1]:  # noqa: PLR2004
        raise ClusteringError(
            f"Embeddings have shape {embeddings.shape} and centroids {centroids.shape}; expected matrices of equally "
            "many columns, and at least one centroid."
        )
    # least |x - c|^2 is most x.c - |c|^2 / 2: the square of x is the same for all centroids
    offsets = (centroids.astype(np.float64) ** 2).sum(axis=1).astype(np.float32) / 2
    nearest = np.empty(len(embeddings), dtype=np.int64)
    for start in range(0, len(embeddings), BLOCK_SESSIONS):
        block = slice(start, start + BLOCK_SESSIONS)
        nearest[block] = (embeddings[block] @ centroids.T - offsets).argmax(axis=1)
    return nearest
