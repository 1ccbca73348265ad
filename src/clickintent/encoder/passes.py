"""Sessions of like length scored together, each group padded to its longest. NumPy alone."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.session_arrays import SessionArrays

EVENTS_PER_PASS: Final = 2_048
"""Padded events per forward pass: large enough for fast products, small enough to stay in cache."""


def passes_of(lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """All sessions, the short ones first, cut so that the padded size of a pass stays within EVENTS_PER_PASS."""
    by_length = np.argsort(lengths, kind="stable")
    in_order = lengths[by_length]
    passes = []
    start = 0
    while start < len(by_length):
        stop = _end_of_pass(in_order, start)
        passes.append(by_length[start:stop])
        start = stop
    return passes


def padded_events(
    sessions: SessionArrays, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None]:
    """Event numbers of the sessions `rows`, int64[B, L], and which are events; null where all are."""
    lengths = sessions.lengths[rows]
    position = np.arange(lengths.max())
    events = sessions.offsets[rows][:, None] + position
    if lengths.min() == len(position):
        return events, None
    is_event = position < lengths[:, None]
    return np.where(is_event, events, sessions.offsets[rows][:, None]), is_event


def _end_of_pass(sorted_lengths: NDArray[np.int64], start: int) -> int:
    """The largest pass from `start` whose padded size stays within EVENTS_PER_PASS; at least one session."""
    window = sorted_lengths[start : start + EVENTS_PER_PASS]
    padded = window * np.arange(1, len(window) + 1)
    return start + max(int(np.searchsorted(padded, EVENTS_PER_PASS, side="right")), 1)
