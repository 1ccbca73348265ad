"""An encoder folded once with all pages that have a vector, for many calls of few sessions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import torch
from numpy.typing import NDArray

from clickintent.encoder.folded import FoldedEncoder
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.plain_sessions import flatten_session
from clickintent.encoder.scoring import PageVectors, encode_arrays, encode_folded, page_table
from clickintent.encoder.session_arrays import FIRST_CODE, SessionArrays
from clickintent.encoder.sessions import flatten_sessions


class StoredPagesEncoder:
    """Embeds as `encode` does with the same encoder and page vectors, to rounding.

    `encode` folds the pages of a batch with each batch, half a millisecond whatever the batch holds. Here that is done
    once, and what a call costs is its sessions. A batch with a page that is not stored goes the way of `encode`.
    """

    @torch.inference_mode()
    def __init__(self, encoder: SessionEncoder, page_vectors: PageVectors) -> None:
        self._encoder = encoder
        self._page_vectors = page_vectors
        keys = list(page_vectors)
        self._row = {key: row for row, key in enumerate(keys)}
        self._folded = FoldedEncoder(encoder, page_table(keys, encoder, page_vectors))

    def embed(self, batch: pl.DataFrame | pa.RecordBatch | pa.Table) -> NDArray[np.float32]:
        """Embeddings of rows of `session_sequences`, float32[rows, embedding_dim], unit length.

        Raises:
            EncoderInputError: a column is missing or the lists of a session differ in length.
            TextModelError: a page is not stored, and the text model that would read its key cannot be loaded.
        """
        return self._embed(flatten_sessions(batch, self._encoder.config))

    def embed_one(self, session: Mapping[str, Any]) -> NDArray[np.float32]:
        """The embedding of one row of `session_sequences` as plain lists, float32[1, embedding_dim].

        Raises:
            EncoderInputError: a field is missing or the lists differ in length.
            TextModelError: as `embed`.
        """
        return self._embed(flatten_session(session, self._encoder.config))

    def _embed(self, sessions: SessionArrays) -> NDArray[np.float32]:
        rows = [self._row.get(key) for key in sessions.page_keys]
        if None in rows:
            return encode_arrays(
                sessions, self._encoder, page_table(sessions.page_keys, self._encoder, self._page_vectors)
            )
        codes = np.array([*range(FIRST_CODE), *(FIRST_CODE + row for row in rows if row is not None)], dtype=np.int64)
        return encode_folded(replace(sessions, page=codes[sessions.page]), self._folded)
