"""Stages `session_narratives` and `session_labels`: what an LLM would see, and what the labeler says of it."""

import hashlib
from functools import partial
from typing import Final

import polars as pl
import pyarrow as pa

from clickintent.labeling import LABEL_SCHEMA, label_rows, write_narratives
from clickintent.labeling.narratives import NARRATIVE_REVISION
from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.stages.labelers import labeler_of_build
from clickintent.stages.run import Run, Schema
from clickintent.stages.sending import Sending
from clickintent.taxonomy import Taxonomy, read_taxonomy
from clickintent.warehouse import Relation

NARRATIVE_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "channel": pl.String,
    "narrative": pl.String,
    "narrative_hash": pl.String,
    "narrative_revision": pl.Int64,
    "content_hash": pl.String,
}
NARRATIVE_INPUTS: Final = {
    name: SEQUENCE_INPUTS[name]
    for name in (
        "channel",
        "device_type",
        "referrer_medium",
        "page_keys",
        "event_types",
        "dwell_seconds",
        "gap_seconds",
    )
} | {"truncated_count": "bigint"}


def narrate_changed_sessions(run: Run, sequences: Relation, pages: Relation) -> Relation:
    """Narratives of the human sessions that have none of their content and of this revision, through a UDF."""
    if run.is_empty:
        return run.nothing(NARRATIVE_SCHEMA)
    page_texts = run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages order by page_key")
    return run.map_rows(
        "clickintent_narrative",
        f"""
        select
            sequences.session_id,
            cast({NARRATIVE_REVISION} as bigint) as narrative_revision,
            sequences.content_hash,
            {", ".join(f"sequences.{name}" for name in NARRATIVE_INPUTS)}
        from {run.source(sequences)} as sequences
        left join {_of_this_revision(run)} as known
            on known.session_id = sequences.session_id and known.content_hash = sequences.content_hash
        where not sequences.is_bot and known.session_id is null
        """,
        partial(_narrate_batch, pages=page_texts),
        inputs=NARRATIVE_INPUTS,
        outputs={"narrative": "varchar", "narrative_hash": "varchar"},
        schema=NARRATIVE_SCHEMA,
    )


def label_sampled_sessions(
    run: Run,
    narratives: Relation,
    sample: Relation,
    taxonomy: Relation,
    *,
    gold: Relation,
    encoders: Relation,
    labeler: str,
    sending: Sending,
) -> Relation:
    """Labels of the sessions in the sample whose narrative, taxonomy or labeler changed.

    A session whose content changed and whose narrative did not keeps its labels: their `content_hash` is that of
    the session when it was labelled. An invalid label is looked at again: it may have been a failing server's.
    """
    if run.is_empty:
        return run.nothing(LABEL_SCHEMA)
    leaves = active_taxonomy(run, taxonomy)
    tables = {"narratives": narratives, "gold": gold, "intents": taxonomy, "encoders": encoders}
    chosen = labeler_of_build(run, labeler, leaves, sending, **tables)
    stale = sessions_to_label(run, narratives, sample, chosen.name, chosen.model, str(leaves.version))
    if chosen.reads_what_is_sent:
        stale = sending.narratives(run, stale)
    rows = label_rows(chosen, stale, str(leaves.version), run.now)
    as_before = stale.select("session_id", error="invalid_before").drop_nulls()
    return run.rows(rows.join(as_before, on=["session_id", "error"], how="anti"), LABEL_SCHEMA)


def active_taxonomy(run: Run, taxonomy: Relation) -> Taxonomy:
    """The taxonomy that labels are given by."""
    return read_taxonomy(
        run.warehouse.read(f"select * from {run.source(taxonomy)} as taxonomy where status = 'active'")
    )


def sessions_to_label(
    run: Run, narratives: Relation, sample: Relation, labeler: str, model: str, taxonomy_version: str
) -> pl.DataFrame:
    """The sampled sessions without a label of this kind: as in `session_narratives`, and how an invalid one reads."""
    return run.warehouse.read(
        f"""
        select narratives.session_id, narratives.narrative, narratives.narrative_hash, narratives.content_hash,
            case when labels.status = 'invalid' then labels.error end as invalid_before
        from {run.source(narratives)} as narratives
        inner join {run.source(sample)} as sampled on sampled.session_id = narratives.session_id
        left join (
            select * from {run.known(LABEL_SCHEMA)} as known where rank = 1
        ) as labels
            on labels.session_id = narratives.session_id
            and labels.narrative_hash = narratives.narrative_hash
            and labels.taxonomy_version = {_text(taxonomy_version)}
            and labels.labeler = {_text(labeler)} and labels.model = {_text(model)}
        where labels.session_id is null or labels.status = 'invalid'
        order by narratives.session_id
        """
    )


def _text(value: str) -> str:
    """SQL of a text: a model's name is whatever somebody typed."""
    return "'" + value.replace("'", "''") + "'"


def _of_this_revision(run: Run) -> str:
    """SQL of the narratives that today's rules wrote; none where the table is older than revisions are."""
    known = run.known(NARRATIVE_SCHEMA)
    has_revisions = "narrative_revision" in run.warehouse.read(f"select * from {known} as known where 1 = 0").columns
    condition = f"narrative_revision = '{NARRATIVE_REVISION}'" if has_revisions else "1 = 0"
    return f"(select * from {known} as stored where {condition})"


def _narrate_batch(batch: pa.RecordBatch, pages: pl.DataFrame) -> pa.Array:
    rows = pl.from_arrow(batch)
    assert isinstance(rows, pl.DataFrame)
    unnamed = pl.lit("").alias("session_id"), pl.lit("").alias("content_hash")
    narratives = write_narratives(rows.with_columns(*unnamed), pages)["narrative"].to_list()
    hashes = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in narratives]
    return pa.StructArray.from_arrays(
        [pa.array(narratives, pa.string()), pa.array(hashes, pa.string())], ["narrative", "narrative_hash"]
    )
