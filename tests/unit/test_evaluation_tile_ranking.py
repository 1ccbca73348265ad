"""Figures of tile rankers against a naive count, and heads that know neither the time nor the person they judge."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import ndcg_score

from clickintent.evaluation.tile_heads import TileRows, rank_by_blocks
from clickintent.evaluation.tile_ranking import Comparison, Shown, ranking_figures

IMPRESSIONS = 300
RANDOM = np.random.default_rng(5)


def three_tiles():
    impression = np.repeat(np.arange(IMPRESSIONS), 3)
    tile = np.concatenate([RANDOM.permutation(6)[:3] for _ in range(IMPRESSIONS)])
    is_clicked = RANDOM.random(len(tile)) < 0.2
    return Shown(impression, tile, is_clicked, impression // 4)


SHOWN = three_tiles()
CHANCES = RANDOM.uniform(0.01, 0.9, len(SHOWN.tile))


def values(figures, ranker):
    return {metric: figure.value for metric, figure in figures[ranker].items()}


def test_figures_are_those_of_a_naive_count():
    found = values(ranking_figures(SHOWN, {"ours": CHANCES}), "ours")
    firsts, reciprocals, gains = {}, [], []
    for number in range(IMPRESSIONS):
        rows = np.flatnonzero(SHOWN.impression == number)
        order = rows[np.argsort(-CHANCES[rows])]
        for row in rows[SHOWN.is_clicked[rows]]:
            firsts.setdefault(SHOWN.tile[row], []).append(order[0] == row)
        if SHOWN.is_clicked[rows].any():
            reciprocals.append(1 / (1 + np.flatnonzero(SHOWN.is_clicked[order])[0]))
            gains.append(ndcg_score([SHOWN.is_clicked[rows]], [CHANCES[rows]]))
    assert found["macro_recall_at_1"] == pytest.approx(np.mean([np.mean(own) for own in firsts.values()]))
    assert found["mrr"] == pytest.approx(np.mean(reciprocals))
    assert found["ndcg"] == pytest.approx(np.mean(gains))
    surprise = -np.log(np.where(SHOWN.is_clicked, CHANCES, 1 - CHANCES))
    assert found["log_loss"] == pytest.approx(surprise.mean())


def test_one_chance_for_all_is_a_lot():
    found = values(ranking_figures(SHOWN, {"lot": np.full(len(CHANCES), 0.2)}), "lot")
    assert found["macro_recall_at_1"] == pytest.approx(1 / 3)
    assert found["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_an_oracle_covers_the_whole_gap_and_a_better_ranker_a_part_of_it():
    better = np.where(SHOWN.is_clicked & (RANDOM.random(len(CHANCES)) < 0.5), 0.95, CHANCES)
    oracle = np.where(SHOWN.is_clicked, 0.99, 0.01)
    chances = {"base": CHANCES, "better": better, "oracle": oracle}
    asked = [Comparison("better", "base", "oracle"), Comparison("oracle", "base", "oracle")]
    figures = ranking_figures(SHOWN, chances, asked)
    for metric in ("macro_recall_at_1", "log_loss", "mrr", "ndcg"):
        assert figures["oracle"][f"{metric}_share_of_gap_over_base"].value == pytest.approx(1)
        assert 0 < figures["better"][f"{metric}_share_of_gap_over_base"].value < 1
        gain = figures["better"][f"{metric}_gain_over_base"].value
        relative = figures["better"][f"{metric}_relative_gain_over_base"].value
        assert relative == pytest.approx(gain / figures["base"][metric].value)


ROWS = 6_000
PEOPLE = RANDOM.integers(0, 2**50, ROWS)
TILES = RANDOM.integers(0, 4, ROWS)
TASTE = RANDOM.normal(size=(ROWS, 5)).astype(np.float32)
TELLING = 1.5 * TASTE[np.arange(ROWS), TILES]
CLICKED = RANDOM.random(ROWS) < expit(-2.5 + TELLING)


def tile_rows(is_clicked=CLICKED):
    common = np.zeros((ROWS, 1), dtype=np.float32)
    return TileRows(TILES, is_clicked, common, PEOPLE, PEOPLE % 5, np.arange(ROWS) < ROWS // 2)


def loss(chances, rows):
    own = np.where(rows.is_clicked, chances, 1 - chances)[~rows.is_train]
    return -np.log(own).mean()


def test_a_block_that_tells_something_is_learned_tile_by_tile_and_noise_is_left_alone():
    rows = tile_rows()
    noise = np.random.default_rng(1).normal(size=(ROWS, 60)).astype(np.float32)
    arms = {"base": [], "taste": ["taste"], "noise": ["noise"]}
    found = rank_by_blocks(rows, {"taste": TASTE, "noise": noise}, arms)
    base = loss(found["base"], rows)
    assert loss(found["taste"], rows) < 0.9 * base
    assert loss(found["noise"], rows) < 1.01 * base
    assert np.isnan(found["base"][rows.is_train]).all()


@pytest.mark.parametrize("planted", ["test", "own fold"])
def test_a_chance_depends_on_no_click_after_the_split_and_on_none_of_the_same_people(planted):
    rows = tile_rows()
    changed = CLICKED.copy()
    flipped = ~rows.is_train if planted == "test" else rows.is_train & (rows.folds == 2)
    changed[flipped] = ~changed[flipped]
    asked = ~rows.is_train if planted == "test" else ~rows.is_train & (rows.folds == 2)
    before, after = (
        rank_by_blocks(given, {"taste": TASTE}, {"taste": ["taste"]})["taste"] for given in (rows, tile_rows(changed))
    )
    assert (before[asked] == after[asked]).all()
    if planted == "own fold":
        others = ~rows.is_train & (rows.folds != 2)
        assert (before[others] != after[others]).any()
