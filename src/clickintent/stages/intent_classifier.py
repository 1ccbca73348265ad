"""Stages `intent_classifier` and `session_intent_predictions`: distil the labels, score every session."""

import json
import logging
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.classifier import (
    ClassifierConfig,
    FoldedClassifier,
    NotEnoughLabels,
    channel_codes,
    load_classifier,
    train_classifier,
)
from clickintent.encoder import EMBEDDING_DIM
from clickintent.labeling.sample import UNCERTAIN
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.versions import (
    VERSION_SCHEMA,
    Retrain,
    current_version,
    encoder_in_force,
    require_retrain,
    with_current,
    with_promoted,
)
from clickintent.stages.visitors import possible_person
from clickintent.warehouse import Relation

PREDICTION_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "intent_ids": pl.List(pl.String),
    "probabilities": pl.List(pl.Float32),
    "is_abstained": pl.Boolean,
    "content_hash": pl.String,
    "classifier_version": pl.String,
    "encoder_version": pl.String,
    "taxonomy_version": pl.String,
    "scored_at": pl.Datetime("us"),
}
TOP_INTENTS: Final = 3
NO_CLASSIFIER: Final = "none"
"""Stands where a version would, when there were too few labels to train a student: every session abstains."""
FOLLOWS: Final = "follows encoder, taxonomy and labeler"
"""Approves a classifier distilled for what people chose."""
FOLLOWS_REQUESTS: Final = "follows the labels asked for"
"""Approves a classifier distilled for what people had labelled beside the sample."""

_log = logging.getLogger(__name__)


def fit_intent_classifier(
    run: Run,
    labels: Relation,
    sample: Relation,
    embeddings: Relation,
    sequences: Relation,
    encoder_versions: Relation,
    taxonomy: Relation,
    *,
    min_precision: float,
    min_coverage: float,
    retrain: Retrain = "propose",
) -> Relation:
    """Rows of `intent_classifier` to write: all of them when a version comes into force, none otherwise.

    A classifier follows: encoder, taxonomy and labeler are chosen by people, and one that was distilled for others has
    nothing to say. So it needs no approval of its own. Where the one in force was not distilled for the encoder and the
    taxonomy in force, an earlier one that was comes back, and a new one is trained where there is none; so it is where
    another labeler has begun to label since, and where sessions have been labelled that somebody asked for. When
    `retrain` is 'always' one is trained at every build. With too few labels none comes into force: the one before
    stays, and without one that fits encoder and taxonomy `session_intent_predictions` abstains everywhere.

    Args:
        run: the dbt run.
        labels: `session_labels`.
        sample: `label_sample`, whose weights say how many sessions each label stands for.
        embeddings: `session_embedding_versions`.
        sequences: `session_sequences`.
        encoder_versions: `encoder_versions_in_use`.
        taxonomy: `intent_taxonomy`.
        min_precision: agreement with the labels that non-abstained intents should reach, 0 to 1.
        min_coverage: share of the sessions in the label sample that keep an intent even so, 0 to 1.
        retrain: 'always' trains where nothing asks for it.

    Raises:
        ValueError: `retrain` is unknown.
        ClassifierError: a share is out of range.
    """
    require_retrain(retrain)
    known = run.known_rows(VERSION_SCHEMA)
    if run.is_empty:
        return run.nothing(VERSION_SCHEMA)
    encoder_version, taxonomy_version = versions_in_force(run, encoder_versions, taxonomy)
    if encoder_version is None or taxonomy_version is None:
        return run.nothing(VERSION_SCHEMA)
    labeler, model, first_labeled_at = _latest_labeler(run, labels, taxonomy_version)
    current = current_version(known)
    has_fitting = fits(current, encoder_version, taxonomy_version)
    approved_by = FOLLOWS
    if retrain != "always" and current is not None and has_fitting:
        # who let it into force knew the labelers by then, and may have gone back from the classifier of another one
        if _was_taught_by(current, labeler, model) or first_labeled_at <= current["approved_at"]:
            if not _has_requested_labels_since(run, labels, sample, current):
                return run.nothing(VERSION_SCHEMA)
            approved_by = FOLLOWS_REQUESTS
    elif retrain != "always":
        earlier = _earlier_version(known, encoder_version, taxonomy_version, labeler, model)
        if earlier is not None:
            return run.rows(with_promoted(known, earlier, approved_by=FOLLOWS, at=run.now), VERSION_SCHEMA)

    leaves = run.warehouse.read(
        f"""
        select intent_id from {run.source(taxonomy)} as taxonomy
        where status = 'active' and level = 2 order by intent_id
        """
    )["intent_id"].to_list()
    labelled = run.warehouse.read(
        f"""
        select
            labels.session_id, labels.intent_id, labels.confidence, labels.labeler, labels.model,
            coalesce(sample.weight, 0) as weight,
            embeddings.channel, embeddings.embedding,
            {possible_person("sequences")} as visitor,
            sequences.started_at
        from {run.source(labels)} as labels
        -- a session that has changed since it was labelled does not teach its new embedding the old label
        inner join {run.source(embeddings)} as embeddings
            on embeddings.session_id = labels.session_id and embeddings.content_hash = labels.content_hash
            and embeddings.encoder_version = '{encoder_version}'
        inner join {run.source(sequences)} as sequences on sequences.session_id = labels.session_id
        -- a label from outside the sample, such as one that an earlier version drew, stands for no other session
        left join {run.source(sample)} as sample on sample.session_id = labels.session_id
        where labels.status in ('ok', 'abstained') and labels.taxonomy_version = '{taxonomy_version}'
        order by labels.session_id, labels.rank
        """
    ).filter(pl.col("labeler") == labeler, pl.col("model") == model)
    sessions = labelled.unique("session_id", keep="first", maintain_order=True)
    config = ClassifierConfig(min_precision=min_precision, min_coverage=min_coverage)
    try:
        with training_progress("intent classifier") as report:
            fitted = train_classifier(
                embedding_matrix(sessions["embedding"]),
                sessions["channel"].to_list(),
                soft_targets(labelled, sessions["session_id"].to_list(), leaves),
                sessions["visitor"].to_list(),
                leaves,
                config,
                encoder_version=encoder_version,
                taxonomy_version=taxonomy_version,
                labeler=labeler,
                labeler_model=model,
                weights=sessions["weight"].to_list(),
                progress=report,
            )
    except NotEnoughLabels as error:
        if has_fitting:
            _log.warning("No new intent classifier, so the one in force stays: %s", error)
        else:
            _log.warning("No intent classifier yet, so every session abstains: %s", error)
        return run.nothing(VERSION_SCHEMA)
    version = {
        **asdict(fitted),
        "metrics": json.dumps(fitted.metrics, sort_keys=True),
        "trained_from": sessions["started_at"].min(),
        "trained_to": sessions["started_at"].max(),
    }
    if retrain == "always":
        approved_by = "var retrain: always"
    return run.rows(with_current(known, version, approved_by=approved_by, at=run.now), VERSION_SCHEMA)


def soft_targets(labels: pl.DataFrame, session_ids: list[str], leaves: list[str]) -> NDArray[np.float32]:
    """Label confidences as one probability row per session.

    Args:
        labels: session_id, intent_id, confidence; several rows a session, nulls where the teacher abstained.
        session_ids: the order of the rows.
        leaves: the order of the columns.

    Returns:
        float32[len(session_ids), len(leaves)], rows sum to 1, or to 0 where the teacher abstained.
    """
    row = {session_id: index for index, session_id in enumerate(session_ids)}
    column = {leaf: index for index, leaf in enumerate(leaves)}
    targets = np.zeros((len(session_ids), len(leaves)), dtype=np.float32)
    labels = labels.drop_nulls("intent_id")
    rows = [row[session_id] for session_id in labels["session_id"]]
    columns = [column[intent_id] for intent_id in labels["intent_id"]]
    targets[rows, columns] = labels["confidence"].to_numpy()
    total = targets.sum(axis=1, keepdims=True)
    np.divide(targets, total, out=targets, where=total > 0)
    return targets


def predict_changed_sessions(
    run: Run, embeddings: Relation, encoder_versions: Relation, classifier: Relation, taxonomy: Relation
) -> Relation:
    """The top intents of the embedded sessions that the versions in force have not scored yet, through a UDF."""
    if run.is_empty:
        return run.nothing(PREDICTION_SCHEMA)
    encoder_version, taxonomy_version = versions_in_force(run, encoder_versions, taxonomy)
    versions = run.warehouse.read(f"select * from {run.source(classifier)} as classifier")
    student = current_version(versions)
    if encoder_version is None:
        return run.nothing(PREDICTION_SCHEMA)
    if student is not None and fits(student, encoder_version, taxonomy_version):
        loaded = FoldedClassifier(load_classifier(student["weights"], student["config"]))
        run.warehouse.register(
            "clickintent_top_intents",
            partial(_predict_batch, classifier=loaded),
            {"embedding": f"float[{EMBEDDING_DIM}]", "channel": "varchar"},
            "struct(intent_ids varchar[], probabilities float[], is_abstained boolean)",
        )
        classifier_version, scored = (
            student["version"],
            "clickintent_top_intents(embeddings.embedding, embeddings.channel)",
        )
    else:
        classifier_version = NO_CLASSIFIER
        scored = "{'intent_ids': []::varchar[], 'probabilities': []::float[], 'is_abstained': true}"
    return run.warehouse.query(
        f"""
        select
            session_id,
            scored.intent_ids,
            scored.probabilities,
            scored.is_abstained,
            content_hash,
            '{classifier_version}' as classifier_version,
            '{encoder_version}' as encoder_version,
            '{taxonomy_version}' as taxonomy_version,
            timestamp '{run.now}' as scored_at
        from (
            select embeddings.session_id, embeddings.content_hash, {scored} as scored
            from {run.source(embeddings)} as embeddings
            left join {run.known(PREDICTION_SCHEMA)} as known
                on known.session_id = embeddings.session_id
                and known.content_hash = embeddings.content_hash
                and known.encoder_version = '{encoder_version}'
                and known.classifier_version = '{classifier_version}'
                and known.taxonomy_version = '{taxonomy_version}'
            where embeddings.encoder_version = '{encoder_version}' and known.session_id is null
        ) as changed
        """
    )


def versions_in_force(run: Run, encoder_versions: Relation, taxonomy: Relation) -> tuple[str | None, str | None]:
    """Versions of encoder and taxonomy that a classifier has to be distilled for; None where there is none."""
    leaves = run.warehouse.read(
        f"""
        select min(taxonomy_version) as taxonomy_version
        from {run.source(taxonomy)} as taxonomy where status = 'active'
        """
    )
    return encoder_in_force(run, encoder_versions), leaves["taxonomy_version"][0]


def _latest_labeler(run: Run, labels: Relation, taxonomy_version: str) -> tuple[str, str, datetime]:
    """Name and model of the labeler that labelled last with this taxonomy, and the time of its first label.

    ('', '', long ago) where none did.
    """
    latest = run.warehouse.read(
        f"""
        select labeler, model, min(labeled_at) as first_labeled_at
        from {run.source(labels)} as labels
        where status in ('ok', 'abstained') and taxonomy_version = '{taxonomy_version}'
        group by labeler, model
        order by max(labeled_at) desc, labeler, model
        limit 1
        """
    )
    return latest.row(0) if latest.height else ("", "", datetime.min)


def _has_requested_labels_since(run: Run, labels: Relation, sample: Relation, version: dict[str, Any]) -> bool:
    """Whether sessions that somebody asked for came into the sample after a version came into force, and are labelled.

    A version that was trained again and came out the same keeps its approval: so by its training, too.
    """
    taxonomy_version = json.loads(version["config"])["taxonomy_version"]
    requested = run.warehouse.read(
        f"""
        select count(*) as label_count
        from {run.source(labels)} as labels
        inner join {run.source(sample)} as sample on sample.session_id = labels.session_id
        where labels.status in ('ok', 'abstained') and labels.taxonomy_version = '{taxonomy_version}'
            and sample.reason = '{UNCERTAIN}'
            and sample.drawn_at > timestamp '{max(version["approved_at"], version["trained_at"])}'
        """
    )
    return bool(requested["label_count"][0])


def _was_taught_by(version: dict[str, Any] | None, labeler: str, model: str) -> bool:
    """Whether no labeler has labelled since a classifier version was distilled but the one it was distilled from."""
    if version is None:
        return False
    config = json.loads(version["config"])
    taught_by = config.get("labeler"), config.get("labeler_model")  # a row from before these were kept names none
    return not labeler or taught_by == (labeler, model)


def _earlier_version(
    known: pl.DataFrame, encoder_version: str, taxonomy_version: str, labeler: str, model: str
) -> str | None:
    """The latest of the versions that were in force and were distilled for all of these; None if there is none."""
    retired = known.filter(pl.col("status") == "retired").sort("approved_at", "version", descending=True)
    fitting = (
        version["version"]
        for version in retired.iter_rows(named=True)
        if fits(version, encoder_version, taxonomy_version) and _was_taught_by(version, labeler, model)
    )
    return next(fitting, None)


def fits(version: dict[str, Any] | None, encoder_version: str, taxonomy_version: str | None) -> bool:
    """Whether a classifier version was distilled for this encoder and taxonomy."""
    if version is None:
        return False
    config = json.loads(version["config"])
    return (config["encoder_version"], config["taxonomy_version"]) == (encoder_version, taxonomy_version)


def _predict_batch(batch: pa.RecordBatch, classifier: FoldedClassifier) -> pa.Array:
    embeddings = embedding_matrix(pl.Series(batch["embedding"]))
    best = classifier.top(embeddings, channel_codes(batch["channel"]), TOP_INTENTS)
    offsets = np.arange(0, best.leaf.size + 1, best.leaf.shape[1], dtype=np.int32)
    intent_ids = pa.array(classifier.classifier.intent_ids, pa.string()).take(pa.array(best.leaf.ravel()))
    return pa.StructArray.from_arrays(
        [
            pa.ListArray.from_arrays(offsets, intent_ids),
            pa.ListArray.from_arrays(offsets, pa.array(best.probability.ravel())),
            pa.array(best.is_abstained),
        ],
        ["intent_ids", "probabilities", "is_abstained"],
    )
