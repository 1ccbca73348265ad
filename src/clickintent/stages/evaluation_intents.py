"""Stages `eval_intent_taxonomy`, `eval_session_labels` and `eval_session_intents`: intents as known before a split."""

import logging
from typing import Final

import numpy as np
import polars as pl

from clickintent.classifier import load_classifier, predict
from clickintent.encoder import EMBEDDING_DIM
from clickintent.labeling import LABEL_SCHEMA, label_rows, write_narratives
from clickintent.stages.classifier_versions import fits, versions_in_force
from clickintent.stages.labelers import embedding_labeler
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.session_labels import active_taxonomy
from clickintent.stages.taxonomy_drafts import MAX_CLUSTERED_SESSIONS
from clickintent.stages.versions import current_version
from clickintent.stages.visitors import possible_person
from clickintent.taxonomy import Intent, Taxonomy, TaxonomyError
from clickintent.taxonomy.clusters import ClusterInputs, cluster_taxonomy
from clickintent.warehouse import Relation

EVAL_TAXONOMY_SCHEMA: Final[Schema] = {
    "taxonomy_version": pl.String,
    "intent_id": pl.String,
    "parent_intent_id": pl.String,
    "level": pl.Int64,
    "name": pl.String,
    "description": pl.String,
    "keywords": pl.String,
    "web_examples": pl.String,
    "app_examples": pl.String,
    "excludes": pl.String,
    "status": pl.String,
    "source": pl.String,
    "is_sensitive": pl.Boolean,
    "into_intent_id": pl.String,
}
EVAL_INTENT_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "intent_id": pl.String,
    "intent_l1": pl.String,
    "probability": pl.Float32,
    "is_abstained": pl.Boolean,
    "intent_ids": pl.List(pl.String),
    "probabilities": pl.List(pl.Float32),
    "content_hash": pl.String,
    "classifier_version": pl.String,
    "encoder_version": pl.String,
    "taxonomy_version": pl.String,
}
DRAFTED: Final = "clusters"

_log = logging.getLogger(__name__)


def taxonomy_before_split(
    run: Run,
    taxonomy: Relation,
    sequences: Relation,
    embeddings: Relation,
    pages: Relation,
    *,
    source: str,
    max_intents: int,
    min_page_visitors: int,
) -> Relation:
    """Rows of `eval_intent_taxonomy`: the leaves in force, or a draft of the sessions known before the split.

    A seed is nobody's data, and is taken as it is; so is what a language model proposed, which would have to be paid
    for again: there `taxonomy_versions` says when. Clusters are drawn anew.

    Args:
        run: the dbt run.
        taxonomy: `intent_taxonomy`.
        sequences: `eval_training_sequences`.
        embeddings: `eval_session_embeddings`.
        pages: `pages`.
        source: the var `taxonomy_source`.
        max_intents: the var of this name.
        min_page_visitors: the var of this name.
    """
    if run.is_empty:
        return run.nothing(EVAL_TAXONOMY_SCHEMA)
    if source != DRAFTED:
        in_force = run.warehouse.read(
            f"""
            select {", ".join(EVAL_TAXONOMY_SCHEMA)} from {run.source(taxonomy)} as taxonomy
            -- what became of merged leaves says what gold labels of them mean
            where status = 'active' or into_intent_id is not null order by intent_id
            """
        )
        return run.rows(in_force, EVAL_TAXONOMY_SCHEMA)
    # session ids are hashes: their order is a random sample, the same one on every machine
    sessions = run.warehouse.read(
        f"""
        select sequences.*, embeddings.embedding, {possible_person("sequences")} as visitor
        from {run.source(sequences)} as sequences
        inner join {run.source(embeddings)} as embeddings
            on embeddings.session_id = sequences.session_id and embeddings.content_hash = sequences.content_hash
        order by sequences.session_id
        limit {MAX_CLUSTERED_SESSIONS}
        """
    )
    vectors = sessions["embedding"].cast(pl.Array(pl.Float32, EMBEDDING_DIM)).to_numpy()
    inputs = ClusterInputs(
        vectors.reshape(sessions.height, EMBEDDING_DIM),
        channels=sessions["channel"].to_list(),
        visitors=sessions["visitor"].to_list(),
        narratives=_narratives(run, sessions, pages)["narrative"].to_list(),
        page_keys=sessions["page_keys"].to_list(),
    )
    try:
        drafted, _ = cluster_taxonomy(inputs, max_intents, min_page_visitors)
    except TaxonomyError as error:
        _log.warning("No taxonomy of the sessions before the split, so labels are not evaluated: %s", error)
        return run.nothing(EVAL_TAXONOMY_SCHEMA)
    return run.rows(_taxonomy_rows(drafted), EVAL_TAXONOMY_SCHEMA)


def label_eval_sessions(
    run: Run, sequences: Relation, pages: Relation, taxonomy: Relation, encoders: Relation
) -> Relation:
    """Rows of `eval_session_labels`: the embedding labeler, which is no LLM, on every session to be judged.

    It learns from no session, so that it may read those after the split.
    """
    if run.is_empty:
        return run.nothing(LABEL_SCHEMA)
    if run.warehouse.read(f"select * from {run.source(taxonomy)} as taxonomy where status = 'active'").is_empty():
        return run.nothing(LABEL_SCHEMA)
    leaves = active_taxonomy(run, taxonomy)
    sessions = run.warehouse.read(f"select * from {run.source(sequences)} as sequences order by session_id")
    labeler = embedding_labeler(run, leaves, encoders)
    rows = label_rows(labeler, _narratives(run, sessions, pages), str(leaves.version), run.now)
    return run.rows(rows, LABEL_SCHEMA)


def name_of_sessions(run: Run, sequences: Relation) -> str:
    """A hash of sessions as they are, by which a student of others is known.

    An encoder may outlast a split that is moved, or sessions that are cut otherwise; a student of what came later may
    not.

    Args:
        run: the dbt run.
        sequences: `eval_training_sequences`.
    """
    said = run.warehouse.joined_text("session_id || ' ' || content_hash", ",", "session_id")
    name: str = run.warehouse.read(
        f"""
        select md5(coalesce({said}, '')) as name
        from {run.source(sequences)} as sequences
        """
    ).item()
    return name


def score_eval_sessions(
    run: Run, embeddings: Relation, encoders: Relation, classifier: Relation, taxonomy: Relation
) -> Relation:
    """Rows of `eval_session_intents`, with the probability of every leaf; none where no student was fitted."""
    if run.is_empty:
        return run.nothing(EVAL_INTENT_SCHEMA)
    encoder_version, taxonomy_version = versions_in_force(run, encoders, taxonomy)
    student = current_version(run.warehouse.read(f"select * from {run.source(classifier)} as classifier"))
    if student is None or encoder_version is None or not fits(student, encoder_version, taxonomy_version):
        return run.nothing(EVAL_INTENT_SCHEMA)
    sessions = run.warehouse.read(
        f"""
        select session_id, channel, embedding, content_hash from {run.source(embeddings)} as embeddings
        where encoder_version = '{encoder_version}' order by session_id
        """
    )
    loaded = load_classifier(student["weights"], student["config"])
    probabilities = predict(embedding_matrix(sessions["embedding"]), sessions["channel"].to_list(), loaded)
    leaves = np.array(loaded.intent_ids, dtype=object)
    best = probabilities.argmax(axis=1)
    surest = probabilities.max(axis=1, initial=0.0)
    rows = sessions.select("session_id", "content_hash").with_columns(
        intent_id=pl.Series(leaves[best].tolist(), dtype=pl.String),
        probability=pl.Series(surest),
        is_abstained=pl.Series(surest < loaded.threshold),
        intent_ids=pl.lit(list(loaded.intent_ids)),
        probabilities=pl.Series(probabilities.tolist(), dtype=pl.List(pl.Float32)),
        classifier_version=pl.lit(student["version"]),
        encoder_version=pl.lit(encoder_version),
        taxonomy_version=pl.lit(taxonomy_version),
    )
    groups = run.warehouse.read(
        f"""
        select intent_id, parent_intent_id as intent_l1 from {run.source(taxonomy)} as taxonomy
        where status = 'active' and level = 2
        """
    )
    return run.rows(rows.join(groups, on="intent_id", how="left", maintain_order="left"), EVAL_INTENT_SCHEMA)


def _narratives(run: Run, sessions: pl.DataFrame, pages: Relation) -> pl.DataFrame:
    texts = run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages order by page_key")
    return write_narratives(sessions, texts)


def _taxonomy_rows(taxonomy: Taxonomy) -> pl.DataFrame:
    rows = [_row(intent) | {"taxonomy_version": taxonomy.version} for intent in taxonomy.intents]
    return pl.DataFrame(rows, schema_overrides=EVAL_TAXONOMY_SCHEMA)


def _row(intent: Intent) -> dict[str, object]:
    phrases = {name: "; ".join(getattr(intent, name)) or None for name in ("keywords", "web_examples", "app_examples")}
    return phrases | {
        "intent_id": intent.intent_id,
        "parent_intent_id": intent.parent_intent_id,
        "level": intent.level,
        "name": intent.name,
        "description": intent.description,
        "excludes": intent.excludes or None,
        "status": intent.status,
        "source": DRAFTED,
        "is_sensitive": intent.is_sensitive,
        "into_intent_id": None,
    }
