"""Sessions so far as one row: weights by age, the latest one, and counts."""

import numpy as np
import pytest

from clickintent.evaluation.histories import Histories, described

DAY = 86_400_000_000
# example 0 knows sessions 2 (oldest), 0 and 1 (latest); example 1 knows session 1 alone
KNOWN = Histories(
    example=np.array([0, 1, 0, 0]),
    session=np.array([2, 1, 0, 1]),
    started_at=np.array([0, 30 * DAY, 14 * DAY, 28 * DAY]),
    count=2,
)
SESSIONS = np.array([[1, 0], [0, 1], [4, 4]], dtype=np.float32)


def test_a_session_counts_half_for_each_half_life_before_the_latest():
    assert KNOWN.weights(14) == pytest.approx([0.25, 1, 0.5, 1])
    assert KNOWN.pooled(SESSIONS) == pytest.approx(np.array([[0.25 * 4 + 0.5, 0.25 * 4 + 1], [0, 1]]))


def test_the_latest_session_is_the_one_that_started_last():
    assert KNOWN.latest().tolist() == [1, 1]


def test_counts_are_taken_by_their_logarithm():
    plain = described(KNOWN, SESSIONS, is_count=False)
    assert described(KNOWN, SESSIONS, is_count=True) == pytest.approx(np.log1p(plain))
    assert plain.shape == (2, 4)


def test_where_everyone_knows_one_session_it_is_not_told_twice():
    single = Histories(np.array([1, 0]), np.array([0, 2]), np.array([5, 6]), 2)
    assert described(single, SESSIONS, is_count=False).tolist() == [[4, 4], [1, 0]]


def test_sizes_count_sessions_and_the_days_since_the_first():
    is_web = np.array([True, False, True])
    sizes = KNOWN.sizes(is_web, np.array([29 * DAY, 30 * DAY]))
    assert sizes == pytest.approx(np.array([[np.log(4), np.log(3), np.log(30), 0], [np.log(2), 0, 0, 0]]), abs=1e-6)


def test_where_sessions_are_cut_no_time_tells_how_long_they_went_on():
    sizes = KNOWN.sizes(np.array([True, False, True]), None)
    assert sizes[:, 2].tolist() == [0, 0]
