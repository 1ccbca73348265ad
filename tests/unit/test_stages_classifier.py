"""From labels in tables to intents in tables: targets, versions, and what happens without a classifier."""

import json
import logging
from datetime import UTC, datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from test_stages_run import build, empty_run, load

from clickintent.classifier import load_classifier, predict
from clickintent.stages.intent_classifier import (
    NO_CLASSIFIER,
    PREDICTION_SCHEMA,
    fit_intent_classifier,
    predict_changed_sessions,
    soft_targets,
)

LEAVES = ["cards.find", "cards.pay", "homes.buy"]
SESSIONS = 2_200  # more than DuckDB hands to a function at once
LABELLED = 240

_random = np.random.default_rng(5)
_topics = _random.integers(len(LEAVES), size=SESSIONS)
_points = _random.normal(size=(len(LEAVES), 64))[_topics] + 0.6 * _random.normal(size=(SESSIONS, 64))
EMBEDDINGS = pl.DataFrame(
    {
        "session_id": [f"session-{row:04d}" for row in range(SESSIONS)],
        "channel": ["web" if row % 3 else "app" for row in range(SESSIONS)],
        "embedding": (_points / np.linalg.norm(_points, axis=1, keepdims=True)).astype(np.float32),
        "encoder_version": "enc-1",
        "content_hash": [f"hash-{row}" for row in range(SESSIONS)],
    }
)
SEQUENCES = EMBEDDINGS.select(
    "session_id",
    source=pl.lit("synthetic"),
    site_id=pl.lit("default"),
    visitor_id=pl.Series([f"visitor-{row // 2}" for row in range(SESSIONS)]),
    started_at=pl.lit("2026-03-01").str.to_datetime(),
)
LABELS = pl.DataFrame(
    {
        "session_id": EMBEDDINGS["session_id"][:LABELLED],
        "rank": 1,
        "intent_id": [LEAVES[topic] for topic in _topics[:LABELLED]],
        "confidence": 0.9,
        "status": "ok",
        "labeler": "embedded",
        "model": "model-1",
        "taxonomy_version": "tax-1",
        "content_hash": EMBEDDINGS["content_hash"][:LABELLED],
        "labeled_at": datetime(2026, 3, 1),
    }
)
SAMPLE = LABELS.select("session_id", weight=pl.lit(4.0), reason=pl.lit("sample"), drawn_at=pl.lit(datetime(2026, 3, 1)))
TAXONOMY = pl.DataFrame(
    {
        "intent_id": ["cards", "homes", *LEAVES],
        "parent_intent_id": [None, None, "cards", "cards", "homes"],
        "into_intent_id": pl.Series([None] * 5, dtype=pl.String),
        "level": [1, 1, 2, 2, 2],
        "status": "active",
        "taxonomy_version": "tax-1",
    }
)
NO_GOLD = pl.DataFrame(
    schema={
        "session_id": pl.String,
        "intent_id": pl.String,
        "shown_because": pl.String,
        "reviewed_at": pl.Datetime("us"),
    }
)
VERSIONS_IN_USE = pl.DataFrame({"version": ["enc-1", "enc-0"], "is_current": [True, False]})


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "session_embedding_versions", EMBEDDINGS)
        load(connection, "session_sequences", SEQUENCES)
        load(connection, "session_labels", LABELS)
        load(connection, "label_sample", SAMPLE)
        load(connection, "intent_taxonomy", TAXONOMY)
        load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
        load(connection, "gold_labels", NO_GOLD)
        yield connection


def fit(connection, retrain="propose"):
    """One build of `intent_classifier`; returns how many rows it wrote."""
    names = ("session_labels", "label_sample", "session_embedding_versions", "session_sequences")
    sources = [connection.table(name) for name in (*names, "encoder_versions_in_use", "intent_taxonomy")]

    def stage(run):
        options = {"min_precision": 0.85, "min_coverage": 0.9, "retrain": retrain}
        return fit_intent_classifier(run, *sources, gold=connection.table("gold_labels"), **options)

    return build(connection, "intent_classifier", stage, key="version")


def score(connection):
    """One build of `session_intent_predictions`; returns how many rows it wrote."""
    names = ("session_embedding_versions", "encoder_versions_in_use", "intent_classifier", "intent_taxonomy")
    sources = [connection.table(name) for name in names]
    return build(
        connection,
        "session_intent_predictions",
        lambda run: predict_changed_sessions(run, *sources),
        key="session_id",
    )


def versions(connection):
    return dict(connection.sql("select version, status from intent_classifier").fetchall())


def predictions(connection):
    return connection.sql("select * from session_intent_predictions order by session_id").pl()


def without_enough_labels(connection):
    load(connection, "session_labels", LABELS.head(10))
    fit(connection)


def label_rows(*rows):
    return pl.DataFrame(
        rows, schema={"session_id": pl.String, "intent_id": pl.String, "confidence": pl.Float64}, orient="row"
    )


def test_confidences_become_probabilities_in_the_order_of_the_leaves():
    labels = label_rows(("b", "homes.buy", 0.3), ("b", "cards.find", 0.1), ("a", "cards.pay", 0.5))
    targets = soft_targets(labels, ["a", "b"], LEAVES)
    assert targets.dtype == np.float32
    assert targets == pytest.approx(np.array([[0, 1, 0], [0.25, 0, 0.75]]))


def test_a_session_on_which_the_teacher_abstained_has_no_target():
    targets = soft_targets(label_rows(("a", None, None), ("b", "cards.pay", 0.2)), ["a", "b"], LEAVES)
    assert targets.tolist() == [[0, 0, 0], [0, 1, 0]]


def test_no_labels_make_no_rows_of_targets():
    assert soft_targets(label_rows(), [], LEAVES).shape == (0, len(LEAVES))


def test_a_label_that_is_no_leaf_in_force_is_an_error():
    with pytest.raises(KeyError, match="retired"):
        soft_targets(label_rows(("a", "cards.retired", 0.5)), ["a"], LEAVES)


def test_without_enough_labels_there_is_no_classifier_and_the_log_says_why(connection, caplog):
    with caplog.at_level(logging.WARNING):
        without_enough_labels(connection)
    assert versions(connection) == {}
    assert "every session abstains" in caplog.text


def test_without_a_classifier_every_session_abstains_with_no_intent(connection):
    without_enough_labels(connection)
    assert score(connection) == SESSIONS
    rows = predictions(connection)
    assert rows["is_abstained"].all()
    assert set(rows["classifier_version"]) == {NO_CLASSIFIER}
    # what session_intents makes of the empty lists
    published = connection.sql(
        "select distinct intent_ids[1], coalesce(probabilities[1], 0) from session_intent_predictions"
    )
    assert published.fetchall() == [(None, 0.0)]


def test_predictions_have_the_same_columns_and_types_with_a_classifier_and_without(connection):
    without_enough_labels(connection)
    score(connection)
    without = connection.table("session_intent_predictions")
    described = list(zip(without.columns, map(str, without.types), strict=True))
    load(connection, "session_labels", LABELS)
    fit(connection)
    connection.execute("drop table session_intent_predictions")
    score(connection)
    scored = connection.table("session_intent_predictions")
    assert list(zip(scored.columns, map(str, scored.types), strict=True)) == described
    assert scored.columns == list(PREDICTION_SCHEMA)


def test_sessions_that_abstained_for_want_of_a_classifier_are_scored_once_there_is_one(connection):
    without_enough_labels(connection)
    score(connection)
    load(connection, "session_labels", LABELS)
    assert fit(connection) == 1
    assert score(connection) == SESSIONS
    assert set(predictions(connection)["classifier_version"]) == set(versions(connection))


def test_a_classifier_names_the_encoder_and_taxonomy_it_was_distilled_for(connection):
    fit(connection)
    (config,) = connection.sql("select config from intent_classifier").fetchone()
    assert json.loads(config)["encoder_version"] == "enc-1"
    assert json.loads(config)["taxonomy_version"] == "tax-1"
    assert json.loads(config)["intent_ids"] == LEAVES


def test_a_classifier_that_fits_is_left_alone_whatever_labels_arrive(connection):
    fit(connection)
    load(connection, "session_labels", LABELS.head(LABELLED // 2))
    assert fit(connection) == 0


def test_retrain_always_distils_the_labels_that_have_arrived_since(connection):
    load(connection, "session_labels", LABELS.head(LABELLED // 2))
    fit(connection)
    (first,) = versions(connection)
    load(connection, "session_labels", LABELS)
    assert fit(connection, retrain="always") == 2
    assert versions(connection).pop(first) == "retired"
    approved = connection.sql("select approved_by from intent_classifier where status = 'current'").fetchone()
    assert approved == ("var retrain: always",)


def test_retrain_always_keeps_the_classifier_in_force_where_labels_have_become_too_few(connection, caplog):
    fit(connection)
    before = versions(connection)
    load(connection, "session_labels", LABELS.head(10))
    with caplog.at_level(logging.WARNING):
        assert fit(connection, retrain="always") == 0
    assert versions(connection) == before
    assert "the one in force stays" in caplog.text


def test_an_unknown_retrain_is_refused_with_what_is_known(connection):
    with pytest.raises(ValueError, match=r"'sometimes'.*'propose', 'always' and 'never'"):
        fit(connection, retrain="sometimes")


def another_labels(connection, column):
    """Half of the sessions are labelled by another labeler, after every version so far came into force."""
    again = LABELS.tail(LABELLED // 2).with_columns(pl.lit("another").alias(column), labeled_at=datetime(2100, 1, 1))
    load(connection, "session_labels", pl.concat([LABELS.head(LABELLED // 2), again]))


def put_into_force(connection, version):
    """What `clickintent models promote` does to the rows."""
    connection.execute("update intent_classifier set status = 'retired'")
    connection.execute(
        "update intent_classifier set status = 'current', approved_at = ? where version = ?",
        [datetime(2100, 1, 2), version],
    )


def test_a_classifier_that_somebody_went_back_to_stays_while_the_other_labeler_goes_on(connection):
    fit(connection)
    (first,) = versions(connection)
    another_labels(connection, "labeler")
    fit(connection)
    put_into_force(connection, first)
    assert fit(connection) == 0
    later = "update session_labels set labeled_at = '2100-01-03' where labeler = 'another'"
    connection.execute(f"{later} and session_id > 'session-0200'")
    assert fit(connection) == 0
    connection.execute(later)
    assert fit(connection) == 2
    assert versions(connection)[first] == "retired"


def test_an_encoder_that_comes_back_brings_its_classifier_back_without_training(connection):
    fit(connection)
    (first,) = versions(connection)
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(encoder_version=pl.lit("enc-2")))
    load(connection, "encoder_versions_in_use", VERSIONS_IN_USE.with_columns(version=pl.Series(["enc-2", "enc-1"])))
    assert fit(connection) == 2
    assert versions(connection)[first] == "retired"

    load(connection, "session_embedding_versions", EMBEDDINGS)
    load(connection, "encoder_versions_in_use", VERSIONS_IN_USE)
    trained_at = dict(connection.sql("select version, trained_at from intent_classifier").fetchall())
    assert fit(connection) == 2
    assert versions(connection)[first] == "current"
    assert dict(connection.sql("select version, trained_at from intent_classifier").fetchall()) == trained_at
    approved = connection.sql("select approved_by from intent_classifier where status = 'current'").fetchone()
    assert approved == ("follows encoder, taxonomy and labeler",)
    assert fit(connection) == 0


@pytest.mark.parametrize("column", ["labeler", "model"])
def test_another_labeler_retires_the_classifier_for_one_taught_by_it_alone(connection, column):
    fit(connection)
    (first,) = versions(connection)
    another_labels(connection, column)
    assert fit(connection) == 2
    assert versions(connection).pop(first) == "retired"
    config, metrics = connection.sql(
        "select config, metrics from intent_classifier where status = 'current'"
    ).fetchone()
    assert json.loads(config)["labeler_model" if column == "model" else column] == "another"
    assert json.loads(metrics)["labels"] == LABELLED // 2
    assert fit(connection) == 0


def test_a_classifier_is_left_alone_without_a_warning_where_no_labels_are_left(connection, caplog):
    fit(connection)
    load(connection, "session_labels", LABELS.clear())
    assert fit(connection) == 0
    assert caplog.text == ""


def test_a_session_that_changed_since_it_was_labelled_teaches_nothing(connection):
    changed = pl.col("content_hash").replace(LABELS["content_hash"][:40].to_list(), "changed")
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(changed))
    fit(connection)
    (metrics,) = connection.sql("select metrics from intent_classifier").fetchone()
    assert json.loads(metrics)["labels"] == LABELLED - 40


@pytest.mark.parametrize(
    ("table", "frame"),
    [
        ("encoder_versions_in_use", VERSIONS_IN_USE.with_columns(is_current=pl.col("version") == "enc-0")),
        ("intent_taxonomy", TAXONOMY.with_columns(taxonomy_version=pl.lit("tax-2"))),
    ],
    ids=["encoder", "taxonomy"],
)
def test_another_encoder_or_taxonomy_retires_the_classifier_for_a_new_one(connection, table, frame):
    fit(connection)
    (first,) = versions(connection)
    load(connection, table, frame)
    older = EMBEDDINGS.with_columns(encoder_version=pl.lit("enc-0"))
    load(connection, "session_embedding_versions", pl.concat([EMBEDDINGS, older]))
    newer = LABELS.with_columns(taxonomy_version=pl.lit("tax-2"))
    load(connection, "session_labels", pl.concat([LABELS, newer]))
    assert fit(connection) == 2
    assert versions(connection).pop(first) == "retired"
    assert sorted(versions(connection).values()) == ["current", "retired"]


def test_scores_in_the_warehouse_are_those_of_the_pure_function(connection):
    fit(connection)
    assert score(connection) == SESSIONS
    classifier = load_classifier(*connection.sql("select weights, config from intent_classifier").fetchone())
    expected = predict(EMBEDDINGS["embedding"].to_numpy(), EMBEDDINGS["channel"].to_list(), classifier)
    rows = predictions(connection)
    assert rows["intent_ids"].list.first().to_list() == [LEAVES[best] for best in expected.argmax(axis=1)]
    assert np.array(rows["probabilities"].to_list()) == pytest.approx(-np.sort(-expected, axis=1), abs=1e-6)
    assert rows["is_abstained"].to_list() == (expected.max(axis=1) < classifier.threshold).tolist()
    assert not rows["is_abstained"].all()


def test_only_sessions_whose_content_changed_are_scored_again(connection):
    fit(connection)
    score(connection)
    assert score(connection) == 0
    changed = pl.when(pl.col("session_id") == "session-0007").then(pl.lit("new")).otherwise("content_hash")
    load(connection, "session_embedding_versions", EMBEDDINGS.with_columns(content_hash=changed))
    assert score(connection) == 1


def asked_for(connection, at):
    """Some sessions are labelled that came into the sample as asked for, then."""
    is_asked_for = pl.col("session_id") >= "session-0200"
    sample = SAMPLE.with_columns(
        reason=pl.when(is_asked_for).then(pl.lit("uncertain")).otherwise("reason"),
        weight=pl.when(is_asked_for).then(0.0).otherwise("weight"),
        drawn_at=pl.when(is_asked_for).then(at).otherwise("drawn_at"),
    )
    load(connection, "label_sample", sample)


def test_labels_that_were_asked_for_make_a_new_classifier_once(connection):
    load(connection, "session_labels", LABELS.head(200))
    fit(connection)
    (first,) = versions(connection)
    asked_for(connection, datetime.now(UTC).replace(tzinfo=None))
    assert fit(connection) == 0  # none of them is labelled yet
    load(connection, "session_labels", LABELS)
    assert fit(connection) == 2
    assert versions(connection).pop(first) == "retired"
    approved = connection.sql("select approved_by from intent_classifier where status = 'current'").fetchone()
    assert approved == ("follows the labels asked for",)
    assert fit(connection) == 0


def test_labels_asked_for_that_teach_nothing_new_leave_the_classifier_in_force_and_are_tried_once(connection):
    load(connection, "session_labels", LABELS.head(200))
    fit(connection)
    before = versions(connection)
    asked_for(connection, datetime.now(UTC).replace(tzinfo=None))
    silent = LABELS.tail(40).with_columns(intent_id=pl.lit(None, pl.String), status=pl.lit("abstained"))
    load(connection, "session_labels", pl.concat([LABELS.head(200), silent]))
    assert fit(connection) == 1
    assert versions(connection) == before
    assert fit(connection) == 0


def test_somebody_who_goes_back_after_asking_for_labels_keeps_what_they_went_back_to(connection):
    load(connection, "session_labels", LABELS.head(200))
    fit(connection)
    (first,) = versions(connection)
    asked_for(connection, datetime.now(UTC).replace(tzinfo=None))
    load(connection, "session_labels", LABELS)
    fit(connection)
    put_into_force(connection, first)
    assert fit(connection) == 0


def metrics_with(connection, sample):
    connection.execute("drop table if exists intent_classifier")
    load(connection, "label_sample", sample)
    fit(connection)
    return json.loads(connection.sql("select metrics from intent_classifier").fetchone()[0])


def test_figures_count_labels_by_the_sessions_they_stand_for(connection):
    wrong = pl.when(pl.col("session_id").str.ends_with("7")).then(pl.lit(LEAVES[0])).otherwise("intent_id")
    load(connection, "session_labels", LABELS.with_columns(intent_id=wrong))
    of_many = pl.when(pl.col("session_id").str.ends_with("7")).then(20.0).otherwise(1.0)
    evenly, unevenly = metrics_with(connection, SAMPLE), metrics_with(connection, SAMPLE.with_columns(weight=of_many))
    assert unevenly["labels"] == evenly["labels"] == LABELLED
    assert unevenly["agreement"] < evenly["agreement"] - 0.1


def test_a_label_from_outside_the_sample_teaches_and_counts_in_no_figure(connection):
    asked_for = SAMPLE.with_columns(
        weight=pl.when(pl.col("session_id").str.ends_with("7")).then(0.0).otherwise("weight")
    )
    of_earlier_versions = SAMPLE.filter(~pl.col("session_id").str.ends_with("7"))
    metrics = [metrics_with(connection, sample) for sample in (asked_for, of_earlier_versions)]
    for each in metrics:
        each.pop("seconds")
    assert metrics[0] == metrics[1]
    assert metrics[0]["labels"] == LABELLED


def test_labels_of_another_taxonomy_teach_nothing(connection):
    load(connection, "session_labels", LABELS.with_columns(taxonomy_version=pl.lit("tax-0")))
    assert fit(connection) == 0


def test_nothing_is_distilled_or_scored_in_an_empty_run(connection):
    empty_run(connection)
    assert fit(connection) == 0
    assert score(connection) == 0
