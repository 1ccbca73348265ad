"""Rules of the synthetic bank's oracle: what is knowable, and that words alone do not know it."""

import pytest

from clickintent.demo import DemoBank, report_rows, simulate
from clickintent.demo.clicks import STEP_SHARES
from clickintent.demo.oracle import _dwell_table
from clickintent.demo.pages import APP, WEB, actions_of

Figures = dict[str, float | int | str | bool]


@pytest.fixture(scope="module")
def figures() -> Figures:
    return simulate(DemoBank(people=6_000)).oracle


def test_even_the_oracle_errs(figures: Figures) -> None:
    assert 0.93 <= figures["group_accuracy"] <= 0.965


def test_the_oracle_is_as_right_as_it_believes(figures: Figures) -> None:
    # Holds for a Bayes oracle only: a wrong likelihood is over- or under-confident.
    assert figures["expected_group_accuracy"] == pytest.approx(figures["group_accuracy"], abs=0.008)


def test_a_keyword_match_stays_eight_points_below_the_oracle(figures: Figures) -> None:
    assert figures["keyword_group_accuracy"] < figures["group_accuracy"] - 0.08


def test_a_quarter_of_sessions_is_mixed_or_mostly_ambiguous(figures: Figures) -> None:
    assert figures["hard_share"] >= 0.25


def test_mixed_and_ambiguous_sessions_are_harder(figures: Figures) -> None:
    for kind in ("mixed", "ambiguous"):
        assert figures[f"group_accuracy_{kind}"] < figures["group_accuracy"]


def test_an_intent_is_never_easier_than_its_group(figures: Figures) -> None:
    assert figures["intent_accuracy"] <= figures["group_accuracy"]


def test_without_mixed_and_vague_sessions_guessing_is_easier() -> None:
    hard, easy = (
        simulate(DemoBank(people=1_500, mixed_share=share, vague_share=share)).oracle["group_accuracy_web"]
        for share in (0.4, 0.0)
    )
    assert easy > hard + 0.03


@pytest.mark.parametrize("channel", [WEB, APP])
def test_every_table_of_probabilities_sums_to_one(channel: int) -> None:
    actions = actions_of(channel)
    assert actions.body.sum(axis=-1) == pytest.approx(1.0)
    assert actions.open.sum() == pytest.approx(1.0)
    assert actions.stray.sum() == pytest.approx(1.0)
    assert STEP_SHARES.sum(axis=-1) == pytest.approx(1.0)
    assert _dwell_table()[:, :-1].sum(axis=1) == pytest.approx(1.0)


def test_the_report_has_a_row_per_kind_of_session(figures: Figures) -> None:
    assert [row[0] for row in report_rows(figures)] == ["all", "web", "app", "mixed", "ambiguous"]
