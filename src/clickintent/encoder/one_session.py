"""One session as flat arrays, in plain Python: a data frame of one row takes longer to make than its embedding."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderInputError
from clickintent.encoder.page_text import bucket_of
from clickintent.encoder.sessions import (
    CHANNELS,
    FIRST_CODE,
    LIST_COLUMNS,
    MISSING,
    SESSION_COLUMNS,
    SessionArrays,
    elapsed_seconds,
)


def flatten_session(session: Mapping[str, Any], config: EncoderConfig) -> SessionArrays:
    """What `flatten_sessions` makes of a table with this one row.

    Args:
        session: a row of `session_sequences`; its lists hold one entry per event, None or '' where an event has none.
        config: of the encoder.

    Raises:
        EncoderInputError: a field is missing, or the lists differ in length.
    """
    absent = [name for name in (*SESSION_COLUMNS, *LIST_COLUMNS) if name not in session]
    if absent:
        raise EncoderInputError(f"The session lacks the fields {absent}.")
    lists: dict[str, Sequence[Any]] = {name: session[name] or () for name in LIST_COLUMNS}
    length = len(lists["page_keys"])
    uneven = [name for name in LIST_COLUMNS if len(lists[name]) != length]
    if uneven:
        raise EncoderInputError(
            f"The lists {uneven} differ from page_keys in length. "
            "The lists of a session hold one entry per event, None or '' where an event has none."
        )
    # a session without events holds one in which everything is missing
    lists = {name: values[-config.max_events :] if length else (None,) for name, values in lists.items()}
    offsets = np.array([0, len(lists["page_keys"])], dtype=np.int64)
    page_keys = sorted({key for key in lists["page_keys"] if key})
    rank = {key: FIRST_CODE + row for row, key in enumerate(page_keys)}
    gap = _numbers(lists["gap_seconds"])
    return SessionArrays(
        offsets=offsets,
        page=np.array([rank.get(key, MISSING) for key in lists["page_keys"]], dtype=np.int64),
        page_keys=page_keys,
        event_type=_hashed_codes(lists["event_types"], config.event_type_buckets),
        dwell=_numbers(lists["dwell_seconds"]),
        gap=gap,
        value=_numbers(lists["event_values"]),
        elapsed=elapsed_seconds(gap, offsets),
        hour=_numbers(lists["hours"]),
        weekday=_numbers(lists["weekdays"]),
        channel=np.array([CHANNELS.get(session["channel"], MISSING)], dtype=np.int64),
        device=_hashed_codes([session["device_type"]], config.device_buckets),
        referrer=_hashed_codes([session["referrer_medium"]], config.referrer_buckets),
    )


def _hashed_codes(values: Sequence[str | None], buckets: int) -> NDArray[np.int64]:
    codes = [FIRST_CODE + bucket_of(value.strip().lower(), buckets) if value else MISSING for value in values]
    return np.array(codes, dtype=np.int64)


def _numbers(values: Sequence[float | None]) -> NDArray[np.float32]:
    """float32 with NaN for None, NaN and infinity, as the encoder takes them."""
    numbers = np.array(values, dtype=np.float32)  # None becomes NaN
    numbers[np.isinf(numbers)] = np.nan
    return numbers
