"""Linear probes, and their figures against those of scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from clickintent.evaluation.neighbours import kept_neighbours, nearest_rows
from clickintent.evaluation.probes import FOLDS, Ranking, cross_fitted_scores, macro_f1, person_folds

N = 400


@pytest.fixture
def random():
    return np.random.default_rng(3)


def test_figures_of_a_ranking_are_those_of_each_group_alone_on_any_resample(random):
    scores = random.integers(0, 12, N).astype(float)  # many ties
    is_positive, groups = random.random(N) < 0.3, random.integers(0, 3, N)
    ranking = Ranking.of(scores, is_positive, groups)

    for rows in (np.arange(N), random.integers(0, N, N)):
        own = [rows[groups[rows] == group] for group in range(3)]
        areas = [roc_auc_score(is_positive[part], scores[part]) for part in own]
        accuracies = [balanced_accuracy_score(is_positive[part], scores[part] > 6) for part in own]
        np.testing.assert_allclose(ranking.auroc(rows), areas)
        np.testing.assert_allclose(ranking.balanced_accuracy(rows, scores > 6), accuracies)


def test_a_group_that_holds_one_kind_only_cannot_be_told():
    ranking = Ranking.of(np.array([0.1, 0.9, 0.5]), np.array([True, True, False]), np.array([0, 0, 1]))

    assert np.isnan(ranking.auroc(np.arange(3))).all()
    assert np.isnan(ranking.balanced_accuracy(np.arange(3), np.ones(3, bool))).all()


def test_macro_f1_is_scikit_learns_over_the_classes_that_occur(random):
    truth, guessed = random.integers(0, 4, N), random.integers(0, 6, N)

    expected = f1_score(truth, guessed, labels=np.unique(truth), average="macro")
    assert macro_f1(truth, guessed, 6) == pytest.approx(expected)
    weights = 1 / np.bincount(truth)[truth]
    expected = f1_score(truth, guessed, labels=np.unique(truth), average="macro", sample_weight=weights)
    assert macro_f1(truth, guessed, 6, is_equal_shares=True) == pytest.approx(expected)
    assert np.isnan(macro_f1(truth[:0], guessed[:0], 6))


def test_no_head_is_fitted_on_the_people_whom_it_answers(random):
    # each person has a page of their own: a head that saw them knows their class by heart
    persons = np.repeat(np.arange(N // 4), 4)
    classes = random.integers(0, 2, N // 4)[persons]
    features = np.eye(N // 4)[persons]
    everybody = np.ones(N, bool)

    scores, _ = cross_fitted_scores(features, classes, person_folds(persons), train=everybody, test=everybody)
    accuracy = (scores.argmax(axis=1) == classes).mean()
    leaked, _ = cross_fitted_scores(features, classes, np.arange(N) % FOLDS, train=everybody, test=everybody)

    assert accuracy < 0.6
    assert (leaked.argmax(axis=1) == classes).mean() > 0.9


def test_heads_answer_test_rows_only_and_say_nothing_of_a_class_that_they_never_met():
    features = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    classes, folds = np.array([4, 4, 7, 7, 9, 9]), np.array([0, 1, 0, 1, 0, 0])
    train, test = np.array([1, 1, 1, 1, 1, 1], bool), np.array([1, 0, 1, 0, 1, 0], bool)

    scores, named = cross_fitted_scores(features, classes, folds, train=train, test=test)

    np.testing.assert_array_equal(named, [4, 7, 9])
    assert scores.shape == (3, 3)
    np.testing.assert_array_equal(scores[:, 2], 0)  # all of class 9 is in the fold that is answered
    np.testing.assert_array_equal(scores[:2, :2].argmax(axis=1), [0, 1])


def test_neighbours_are_the_nearest_by_cosine_and_never_of_the_same_person(random):
    queries, pool = random.normal(size=(30, 8)), random.normal(size=(50, 8))
    query_persons, pool_persons = random.integers(0, 10, 30), random.integers(0, 10, 50)

    found = nearest_rows(queries, pool, query_persons, pool_persons, 5)

    for row in range(30):
        others = np.flatnonzero(pool_persons != query_persons[row])
        nearest = others[np.argsort(-(pool[others] @ queries[row]))[:5]]
        assert set(found[row]) == set(nearest)
    with pytest.raises(ValueError, match="has no 60 nearest"):
        nearest_rows(queries, pool, query_persons, pool_persons, 60)


def test_neighbours_kept_are_counted_whatever_their_order():
    first, second = np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), np.array([[4, 3, 9, 1], [0, 1, 2, 3]])
    np.testing.assert_array_equal(kept_neighbours(first, second), [0.75, 0.0])
