"""Searches in SQL find the nearest, and so does the index, where its extension is installed."""

import numpy as np
import pytest
from benchmarks.search.measure import (
    NEAREST,
    QUERIES,
    create_index,
    load_index_extension,
    made_up_embeddings,
    nearest,
    searchable,
)

EMBEDDINGS = made_up_embeddings(3_000, seed=3)


def expected(embedding):
    order = np.argsort(-(EMBEDDINGS @ embedding), kind="stable")[:NEAREST]
    return [f"{row:032x}" for row in order]


@pytest.mark.parametrize("order", QUERIES.values(), ids=QUERIES)
def test_the_nearest_of_a_session_are_those_of_the_highest_cosine(order):
    with searchable(EMBEDDINGS, threads=2) as connection:
        for embedding in EMBEDDINGS[::1000]:
            assert nearest(connection, order, embedding) == expected(embedding)


def test_the_index_finds_most_of_the_nearest():
    with searchable(EMBEDDINGS, threads=2) as connection:
        if not load_index_extension(connection):
            pytest.skip("DuckDB's extension vss is not installed, and nothing here downloads it")
        create_index(connection)
        found = [set(nearest(connection, QUERIES["array_cosine_distance"], row)) for row in EMBEDDINGS[::100]]
        kept = [len(one & set(expected(row))) for one, row in zip(found, EMBEDDINGS[::100], strict=True)]
        assert np.mean(kept) > 0.8 * NEAREST
