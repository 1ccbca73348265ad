"""What sessions can be read from: the encoder, and what has to be beaten. All rows have unit length, or are zero."""

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from clickintent.encoder import EncoderConfig, SessionEncoder, embed_pages, encode, load_encoder, train_encoder
from clickintent.encoder.config import HASHED, SEEDED
from clickintent.encoder.page_text import page_key_text

TOKEN_LETTERS: Final = 10
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


def embedded(sequences: pl.DataFrame, pages: pl.DataFrame, encoder: SessionEncoder) -> NDArray[np.float32]:
    """Embeddings of sessions: float32[n, 64].

    Args:
        sequences: rows of `session_sequences`.
        pages: page_key, text.
        encoder: the version to embed with.
    """
    return encode(sequences, encoder, embed_pages(pages, encoder))


def untrained_encoder(sequences: pl.DataFrame, pages: pl.DataFrame, config: EncoderConfig) -> SessionEncoder:
    """The same encoder with weights drawn from its seed and no training, centred on the sessions as a new one is."""
    start = EncoderConfig(
        **{name: getattr(config, name) for name in ("layers", "width", "heads", "hidden", "page_dim", "max_events")},
        initial_weights=SEEDED,
        page_text=HASHED,
        steps=0,
        seed=config.seed,
    )
    version = train_encoder(sequences, pages, start)
    return load_encoder(version.weights, version.config)


def mean_page_text(sequences: pl.DataFrame, pages: pl.DataFrame, encoder: SessionEncoder) -> NDArray[np.float64]:
    """Mean of the encoder's page vectors over a session's events, without the Transformer: float64[n, page_dim]."""
    vectors = embed_pages(pages, encoder)
    table = np.array([vectors[key] for key in pages["page_key"]]).reshape(pages.height, -1)
    return np.asarray(normalize(page_counts(sequences, pages["page_key"].to_list()) @ table))


def page_words(sequences: pl.DataFrame, pages: pl.DataFrame) -> csr_matrix:
    """Mean over a session's events of the TF-IDF of page texts: sparse[n, words]."""
    texts = [text or page_key_text(key) for key, text in pages.select("page_key", "text").iter_rows()]
    table = TfidfVectorizer().fit_transform(texts)
    return normalize(csr_matrix(page_counts(sequences, pages["page_key"].to_list()) @ table))


def page_counts(sequences: pl.DataFrame, page_keys: Sequence[str]) -> csr_matrix:
    """How often a session was on each page, as a share: sparse[n, pages]; a page that is not listed is left out."""
    column = {key: number for number, key in enumerate(page_keys)}
    events = (
        sequences.select("page_keys")
        .with_row_index("row")
        .explode("page_keys")
        .drop_nulls()
        .with_columns(column=pl.col("page_keys").replace_strict(column, default=None, return_dtype=pl.Int64))
        .drop_nulls()
    )
    places = (events["row"].to_numpy(), events["column"].to_numpy())
    counted = csr_matrix((np.ones(events.height), places), shape=(sequences.height, len(page_keys)))
    return normalize(counted)


def with_channel_hidden(sequences: pl.DataFrame) -> pl.DataFrame:
    """The same sessions with channel, device and referrer untold, which an encoder is trained to do without."""
    hidden = (pl.lit(None, pl.String).alias(name) for name in ("channel", "device_type", "referrer_medium"))
    return sequences.with_columns(*hidden)


def with_words_of_its_own(
    sequences: pl.DataFrame, pages: pl.DataFrame, channel: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same sessions where a channel shares no word with the others: a control in which nothing can meet.

    Every word of its page texts, every page and every event type becomes a token of letters, the same wherever it
    occurs in that channel, so that what is alike within the channel stays alike.

    Args:
        sequences: rows of `session_sequences`.
        pages: page_key, text.
        channel: whose words are replaced.
    """
    is_own = sequences["channel"] == channel
    token = pl.element().map_elements(_token, return_dtype=pl.String)
    replaced = {
        name: pl.when(is_own).then(pl.col(name).list.eval(token)).otherwise(name)
        for name in ("page_keys", "event_types")
    }
    known = pages.select("page_key", "text")
    texts = [" ".join(map(_token, (text or page_key_text(key)).split())) for key, text in known.iter_rows()]
    own_pages = known.with_columns(
        pl.col("page_key").map_elements(_token, return_dtype=pl.String), text=pl.Series(texts)
    )
    return sequences.with_columns(**replaced), pl.concat([known, own_pages])


def _token(word: str) -> str:
    """Letters only, since digits split words."""
    digest = hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()
    return digest[:TOKEN_LETTERS].translate(_LETTERS)
