"""Labels and gold that arrive after a classifier was trained: when they make a new one, and when not."""

import json
from datetime import UTC, datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from test_stages_classifier import (
    EMBEDDINGS,
    LABELS,
    LEAVES,
    NO_GOLD,
    SAMPLE,
    SEQUENCES,
    TAXONOMY,
    VERSIONS_IN_USE,
    fit,
    score,
)
from test_stages_run import StandInDbt, load

from clickintent.classifier import ClassifierConfig, load_classifier, predict
from clickintent.labeling.calibration import MIN_GOLD
from clickintent.stages import intent_classifier
from clickintent.stages.classifier_versions import GROWTH
from clickintent.stages.evaluation_intents import name_of_sessions
from clickintent.stages.intent_classifier import fit_intent_classifier, predict_changed_sessions
from clickintent.stages.run import Run

SOME = 100
"""Labels that the first classifier is distilled from."""


@pytest.fixture(autouse=True)
def _short_training(monkeypatch):
    """How well a student is trained changes nothing of when."""
    monkeypatch.setattr(intent_classifier, "config_of_labeler", lambda *_, **__: ClassifierConfig(epochs=10))


@pytest.fixture
def connection(_short_training):
    with duckdb.connect() as connection:
        load(connection, "session_embedding_versions", EMBEDDINGS)
        load(connection, "session_sequences", SEQUENCES)
        load(connection, "label_sample", SAMPLE)
        load(connection, "intent_taxonomy", TAXONOMY)
        load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
        load(connection, "gold_labels", NO_GOLD)
        load(connection, "session_labels", LABELS.head(SOME))
        fit(connection)
        yield connection


def approved_by(connection):
    return connection.sql("select approved_by from intent_classifier where status = 'current'").fetchone()[0]


def metrics(connection):
    return json.loads(connection.sql("select metrics from intent_classifier where status = 'current'").fetchone()[0])


def gold(sessions=MIN_GOLD, **columns):
    """People who disagree with the labels of every third session."""
    said = [leaf if row % 3 else LEAVES[0] for row, leaf in enumerate(LABELS["intent_id"][:sessions])]
    leaves = {
        "intent_id": said,
        "shown_because": ["random"] * sessions,
        "reviewed_at": [datetime(2026, 3, 2)] * sessions,
    }
    return pl.DataFrame({"session_id": LABELS["session_id"][:sessions], **leaves, **columns})


def test_labels_that_were_outstanding_make_a_new_classifier_once_they_have_doubled(connection):
    load(connection, "session_labels", LABELS.head(GROWTH * SOME - 1))
    assert fit(connection) == 0
    load(connection, "session_labels", LABELS.head(GROWTH * SOME))
    assert fit(connection) == 2
    assert approved_by(connection) == "follows the labels that were outstanding"
    assert metrics(connection)["labels"] == GROWTH * SOME
    assert fit(connection) == 0
    load(connection, "session_labels", LABELS)
    assert fit(connection) == 0  # from 200 to 240


def test_labels_of_sessions_that_joined_the_sample_later_make_none(connection):
    now = datetime.now(UTC).replace(tzinfo=None)
    came_later = pl.col("session_id") >= LABELS["session_id"][SOME]
    load(connection, "label_sample", SAMPLE.with_columns(drawn_at=pl.when(came_later).then(now).otherwise("drawn_at")))
    load(connection, "session_labels", LABELS)
    assert fit(connection) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"status": pl.lit("abstained"), "intent_id": pl.lit(None, pl.String)},
        {"content_hash": pl.lit("as it was before")},
        {"labeler": pl.lit("another"), "labeled_at": pl.lit(datetime(2026, 2, 1))},
        {"taxonomy_version": pl.lit("tax-0")},
    ],
    ids=["abstentions", "of changed sessions", "of another labeler", "of another taxonomy"],
)
def test_what_no_classifier_could_be_distilled_from_makes_none(connection, change):
    load(connection, "session_labels", pl.concat([LABELS.head(SOME), LABELS.tail(-SOME).with_columns(**change)]))
    assert fit(connection) == 0


def test_labels_of_sessions_that_are_not_learned_from_make_none(connection):
    """Of an evaluation, those after the split."""
    ids = LABELS["session_id"][:SOME].to_list()
    load(connection, "session_sequences", SEQUENCES.filter(pl.col("session_id").is_in(ids)))
    load(connection, "session_labels", LABELS)
    assert fit(connection) == 0


def test_the_student_of_an_evaluation_is_one_of_its_sessions_and_of_no_others(connection):
    def fit_before(sessions):
        """Versions written by the stage of an evaluation whose split comes after so many labelled sessions."""
        ids = LABELS["session_id"][:sessions].to_list()
        known = SEQUENCES.filter(pl.col("session_id").is_in(ids))
        load(connection, "before", known.with_columns(content_hash=pl.lit("h")))
        is_known = bool(
            connection.execute("select count(*) from duckdb_tables() where table_name = 'fitted'").fetchone()[0]
        )
        run = Run(StandInDbt("fitted", is_incremental=is_known), connection)
        written = fit_intent_classifier(
            run,
            "session_labels",
            "label_sample",
            "session_embedding_versions",
            "before",
            "encoder_versions_in_use",
            "intent_taxonomy",
            gold="gold_labels",
            min_precision=0.8,
            min_coverage=0.5,
            fitted_on=name_of_sessions(run, "before"),
        ).pl()
        if written.height:
            load(connection, "fitted", written)
        return written.height

    load(connection, "session_labels", LABELS)
    assert fit_before(2 * SOME) == 1
    assert fit_before(2 * SOME) == 0
    # the split moved back, and the encoder and taxonomy stayed what they were
    assert fit_before(SOME) > 0
    (trained,) = connection.sql("select trained_rows from fitted where status = 'current'").fetchone()
    assert trained <= SOME
    assert fit_before(SOME) == 0


def test_second_best_leaves_are_no_labels_more(connection):
    second = LABELS.head(SOME).with_columns(rank=pl.lit(2, pl.Int32).cast(LABELS.schema["rank"]), confidence=0.1)
    load(connection, "session_labels", pl.concat([LABELS.head(SOME), second]))
    assert fit(connection) == 0


@pytest.mark.parametrize("arrived", ["labels", "gold"])
def test_a_classifier_that_a_person_put_into_force_stays(connection, arrived):
    connection.execute("update intent_classifier set approved_by = 'a person', approved_at = now()::timestamp")
    if arrived == "labels":
        load(connection, "session_labels", LABELS)
    else:
        load(connection, "gold_labels", gold())
    assert fit(connection) == 0


def test_enough_gold_labels_make_a_classifier_that_is_calibrated_on_them(connection):
    assert metrics(connection)["gold_n"] == 0
    load(connection, "gold_labels", gold(MIN_GOLD - 1))
    assert fit(connection) == 0
    load(connection, "gold_labels", gold(MIN_GOLD))
    assert fit(connection) == 2
    assert approved_by(connection) == "follows the gold labels"
    assert metrics(connection)["gold_n"] == MIN_GOLD
    assert "gold labels" in metrics(connection)["calibrated_against"]
    load(connection, "gold_labels", gold(GROWTH * MIN_GOLD - 1))
    assert fit(connection) == 0
    load(connection, "gold_labels", gold(GROWTH * MIN_GOLD))
    assert fit(connection) > 0
    assert metrics(connection)["gold_n"] == GROWTH * MIN_GOLD
    assert fit(connection) == 0


def test_a_classifier_from_before_gold_calibrated_any_is_not_made_anew_for_gold_that_it_left_aside(connection):
    of_before = {name: value for name, value in metrics(connection).items() if not name.startswith("gold")}
    connection.execute("update intent_classifier set metrics = ?", [json.dumps(of_before)])
    left_aside = gold(MIN_GOLD)
    load(connection, "gold_labels", left_aside)
    assert fit(connection) == 0
    read_since = gold(GROWTH * MIN_GOLD).tail(MIN_GOLD).with_columns(reviewed_at=datetime.now(UTC).replace(tzinfo=None))
    load(connection, "gold_labels", pl.concat([left_aside, read_since.head(MIN_GOLD - 1)]))
    assert fit(connection) == 0
    load(connection, "gold_labels", pl.concat([left_aside, read_since]))
    assert fit(connection) == 2
    assert approved_by(connection) == "follows the gold labels"


@pytest.mark.parametrize(
    "columns",
    [
        {"shown_because": ["low_margin"] * MIN_GOLD},
        {"session_id": [f"gone-{number}" for number in range(MIN_GOLD)]},
        {"intent_id": ["cards.retired"] * MIN_GOLD},
    ],
    ids=["chosen because hard", "of sessions that are gone", "of no leaf in force"],
)
def test_gold_that_says_nothing_of_all_sessions_calibrates_nothing(connection, columns):
    load(connection, "gold_labels", gold(**columns))
    assert fit(connection) == 0


def test_gold_of_a_merged_leaf_counts_as_the_leaf_that_it_became(connection):
    merged = {"intent_id": "cards.old", "parent_intent_id": "cards", "level": 2, "into_intent_id": "cards.find"}
    retired = pl.DataFrame([{**merged, "status": "retired", "taxonomy_version": "tax-0"}])
    load(connection, "intent_taxonomy", pl.concat([TAXONOMY, retired.select(TAXONOMY.columns)]))
    load(connection, "gold_labels", gold(intent_id=["cards.old"] * MIN_GOLD))
    assert fit(connection) == 2
    assert list(metrics(connection)["gold_agreement_per_leaf"]) == ["cards.find"]


def test_gold_where_no_leaf_fits_counts_as_no_agreement(connection):
    load(connection, "gold_labels", gold(2 * MIN_GOLD, intent_id=["none", "cards.find"] * MIN_GOLD))
    fit(connection)
    assert metrics(connection)["gold_unanswered_n"] == MIN_GOLD


def test_a_level_1_intent_is_as_probable_as_all_its_leaves_together(connection):
    between = np.random.default_rng(1).normal(size=(len(EMBEDDINGS), 64))  # of no topic: no leaf is sure
    between = (between / np.linalg.norm(between, axis=1, keepdims=True)).astype(np.float32)
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(embedding=between))
    score(connection)
    weights, config = connection.sql("select weights, config from intent_classifier").fetchone()
    scored = predict(between, EMBEDDINGS["channel"].to_list(), load_classifier(weights, config))
    cards, homes = scored[:, :2].sum(axis=1), scored[:, 2]
    expected = np.where(scored.argmax(axis=1) == LEAVES.index("homes.buy"), homes, cards)
    told = connection.sql("select * from session_intent_predictions order by session_id").pl()
    assert told["intent_l1_probability"].to_list() == pytest.approx(expected.tolist(), abs=1e-5)
    assert (told["intent_l1_probability"] > told["probabilities"].list.first() + 0.01).any()


def test_predictions_from_before_groups_had_probabilities_are_scored_again(connection):
    score(connection)
    unknown = "set intent_l1_probability = null where session_id < 'session-0010'"
    connection.execute(f"update session_intent_predictions {unknown}")
    assert score(connection) == 10
    connection.execute("alter table session_intent_predictions drop intent_l1_probability")
    names = ("session_embedding_versions", "encoder_versions_in_use", "intent_classifier", "intent_taxonomy")
    run = Run(StandInDbt("session_intent_predictions", is_incremental=True), connection)
    again = predict_changed_sessions(run, *(connection.table(name) for name in names))
    assert again.count("*").fetchone() == (len(EMBEDDINGS),)
