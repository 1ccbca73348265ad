"""The head that all representations share: what it learns, what it is held from, what it cannot know."""

import numpy as np
import pytest

from clickintent.evaluation.heads import cross_fitted, fit_head, log_loss

RANDOM = np.random.default_rng(1)
ROWS = 600
PEOPLE = RANDOM.integers(0, 2**50, ROWS)
FEATURES = RANDOM.normal(size=(ROWS, 4)).astype(np.float32)
LOGITS = FEATURES[:, :1] * 2 @ np.array([[1.0, -1.0]])
LABELS = (RANDOM.random(ROWS) > 1 / (1 + np.exp(LOGITS[:, 1] - LOGITS[:, 0]))).astype(np.int64)
ONES = np.ones(ROWS)


def test_a_head_learns_what_the_features_tell_and_is_calibrated():
    head = fit_head(FEATURES, LABELS, ONES, PEOPLE, 2)
    chances = head.probabilities(FEATURES)
    assert chances.sum(axis=1) == pytest.approx(np.ones(ROWS))
    assert log_loss(chances, LABELS, ONES) < 0.5
    assert np.average(chances[:, 1]) == pytest.approx(LABELS.mean(), abs=0.02)


def test_features_of_noise_are_shrunk_until_they_do_little_harm():
    noise = np.random.default_rng(2).normal(size=(ROWS, 200)).astype(np.float32)
    labels = np.random.default_rng(3).permutation(LABELS)
    head = fit_head(noise, labels, ONES, PEOPLE, 2)
    unseen = np.random.default_rng(4).normal(size=(ROWS, 200)).astype(np.float32)
    assert log_loss(head.probabilities(unseen), labels, ONES) < 0.72


def test_the_order_of_the_features_scale_does_not_matter():
    scaled = FEATURES * np.float32([1, 100, 0.01, 7])
    one, other = (
        fit_head(features, LABELS, ONES, PEOPLE, 2).probabilities(features) for features in (FEATURES, scaled)
    )
    assert one == pytest.approx(other, abs=1e-3)


def test_a_weight_counts_like_so_many_rows():
    weights = RANDOM.choice([1.0, 2.0], ROWS)
    twice = np.repeat(np.arange(ROWS), weights.astype(int))
    weighted = fit_head(FEATURES, LABELS, weights, PEOPLE, 2).probabilities(FEATURES)
    repeated = fit_head(FEATURES[twice], LABELS[twice], np.ones(len(twice)), PEOPLE[twice], 2).probabilities(FEATURES)
    assert weighted == pytest.approx(repeated, abs=0.02)


def test_a_class_that_was_never_seen_is_unlikely_and_not_impossible():
    chances = fit_head(FEATURES, LABELS, ONES, PEOPLE, 3).probabilities(FEATURES)
    assert chances[:, 2].max() < 0.02
    assert chances[:, 2].min() > 0


def test_without_features_everyone_gets_the_shares():
    chances = fit_head(FEATURES[:, :0], LABELS, ONES, PEOPLE, 2).probabilities(FEATURES[:, :0])
    assert chances[:, 1] == pytest.approx(np.full(ROWS, LABELS.mean()), abs=0.03)


@pytest.mark.parametrize("planted", ["test", "own fold"])
def test_what_is_guessed_depends_on_nothing_after_the_split_and_on_nothing_of_the_same_people(planted):
    is_train = np.arange(ROWS) < ROWS // 2
    folds = PEOPLE % 5
    before = cross_fitted(FEATURES, LABELS, ONES, PEOPLE, folds, is_train, 2)
    changed = LABELS.copy()
    rows = ~is_train if planted == "test" else is_train & (folds == 2)
    changed[rows] = 1 - changed[rows]
    after = cross_fitted(FEATURES, changed, ONES, PEOPLE, folds, is_train, 2)
    asked = ~is_train if planted == "test" else ~is_train & (folds == 2)
    assert (before[asked] == after[asked]).all()
    assert (before[is_train] == 0).all()
    if planted == "own fold":
        assert (before[~is_train & (folds != 2)] != after[~is_train & (folds != 2)]).any()
