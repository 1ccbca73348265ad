"""Clusters of embeddings: how many, the same each time, and the nearest of their centres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickintent import clustering
from clickintent.clustering import ClusteringError, cluster_count, fit_clusters, nearest_cluster

random = np.random.default_rng(11)
CENTRES = np.eye(6, 16, dtype=np.float32)


def around(centres, per_centre, spread=0.05):
    points = np.repeat(centres, per_centre, axis=0)
    points = points + spread * random.normal(size=points.shape)
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@given(st.integers(min_value=1, max_value=10**9))
def test_more_sessions_make_no_fewer_clusters_and_at_most_thirty(sessions):
    assert 1 <= cluster_count(sessions) <= cluster_count(sessions + 1) <= 30


@pytest.mark.parametrize(("sessions", "clusters"), [(1, 1), (199, 1), (200, 4), (1_000, 20), (1_500, 30), (10**6, 30)])
def test_few_sessions_make_one_cluster_and_many_make_more(sessions, clusters):
    assert cluster_count(sessions) == clusters


def test_kinds_that_lie_apart_share_no_cluster():
    embeddings = around(CENTRES, 60)
    centroids, sessions = fit_clusters(embeddings)
    nearest = nearest_cluster(embeddings, centroids)
    kinds = np.repeat(np.arange(len(CENTRES)), 60)
    assert len(centroids) == cluster_count(360) == 7
    assert all(len(set(kinds[nearest == cluster])) == 1 for cluster in range(len(centroids)))
    assert sessions.tolist() == np.bincount(nearest).tolist()


def test_the_largest_cluster_comes_first():
    _, sessions = fit_clusters(np.concatenate([around(CENTRES[:1], 100), around(CENTRES[1:], 50)]))
    assert sessions.tolist() == sorted(sessions, reverse=True)


def test_the_same_sessions_make_the_same_clusters():
    embeddings = around(CENTRES, 100, spread=0.5)
    assert fit_clusters(embeddings)[0].tobytes() == fit_clusters(embeddings.copy())[0].tobytes()


def test_few_sessions_are_one_cluster_around_their_mean():
    embeddings = around(CENTRES, 3)
    centroids, sessions = fit_clusters(embeddings)
    assert sessions.tolist() == [18]
    assert centroids[0] == pytest.approx(embeddings.mean(axis=0), abs=1e-6)


def test_many_sessions_of_few_kinds_make_no_empty_cluster():
    centroids, sessions = fit_clusters(np.repeat(CENTRES[:3], 200, axis=0))
    assert sorted(sessions.tolist()) == [200, 200, 200]
    assert len(centroids) == 3


def test_nothing_to_cluster_is_refused():
    with pytest.raises(ClusteringError, match=r"\(0, 16\).*at least one row"):
        fit_clusters(np.empty((0, 16), dtype=np.float32))


def test_the_nearest_is_the_least_distance_and_not_the_largest_product():
    centroids = np.array([[0.9, 0.0], [3.0, 1.0]], dtype=np.float32)
    assert nearest_cluster(np.array([[1.0, 0.0]], dtype=np.float32), centroids).tolist() == [0]


def test_of_equally_near_centres_the_first_counts():
    centroids = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert nearest_cluster(np.array([[1, 0], [0, 1]], dtype=np.float32), centroids).tolist() == [0, 2]


def test_blocks_answer_as_the_whole_does(monkeypatch):
    embeddings = around(CENTRES, 40, spread=0.4)
    distances = ((embeddings[:, None] - CENTRES[None]) ** 2).sum(axis=2)
    monkeypatch.setattr(clustering, "BLOCK_SESSIONS", 7)
    assert nearest_cluster(embeddings, CENTRES).tolist() == distances.argmin(axis=1).tolist()


def test_no_session_has_no_cluster():
    assert nearest_cluster(np.empty((0, 16), dtype=np.float32), CENTRES).tolist() == []


@pytest.mark.parametrize("centroids", [np.empty((0, 16)), np.ones((2, 15)), np.ones(16)])
def test_centres_that_cannot_be_compared_are_refused(centroids):
    with pytest.raises(ClusteringError, match="equally many columns"):
        nearest_cluster(around(CENTRES, 1), centroids.astype(np.float32))
