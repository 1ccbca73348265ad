"""What is told of a student beside its teacher: shares kept, calibration, costs, and by weights that saw nobody."""

from datetime import datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from test_classifier_versions import gold
from test_stages_classifier import (
    EMBEDDINGS,
    LABELLED,
    LABELS,
    LEAVES,
    NO_GOLD,
    SAMPLE,
    SEQUENCES,
    VERSIONS_IN_USE,
    fit,
)
from test_stages_run import StandInDbt, empty_run, load

from clickintent.classifier import ClassifierConfig
from clickintent.classifier.calibration import Judged
from clickintent.classifier.labels import UNANSWERED
from clickintent.evaluation.distillation import (
    abstention_figures,
    calibration_figures,
    isotonic,
    kept_of_teacher,
    level_1,
    llm_costs,
)
from clickintent.evaluation.figures import FIGURE_SCHEMA
from clickintent.evaluation.learning_curve import Lesson, learning_curve, simulated_teacher
from clickintent.llm import LlmSettings, Price
from clickintent.stages import intent_classifier, learning_curve_evaluation
from clickintent.stages.distillation_evaluation import evaluate_distillation
from clickintent.stages.learning_curve_evaluation import evaluate_learning_curve
from clickintent.stages.run import Run
from clickintent.stages.sending import Sending
from clickintent.taxonomy import read_taxonomy

EVERYONE = np.array([f"visitor-{row}" for row in range(8)])
ONES = np.ones(8)
TAXONOMY = pl.DataFrame(
    {
        "intent_id": ["cards", "homes", *LEAVES],
        "parent_intent_id": [None, None, "cards", "cards", "homes"],
        "into_intent_id": pl.Series([None] * 5, dtype=pl.String),
        "level": [1, 1, 2, 2, 2],
        "name": ["Cards", "Homes", "Find a card", "Pay a card", "Buy a home"],
        "description": "What it is.",
        "status": "active",
        "taxonomy_version": "tax-1",
    }
)


def values(figures):
    return {name: round(figure.value, 4) for name, figure in figures.items()}


def test_what_is_kept_is_the_students_share_right_over_the_teachers_on_the_same_sessions():
    truth = np.zeros(8, dtype=np.int64)
    teacher, student = np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 0, 1, 1, 1])
    told = kept_of_teacher(EVERYONE, truth, teacher, student, ONES)
    assert values(told) == {"teacher_accuracy": 0.5, "student_accuracy": 0.375, "share_kept": 0.75}
    weights = np.array([1.0, 1, 1, 1, 4, 1, 1, 1])
    weighted = kept_of_teacher(EVERYONE, truth, teacher, student, weights)
    assert values(weighted) == {"teacher_accuracy": 0.3636, "student_accuracy": 0.5455, "share_kept": 1.5}
    assert told["share_kept"].low < 0.75 < told["share_kept"].high


def test_a_group_is_as_probable_as_its_leaves_together():
    probabilities = np.array([[0.3, 0.3, 0.4]], dtype=np.float32)
    assert level_1(probabilities, np.array([0, 0, 1])).tolist() == [[pytest.approx(0.6), pytest.approx(0.4)]]


def test_the_best_group_need_not_hold_the_best_leaf():
    probabilities = np.tile(np.array([[0.3, 0.3, 0.4]], dtype=np.float32), (8, 1))
    told = calibration_figures(EVERYONE, probabilities, np.zeros(8, dtype=np.int64), ONES, np.array([0, 0, 1]))
    assert values(told) == {"calibration_error": 0.4, "calibration_error_level_1": 0.4, "log_loss": 1.204}


def test_precision_is_of_the_sessions_that_keep_an_intent_and_coverage_says_how_many_those_are():
    is_right, is_covered = np.array([True] * 3 + [False] * 5), np.array([True] * 4 + [False] * 4)
    assert values(abstention_figures(EVERYONE, is_right, is_covered, ONES)) == {"precision": 0.75, "coverage": 0.5}


def test_isotonic_probabilities_of_a_fold_follow_what_the_judge_says_of_the_others():
    probabilities = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (40, 1))
    answers = np.array([0] * 20 + [1] * 20)
    fold = np.repeat([0, 1], 20)
    recalibrated = isotonic(Judged(probabilities, answers, np.ones(40), fold))
    assert recalibrated[:20, 0].max() < 0.95  # the other fold never names the first leaf
    assert recalibrated[20:, 0].min() > 0.8
    assert recalibrated.sum(axis=1) == pytest.approx(np.ones(40), abs=1e-5)


def test_costs_follow_tokens_and_prices():
    taxonomy = read_taxonomy(TAXONOMY)
    prices = {"cheap": Price(1.0, 2.0), "dear": Price(10.0, 20.0)}
    costs = llm_costs(["web session\n- cards | 5s"] * 100, 500, taxonomy, LlmSettings(), prices)
    tokens = costs["any model"]
    assert costs["cheap"]["usd_per_million_sessions"] == pytest.approx(
        tokens["tokens_per_session"] + 2 * tokens["answer_tokens_per_session"], abs=1e-4
    )
    assert costs["dear"]["usd_per_million_sessions"] == pytest.approx(10 * costs["cheap"]["usd_per_million_sessions"])
    assert costs["cheap"]["usd_of_label_sample"] == pytest.approx(
        costs["cheap"]["usd_per_million_sessions"] * 500 / 1_000_000
    )
    longer = llm_costs(["web session\n- cards | 5s" * 50] * 100, 500, taxonomy, LlmSettings(), prices)
    assert longer["any model"]["tokens_per_session"] > 2 * tokens["tokens_per_session"]


def test_a_simulated_teacher_is_wrong_as_often_as_stated_and_in_its_pattern():
    truth = np.random.default_rng(0).integers(5, size=20_000)
    at_random, patterned = (
        simulated_teacher(truth, 5, 0.1, is_patterned=is_patterned) for is_patterned in (False, True)
    )
    assert (at_random != truth).mean() == pytest.approx((patterned != truth).mean()) == pytest.approx(0.1, abs=0.01)
    assert set((patterned - truth)[patterned != truth] % 5) == {1}
    assert set((at_random - truth)[at_random != truth] % 5) == {1, 2, 3, 4}


def lesson():
    targets = np.zeros((LABELLED * 4, len(LEAVES)), dtype=np.float32)
    rows = EMBEDDINGS.head(LABELLED * 4)
    random = np.random.default_rng(1)
    truth = random.integers(len(LEAVES), size=len(rows))
    centres = random.normal(size=(len(LEAVES), 64))
    points = centres[truth] + 2.5 * random.normal(size=(len(rows), 64))
    targets[np.arange(len(rows)), truth] = 1
    return Lesson(
        embeddings=(points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32),
        channels=rows["channel"].to_list(),
        visitors=[f"visitor-{row // 2}" for row in range(len(rows))],
        targets=targets,
        weights=np.ones(len(rows)),
        truth=truth,
        leaves=LEAVES,
        groups=np.array([0, 0, 1]),
    )


def test_more_labels_make_a_better_student_of_the_same_held_out_visitors():
    curve = learning_curve(lesson(), (60, 20_000), ClassifierConfig(epochs=10))
    (few, many) = curve
    assert few == 60 < many < 4 * LABELLED
    (of_few, told_of_few), (of_many, told_of_many) = curve.values()
    assert of_few == of_many == 4 * LABELLED - many
    assert told_of_few["student_accuracy"].value < told_of_many["student_accuracy"].value
    assert told_of_many["teacher_accuracy"].value == 1


def test_a_curve_stops_at_the_last_count_that_was_asked_for():
    assert list(learning_curve(lesson(), (20, 100), ClassifierConfig(epochs=2))) == [100]  # 20 are too few


@pytest.fixture(autouse=True)
def _short_training(monkeypatch):
    for stage in (intent_classifier, learning_curve_evaluation):
        monkeypatch.setattr(stage, "config_of_labeler", lambda *_, **__: ClassifierConfig(epochs=30))


@pytest.fixture
def connection(_short_training):
    with duckdb.connect() as connection:
        load(connection, "session_embedding_versions", EMBEDDINGS)
        load(connection, "session_sequences", SEQUENCES)
        load(connection, "session_labels", LABELS)
        load(connection, "label_sample", SAMPLE)
        load(connection, "intent_taxonomy", TAXONOMY)
        load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
        load(connection, "gold_labels", NO_GOLD)
        narratives = EMBEDDINGS.select("session_id", narrative=pl.lit("web session\n- cards | 5s"))
        load(connection, "session_narratives", narratives)
        load(connection, "sendable_sessions", EMBEDDINGS.select("session_id"))
        load(connection, "page_audience", pl.DataFrame({"page_key": ["c"], "text": ["cards"], "is_known": [True]}))
        load(connection, "event_type_audience", pl.DataFrame({"event_type": ["view"], "is_known": [True]}))
        prices = {"usd_per_million_prompt_tokens": [1.0], "usd_per_million_completion_tokens": [2.0]}
        load(connection, "llm_prices", pl.DataFrame({"model": ["a-model"], **prices}))
        truth = {"intent_id": LABELS["intent_id"], "judge": "simulator", "oracle_intent_id": LABELS["intent_id"]}
        load(connection, "intent_truth", pl.DataFrame({"session_id": LABELS["session_id"], **truth}))
        fit(connection)
        yield connection


NAMES = {
    "classifier": "intent_classifier",
    "embeddings": "session_embedding_versions",
    "sequences": "session_sequences",
    "labels": "session_labels",
    "sample": "label_sample",
    "taxonomy": "intent_taxonomy",
    "truth": "intent_truth",
}


def evaluate(connection):
    tables = {name: connection.table(table) for name, table in NAMES.items()}
    audience = [connection.table(name) for name in ("sendable_sessions", "page_audience", "event_type_audience")]
    sending = Sending({}, *audience, connection.table("llm_prices"))
    run = Run(StandInDbt("eval_distillation", is_incremental=False), connection)
    narratives = connection.table("session_narratives")
    return evaluate_distillation(run, **tables, narratives=narratives, sending=sending).pl()


def figure(rows, **where):
    (value,) = rows.filter(*(pl.col(name) == wanted for name, wanted in where.items()))["value"]
    return value


def test_every_part_of_the_evaluation_is_told_with_its_versions(connection):
    rows = evaluate(connection)
    assert set(rows["task"]) == {
        *("agreement_with_labels", "kept_of_teacher_level_1", "kept_of_teacher_level_2"),
        *("calibration", "abstention", "cost"),
    }
    assert rows.columns == list(FIGURE_SCHEMA)
    assert rows["encoder_version"].unique().to_list() == ["enc-1"]
    assert (
        rows["classifier_version"].unique().to_list()
        == connection.sql("select version from intent_classifier").pl()["version"].to_list()
    )
    assert not rows.select("task", "model", "segment", "metric").is_duplicated().any()


def test_the_share_kept_is_of_scores_that_have_not_seen_the_visitor(connection):
    """A visitor who alone was given a leaf: the weights in force have learned it, the evaluation does not use them."""
    odd = LABELS["session_id"][:2].to_list()  # of one visitor
    away = np.zeros((len(EMBEDDINGS), 64), dtype=np.float32)
    away[:] = EMBEDDINGS["embedding"].to_numpy()
    away[:2] = np.eye(64, dtype=np.float32)[63]
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(embedding=away))
    of_others = pl.when(pl.col("intent_id") == LEAVES[2]).then(pl.lit(LEAVES[0])).otherwise("intent_id")
    taught = pl.when(pl.col("session_id").is_in(odd)).then(pl.lit(LEAVES[2])).otherwise(of_others)
    load(connection, "session_labels", LABELS.with_columns(intent_id=taught))
    connection.execute("drop table intent_classifier")
    fit(connection)
    rows = evaluate(connection)
    assert figure(rows, task="agreement_with_labels", segment=LEAVES[2]) == 0


def test_what_the_simulator_knows_is_judged_and_what_people_say_where_they_say_enough(connection):
    assert set(evaluate(connection)["segment"]) >= {"judged by labels", "judged by simulator"}
    truth = connection.sql("select * from intent_truth").pl()
    people = gold(60).select(
        "session_id", "intent_id", judge=pl.lit("people"), oracle_intent_id=pl.lit(None, pl.String)
    )
    load(connection, "intent_truth", pl.concat([truth, people]))
    assert "judged by people" in set(evaluate(connection)["segment"])
    load(connection, "intent_truth", pl.concat([truth, people.head(20)]))
    assert "judged by people" not in set(evaluate(connection)["segment"])


def test_without_truth_the_labels_alone_judge(connection):
    connection.execute("delete from intent_truth")
    assert set(evaluate(connection).filter(pl.col("task") == "calibration")["segment"]) == {"judged by labels"}


def test_a_taxonomy_that_the_truth_does_not_know_is_not_judged_by_it(connection):
    connection.execute("update intent_truth set intent_id = 'another.' || intent_id")
    assert "judged by simulator" not in set(evaluate(connection)["segment"])


def test_a_classifier_from_before_folds_is_passed_over_with_a_word(connection, caplog):
    connection.execute("update intent_classifier set config = replace(config, 'fold_ends', 'no_ends')")
    assert evaluate(connection).is_empty()
    assert "trained before folds were kept" in caplog.text


def test_nothing_is_evaluated_in_an_empty_run(connection):
    empty_run(connection)
    assert evaluate(connection).is_empty()


@pytest.mark.slow
def test_the_curve_has_the_labeler_and_simulated_teachers(connection):
    tables = {name: connection.table(table) for name, table in NAMES.items()}
    run = Run(StandInDbt("eval_learning_curve", is_incremental=False), connection)
    rows = evaluate_learning_curve(run, **tables).pl()
    assert set(rows["model"]) == {
        "labeler of the student",
        "simulated teacher: the oracle",
    } | {f"simulated teacher: 10% wrong {how}" for how in ("at random", "in a pattern")}
    assert rows.schema["evaluated_at"] == pl.Datetime("us")
    assert rows["evaluated_at"].min() > datetime(2026, 1, 1)
    assert rows.filter(pl.col("metric") == "share_kept")["value"].min() > 0.8


def test_an_unanswered_session_is_right_for_nobody():
    probabilities = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (8, 1))
    is_right = probabilities.argmax(axis=1) == np.full(8, UNANSWERED)
    assert values(abstention_figures(EVERYONE, is_right, np.ones(8, dtype=bool), ONES))["precision"] == 0
