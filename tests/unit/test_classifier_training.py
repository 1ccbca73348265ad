"""What the student promises: reproducible, honest about its teacher, abstaining where it should."""

import json
import subprocess
import sys

import numpy as np
import pytest

from clickintent.classifier import (
    ClassifierConfig,
    ClassifierInputError,
    ClassifierLoadError,
    NotEnoughLabels,
    load_classifier,
    predict,
    train_classifier,
)
from clickintent.classifier.agreement import agreement_report
from clickintent.classifier.calibration import choose_threshold, fit_temperature
from clickintent.classifier.labels import UNANSWERED

LEAVES = ["cards.find", "cards.pay", "homes.buy", "never.labelled"]
TAUGHT_BY = {"encoder_version": "enc-1", "taxonomy_version": "tax-1", "labeler": "embedded", "labeler_model": "m-1"}


def labelled(rows=600, noise=1.0, seed=0):
    """Three blobs of unit vectors, two sessions a visitor; the fourth leaf has no label."""
    random = np.random.default_rng(seed)
    truth = random.integers(3, size=rows)
    embeddings = random.normal(size=(3, 64))[truth] + noise * random.normal(size=(rows, 64))
    embeddings = (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32)
    targets = np.zeros((rows, 4), dtype=np.float32)
    targets[np.arange(rows), truth] = 0.8
    targets[np.arange(rows), (truth + 1) % 3] = 0.2
    channels = ["web" if row % 3 else "app" for row in range(rows)]
    groups = [f"visitor-{row // 2}" for row in range(rows)]
    return embeddings, channels, targets, groups


@pytest.fixture(scope="module")
def version():
    return train_classifier(*labelled(), LEAVES, **TAUGHT_BY)


def test_the_student_agrees_with_its_teacher_on_visitors_it_never_saw(version):
    assert version.metrics["agreement"] > 0.9
    assert version.metrics["n"] == 600
    assert set(version.metrics["agreement_per_leaf"]) <= set(LEAVES)
    assert sum(leaf["n"] for leaf in version.metrics["agreement_per_leaf"].values()) == version.metrics["n"]
    assert "teacher's labels" in version.metrics["calibrated_against"]
    assert json.loads(json.dumps(version.metrics, allow_nan=False)) == version.metrics


def test_probabilities_sum_to_one_and_a_leaf_without_labels_gets_none(version):
    embeddings, channels, _, _ = labelled(seed=3)
    probabilities = predict(embeddings, channels, load_classifier(version.weights, version.config))
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert probabilities[:, 3].max() < 1e-6
    assert version.metrics["leaves_without_labels"] == ["never.labelled"]


def test_same_labels_in_any_order_give_the_same_version(version):
    embeddings, channels, targets, groups = labelled()
    order = np.random.default_rng(9).permutation(len(groups))
    again = train_classifier(
        embeddings[order],
        [channels[row] for row in order],
        targets[order],
        [groups[row] for row in order],
        LEAVES,
        **TAUGHT_BY,
    )
    assert again.version == version.version


def test_the_version_names_what_it_was_trained_on(version):
    classifier = load_classifier(version.weights, version.config)
    assert version.version.startswith("cls-")
    assert classifier.encoder_version == "enc-1"
    assert classifier.taxonomy_version == "tax-1"
    assert TAUGHT_BY.items() <= json.loads(version.config).items()
    assert classifier.intent_ids == tuple(LEAVES)
    assert classifier.threshold == version.metrics["threshold"]


def test_too_few_labels_or_leaves_make_no_student():
    embeddings, channels, targets, groups = labelled(rows=60)
    with pytest.raises(NotEnoughLabels, match="40 labels"):
        train_classifier(embeddings[:40], channels[:40], targets[:40], groups[:40], LEAVES)
    only_one_leaf = np.zeros_like(targets)
    only_one_leaf[:, 0] = 1
    with pytest.raises(NotEnoughLabels, match="1 leaves"):
        train_classifier(embeddings, channels, only_one_leaf, groups, LEAVES)
    with pytest.raises(NotEnoughLabels, match="0 labels"):
        train_classifier(embeddings[:0], [], targets[:0], [], LEAVES)


def test_rows_the_teacher_abstained_on_are_no_labels():
    embeddings, channels, targets, groups = labelled(rows=120)
    targets[:50] = 0
    version = train_classifier(embeddings, channels, targets, groups, LEAVES)
    assert version.metrics["labels"] == 70


@pytest.mark.parametrize("visitors", [1, 2])
def test_labels_of_fewer_visitors_than_parts_make_no_student(visitors):
    embeddings, channels, targets, groups = labelled(rows=60)
    few = [f"visitor-{row % visitors}" for row in range(len(groups))]
    with pytest.raises(NotEnoughLabels, match=f"60 labels of {visitors} visitors"):
        train_classifier(embeddings, channels, targets, few, LEAVES)


def test_visitors_without_answers_do_not_take_the_place_of_those_with_answers():
    """Four visitors with all the answers among 300 without: each makes a fold, whatever the others hash to."""
    embeddings, channels, targets, groups = labelled(rows=600)
    targets[200:] = 0
    groups[:200] = [f"answered-{row % 4}" for row in range(200)]
    version = train_classifier(embeddings, channels, targets, groups, LEAVES)
    assert (version.trained_rows, version.metrics["folds"]) == (200, 4)
    assert (version.metrics["n"], version.metrics["unanswered_n"]) == (200, 400)


def test_a_visitor_who_holds_most_labels_leaves_too_few_for_the_folds():
    embeddings, channels, targets, _ = labelled(rows=90)
    groups = [f"v-{row % 3}" for row in range(15)] + ["v-1"] * 75
    with pytest.raises(NotEnoughLabels, match=r"10 labels of \d leaves are left to train on"):
        train_classifier(embeddings, channels, targets, groups, LEAVES)
    groups[15:] = [f"v-{row % 7}" for row in range(75)]
    assert train_classifier(embeddings, channels, targets, groups, LEAVES).trained_rows == 90


def test_answers_to_what_the_teacher_could_not_answer_count_as_no_agreement():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.95, 0.05], [0.5, 0.5]], dtype=np.float32)
    answers = np.array([0, 1, 1, UNANSWERED, UNANSWERED])
    figures = agreement_report(probabilities, answers, probabilities.max(axis=1) >= 0.7, ["a", "b"], list("vwxyz"))
    assert (figures["agreement_above_threshold"], figures["coverage"]) == (1, 0.6667)
    assert figures["agreement_above_threshold_with_abstentions"] == 0.6667  # two of three above 0.7
    assert (figures["coverage_with_abstentions"], figures["unanswered_n"]) == (0.6, 2)


def test_the_reported_abstentions_are_those_of_all_visitors():
    embeddings, channels, targets, groups = labelled()
    targets[1::2] = 0  # each visitor has two sessions, and an answer to the first
    metrics = train_classifier(embeddings, channels, targets, groups, LEAVES).metrics
    assert metrics["unanswered_n"] == metrics["n"] == 300
    assert metrics["agreement_above_threshold_with_abstentions"] < metrics["agreement_above_threshold"]


def test_unusable_inputs_are_refused():
    embeddings, channels, targets, groups = labelled(rows=60)
    with pytest.raises(ClassifierInputError, match="59"):
        train_classifier(embeddings, channels[:59], targets, groups, LEAVES)
    with pytest.raises(ClassifierInputError, match="leaf"):
        train_classifier(embeddings, channels, targets, groups, LEAVES[:3])
    with pytest.raises(ClassifierInputError, match="finite"):
        train_classifier(embeddings * np.nan, channels, targets, groups, LEAVES)


def test_a_row_of_another_version_is_refused(version):
    config = json.loads(version.config)
    with pytest.raises(ClassifierLoadError, match="different versions"):
        load_classifier(version.weights, json.dumps(config | {"intent_ids": LEAVES[:2]}))
    with pytest.raises(ClassifierLoadError, match="cannot be read"):
        load_classifier(b"nothing", version.config)
    with pytest.raises(ClassifierInputError, match="shape"):
        predict(np.zeros((2, 63), np.float32), ["web", "app"], load_classifier(version.weights, version.config))


def test_no_sessions_are_scored_without_fuss(version):
    classifier = load_classifier(version.weights, version.config)
    assert predict(np.empty((0, 64), np.float32), [], classifier).shape == (0, 4)


def test_scoring_needs_no_torch():
    code = "import sys, clickintent.classifier as c; c.predict; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_student_does_not_learn_the_pattern_of_its_teachers_mistakes():
    random = np.random.default_rng(0)
    centres = random.normal(size=(6, 64))
    truth = random.integers(0, 6, 4_000)
    embeddings = centres[truth] + 1.2 * random.normal(size=(4_000, 64))
    embeddings = (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype(np.float32)
    # wrong for a quarter of the sessions, and told by the embedding which
    wave = np.sin(6 * embeddings @ random.normal(size=64))
    taught = np.where(wave > np.quantile(wave, 0.75), (truth + 1) % 6, truth)
    right = {}
    for name, config in (
        ("kept from it", ClassifierConfig()),
        ("not", ClassifierConfig(dropout=0.0, input_noise=0.0, weight_decay=0.02)),
    ):
        version = train_classifier(
            embeddings[:2_000],
            ["web"] * 2_000,
            np.eye(6, dtype=np.float32)[taught[:2_000]],
            [str(row) for row in range(2_000)],
            [f"leaf-{leaf}" for leaf in range(6)],
            config,
        )
        guessed = predict(embeddings[2_000:], ["web"] * 2_000, load_classifier(version.weights, version.config))
        right[name] = (guessed.argmax(axis=1) == truth[2_000:]).mean()
    assert right["kept from it"] > 0.95
    assert right["not"] < 0.93


def test_the_threshold_is_the_lowest_that_keeps_the_wanted_precision():
    probability = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    is_agreed = np.array([True, True, False, False])
    assert choose_threshold(probability, is_agreed, 0.66, None) == pytest.approx(0.7, abs=1e-4)
    assert choose_threshold(probability, is_agreed, 0.85, None) == pytest.approx(0.8, abs=1e-4)
    assert choose_threshold(probability, is_agreed, 0.5, None) == 0.0


def test_coverage_is_kept_where_the_wanted_precision_would_cost_it():
    probability = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    is_agreed = np.array([False, False, False, False])
    assert choose_threshold(probability, is_agreed, 0.85, 0.75) == pytest.approx(0.7, abs=1e-4)
    assert choose_threshold(probability, is_agreed, 0.85, None) > 1


def test_sessions_of_one_probability_are_covered_together_or_not_at_all():
    probability = np.array([0.99] * 2 + [0.98] * 8, dtype=np.float32)
    is_agreed = np.array([True] * 2 + [True] + [False] * 7)
    assert choose_threshold(probability, is_agreed, 0.85, None) == pytest.approx(0.99, abs=1e-4)
    assert choose_threshold(probability[2:], is_agreed[2:], 0.85, None) > 1
    assert choose_threshold(probability, is_agreed, 0.85, 0.3) == 0.0


def test_nobody_is_covered_where_a_sure_student_is_never_right():
    probability = np.ones(3, dtype=np.float32)
    assert (probability < choose_threshold(probability, np.zeros(3, dtype=bool), 0.85, None)).all()


def test_a_probability_of_one_and_one_a_rounding_below_stand_together():
    probability = np.array([1, 1, 0.99999994, 0.9, 0.8], dtype=np.float32)
    threshold = choose_threshold(probability, np.array([True, True, True, False, False]), 0.85, None)
    assert (probability >= threshold).tolist() == [True, True, True, False, False]


def test_overconfident_logits_get_a_temperature_above_one():
    probabilities = np.array([[0.9997, 0.0003]] * 10, dtype=np.float32)
    answers = np.array([0] * 7 + [1] * 3)
    assert fit_temperature(probabilities, answers) > 2


def threshold_when_the_teacher_answers(share: float) -> float:
    """Of a student whose teacher answers the given share of sessions, drawn by visitor."""
    embeddings, channels, targets, groups = labelled(rows=2000)
    is_answered = np.arange(len(targets)) % 20 < share * 20
    fitted = train_classifier(
        embeddings,
        channels,
        np.where(is_answered[:, None], targets, 0).astype(np.float32),
        groups,
        LEAVES,
        ClassifierConfig(min_precision=0.85, min_coverage=0.9, epochs=10),
    )
    return json.loads(fitted.config)["threshold"]


def test_answers_that_no_teacher_checked_raise_the_threshold():
    assert threshold_when_the_teacher_answers(1.0) < threshold_when_the_teacher_answers(0.5)


def test_a_teacher_that_hardly_answers_sets_no_floor_of_coverage():
    assert threshold_when_the_teacher_answers(0.1) > threshold_when_the_teacher_answers(0.5)
