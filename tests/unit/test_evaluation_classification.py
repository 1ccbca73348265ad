"""Figures of class probabilities against sklearn's, and what one model gains over another."""

import numpy as np
import pytest
from sklearn import metrics

from clickintent.evaluation.classification import Guesses, classification_figures, slug

ROWS = 240


def guesses(seed=0, classes=3, **changed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, ROWS)
    chances = random.dirichlet(np.ones(classes), ROWS).round(1) + 0.01  # many ties
    chances /= chances.sum(axis=1, keepdims=True)
    good = 0.5 * chances + 0.5 * np.eye(classes)[labels]
    values = {
        "probabilities": {"poor": chances, "good": good},
        "labels": labels,
        "weights": random.choice([0.25, 0.5, 1.0], ROWS),
        "owners": random.integers(0, 60, ROWS),
        "outcomes": list(range(classes)),
    }
    return Guesses(**{**values, **changed})


def test_weighted_figures_are_those_of_sklearn_ties_included():
    given = guesses()
    chances, labels, weights = given.probabilities["poor"], given.labels, given.weights
    found = {name: figure.value for name, figure in classification_figures(given)["poor"].items()}
    guessed = chances.argmax(axis=1)
    assert found["micro_f1"] == pytest.approx(metrics.accuracy_score(labels, guessed, sample_weight=weights))
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(labels, guessed, average="macro", sample_weight=weights))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(labels, chances, sample_weight=weights))
    precisions = [
        metrics.average_precision_score(labels == one, chances[:, one], sample_weight=weights) for one in range(3)
    ]
    assert found["pr_auc"] == pytest.approx(np.mean(precisions))


def test_one_probability_for_all_has_the_share_as_its_precision():
    given = guesses(classes=2, outcomes=[1])
    constant = np.tile([0.7, 0.3], (ROWS, 1))
    figures = classification_figures(Guesses({"majority": constant}, given.labels, given.weights, given.owners, [1]))
    share = given.weights[given.labels == 1].sum() / given.weights.sum()
    assert figures["majority"]["pr_auc"].value == pytest.approx(share)


def test_a_gain_is_above_zero_for_the_better_model_whichever_way_the_metric_goes():
    figures = classification_figures(guesses(), ["poor"])
    for metric in ("micro_f1", "macro_f1", "log_loss", "pr_auc"):
        gain = figures["good"][f"{metric}_gain_over_poor"]
        assert gain.value > 0
        assert gain.low > 0
        assert f"{metric}_gain_over_poor" not in figures["poor"]


def test_a_model_gains_nothing_over_itself_under_another_name():
    given = guesses()
    chances = given.probabilities["poor"]
    twice = Guesses({"one": chances, "two": chances}, given.labels, given.weights, given.owners, [0, 1, 2])
    gain = classification_figures(twice, ["one"])["two"]["log_loss_gain_over_one"]
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)


def test_a_baseline_that_is_not_there_is_passed_over():
    assert set(classification_figures(guesses(), ["labels"])["good"]) == {"micro_f1", "macro_f1", "log_loss", "pr_auc"}


def test_a_name_becomes_part_of_a_metric():
    assert slug("embedding + aggregates") == "embedding_and_aggregates"
