"""Stage `tile_running_embeddings`: what the session that an impression falls into says up to the impression."""

from typing import Final

import polars as pl

from clickintent.encoder import EMBEDDING_DIM
from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import EMBEDDING, batch_encoders
from clickintent.warehouse import Relation

RUNNING_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "impression_id": pl.String,
    "event_count": pl.Int64,
    "embedding": pl.Array(pl.Float32, EMBEDDING_DIM),
    "encoder_version": pl.String,
    "content_hash": pl.String,
}


def embed_running_sessions(run: Run, sequences: Relation, page_embeddings: Relation, versions: Relation) -> Relation:
    """Embeddings of the beginnings of sessions that the version in force has not scored yet, through a UDF.

    Args:
        run: of the model that owns the rows.
        sequences: `tile_running_sequences`.
        page_embeddings: vectors of pages by that version.
        versions: version, weights, config and is_current; only the current one counts.
    """
    if run.is_empty:
        return run.nothing(RUNNING_SCHEMA)
    in_force = run.warehouse.query(f"select * from {run.source(versions)} as versions where is_current")
    functions = batch_encoders(run, page_embeddings, in_force)
    if not functions:
        return run.nothing(RUNNING_SCHEMA)
    ((version, function),) = functions.items()
    return run.map_rows(
        "clickintent_embed_running",
        f"""
        select
            sequences.session_id,
            sequences.impression_id,
            sequences.event_count,
            '{version}' as encoder_version,
            sequences.content_hash,
            {", ".join(f"sequences.{name}" for name in SEQUENCE_INPUTS)}
        from {run.source(sequences)} as sequences
        left join {run.known(RUNNING_SCHEMA)} as known
            on known.session_id = sequences.session_id and known.impression_id = sequences.impression_id
            and known.encoder_version = '{version}' and known.content_hash = sequences.content_hash
        where known.session_id is null
        """,
        function,
        inputs=SEQUENCE_INPUTS,
        outputs=EMBEDDING,
        schema=RUNNING_SCHEMA,
        key=["session_id", "impression_id"],
    )
