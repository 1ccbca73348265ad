"""Sessions as numbers: aggregates, bags of events, and the embeddings of encoders."""

import json
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer

from benchmarks.encoder.dataset import Dataset
from benchmarks.encoder.tasks import Task
from clickintent.encoder import EncoderConfig, embed_pages, encode, load_encoder, train_encoder

# Columns of `session_features` that say who or when, not what
NOT_FEATURES = ("session_id", "started_at", "content_hash", "page_group_counts")
FIRST_EVENTS = 3
SCORING_ROWS = 2_048


def aggregates(dataset: Dataset) -> NDArray[np.float32]:
    """`session_features`, with counts of each event type: float32[sessions, features]; -1 for null."""
    plain = dataset.features.drop(NOT_FEATURES)
    texts = [name for name, dtype in plain.schema.items() if dtype == pl.String]
    numbers = plain.drop(texts).cast(pl.Float32).fill_null(-1).to_numpy()
    rows = []
    for words, groups, types in zip(
        plain.select(texts).iter_rows(named=True),
        dataset.features["page_group_counts"],
        dataset.sequences["event_types"],
        strict=True,
    ):
        row: dict[str, float] = {f"{name}={value}": 1.0 for name, value in words.items()}
        for group, count in json.loads(groups).items():
            row[f"group {group}"] = count
        for event_type in types:
            row[f"type {event_type}"] = row.get(f"type {event_type}", 0.0) + 1
        rows.append(row)
    counted: NDArray[np.float32] = DictVectorizer(dtype=np.float32, sparse=False).fit_transform(rows)
    # a name that occurs a handful of times is noise, and makes the trees slow
    return np.hstack([numbers, counted[:, (counted != 0).sum(axis=0) >= max(10, len(rows) // 2_000)]])


def bigrams(dataset: Dataset) -> csr_matrix:
    """Counts of pages and of page pairs in a row; an event without a page counts by its type."""
    return _bags([[*tokens, *(f"{one} > {other}" for one, other in pairwise(tokens))] for tokens in _tokens(dataset)])


def last_event(dataset: Dataset) -> csr_matrix:
    """The last event alone: what a label that leaks into the sequence would show in."""
    return _bags([tokens[-1:] for tokens in _tokens(dataset)])


def first_events(dataset: Dataset) -> csr_matrix:
    """The first three events, each with its place."""
    return _bags(
        [[f"{place} {token}" for place, token in enumerate(tokens[:FIRST_EVENTS])] for tokens in _tokens(dataset)]
    )


def trained(
    dataset: Dataset, rows: NDArray[np.int64], config: EncoderConfig, asked: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """Embeddings of all sessions by an encoder trained on `rows` without labels: float32[sessions, 64].

    Zeros for all but the sessions `asked`, where these are given.
    """
    version = train_encoder(dataset.sequences[rows], dataset.pages, config)
    encoder = load_encoder(version.weights, version.config)
    vectors = embed_pages(dataset.pages, encoder)
    asked = np.arange(len(dataset.sequences)) if asked is None else asked
    embeddings = np.zeros((len(dataset.sequences), config.embedding_dim), dtype=np.float32)
    for start in range(0, len(asked), SCORING_ROWS):
        chosen = asked[start : start + SCORING_ROWS]
        embeddings[chosen] = encode(dataset.sequences[chosen], encoder, vectors)
    return embeddings


def of_examples(sessions: NDArray[np.float32] | csr_matrix, task: Task) -> NDArray[np.float32] | csr_matrix:
    """Features of a task's examples: the session, and the mean of the visitor's sessions so far where these count."""
    current = sessions[task.rows]
    if task.history is None:
        return current
    example, row = task.history.T
    share = (1 / np.bincount(example, minlength=len(task.rows)))[example]
    averaging = csr_matrix((share, (example, row)), shape=(len(task.rows), sessions.shape[0]))
    mean = averaging @ sessions
    if isinstance(sessions, csr_matrix):
        return csr_matrix(hstack([current, mean]))
    return np.hstack([current, mean]).astype(np.float32)


def _tokens(dataset: Dataset) -> list[list[str]]:
    return [
        [page or event_type or "" for page, event_type in zip(pages, types, strict=True)]
        for pages, types in zip(dataset.sequences["page_keys"], dataset.sequences["event_types"], strict=True)
    ]


def _bags(documents: list[list[str]]) -> csr_matrix:
    counts: list[dict[str, float]] = []
    for document in documents:
        bag: dict[str, float] = {}
        for token in document:
            bag[token] = bag.get(token, 0.0) + 1
        counts.append(bag)
    matrix = csr_matrix(DictVectorizer(dtype=np.float32).fit_transform(counts))
    return matrix[:, np.flatnonzero(np.asarray((matrix != 0).sum(axis=0)).ravel() > 1)]
