"""Figures with intervals, and their rows."""

from datetime import datetime

import numpy as np
import polars as pl

from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, Judged, bootstrap, figure_rows


def test_a_mean_has_the_interval_of_its_owners_and_not_of_its_rows() -> None:
    random = np.random.default_rng(3)
    by_owner = random.normal(size=200)
    owners, values = np.repeat(np.arange(200), 25), np.repeat(by_owner, 25)

    figures = bootstrap(owners, lambda rows: {"mean": values[rows].mean()})["mean"]

    spread = by_owner.std() / np.sqrt(200)
    assert figures.value == values.mean()
    np.testing.assert_allclose(figures.high - figures.low, 2 * 1.96 * spread, rtol=0.15)


def test_a_resample_takes_whole_owners() -> None:
    owners = np.array(["b", "a", "b", "c", "a", "b"])

    def share_whole(rows: np.ndarray) -> dict[str, float]:
        times = {owner: np.bincount(rows, minlength=6)[owners == owner] for owner in "abc"}
        return {"whole": float(all(len(set(counts)) == 1 for counts in times.values()))}

    assert bootstrap(owners, share_whole)["whole"] == Interval(1.0, 1.0, 1.0)


def test_the_difference_of_two_models_is_paired() -> None:
    random = np.random.default_rng(3)
    first = random.normal(size=500)
    second = first + 0.1

    figures = bootstrap(np.arange(500), lambda rows: {"gain": second[rows].mean() - first[rows].mean()})["gain"]

    np.testing.assert_allclose([figures.low, figures.high], 0.1)


def test_a_figure_that_some_resamples_cannot_tell_is_told_of_the_others() -> None:
    def answered(rows: np.ndarray) -> dict[str, float]:
        return {"answered": 1.0 if 0 in rows else float("nan")}

    assert bootstrap(np.arange(3), answered) == {"answered": Interval(1.0, 1.0, 1.0)}
    assert bootstrap(np.arange(0), lambda rows: {"mean": 0.0}) == {}


def test_rows_carry_what_was_judged() -> None:
    judged = Judged(datetime(2026, 5, 2), split_at=datetime(2026, 4, 1), encoder_version="enc-1")

    rows = figure_rows(judged, task="t", model="m", figures={"recall": Interval(0.5, 0.4, 0.6)}, n=7, train_n=9)

    frame = pl.DataFrame(rows, schema=FIGURE_SCHEMA)
    assert frame.row(0) == (
        *("t", "m", "all", "recall", 0.5, 0.4, 0.6, 7, 9),
        *(datetime(2026, 4, 1), "enc-1", None, None, datetime(2026, 5, 2)),
    )
