"""The map of sessions: the same for the same sessions, whatever happens around it."""

import duckdb
import numpy as np
import polars as pl
import pytest

from clickintent.encoder import EMBEDDING_DIM
from clickintent.session_map import lay_out, most_alike
from clickintent.stages.run import Run
from clickintent.stages.session_map import find_neighbours, lay_out_sample


def embeddings(count, seed=3):
    """Two heaps of sessions."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(2, EMBEDDING_DIM)) * 3
    drawn = centres[np.arange(count) % 2] + random.normal(size=(count, EMBEDDING_DIM))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("count", [10, 150])
def test_alike_sessions_lie_together_and_the_map_is_the_same_each_time(count):
    sessions = embeddings(count)
    places = lay_out(sessions)
    assert np.array_equal(places, lay_out(sessions))
    assert np.abs(places).max() == pytest.approx(1)
    near = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(near, np.inf)
    is_same_heap = near.argmin(axis=1) % 2 == np.arange(count) % 2
    assert is_same_heap.mean() > 0.95


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_sessions_for_a_plane_lie_in_its_middle(count):
    assert lay_out(embeddings(count)).tolist() == [[0, 0]] * count
    nearest, cosines = most_alike(embeddings(count), 5)
    assert nearest.shape == cosines.shape == (count, max(count - 1, 0))


def test_the_most_alike_are_those_of_the_largest_cosine_and_never_the_session_itself():
    sessions = embeddings(40)
    nearest, cosines = most_alike(sessions, 3)
    expected = sessions.astype(float) @ sessions.astype(float).T
    np.fill_diagonal(expected, -1)
    assert nearest[:, 0].tolist() == expected.argmax(axis=1).tolist()
    assert (np.diff(cosines, axis=1) <= 0).all()
    assert cosines[:, 0] == pytest.approx(expected.max(axis=1), abs=1e-4)


class Model:
    """What dbt passes to a model as `dbt`."""

    def __init__(self, is_incremental):
        self.this, self.is_incremental = "session_map", is_incremental


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("set variable clickintent_is_empty = false")
        sample = pl.DataFrame(
            {
                "session_id": [f"s{number:03d}" for number in range(60)],
                "encoder_version": "enc-1",
                "content_hash": "h",
                "embedding": pl.Series(embeddings(60), dtype=pl.Array(pl.Float32, EMBEDDING_DIM)),
            }
        ).to_arrow()
        connection.register("drawn", sample)
        connection.execute("create table sample as from drawn")
        yield connection


def test_a_sample_is_laid_out_once_and_anew_as_a_whole_when_a_session_changes(warehouse):
    lay_out_sample(Run(Model(is_incremental=False), warehouse), "sample").create("session_map")
    assert warehouse.execute("select count(*) from session_map").fetchone() == (60,)
    again = Run(Model(is_incremental=True), warehouse)
    assert len(lay_out_sample(again, "sample").fetchall()) == 0
    warehouse.execute("update sample set content_hash = 'changed' where session_id = 's007'")
    assert len(lay_out_sample(again, "sample").fetchall()) == 60


def test_who_was_erased_moves_the_others_since_they_lay_by_them(warehouse):
    lay_out_sample(Run(Model(is_incremental=False), warehouse), "sample").create("session_map")
    for table in ("sample", "session_map"):
        warehouse.execute(f"delete from {table} where session_id = 's007'")
    assert len(lay_out_sample(Run(Model(is_incremental=True), warehouse), "sample").fetchall()) == 59


def test_neighbours_are_found_once_for_a_sample_and_none_is_left_out_after_an_erasure(warehouse):
    find_neighbours(Run(Model(is_incremental=False), warehouse), "sample").create("session_map")
    again = Run(Model(is_incremental=True), warehouse)
    assert len(find_neighbours(again, "sample").fetchall()) == 0
    warehouse.execute("delete from sample where session_id = 's007'")
    warehouse.execute("delete from session_map where 's007' in (session_id, neighbour_id)")
    assert len(find_neighbours(again, "sample").fetchall()) == 59 * 5


def test_neighbours_are_of_the_sample_and_ranked_from_one(warehouse):
    find_neighbours(Run(Model(is_incremental=False), warehouse), "sample").create("near")
    ranks = warehouse.sql("select session_id, list(rank order by rank) as ranks from near group by all").fetchall()
    assert len(ranks) == 60
    assert {tuple(told) for _, told in ranks} == {(1, 2, 3, 4, 5)}


def test_an_empty_run_lays_nothing_out(warehouse):
    warehouse.execute("set variable clickintent_is_empty = true")
    run = Run(Model(is_incremental=False), warehouse)
    assert lay_out_sample(run, "sample").fetchall() == find_neighbours(run, "sample").fetchall() == []
