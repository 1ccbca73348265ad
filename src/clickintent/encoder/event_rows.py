"""Every field of an event as rows of one table, with their weights: what the folded encoders add up. NumPy alone."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.session_arrays import SessionArrays

BINS: Final = 10
HOURS: Final = 24
WEEKDAYS: Final = 7
# Where the last knot lies: an hour (sessions end after 30 idle minutes), and amounts of ten million.
MAX_SECONDS: Final = 3_600.0
MAX_VALUE: Final = 1e7

NUMBERS: Final = (("dwell", MAX_SECONDS), ("gap", MAX_SECONDS), ("value", MAX_VALUE))
_CODES: Final = 6
# Of an event: six codes, two rows for each number, and the clock
_ROWS: Final = _CODES + 2 * len(NUMBERS) + 1
WEIGHTED: Final = frozenset(_CODES + 1 + 2 * place for place in range(len(NUMBERS)))
"""Columns of `event_rows` whose weights are not all 1."""


def event_rows(sessions: SessionArrays, starts: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Table rows of each event and their weights, int32[events, k] and float32[events, k].

    The first column is that of the page.

    Args:
        sessions: n sessions.
        starts: first row of each part of the table: pages, event types, positions, channels, devices, referrers; of
            each number its sums, its slopes and what a missing one adds; the hours of the week.
    """
    lengths = sessions.lengths
    rows = np.empty((len(sessions.page), _ROWS), dtype=np.int32)
    weights = np.ones(rows.shape, dtype=np.float32)
    codes = [sessions.page, sessions.event_type, np.arange(len(rows)) - np.repeat(sessions.offsets[:-1], lengths)]
    codes += [np.repeat(code, lengths) for code in (sessions.channel, sessions.device, sessions.referrer)]
    for place, code in enumerate(codes):
        rows[:, place] = code + starts[place]
    for place, (name, largest) in enumerate(NUMBERS):
        sums, slopes, missing = starts[_CODES + 3 * place : _CODES + 3 * (place + 1)]
        number = np.abs(getattr(sessions, name)) if name == "value" else getattr(sessions, name)
        is_missing = np.isnan(number)
        scaled = np.log1p(np.nan_to_num(number).clip(0, largest)) * np.float32(BINS / math.log1p(largest))
        knot = np.minimum(scaled.astype(np.int32), BINS)
        rows[:, _CODES + 2 * place] = np.where(is_missing, missing, sums + knot)
        rows[:, _CODES + 1 + 2 * place] = slopes + knot
        weights[:, _CODES + 1 + 2 * place] = np.where(is_missing, 0, scaled - knot)
    hour, weekday = (
        np.where(np.isnan(clock), period, np.nan_to_num(clock)).astype(np.int32)
        for clock, period in ((sessions.hour, HOURS), (sessions.weekday, WEEKDAYS))
    )
    rows[:, -1] = starts[-1] + hour * (WEEKDAYS + 1) + weekday
    return rows, weights
