"""Labels count by the sessions they stand for: in training, for the threshold and in every figure."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_classifier_training import LEAVES, labelled

from clickintent.classifier import ClassifierConfig, ClassifierInputError, load_classifier, predict, train_classifier
from clickintent.classifier.agreement import agreement_report
from clickintent.classifier.calibration import (
    calibration_error,
    choose_threshold,
    fit_temperature,
    reliability,
)
from clickintent.classifier.fitting import _row_weights
from clickintent.classifier.labels import UNANSWERED, training_weights

QUICK = ClassifierConfig(epochs=5)
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]], dtype=np.float32)
ANSWERS = np.array([0, 1, 1, 0])
WEIGHTS = np.array([1.0, 3.0, 2.0, 1.0])
# two more sessions, on which the teacher abstained
WITH_ABSTENTIONS = np.concatenate([PROBABILITIES, np.array([[0.75, 0.25], [0.5, 0.5]], dtype=np.float32)])
ANSWERS_AND_ABSTENTIONS = np.append(ANSWERS, [UNANSWERED, UNANSWERED])


def report(weights, probabilities=WITH_ABSTENTIONS, answers=ANSWERS_AND_ABSTENTIONS, threshold=0.65):
    """Figures without their intervals, for sessions of one visitor each."""
    groups = [str(row) for row in range(len(answers))]
    is_covered = probabilities.max(axis=1) >= threshold
    figures = agreement_report(probabilities, answers, is_covered, ["a", "b"], groups, weights)
    for figure in (figures, *figures["agreement_per_leaf"].values()):
        for end in ("low", "high", "agreement_low", "agreement_high"):
            figure.pop(end, None)
    return figures


def repeated(rows, weights):
    return np.repeat(rows, weights.astype(int), axis=0)


def test_a_figure_of_weighted_sessions_is_that_of_the_sessions_they_stand_for():
    weights = np.append(WEIGHTS, [2.0, 1.0])
    weighted = report(weights)
    plain = report(None, repeated(WITH_ABSTENTIONS, weights), repeated(ANSWERS_AND_ABSTENTIONS, weights))
    counted = ("n", "unanswered_n", "agreement_per_leaf", "calibration_bins")
    assert {name: weighted[name] for name in weighted if name not in counted} == {
        name: plain[name] for name in plain if name not in counted
    }
    assert (weighted["n"], weighted["unanswered_n"]) == (4, 2)
    assert weighted["agreement_per_leaf"] == {"a": {"agreement": 0.5, "n": 2}, "b": {"agreement": 0.4, "n": 2}}


def test_a_session_that_stands_for_no_other_counts_in_no_figure():
    asked_for = np.array([1.0, 3.0, 2.0, 0.0, 2.0, 1.0])
    figures = report(asked_for)
    without = report(asked_for[asked_for > 0], WITH_ABSTENTIONS[asked_for > 0], ANSWERS_AND_ABSTENTIONS[asked_for > 0])
    counted = ("n", "agreement_per_leaf")
    assert {name: figures[name] for name in figures if name not in counted} == {
        name: without[name] for name in without if name not in counted
    }


def test_where_no_session_was_drawn_the_figures_are_of_the_labelled_ones():
    assert report(np.zeros(6)) == report(None)


def test_the_threshold_keeps_the_precision_of_the_sessions_that_its_rows_stand_for():
    probability = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    is_agreed = np.array([True, False, True, False])
    assert choose_threshold(probability, is_agreed, 0.66, None) == pytest.approx(0.7, abs=1e-4)
    heavy_error = np.array([1.0, 9.0, 1.0, 1.0])
    assert choose_threshold(probability, is_agreed, 0.66, None, heavy_error) == pytest.approx(0.9, abs=1e-4)
    light_error = np.array([9.0, 1.0, 9.0, 1.0])
    assert choose_threshold(probability, is_agreed, 0.85, None, light_error) == 0.0


def test_coverage_is_of_the_sessions_that_the_rows_stand_for():
    probability = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    never = np.zeros(4, dtype=bool)
    assert choose_threshold(probability, never, 0.85, 0.5, np.array([5.0, 1, 1, 1])) == pytest.approx(0.9, abs=1e-4)
    assert choose_threshold(probability, never, 0.85, 0.5, np.array([1.0, 1, 1, 5])) == 0.0


def test_sessions_that_stand_for_none_set_no_threshold():
    probability = np.array([0.9, 0.8, 0.7], dtype=np.float32)
    weights = np.array([0.0, 1.0, 1.0])
    assert choose_threshold(probability, np.array([True, False, False]), 0.85, None, weights) > 1
    assert choose_threshold(probability, np.array([False, True, True]), 0.85, None, weights) == 0.0


@given(st.lists(st.integers(min_value=1, max_value=4), min_size=4, max_size=4))
def test_calibration_of_weighted_sessions_is_that_of_the_sessions_they_stand_for(counts):
    weights = np.array(counts, dtype=np.float64)
    assert fit_temperature(PROBABILITIES, ANSWERS, weights) == pytest.approx(
        fit_temperature(repeated(PROBABILITIES, weights), repeated(ANSWERS, weights)), abs=1e-3
    )
    best, is_agreed = PROBABILITIES.max(axis=1), PROBABILITIES.argmax(axis=1) == ANSWERS
    assert calibration_error(best, is_agreed, weights) == pytest.approx(
        calibration_error(repeated(best, weights), repeated(is_agreed, weights))
    )


def test_the_bins_of_a_plot_are_those_of_the_calibration_error():
    probability = np.array([0.91, 0.99, 0.52, 0.58], dtype=np.float32)
    is_agreed = np.array([True, True, False, True])
    weights = np.array([1.0, 3.0, 2.0, 2.0])
    low, high = reliability(probability, is_agreed, weights)
    assert (low["probability"], low["agreement"], low["n"]) == (0.55, 0.5, 2)
    assert (high["probability"], high["agreement"], high["n"]) == (0.97, 1.0, 2)
    gaps = sum(4 * abs(told["probability"] - told["agreement"]) for told in (low, high)) / 8
    assert calibration_error(probability, is_agreed, weights) == pytest.approx(gaps, abs=1e-4)
    assert reliability(probability[:0], is_agreed[:0]) == []


def test_labels_count_by_their_weight_and_those_asked_for_as_much_as_the_mean():
    assert training_weights(np.array([2.0, 6.0, 0.0]), 1.0).tolist() == [0.5, 1.5, 1.0]
    assert training_weights(np.array([2.0, 6.0, 0.0]), 0.0).tolist() == [1.0, 1.0, 1.0]
    assert training_weights(np.zeros(3), 1.0).tolist() == [1.0, 1.0, 1.0]


def test_no_label_counts_much_more_than_the_mean_whatever_it_stands_for():
    targets = np.eye(2, dtype=np.float32)[[0, 1] * 50]
    weights = np.ones(100)
    weights[0] = 1e6
    counted = _row_weights(targets, weights, ClassifierConfig())
    assert counted[1:].max() < counted[0] == pytest.approx(3 * counted.mean(), rel=0.02)


def test_the_label_of_those_who_stand_for_many_wins_over_the_label_of_more_rows():
    embeddings, channels, targets, groups = labelled(rows=600)
    targets[:] = 0
    targets[np.arange(600), np.arange(600) % 3 // 2] = 1  # two of three say the first leaf, and chance is all there is
    embeddings[:] = embeddings[0]
    weights = np.where(np.arange(600) % 3 == 2, 8.0, 1.0)
    likelier = {}
    for name, config in (("weighted", QUICK), ("not", replace(QUICK, sampling_weight=0.0))):
        version = train_classifier(embeddings, channels, targets, groups, LEAVES, config, weights=weights.tolist())
        (probabilities,) = predict(embeddings[:1], ["web"], load_classifier(version.weights, version.config))
        likelier[name] = LEAVES[probabilities.argmax()]
    assert likelier == {"weighted": LEAVES[1], "not": LEAVES[0]}


def test_equal_weights_are_no_weights():
    plain = train_classifier(*labelled(), LEAVES, QUICK)
    assert train_classifier(*labelled(), LEAVES, QUICK, weights=[4.0] * 600).version == plain.version
    assert train_classifier(*labelled(), LEAVES, QUICK, weights=[0.0] * 600).version == plain.version


def test_weighted_labels_in_any_order_make_the_same_version():
    embeddings, channels, targets, groups = labelled()
    weights = [1.0 + row % 5 for row in range(600)]
    order = np.random.default_rng(1).permutation(600)
    shuffled = train_classifier(
        embeddings[order],
        [channels[row] for row in order],
        targets[order],
        [groups[row] for row in order],
        LEAVES,
        QUICK,
        weights=[weights[row] for row in order],
    )
    version = train_classifier(embeddings, channels, targets, groups, LEAVES, QUICK, weights=weights)
    assert shuffled.version == version.version
    assert json.loads(version.config)["training"]["sampling_weight"] == QUICK.sampling_weight


@pytest.mark.parametrize("weight", [-1.0, np.inf, np.nan])
def test_a_weight_that_stands_for_no_number_of_sessions_is_refused(weight):
    with pytest.raises(ClassifierInputError, match=r"Weights must be finite and not negative.*1 / rate"):
        train_classifier(*labelled(), LEAVES, QUICK, weights=[weight] * 600)


def test_weights_of_other_sessions_are_refused():
    with pytest.raises(ClassifierInputError, match="599"):
        train_classifier(*labelled(), LEAVES, QUICK, weights=[1.0] * 599)
