"""Nearest sessions by cosine, those of the same person left out."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

NEIGHBOURS: Final = 10
_QUERIES_PER_PASS: Final = 1_024

Features = Any
"""[n, d] of unit length by row: a NumPy array or a SciPy sparse matrix."""


def nearest_rows(
    queries: Features,
    pool: Features,
    query_persons: NDArray[Any],
    pool_persons: NDArray[Any],
    count: int = NEIGHBOURS,
) -> NDArray[np.int64]:
    """The nearest rows of a pool for each query, the order among them not told.

    Args:
        queries: [n, d] of unit length by row.
        pool: [m, d], likewise.
        query_persons: n keys; a session is no neighbour of the same person's, nor of itself.
        pool_persons: m keys.
        count: neighbours, k.

    Returns:
        int64[n, k].

    Raises:
        ValueError: the pool has not so many rows.
    """
    if pool.shape[0] < count:
        raise ValueError(f"A pool of {pool.shape[0]} sessions has no {count} nearest ones.")
    found = np.empty((queries.shape[0], count), dtype=np.int64)
    for start in range(0, queries.shape[0], _QUERIES_PER_PASS):
        part = slice(start, start + _QUERIES_PER_PASS)
        product = queries[part] @ pool.T
        cosines = np.asarray(product.toarray() if issparse(product) else product)
        cosines[query_persons[part, None] == pool_persons[None, :]] = -np.inf
        found[part] = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    return found


def kept_neighbours(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each row's neighbours in `first` that are in `second` too: float64[n] of two int64[n, k]."""
    is_kept = (first[:, :, None] == second[:, None, :]).any(axis=2)
    return np.asarray(is_kept.mean(axis=1))
