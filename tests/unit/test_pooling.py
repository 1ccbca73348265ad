"""A customer's vector is made of the sessions known by then, weighted as the var says, and of nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickintent.ranking import Histories, Pooling, PoolingError, pool_histories

DAY = 86_400_000_000
DIMENSION = 4
POOLINGS = [Pooling(), Pooling(half_life_days=0.01), Pooling("last_k", last_k=1), Pooling("last_k", last_k=3)]


def naive(started, embeddings, members, pooling):
    """The definition, for one customer and one moment."""
    rows = [row for row in range(len(started)) if members[row]]
    rows.sort(key=lambda row: (started[row], row))
    if pooling.kind == "last_k":
        weights = dict.fromkeys(rows[-pooling.last_k :], 1.0)
    else:
        weights = {row: 0.5 ** ((started[rows[-1]] - started[row]) / DAY / pooling.half_life_days) for row in rows}
    total = sum((weight * embeddings[row].astype(float) for row, weight in weights.items()), np.zeros(DIMENSION))
    length = np.sqrt((total**2).sum())
    return total / length if length > 1e-6 else np.zeros(DIMENSION)


@st.composite
def some_histories(draw):
    lengths = draw(st.lists(st.integers(0, 7), max_size=5))
    n = sum(lengths)
    started = draw(st.lists(st.integers(0, 40).map(lambda day: day * DAY // 4), min_size=n, max_size=n))
    members = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    embeddings = random.normal(size=(n, DIMENSION)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Histories(offsets, np.array(started, dtype=np.int64), embeddings), np.array(members, dtype=bool)


@pytest.mark.parametrize("pooling", POOLINGS, ids=lambda pooling: pooling.name)
@given(drawn=some_histories())
def test_every_row_pools_the_customer_s_sessions_so_far_as_the_definition_does(pooling, drawn):
    histories, members = drawn
    pooled = pool_histories(histories, members, pooling)
    for first, end in zip(histories.offsets[:-1], histories.offsets[1:], strict=True):
        for row in range(first, end):
            so_far = slice(first, row + 1)
            expected = naive(histories.started_at[so_far], histories.embeddings[so_far], members[so_far], pooling)
            np.testing.assert_allclose(pooled[row], expected, atol=2e-5)


@pytest.mark.parametrize("pooling", POOLINGS, ids=lambda pooling: pooling.name)
@given(drawn=some_histories())
def test_numbers_do_not_depend_on_who_else_is_in_the_batch(pooling, drawn):
    histories, members = drawn
    pooled = pool_histories(histories, members, pooling)
    for first, end in zip(histories.offsets[:-1], histories.offsets[1:], strict=True):
        one = slice(first, end)
        alone = Histories(np.array([0, end - first]), histories.started_at[one], histories.embeddings[one])
        np.testing.assert_array_equal(pool_histories(alone, members[one], pooling), pooled[one])


def pooled_of(started_days, embeddings, pooling=POOLINGS[0]):
    n = len(started_days)
    histories = Histories(
        np.array([0, n]), (np.array(started_days) * DAY).astype(np.int64), np.array(embeddings, dtype=np.float32)
    )
    return pool_histories(histories, np.ones(n, dtype=bool), pooling)


def test_a_session_a_half_life_older_counts_half():
    pooled = pooled_of([0, 14], [[1, 0], [0, 1]])
    np.testing.assert_allclose(pooled[1], np.array([0.5, 1.0]) / np.sqrt(1.25), atol=1e-6)


def test_a_session_that_became_known_late_is_weighed_by_when_it_started():
    in_order, late = pooled_of([0, 14], [[1, 0], [0, 1]]), pooled_of([14, 0], [[0, 1], [1, 0]])
    np.testing.assert_allclose(late[1], in_order[1], atol=1e-6)


def test_a_history_of_many_half_lives_neither_overflows_nor_vanishes():
    pooled = pooled_of([0, 30_000, 90_000], [[1, 0], [0, 1], [1, 0]], Pooling(half_life_days=1))
    np.testing.assert_allclose(pooled, [[1, 0], [0, 1], [1, 0]], atol=1e-6)


@pytest.mark.parametrize("pooling", [Pooling(), Pooling("last_k", last_k=2)], ids=lambda pooling: pooling.name)
def test_vectors_that_cancel_out_pool_to_zeros_and_not_to_a_direction_of_rounding(pooling):
    vector = np.full(64, 0.125)
    np.testing.assert_array_equal(pooled_of([3, 3], [vector, -vector], pooling)[1], np.zeros(64))


def test_customers_without_sessions_and_no_customers_at_all_are_no_error():
    nobody = Histories(np.array([0]), np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.float32))
    for pooling in POOLINGS:
        assert pool_histories(nobody, np.zeros(0, dtype=bool), pooling).shape == (0, 2)


def test_what_the_var_leaves_out_is_the_default_and_two_ways_have_two_names():
    assert Pooling.of(None) == Pooling.of({}) == Pooling("recency", 14.0, 10)
    assert Pooling.of({"kind": "last_k", "last_k": "3"}) == Pooling("last_k", last_k=3)
    assert len({pooling.name for pooling in POOLINGS}) == len(POOLINGS)


@pytest.mark.parametrize(
    "stated",
    [
        {"kind": "mean"},
        {"half_life": 3},
        {"half_life_days": 0},
        {"last_k": 0},
        {"last_k": "many"},
        {"half_life_days": "nan"},
    ],
    ids=str,
)
def test_a_var_that_says_something_else_is_refused(stated):
    with pytest.raises(PoolingError, match="customer_pooling"):
        Pooling.of(stated)
