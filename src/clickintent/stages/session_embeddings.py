"""Stages `page_embeddings` and `session_embedding_versions`: score what changed, with every version in use."""

from functools import partial
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.encoder import EMBEDDING_DIM, PageVectors, SessionEncoder, embed_pages, encode, load_encoder
from clickintent.encoder.threads import one_torch_thread
from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.stages.run import Run, Schema
from clickintent.warehouse import BatchFunction, Relation

PAGE_SCHEMA: Final[Schema] = {
    "page_key": pl.String,
    "encoder_version": pl.String,
    "text_hash": pl.String,
    "embedding": pl.List(pl.Float32),
}
EMBEDDING_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "channel": pl.String,
    "embedding": pl.Array(pl.Float32, EMBEDDING_DIM),
    "encoder_version": pl.String,
    "content_hash": pl.String,
    "embedded_at": pl.Datetime("us"),
}
EMBEDDING: Final = {"embedding": f"float[{EMBEDDING_DIM}]"}
"""What an encoder makes of a session."""


def embed_new_pages(run: Run, pages: Relation, versions: Relation) -> Relation:
    """Vectors of the distinct pages, computed once per page text and encoder version.

    Raises:
        TextModelError: there are new pages, and the text model by which a version reads them cannot be loaded.
    """
    if run.is_empty:
        return run.nothing(PAGE_SCHEMA)
    found = [pl.DataFrame(schema=PAGE_SCHEMA)]
    for version, encoder in _encoders(run, versions).items():
        new = run.warehouse.read(
            f"""
            select pages.page_key, pages.text, md5(pages.text) as text_hash, '{version}' as encoder_version
            from {run.source(pages)} as pages
            left join {run.known(PAGE_SCHEMA)} as known
                on known.page_key = pages.page_key and known.encoder_version = '{version}'
                and known.text_hash = md5(pages.text)
            where known.page_key is null
            order by pages.page_key
            """
        )
        vectors = embed_pages(new, encoder)
        embedding = pl.Series([vectors[key].tolist() for key in new["page_key"]], dtype=pl.List(pl.Float32))
        found.append(new.with_columns(embedding=embedding).select(list(PAGE_SCHEMA)))
    return run.rows(pl.concat(found), PAGE_SCHEMA)


def embed_changed_sessions(run: Run, sequences: Relation, page_embeddings: Relation, versions: Relation) -> Relation:
    """Embeddings of the human sessions whose content a version in use has not scored yet, through a UDF."""
    if run.is_empty:
        return run.nothing(EMBEDDING_SCHEMA)
    selected = "".join(f", sequences.{name}" for name in SEQUENCE_INPUTS if name != "channel")
    embedded = [
        run.map_rows(
            f"clickintent_embed_{version.replace('-', '_')}",
            f"""
            select
                sequences.session_id,
                sequences.channel,
                '{version}' as encoder_version,
                sequences.content_hash,
                timestamp '{run.now}' as embedded_at
                {selected}
            from {run.source(sequences)} as sequences
            left join {run.known(EMBEDDING_SCHEMA)} as known
                on known.session_id = sequences.session_id and known.encoder_version = '{version}'
                and known.content_hash = sequences.content_hash
            where not sequences.is_bot and known.session_id is null
            """,
            function,
            inputs=SEQUENCE_INPUTS,
            outputs=EMBEDDING,
            schema=EMBEDDING_SCHEMA,
        )
        for version, function in batch_encoders(run, page_embeddings, versions).items()
    ]
    return run.warehouse.combine(embedded) if embedded else run.nothing(EMBEDDING_SCHEMA)


def batch_encoders(run: Run, page_embeddings: Relation, versions: Relation) -> dict[str, BatchFunction]:
    """Each encoder version as a function of batches of `SEQUENCE_INPUTS`: version -> function."""
    return {
        version: partial(_encode_batch, encoder=encoder, page_vectors=_page_vectors(run, page_embeddings, version))
        for version, encoder in _encoders(run, versions).items()
    }


def embedding_matrix(embeddings: pl.Series) -> NDArray[np.float32]:
    """float32[n, EMBEDDING_DIM] of a column of fixed-size arrays, also when it has no rows."""
    arrays = embeddings.cast(pl.Array(pl.Float32, EMBEDDING_DIM))
    matrix: NDArray[np.float32] = arrays.to_numpy().reshape(len(embeddings), EMBEDDING_DIM)
    return matrix


def _encoders(run: Run, versions: Relation) -> dict[str, SessionEncoder]:
    rows = run.warehouse.read(f"select version, weights, config from {run.source(versions)} as versions")
    return {row["version"]: load_encoder(row["weights"], row["config"]) for row in rows.iter_rows(named=True)}


def _page_vectors(run: Run, page_embeddings: Relation, version: str) -> PageVectors:
    rows = run.warehouse.read(
        f"select page_key, embedding from {run.source(page_embeddings)} as pages where encoder_version = '{version}'"
    )
    vectors = np.array(rows["embedding"].to_list(), dtype=np.float32)
    return dict(zip(rows["page_key"].to_list(), vectors, strict=True))


def _encode_batch(batch: pa.RecordBatch, encoder: SessionEncoder, page_vectors: PageVectors) -> pa.Array:
    # the warehouse runs several at once: more threads would fight over the cores
    with one_torch_thread():
        vectors = encode(batch, encoder, page_vectors)
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
