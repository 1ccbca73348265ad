"""How much of each stratum is labelled, and when those rates change."""

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_stages_run import build, empty_run, load

from clickintent.labeling.sample import sampling_rates
from clickintent.stages.label_strata import fit_label_strata

SIZES = st.lists(st.integers(min_value=1, max_value=100_000), min_size=1, max_size=40).map(np.array)
SHARES = st.floats(min_value=0, max_value=1)
KINDS = {"common": 900, "seldom": 100, "rare": 4}


@given(SIZES, SHARES)
def test_the_expected_sample_is_the_wanted_share_of_all_sessions(sizes, share):
    rates = sampling_rates(sizes, share)
    assert ((rates >= 0) & (rates <= 1)).all()
    assert (rates * sizes).sum() == pytest.approx(share * sizes.sum(), rel=1e-9, abs=1e-9)


@given(SIZES, SHARES)
def test_a_rarer_stratum_is_sampled_no_less(sizes, share):
    rates = sampling_rates(np.sort(sizes), share)
    assert (np.diff(rates) <= 1e-12).all()


@given(SIZES, SHARES, SHARES)
def test_no_rate_falls_where_the_share_rises(sizes, one, other):
    lower, higher = sampling_rates(sizes, min(one, other)), sampling_rates(sizes, max(one, other))
    assert (higher - lower >= -1e-12).all()


def test_a_stratum_gives_sessions_by_the_square_root_of_its_size():
    sizes = np.array([100, 400, 900])
    assert (sampling_rates(sizes, 0.3) * sizes).tolist() == pytest.approx([70, 140, 210])


def test_a_stratum_too_small_for_its_number_is_taken_whole_and_the_others_share_the_rest():
    sizes = np.array([10_000, 4, 10_000, 9])
    rates = sampling_rates(sizes, 0.5)
    assert rates[[1, 3]].tolist() == [1, 1]
    assert rates[[0, 2]].tolist() == pytest.approx([(0.5 * 20_013 - 13) / 20_000] * 2)


def test_all_and_nothing_are_shares_too():
    assert sampling_rates(np.array([3, 50, 7]), 1).tolist() == [1, 1, 1]
    assert sampling_rates(np.array([3, 50, 7]), 0).tolist() == [0, 0, 0]
    assert sampling_rates(np.array([], dtype=np.int64), 0.5).tolist() == []


@pytest.mark.parametrize("share", [-0.1, 1.1, 25, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=f"label_share is {share}.*0 to 1"):
        sampling_rates(np.array([1]), share)


def test_a_stratum_without_sessions_is_refused():
    with pytest.raises(ValueError, match="has 0 sessions"):
        sampling_rates(np.array([3, 0]), 0.5)


def sessions(version="clu-1", **kinds):
    rows = [kind for kind, count in kinds.items() for _ in range(count)]
    return pl.DataFrame({"auth_state": rows}).select(
        pl.lit(version).alias("cluster_version"),
        pl.lit("web").alias("channel"),
        pl.lit(0, pl.Int64).alias("cluster_id"),
        "auth_state",
        pl.lit("short").alias("length_bucket"),
    )


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "session_strata", sessions(**KINDS))
        yield connection


def fit(connection, share=0.25):
    strata = connection.table("session_strata")
    return build(
        connection, "label_strata", lambda run: fit_label_strata(run, strata, share=share), key="cluster_version"
    )


def rates(connection, version="clu-1"):
    rows = connection.sql(
        f"select auth_state, sessions, rate, label_share from label_strata where cluster_version = '{version}'"
    )
    return {kind: tuple(row) for kind, *row in rows.fetchall()}


def test_each_stratum_is_counted_and_gets_a_rate(connection):
    assert fit(connection) == 3
    expected = sampling_rates(np.array(list(KINDS.values())), 0.25)
    assert rates(connection) == {
        kind: (count, rate, 0.25) for (kind, count), rate in zip(KINDS.items(), expected, strict=True)
    }


def test_rates_stay_whatever_sessions_arrive(connection):
    fit(connection)
    load(connection, "session_strata", sessions(**KINDS | {"rare": 5_000, "new": 10}))
    assert fit(connection) == 0


def test_another_share_gives_other_rates_for_the_sizes_that_were_counted(connection):
    fit(connection)
    (fitted_at,) = set(connection.sql("select fitted_at from label_strata").fetchall())
    load(connection, "session_strata", sessions(**KINDS | {"rare": 5_000}))
    assert fit(connection, share=0.5) == 3
    assert {kind: row[0] for kind, row in rates(connection).items()} == KINDS
    assert {row[2] for row in rates(connection).values()} == {0.5}
    assert set(connection.sql("select fitted_at from label_strata").fetchall()) == {fitted_at}
    assert fit(connection, share=0.5) == 0


def test_other_clusters_get_rates_of_their_own_and_the_old_ones_stay(connection):
    fit(connection)
    before = rates(connection)
    load(connection, "session_strata", sessions("clu-2", common=10, rare=1))
    assert fit(connection) == 2
    assert rates(connection) == before
    assert set(rates(connection, "clu-2")) == {"common", "rare"}
    assert fit(connection) == 0


def test_no_session_makes_no_stratum(connection):
    load(connection, "session_strata", sessions(**KINDS).clear())
    assert fit(connection) == 0


def test_nothing_is_counted_in_an_empty_run(connection):
    empty_run(connection)
    assert fit(connection) == 0


def test_a_share_that_is_none_stops_the_build(connection):
    with pytest.raises(ValueError, match="label_share is 25"):
        fit(connection, share=25)
