"""Sessions in plain Python lists as flat arrays, without a data frame.

One of a single row takes longer to make than its embedding, and its library longer to import than some processes live.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderInputError
from clickintent.encoder.session_arrays import (
    CHANNELS,
    FIRST_CODE,
    LIST_COLUMNS,
    MISSING,
    SESSION_COLUMNS,
    SessionArrays,
    elapsed_seconds,
    hashed_code,
)


def flatten_session(session: Mapping[str, Any], config: EncoderConfig) -> SessionArrays:
    """What `flatten_sessions` makes of a table with this one row.

    Args:
        session: a row of `session_sequences`; its lists hold one entry per event, None or '' where an event has none.
        config: of the encoder.

    Raises:
        EncoderInputError: a field is missing, or the lists differ in length.
    """
    return flatten_columns({name: (value,) for name, value in session.items()}, config)


def flatten_columns(columns: Mapping[str, Sequence[Any]], config: EncoderConfig) -> SessionArrays:
    """What `flatten_sessions` makes of a table with these columns.

    Args:
        columns: of `session_sequences`, one value per session; lists hold one entry per event, None or '' where an
            event has none. A list may be None.
        config: of the encoder.

    Raises:
        EncoderInputError: a column is missing, or the lists of a session differ in length.
    """
    absent = [name for name in (*SESSION_COLUMNS, *LIST_COLUMNS) if name not in columns]
    if absent:
        raise EncoderInputError(f"The session lacks the fields {absent}.")
    given = [len(keys or ()) for keys in columns["page_keys"]]
    flat = {name: _flat(name, columns[name], given, config.max_events) for name in LIST_COLUMNS}
    # a session without events holds one in which everything is missing
    offsets = np.zeros(len(given) + 1, dtype=np.int64)
    np.cumsum([min(max(length, 1), config.max_events) for length in given], out=offsets[1:])
    page_keys = sorted({key for key in flat["page_keys"] if key})
    rank = {key: FIRST_CODE + row for row, key in enumerate(page_keys)}
    gap = _numbers(flat["gap_seconds"])
    return SessionArrays(
        offsets=offsets,
        page=np.array([rank.get(key, MISSING) for key in flat["page_keys"]], dtype=np.int64),
        page_keys=page_keys,
        event_type=_hashed_codes(flat["event_types"], config.event_type_buckets),
        dwell=_numbers(flat["dwell_seconds"]),
        gap=gap,
        value=_numbers(flat["event_values"]),
        elapsed=elapsed_seconds(gap, offsets),
        hour=_numbers(flat["hours"]),
        weekday=_numbers(flat["weekdays"]),
        channel=np.array([CHANNELS.get(channel, MISSING) for channel in columns["channel"]], dtype=np.int64),
        device=_hashed_codes(columns["device_type"], config.device_buckets),
        referrer=_hashed_codes(columns["referrer_medium"], config.referrer_buckets),
    )


def _flat(name: str, lists: Sequence[Any], lengths: Sequence[int], most: int) -> list[Any]:
    """The last `most` entries of each list, one after the other; None for a list without any."""
    flat: list[Any] = []
    for row, (values, length) in enumerate(zip(lists, lengths, strict=True)):
        if len(values or ()) != length:
            raise EncoderInputError(
                f"Session {row} of the batch: the list {name} and page_keys differ in length. "
                "The lists of a session hold one entry per event, None or '' where an event has none."
            )
        flat += values[-most:] if length else (None,)
    return flat


def _hashed_codes(values: Sequence[str | None], buckets: int) -> NDArray[np.int64]:
    codes = {value: hashed_code(value, buckets) for value in set(values)}
    return np.array([codes[value] for value in values], dtype=np.int64)


def _numbers(values: Sequence[float | None]) -> NDArray[np.float32]:
    """float32 with NaN for None, NaN and infinity, as the encoder takes them."""
    numbers = np.array(values, dtype=np.float32)  # None becomes NaN
    numbers[np.isinf(numbers)] = np.nan
    return numbers
