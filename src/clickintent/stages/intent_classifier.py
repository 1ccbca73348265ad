"""Stages `intent_classifier` and `session_intent_predictions`: distil the labels, score every session."""

import json
import logging
from dataclasses import asdict
from functools import partial
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.classifier import (
    FoldedClassifier,
    NotEnoughLabels,
    channel_codes,
    load_classifier,
    train_classifier,
)
from clickintent.classifier.config import config_of_labeler
from clickintent.classifier.labels import Gold
from clickintent.encoder import EMBEDDING_DIM
from clickintent.labeling.calibration import MIN_GOLD
from clickintent.labeling.quality import RANDOM
from clickintent.labeling.session_label import NO_INTENT
from clickintent.stages.classifier_versions import (
    ALWAYS,
    FITTED_ON,
    FOLLOWS,
    earlier_version,
    fits,
    latest_labeler,
    reason_to_train,
    versions_in_force,
)
from clickintent.stages.gold import with_merges_followed
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.versions import (
    VERSION_SCHEMA,
    Retrain,
    current_version,
    require_retrain,
    with_current,
    with_promoted,
)
from clickintent.stages.visitors import possible_person
from clickintent.warehouse import BatchFunction, Relation
from clickintent.warehouse.column_types import arrow_type

PREDICTION_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "intent_ids": pl.List(pl.String),
    "probabilities": pl.List(pl.Float32),
    "is_abstained": pl.Boolean,
    "intent_l1_probability": pl.Float32,
    "content_hash": pl.String,
    "classifier_version": pl.String,
    "encoder_version": pl.String,
    "taxonomy_version": pl.String,
    "scored_at": pl.Datetime("us"),
}
PREDICTION: Final = {
    "intent_ids": "varchar[]",
    "probabilities": "float[]",
    "is_abstained": "boolean",
    "intent_l1_probability": "float",
}
"""What a classifier says of a session, column -> type."""
TOP_INTENTS: Final = 3
NO_CLASSIFIER: Final = "none"
"""Stands where a version would, when there were too few labels to train a student: every session abstains."""

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
    gold: Relation,
    min_precision: float,
    min_coverage: float,
    retrain: Retrain = "propose",
    fitted_on: str | None = None,
) -> Relation:
    """Rows of `intent_classifier` to write: all of them when a version comes into force, none otherwise.

    A classifier follows: encoder, taxonomy and labeler are chosen by people, and one that was distilled for others has
    nothing to say. So it needs no approval of its own. Where the one in force was not distilled for the encoder and the
    taxonomy in force, an earlier one that was comes back, and a new one is trained where there is none; so it is for
    the reasons of `reason_to_train`. When `retrain` is 'always' one is trained at every build. With too few labels none
    comes into force: the one before stays, and without one that fits encoder and taxonomy
    `session_intent_predictions` abstains everywhere.

    Args:
        run: the dbt run.
        labels: `session_labels`.
        sample: `label_sample`, whose weights say how many sessions each label stands for.
        embeddings: `session_embedding_versions`.
        sequences: `session_sequences`.
        encoder_versions: `encoder_versions_in_use`.
        taxonomy: `intent_taxonomy`.
        gold: `gold_labels`; `MIN_GOLD` random ones of sessions that are there calibrate the classifier, in place of the
            labels.
        min_precision: agreement, with gold or the labels, that non-abstained intents should reach, 0 to 1.
        min_coverage: share of the sessions, of gold or the label sample, that keep an intent even so, 0 to 1.
        retrain: 'always' trains where nothing asks for it.
        fitted_on: of an evaluation, a name of the sessions that are learned from: a version of others does not fit.

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
    labeler = latest_labeler(run, labels, taxonomy_version)
    leaves = _active_leaves(run, taxonomy)
    usable_gold = _usable_gold(run, gold, embeddings, sequences, taxonomy, encoder_version, leaves)
    current = current_version(known)
    has_fitting = fits(current, encoder_version, taxonomy_version, fitted_on)
    approved_by: str | None = FOLLOWS
    if retrain == "always":
        approved_by = ALWAYS
    elif current is not None and has_fitting:
        read_at = usable_gold["reviewed_at"]
        approved_by = reason_to_train(
            run, current, labeler, labels, sample, embeddings, sequences, gold_read_at=read_at
        )
    else:
        earlier = earlier_version(known, encoder_version, taxonomy_version, labeler, fitted_on)
        if earlier is not None:
            return run.rows(with_promoted(known, earlier, approved_by=FOLLOWS, at=run.now), VERSION_SCHEMA)
    if approved_by is None:
        return run.nothing(VERSION_SCHEMA)

    labelled = run.warehouse.read(
        f"""
        select
            labels.session_id, labels.intent_id, labels.confidence, labels.labeler, labels.model,
            coalesce(sampled.weight, 0) as weight,
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
        left join {run.source(sample)} as sampled on sampled.session_id = labels.session_id
        where labels.status in ('ok', 'abstained') and labels.taxonomy_version = '{taxonomy_version}'
        order by labels.session_id, labels.rank
        """
    ).filter(pl.col("labeler") == labeler.name, pl.col("model") == labeler.model)
    sessions = labelled.unique("session_id", keep="first", maintain_order=True)
    config = config_of_labeler(labeler.name, min_precision=min_precision, min_coverage=min_coverage)
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
                labeler=labeler.name,
                labeler_model=labeler.model,
                weights=sessions["weight"].to_list(),
                gold=_gold_slice(usable_gold),
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
        "metrics": json.dumps(
            fitted.metrics if fitted_on is None else {**fitted.metrics, FITTED_ON: fitted_on}, sort_keys=True
        ),
        "trained_from": sessions["started_at"].min(),
        "trained_to": sessions["started_at"].max(),
    }
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


def _active_leaves(run: Run, taxonomy: Relation) -> list[str]:
    rows = run.warehouse.read(
        f"""
        select intent_id from {run.source(taxonomy)} as taxonomy
        where status = 'active' and level = 2 order by intent_id
        """
    )
    return rows["intent_id"].to_list()


def _usable_gold(
    run: Run,
    gold: Relation,
    embeddings: Relation,
    sequences: Relation,
    taxonomy: Relation,
    encoder_version: str,
    leaves: list[str],
) -> pl.DataFrame:
    """The random gold sessions that are there, of a leaf in force or of none that fits."""
    read = run.warehouse.read(
        f"""
        select
            gold.intent_id, cast(gold.reviewed_at as timestamp) as reviewed_at,
            embeddings.channel, embeddings.embedding,
            {possible_person("sequences")} as visitor
        from {run.source(gold)} as gold
        inner join {run.source(embeddings)} as embeddings
            on embeddings.session_id = gold.session_id and embeddings.encoder_version = '{encoder_version}'
        inner join {run.source(sequences)} as sequences on sequences.session_id = gold.session_id
        where gold.shown_because = '{RANDOM}'
        order by gold.session_id
        """
    )
    return with_merges_followed(run, read, taxonomy).filter(pl.col("intent_id").is_in([*leaves, NO_INTENT]))


def _gold_slice(rows: pl.DataFrame) -> Gold | None:
    """Usable gold as the training takes it; None if there is too little."""
    if rows.height < MIN_GOLD:
        return None
    return Gold(
        embedding_matrix(rows["embedding"]),
        rows["channel"].to_list(),
        rows["visitor"].to_list(),
        rows["intent_id"].to_list(),
    )


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
        classifier_version = student["version"]
        groups = _groups(run, taxonomy, loaded.classifier.intent_ids)
        predict_batch: BatchFunction = partial(_predict_batch, classifier=loaded, groups=groups)
    else:
        classifier_version, predict_batch = NO_CLASSIFIER, _abstain_batch
    return run.map_rows(
        "clickintent_top_intents",
        f"""
        select
            embeddings.session_id,
            embeddings.content_hash,
            '{classifier_version}' as classifier_version,
            embeddings.encoder_version,
            '{taxonomy_version}' as taxonomy_version,
            timestamp '{run.now}' as scored_at,
            embeddings.embedding,
            embeddings.channel
        from {run.source(embeddings)} as embeddings
        left join {_scored_in_full(run)} as known
            on known.session_id = embeddings.session_id
            and known.content_hash = embeddings.content_hash
            and known.encoder_version = '{encoder_version}'
            and known.classifier_version = '{classifier_version}'
            and known.taxonomy_version = '{taxonomy_version}'
        where embeddings.encoder_version = '{encoder_version}' and known.session_id is null
        """,
        predict_batch,
        inputs={"embedding": f"float[{EMBEDDING_DIM}]", "channel": "varchar"},
        outputs=PREDICTION,
        schema=PREDICTION_SCHEMA,
    )


def _scored_in_full(run: Run) -> str:
    """SQL of the predictions that have all columns; none where the table is older than the last of them is."""
    known = run.known(PREDICTION_SCHEMA)
    has_all = "intent_l1_probability" in run.warehouse.read(f"select * from {known} as known where 1 = 0").columns
    condition = "intent_l1_probability is not null" if has_all else "1 = 0"
    return f"(select * from {known} as stored where {condition})"


def _groups(run: Run, taxonomy: Relation, leaves: tuple[str, ...]) -> NDArray[np.int64]:
    """Number of the level-1 intent of each leaf, int64[leaves]."""
    parents = dict(
        run.warehouse.read(
            f"""
            select intent_id, parent_intent_id from {run.source(taxonomy)} as taxonomy
            where status = 'active' and level = 2
            """
        ).iter_rows()
    )
    return np.unique([parents[leaf] for leaf in leaves], return_inverse=True)[1].astype(np.int64)


def _abstain_batch(batch: pa.RecordBatch) -> pa.Array:
    """What is said of sessions where there is no classifier."""
    says_nothing = {"intent_ids": [], "probabilities": [], "is_abstained": True, "intent_l1_probability": 0.0}
    fields = [pa.field(name, arrow_type(kind)) for name, kind in PREDICTION.items()]
    return pa.array([says_nothing] * batch.num_rows, pa.struct(fields))


def _predict_batch(batch: pa.RecordBatch, classifier: FoldedClassifier, groups: NDArray[np.int64]) -> pa.Array:
    embeddings = embedding_matrix(pl.Series(batch["embedding"]))
    best = classifier.top(embeddings, channel_codes(batch["channel"]), TOP_INTENTS, groups=groups)
    offsets = np.arange(0, best.leaf.size + 1, best.leaf.shape[1], dtype=np.int32)
    intent_ids = pa.array(classifier.classifier.intent_ids, pa.string()).take(pa.array(best.leaf.ravel()))
    return pa.StructArray.from_arrays(
        [
            pa.ListArray.from_arrays(offsets, intent_ids),
            pa.ListArray.from_arrays(offsets, pa.array(best.probability.ravel())),
            pa.array(best.is_abstained),
            pa.array(best.group_probability),
        ],
        ["intent_ids", "probabilities", "is_abstained", "intent_l1_probability"],
    )
