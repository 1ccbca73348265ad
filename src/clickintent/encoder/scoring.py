"""Scoring: sessions in, unit vectors out. The pure function behind the UDFs of both warehouses."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from clickintent.encoder.errors import EncoderInputError, TextModelError
from clickintent.encoder.folded import FoldedEncoder
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.page_text import page_key_text
from clickintent.encoder.passes import padded_events, passes_of
from clickintent.encoder.session_arrays import SessionArrays
from clickintent.encoder.sessions import flatten_sessions
from clickintent.encoder.threads import each_on_one_thread

PageVectors = Mapping[str, NDArray[np.float32]]


def embed_pages(pages: pl.DataFrame, encoder: SessionEncoder) -> dict[str, NDArray[np.float32]]:
    """Vectors of the distinct pages, page_key -> float32[page_dim].

    A page without text is read by the words of its key.

    Args:
        pages: columns page_key and text.
        encoder: the version to embed with.

    Raises:
        EncoderInputError: a column is missing.
        TextModelError: a text model reads the pages, and cannot be loaded or is not the one of the training.
    """
    absent = [name for name in ("page_key", "text") if name not in pages.columns]
    if absent:
        raise EncoderInputError(f"The table pages lacks the columns {absent}.")
    keys = pages["page_key"].to_list()
    texts = [text or page_key_text(key or "") for key, text in zip(keys, pages["text"].to_list(), strict=True)]
    return dict(zip(keys, encoder.embed_pages(texts), strict=True))


def encode(
    batch: pl.DataFrame | pa.RecordBatch | pa.Table, encoder: SessionEncoder, page_vectors: PageVectors
) -> NDArray[np.float32]:
    """Embed sessions: float32[rows, embedding_dim], unit length, never NaN, row order kept.

    A session's vector depends on that session alone: not on the batch, its order or padding (to 1e-5).

    Args:
        batch: rows of session_sequences.
        encoder: from load_encoder.
        page_vectors: page_key -> float32[page_dim] by the same encoder; other keys are read by their words.

    Raises:
        EncoderInputError: a column is missing or the lists of a session differ in length.
        TextModelError: a page has no vector, and the text model that would read its key cannot be loaded.
    """
    sessions = flatten_sessions(batch, encoder.config)
    return encode_arrays(sessions, encoder, page_table(sessions.page_keys, encoder, page_vectors))


def page_table(page_keys: list[str], encoder: SessionEncoder, page_vectors: PageVectors) -> Tensor:
    """Vectors of `page_keys` in order, float32[len(page_keys), page_dim]."""
    unknown = [key for key in page_keys if key not in page_vectors]
    try:
        from_words = dict(zip(unknown, encoder.embed_pages([page_key_text(key) for key in unknown]), strict=True))
    except TextModelError as error:
        raise TextModelError(
            f"{len(unknown)} pages have no vector yet, and their keys cannot be read: {error} Or build page_embeddings "
            "first where the model can be loaded: sessions of stored pages need no model."
        ) from error
    table = np.zeros((len(page_keys), encoder.config.page_dim), dtype=np.float32)
    for row, key in enumerate(page_keys):
        table[row] = from_words[key] if key in from_words else page_vectors[key]
    return torch.from_numpy(table)


@torch.inference_mode()
def encode_arrays(
    sessions: SessionArrays, encoder: SessionEncoder, pages: Tensor, *, is_unit: bool = True
) -> NDArray[np.float32]:
    """Embed flat sessions whose page codes count rows of `pages` (float32[pages, page_dim])."""
    return encode_folded(sessions, FoldedEncoder(encoder, pages), is_unit=is_unit)


def encode_folded(sessions: SessionArrays, folded: FoldedEncoder, *, is_unit: bool = True) -> NDArray[np.float32]:
    """Embed flat sessions by an encoder that was folded with their pages."""
    embeddings = np.empty((len(sessions), folded.encoder.config.embedding_dim), dtype=np.float32)
    rows_of_events, weights = folded.tokens(sessions)
    elapsed, channel = torch.from_numpy(sessions.elapsed), torch.from_numpy(sessions.channel)

    @torch.inference_mode()
    def score(rows: NDArray[np.int64]) -> None:
        events, is_event = padded_events(sessions, rows)
        flat = torch.from_numpy(events.ravel())
        raw = folded.raw(
            rows_of_events[flat],
            weights[flat],
            elapsed[flat].view(events.shape),
            None if is_event is None else torch.from_numpy(is_event),
            channel[torch.from_numpy(rows)],
        )
        embeddings[rows] = (functional.normalize(raw, dim=-1) if is_unit else raw).numpy()

    each_on_one_thread(score, passes_of(sessions.lengths))
    return embeddings
