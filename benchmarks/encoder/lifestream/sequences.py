"""Sessions as the features of pytorch-lifestream: flat arrays, one entry per event, categories numbered by frequency.

Imports neither library: it runs in both environments.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

MAX_EVENTS = 64
PADDING = 0
FIRST_CODE = 1
# A value seen less often in training shares the last code, that of the unseen, so that this one is trained, too
MIN_TRAIN_EVENTS = 2
HOURS = 24
WEEKDAYS = 7

LIST_CATEGORIES = {"page": "page_keys", "event_type": "event_types"}
SESSION_CATEGORIES = {"channel": "channel", "device": "device_type", "referrer": "referrer_medium"}
CLOCKS = {"hour": ("hours", HOURS), "weekday": ("weekdays", WEEKDAYS)}
NUMBERS = {"dwell": "dwell_seconds", "gap": "gap_seconds", "value": "event_values"}
LIST_COLUMNS = [*LIST_CATEGORIES.values(), *(column for column, _ in CLOCKS.values()), *NUMBERS.values()]
COLUMNS = [*SESSION_CATEGORIES.values(), *LIST_COLUMNS]


@dataclass(frozen=True)
class Sequences:
    """Events of many sessions, flat: session i owns events `offsets[i]` to `offsets[i + 1]`.

    A session without events holds one in which everything is missing, so that each session gets an embedding.

    Attributes:
        offsets: int64[sessions + 1].
        categories: int64[events] by feature: 1 is the most frequent value of the training rows, missing being a value
            like others, and the last code is for rare and unseen ones; 0 is padding.
        sizes: codes of each category, padding among them.
        numbers: float32[events] by feature; 0 where missing, and `has_` features of 0 and 1 say where it was not.
        event_time: float32[events], seconds since the first event: the sum of the gaps.
    """

    offsets: NDArray[np.int64]
    categories: dict[str, NDArray[np.int64]]
    sizes: dict[str, int]
    numbers: dict[str, NDArray[np.float32]]
    event_time: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Events per session, int64[sessions]."""
        return np.diff(self.offsets)


def read_sequences(frame: pl.DataFrame, train_rows: NDArray[np.int64]) -> Sequences:
    """Flattens rows of `session_sequences`; codes are numbered by the rows that are trained on.

    Raises:
        ValueError: The lists of a session differ in length, or there is nothing to train on.
    """
    if len(train_rows) == 0:
        raise ValueError("There are no rows to train on: categories are numbered by them.")
    lists = frame.select(pl.col(LIST_COLUMNS).list.tail(MAX_EVENTS))
    lengths = lists.select(pl.all().list.len().fill_null(0))
    uneven = lengths.select(pl.any_horizontal(pl.all() != pl.col("page_keys"))).to_series()
    if uneven.any():
        raise ValueError(f"The lists of session {uneven.arg_max()} differ in length: each holds one entry per event.")
    counts = lengths["page_keys"].clip(lower_bound=1).cast(pl.Int64).to_numpy()
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    session = np.repeat(np.arange(len(frame)), counts)
    is_trained = np.isin(session, train_rows)
    flat = {name: lists[name].explode(empty_as_null=True, keep_nulls=True) for name in lists.columns}

    categories: dict[str, NDArray[np.int64]] = {}
    sizes: dict[str, int] = {}
    for name, column in LIST_CATEGORIES.items():
        categories[name], sizes[name] = _codes(flat[column], is_trained)
    for name, column in SESSION_CATEGORIES.items():
        categories[name], sizes[name] = _codes(frame[column][session], is_trained)
    for name, (column, size) in CLOCKS.items():
        values = flat[column].cast(pl.Int64).fill_null(size).clip(0, size)
        categories[name], sizes[name] = values.to_numpy() + FIRST_CODE, size + FIRST_CODE + 1

    numbers: dict[str, NDArray[np.float32]] = {}
    for name, column in NUMBERS.items():
        given = flat[column].cast(pl.Float32).to_numpy()
        is_known = np.isfinite(given)
        numbers[name] = np.where(is_known, given, 0).astype(np.float32)
        numbers[f"has_{name}"] = is_known.astype(np.float32)
    return Sequences(offsets, categories, sizes, numbers, _event_times(numbers["gap"], offsets))


def _codes(values: pl.Series, is_trained: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Codes by frequency in training, and how many there are with padding and the one of the unseen."""
    texts = values.cast(pl.String).fill_null("")
    trained = texts.filter(pl.Series(is_trained)).rename("text")
    frequent = (
        trained.value_counts(name="events")
        .filter(pl.col("events") >= MIN_TRAIN_EVENTS)
        .sort("events", "text", descending=[True, False])["text"]
    )
    unseen = FIRST_CODE + len(frequent)
    if len(frequent) == 0:
        return np.full(len(texts), unseen, dtype=np.int64), unseen + 1
    codes = texts.replace_strict(
        frequent, np.arange(FIRST_CODE, unseen), default=unseen, return_dtype=pl.Int64
    ).to_numpy(writable=True)
    return codes, unseen + 1


def _event_times(gaps: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Sums of the gaps from each session's first event on, which is at 0."""
    total = np.cumsum(gaps, dtype=np.float64)
    first = np.repeat(offsets[:-1], np.diff(offsets))
    return (total - total[first]).astype(np.float32)
