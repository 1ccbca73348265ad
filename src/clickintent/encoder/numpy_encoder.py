"""The folded encoder in NumPy: the same numbers to rounding, in processes that would wait for torch to be imported.

What it scores by are arrays that `FoldedEncoder.arrays` gives: folding is done once, where torch is at hand.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from clickintent.encoder.config import HASHED, NORM_EPSILON, EncoderConfig
from clickintent.encoder.errors import EncoderLoadError
from clickintent.encoder.event_rows import WEIGHTED, event_rows
from clickintent.encoder.page_text import hash_texts, page_key_text
from clickintent.encoder.passes import padded_events, passes_of
from clickintent.encoder.plain_sessions import flatten_columns
from clickintent.encoder.session_arrays import FIRST_CODE, SessionArrays

Floats = NDArray[np.float32]

PAGES_KEPT: Final = 50_000
"""Pages whose part in an event is kept for later calls: 256 numbers, a kilobyte, each at the default width."""

_BLOCK_ARRAYS: Final = ("to_query_key_value", "attention_out", "to_gate", "to_fed", "feed_out")


class NumpyEncoder:
    """Embeds sessions as `encode` does with the same encoder and page vectors, to rounding.

    Args:
        arrays: of `FoldedEncoder.arrays`, by name.
        config: of the encoder.
        page_keys: pages that have a vector; any other is read by the words of its key.
        page_vectors: float32[len(page_keys), page_dim], by the same encoder.

    Raises:
        EncoderLoadError: an array is missing, or a text model reads the pages.
    """

    def __init__(
        self, arrays: Mapping[str, Floats], config: EncoderConfig, page_keys: Sequence[str], page_vectors: Floats
    ) -> None:
        if config.page_text != HASHED:
            raise EncoderLoadError(
                f"Without torch pages are read by hashed words alone, and this encoder reads by {config.page_text!r}."
            )
        self.config = config
        self._arrays = dict(arrays)
        try:
            self._starts = arrays["starts"].astype(np.int64)
            self._blocks = [
                {name: arrays[f"blocks.{number}.{name}"] for name in _BLOCK_ARRAYS} for number in range(config.layers)
            ]
            self._table, self._special = arrays["table"][FIRST_CODE:], arrays["table"][:FIRST_CODE]
        except KeyError as error:
            raise EncoderLoadError(f"The folded encoder lacks the array {error}: deploy again.") from error
        self._page_rows: dict[str, Floats] = {}
        self._stored = dict(zip(page_keys, page_vectors, strict=True))

    def embed(self, columns: Mapping[str, Sequence[Any]]) -> Floats:
        """Embeddings of sessions, float32[n, embedding_dim], unit length.

        Args:
            columns: of `session_sequences`, as `flatten_columns` takes them.

        Raises:
            EncoderInputError: a column is missing or the lists of a session differ in length.
        """
        return self.embed_arrays(flatten_columns(columns, self.config))

    def embed_arrays(self, sessions: SessionArrays) -> Floats:
        """Embeddings of flat sessions, float32[n, embedding_dim], unit length."""
        embeddings = np.empty((len(sessions), self.config.embedding_dim), dtype=np.float32)
        pages = np.concatenate([self._special, self._pages(sessions.page_keys)])
        table_rows, weights = event_rows(sessions, self._starts)
        for rows in passes_of(sessions.lengths):
            events, is_event = padded_events(sessions, rows)
            flat = events.ravel()
            sums = self._sums(table_rows[flat], weights[flat], pages).reshape(*events.shape, -1)
            raw = self._raw(sums, sessions.elapsed[events], is_event, sessions.channel[rows])
            length = np.linalg.norm(raw, axis=-1, keepdims=True)
            embeddings[rows] = raw / np.maximum(length, 1e-12)  # as torch's normalize
        return embeddings

    def _sums(self, rows: NDArray[np.int32], weights: Floats, pages: Floats) -> Floats:
        """All fields of each event together, float32[events, width or 4 * width]."""
        sums: Floats = pages[rows[:, 0]]
        for place in range(1, rows.shape[1]):
            part = self._table[rows[:, place] - FIRST_CODE]
            if place in WEIGHTED:
                part *= weights[:, place, None]
            sums += part
        return sums

    def _pages(self, page_keys: Sequence[str]) -> Floats:
        """What each page adds to an event, float32[len(page_keys), width or 4 * width]; worked out once a process."""
        new = [key for key in page_keys if key not in self._page_rows]
        if new:
            by_words = self._read([key for key in new if key not in self._stored])
            vectors = np.array([self._stored.get(key, by_words.get(key)) for key in new], dtype=np.float32)
            fields = vectors @ self._arrays["page_to_event"]
            rows = np.concatenate([fields, fields @ self._arrays["first"]], axis=1)
            if len(self._page_rows) + len(new) > PAGES_KEPT:
                # a site that makes up page keys must not fill the memory of a process that lives on
                self._page_rows = {key: self._page_rows[key] for key in page_keys if key in self._page_rows}
            self._page_rows |= dict(zip(new, rows, strict=True))
        return np.array([self._page_rows[key] for key in page_keys], dtype=np.float32).reshape(
            len(page_keys), self._table.shape[1]
        )

    def _read(self, page_keys: Sequence[str]) -> dict[str, Floats]:
        """Vectors of pages by the words of their keys, float32[page_dim] each."""
        texts = hash_texts([page_key_text(key) for key in page_keys], self.config.text_buckets)
        bag = self._arrays["bag"]
        vectors = {}
        for row, key in enumerate(page_keys):
            part = slice(texts.offsets[row], texts.offsets[row + 1])
            summed = texts.weights[part] @ bag[texts.buckets[part]]
            centred = summed - summed.mean()
            vectors[key] = (centred / np.sqrt(np.square(centred).mean() + NORM_EPSILON)).astype(np.float32)
        return vectors

    def _raw(
        self, sums: Floats, elapsed: Floats, is_event: NDArray[np.bool_] | None, channel: NDArray[np.int64]
    ) -> Floats:
        """Embeddings before scaling to unit length, float32[B, embedding_dim].

        Args:
            sums: float32[B, L, ...], of `_sums`.
            elapsed: float32[B, L].
            is_event: bool[B, L], or None where no row is padding.
            channel: int64[B].
        """
        width = self.config.width
        scale = _scale(sums[..., :width])
        events = sums[..., :width] * scale * self._arrays["fusion_gain"]
        turns = self._turns(elapsed)
        for number, block in enumerate(self._blocks):
            if number == 0:
                query_key_value = sums[..., width:] * (scale * _scale(events))
            else:
                query_key_value = (events * _scale(events)) @ block["to_query_key_value"]
            events = events + self._attend(query_key_value, turns, is_event) @ block["attention_out"]
            normed: Floats = events * _scale(events)
            events = events + (_gelu(normed @ block["to_gate"]) * (normed @ block["to_fed"])) @ block["feed_out"]
        share = _scale(events)[..., 0]
        if is_event is None:
            share = share / np.float32(share.shape[1])
        else:
            share = share * is_event / is_event.sum(axis=1, keepdims=True, dtype=np.float32)
        pooled = (share[:, None, :] @ events)[:, 0]
        raw: Floats = pooled @ self._arrays["to_embedding"] - self._arrays["centre"][channel]
        return raw

    def _turns(self, elapsed: Floats) -> NDArray[np.complex64]:
        """By how much queries and keys turn, complex64[B, L, 1, head_dim / 2]: see `rotary`."""
        order = np.arange(elapsed.shape[1], dtype=np.float32)[:, None] * self._arrays["turns_by_order"]
        time = elapsed[..., None] * self._arrays["turns_by_time"]
        angles = np.concatenate([np.broadcast_to(order, (len(elapsed), *order.shape)), time], axis=-1)
        turns = np.empty(angles.shape, dtype=np.complex64)
        turns.real, turns.imag = np.cos(angles), np.sin(angles)
        return turns[:, :, None, :]

    def _attend(
        self, query_key_value: Floats, turns: NDArray[np.complex64], is_event: NDArray[np.bool_] | None
    ) -> Floats:
        """float32[B, L, 3 * width] -> float32[B, L, width]."""
        rows, length, _ = query_key_value.shape
        heads = self.config.heads
        by_head = query_key_value.reshape(rows, length, 3 * heads, -1)
        pairs = np.ascontiguousarray(by_head[:, :, : 2 * heads]).view(np.complex64)
        turned = (pairs * turns).view(np.float32)
        query, key, value = (
            part.transpose(0, 2, 1, 3)
            for part in (turned[:, :, :heads], turned[:, :, heads:], by_head[:, :, 2 * heads :])
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
        if is_event is not None:
            scores = np.where(is_event[:, None, None, :], scores, np.float32(-np.inf))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed: Floats = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return mixed.transpose(0, 2, 1, 3).reshape(rows, length, -1)


def _scale(events: Floats) -> Floats:
    """What a norm without a gain multiplies each row by: float32[..., width] -> float32[..., 1]."""
    scale: Floats = 1 / np.sqrt(np.square(events).mean(axis=-1, keepdims=True) + np.float32(NORM_EPSILON))
    return scale


def _gelu(numbers: Floats) -> Floats:
    gated: Floats = numbers * (erf(numbers * np.float32(np.sqrt(0.5))) + 1) * np.float32(0.5)
    return gated
