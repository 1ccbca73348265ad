"""Folds: nobody is judged by weights that have seen them; gold calibrates where there is some, and teaches nothing."""

import json

import numpy as np
import pytest
from test_classifier_training import LEAVES, labelled

from clickintent.classifier import ClassifierConfig, ClassifierError, ClassifierLoadError, train_classifier
from clickintent.classifier.calibration import Judged, at_temperature, best_guesses, cross_fitted, fit_calibration
from clickintent.classifier.config import config_of_labeler
from clickintent.classifier.folds import Folds, load_folds
from clickintent.classifier.labels import UNANSWERED, Gold

QUICK = ClassifierConfig(epochs=30)


def gold_of(rows=300, *, wrong_share=0.0, none_share=0.0):
    """Sessions like the labelled ones, of other visitors, with their true leaf; some with the next one or with none."""
    embeddings, channels, targets, groups = (part[:rows] for part in labelled())
    drawn = np.random.default_rng(4).random(rows)
    answers = np.where(drawn < wrong_share, (targets.argmax(axis=1) + 1) % 3, targets.argmax(axis=1))
    names = ["none" if draw < none_share else LEAVES[answer] for draw, answer in zip(drawn, answers, strict=True)]
    return Gold(embeddings, channels, [f"read-{group}" for group in groups], names)


def test_folds_hold_about_equally_many_visitors_and_all_sessions_of_each():
    groups = [f"visitor-{row // 3}" for row in range(900)]
    folds = Folds.dealt(groups, 5)
    fold = folds.of(groups)
    assert np.bincount(fold).tolist() == [180] * 5
    assert all(len(set(fold[row : row + 3])) == 1 for row in range(0, 900, 3))
    assert Folds(folds.ends).of(["visitor-7", "a stranger"]).tolist() == folds.of(["visitor-7", "a stranger"]).tolist()


@pytest.mark.parametrize("visitors", [2, 3, 4])
def test_fewer_visitors_than_folds_make_a_fold_each(visitors):
    groups = [f"v-{row % visitors}" for row in range(20)]
    folds = Folds.dealt(groups, 5)
    assert folds.count == visitors
    assert set(folds.of(groups)) == set(range(visitors))


def test_one_fold_is_refused():
    with pytest.raises(ClassifierError, match="folds"):
        ClassifierConfig(folds=1)


@pytest.mark.parametrize(("labeler", "noise"), [("embedded", 1.0), ("openai", 0.5), ("replay", 0.5)])
def test_noise_is_for_the_mistakes_of_the_labeler_that_reads_what_the_embedding_is_made_of(labeler, noise):
    config = config_of_labeler(labeler, min_precision=0.7, min_coverage=0.6)
    assert (config.input_noise, config.min_precision, config.min_coverage) == (noise, 0.7, 0.6)


def test_no_session_is_scored_by_weights_that_have_seen_its_visitor():
    """A visitor whose labels alone name a leaf cannot be given it by the weights of their own fold."""
    embeddings, channels, targets, groups = labelled()
    embeddings[:20] = np.eye(64, dtype=np.float32)[63]
    targets[:20] = np.eye(4, dtype=np.float32)[3]
    groups[:20] = ["the only one"] * 20
    version = train_classifier(embeddings, channels, targets, groups, LEAVES, QUICK)
    folded = load_folds(version.weights, version.config)
    scored = folded.predict(embeddings[:20], channels[:20], groups[:20])
    by_others = folded.predict(embeddings[:20], channels[:20], ["visitor-300"] * 20)
    fold = folded.folds.of(["the only one", "visitor-300"])
    assert fold[0] != fold[1]
    assert scored.argmax(axis=1).tolist() != [3] * 20
    assert by_others.argmax(axis=1).tolist() == [3] * 20
    assert version.metrics["agreement_per_leaf"]["never.labelled"]["agreement"] == 0


def test_every_figure_is_of_the_scores_by_folds():
    version = train_classifier(*labelled(noise=2.5), LEAVES, QUICK)
    embeddings, channels, targets, groups = labelled(noise=2.5)
    folded = load_folds(version.weights, version.config)
    agreed = folded.predict(embeddings, channels, groups).argmax(axis=1) == targets.argmax(axis=1)
    assert 0.5 < version.metrics["agreement"] < 0.99
    assert version.metrics["agreement"] == pytest.approx(agreed.mean(), abs=1e-4)
    assert version.metrics["agreement_low"] < version.metrics["agreement"] < version.metrics["agreement_high"]


def test_the_weights_in_force_are_fitted_on_all_labels():
    version = train_classifier(*labelled(), LEAVES, QUICK)
    assert version.trained_rows == version.metrics["labels"] == 600


def test_a_version_without_folds_says_so():
    version = train_classifier(*labelled(), LEAVES, QUICK)
    config = json.loads(version.config)
    del config["fold_ends"]
    with pytest.raises(ClassifierLoadError, match="no folds; train again"):
        load_folds(version.weights, json.dumps(config))


def test_temperature_lowers_the_calibration_error_of_visitors_it_was_not_fitted_on():
    metrics = train_classifier(*labelled(rows=1500, noise=2.0), LEAVES, QUICK).metrics
    assert metrics["calibration_error"] < 0.5 * metrics["calibration_error_before"]


def test_calibration_of_a_fold_is_fitted_on_the_others():
    probabilities = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (40, 1))
    answers = np.array([0] * 20 + [1] * 20)  # the first fold is always right, the second never
    judged = Judged(probabilities, answers, np.ones(40), np.repeat([0, 1], 20))
    calibrated, is_covered = cross_fitted(judged, ClassifierConfig(min_coverage=None))
    assert calibrated[0, 0] < calibrated[20, 0]
    assert (is_covered[:20].any(), is_covered[20:].all()) == (False, True)


def test_gold_sets_temperature_and_threshold_and_the_metrics_say_so():
    by_teacher = train_classifier(*labelled(), LEAVES, QUICK)
    by_gold = train_classifier(*labelled(), LEAVES, QUICK, gold=gold_of(wrong_share=0.4))
    assert "teacher's labels" in by_teacher.metrics["calibrated_against"]
    assert "gold labels" in by_gold.metrics["calibrated_against"]
    assert by_teacher.metrics["gold_n"] == 0
    assert by_gold.metrics["gold_n"] == by_gold.metrics["calibration_n"] == 300
    assert by_gold.metrics["gold_agreement"] == pytest.approx(0.6, abs=0.08)
    assert by_gold.metrics["temperature"] > 1.5 * by_teacher.metrics["temperature"]
    assert by_gold.metrics["agreement"] == by_teacher.metrics["agreement"]


def test_gold_teaches_nothing():
    plain = train_classifier(*labelled(), LEAVES, QUICK)
    calibrated = train_classifier(*labelled(), LEAVES, QUICK, gold=gold_of(wrong_share=0.4))
    assert plain.weights == calibrated.weights
    assert plain.version != calibrated.version


def test_gold_of_a_labelled_visitor_is_scored_by_weights_that_have_not_seen_them():
    """Their session repeats what only they did: known to whoever has seen them, and to nobody else."""
    embeddings, channels, targets, groups = labelled()
    embeddings[:20] = np.eye(64, dtype=np.float32)[63]
    targets[:20] = np.eye(4, dtype=np.float32)[3]
    groups[:20] = ["the only one"] * 20
    gold = Gold(embeddings[:20], channels[:20], groups[:20], [LEAVES[3]] * 20)
    metrics = train_classifier(embeddings, channels, targets, groups, LEAVES, QUICK, gold=gold).metrics
    assert metrics["gold_agreement"] == 0


def test_sessions_that_people_gave_no_leaf_raise_the_threshold():
    config = ClassifierConfig(epochs=30, min_coverage=None)
    with_leaves, with_none = (
        train_classifier(*labelled(), LEAVES, config, gold=gold_of(none_share=share)).metrics for share in (0.0, 0.5)
    )
    assert (with_leaves["gold_unanswered_n"], with_none["gold_n"]) == (0, 300)
    assert 120 < with_none["gold_unanswered_n"] < 180
    assert with_none["threshold"] > with_leaves["threshold"]


def test_a_judge_who_says_nothing_leaves_the_wanted_precision_as_threshold():
    nobody = Judged(np.empty((0, 2), np.float32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    calibration = fit_calibration(nobody, ClassifierConfig())
    assert (calibration.temperature, calibration.threshold) == (1.0, 0.85)


def test_probabilities_at_a_temperature_are_those_of_divided_logits():
    logits = np.array([[2.0, 0.0, -1.0]], dtype=np.float32)
    at_one, at_two = (np.exp(logits / t) / np.exp(logits / t).sum() for t in (1, 2))
    assert at_temperature(at_one, 2.0) == pytest.approx(at_two, abs=1e-6)


def test_an_answer_to_what_the_judge_could_not_answer_is_wrong():
    probability, is_agreed = best_guesses(np.array([[0.9, 0.1]], dtype=np.float32), np.array([UNANSWERED]))
    assert (probability.tolist(), is_agreed.tolist()) == ([pytest.approx(0.9)], [False])
