"""Session sequences as flat arrays, from tables."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa
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


def flatten_sessions(batch: pl.DataFrame | pa.RecordBatch | pa.Table, config: EncoderConfig) -> SessionArrays:
    """Flatten rows of `session_sequences`, keeping the last `config.max_events` events of each.

    Raises:
        EncoderInputError: a column is missing, or the lists of a session differ in length.
    """
    frame = batch if isinstance(batch, pl.DataFrame) else pl.from_arrow(batch)
    if not isinstance(frame, pl.DataFrame):
        raise EncoderInputError("Sessions must come as a data frame or an Arrow record batch, not a single column.")
    _check(frame)
    lists = frame.select(pl.col(LIST_COLUMNS).list.tail(config.max_events))
    lengths = lists["page_keys"].list.len().fill_null(0).clip(lower_bound=1).to_numpy()
    flat = {name: lists[name].explode(empty_as_null=True, keep_nulls=True) for name in LIST_COLUMNS}
    page, page_keys = _page_codes(flat["page_keys"])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    gap = _numbers(flat["gap_seconds"])
    return SessionArrays(
        offsets=offsets,
        page=page,
        page_keys=page_keys,
        event_type=_hashed_codes(flat["event_types"], config.event_type_buckets),
        dwell=_numbers(flat["dwell_seconds"]),
        gap=gap,
        value=_numbers(flat["event_values"]),
        elapsed=elapsed_seconds(gap, offsets),
        hour=_numbers(flat["hours"]),
        weekday=_numbers(flat["weekdays"]),
        channel=_codes(frame["channel"], lambda channel: CHANNELS.get(channel, MISSING)),
        device=_hashed_codes(frame["device_type"], config.device_buckets),
        referrer=_hashed_codes(frame["referrer_medium"], config.referrer_buckets),
    )


def _check(frame: pl.DataFrame) -> None:
    absent = [name for name in (*SESSION_COLUMNS, *LIST_COLUMNS) if name not in frame.columns]
    if absent:
        raise EncoderInputError(f"The table session_sequences lacks the columns {absent}.")
    expected = pl.col("page_keys").list.len().fill_null(0)
    for name in LIST_COLUMNS[1:]:
        uneven = frame.with_row_index("row").filter(pl.col(name).list.len().fill_null(0) != expected)
        if len(uneven):
            row = uneven.row(0, named=True)
            raise EncoderInputError(
                f"Session {row.get('session_id', row['row'])!r}: {name} and page_keys differ in length. "
                "The lists of a session hold one entry per event, null or '' where an event has none."
            )


def _page_codes(keys: pl.Series) -> tuple[NDArray[np.int64], list[str]]:
    distinct = sorted(key for key in keys.unique().to_list() if key)
    rank = {key: FIRST_CODE + row for row, key in enumerate(distinct)}
    return _codes(keys, lambda key: rank.get(key, MISSING)), distinct


def _hashed_codes(values: pl.Series, buckets: int) -> NDArray[np.int64]:
    return _codes(values, lambda value: hashed_code(value, buckets))


def _codes(values: pl.Series, code: Callable[[str], int]) -> NDArray[np.int64]:
    """Apply `code` once per distinct value; null is MISSING."""
    if values.dtype == pl.Null or len(values) == 0:
        return np.full(len(values), MISSING, dtype=np.int64)
    distinct = values.cast(pl.String).drop_nulls().unique().to_list()
    if not distinct:
        return np.full(len(values), MISSING, dtype=np.int64)
    codes = values.cast(pl.String).replace_strict(
        distinct, [code(value) for value in distinct], default=MISSING, return_dtype=pl.Int64
    )
    return codes.to_numpy().copy()


def _numbers(values: pl.Series) -> NDArray[np.float32]:
    """float32 with NaN for null, NaN and infinity: the model has one learned value for all of them."""
    numbers = values.cast(pl.Float32, strict=False).fill_null(float("nan")).to_numpy().copy()
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers
