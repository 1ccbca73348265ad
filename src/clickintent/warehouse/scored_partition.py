"""What a worker of Snowflake runs: a batch function over one partition, from pandas to text.

It imports nothing of Snowpark, and is found in the package that the function was given as an import.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clickintent.warehouse.column_types import arrow_type
from clickintent.warehouse.interface import BatchFunction

BATCH_ROWS: Final = 2_048
"""As many rows as DuckDB hands to a function at once."""


def score_partition(
    rows: pd.DataFrame,
    function: BatchFunction,
    inputs: Mapping[str, str],
    outputs: Sequence[str],
    columns: Sequence[str],
    key: Sequence[str],
    *,
    is_exploded: bool,
) -> pd.DataFrame:
    """Rows with what a batch function says of each; arguments as of `Warehouse.map_rows`.

    Args:
        rows: a partition as Snowflake hands it over: names in upper case, arrays as lists or as JSON text.
        function: of batches of at most `BATCH_ROWS`, in the order of the key.
        inputs: argument -> type.
        outputs: columns that the function makes.
        columns: of the result.
        key: columns that tell the rows apart.
        is_exploded: the function gives a list for each row, and the result has a row for each element.

    Returns:
        One column of text for each of `columns`, names in upper case; null stays null.
    """
    # an empty partition is handed over where there are no rows at all
    rows = rows.rename(columns=lambda name: name.strip('"').lower()).sort_values(list(key), kind="stable")
    parts = [
        _score_batch(rows.iloc[first : first + BATCH_ROWS], function, inputs, outputs, columns, is_exploded=is_exploded)
        for first in range(0, len(rows), BATCH_ROWS)
    ]
    empty = pd.DataFrame({column: [] for column in columns}, dtype=object)
    scored = pd.concat(parts) if parts else empty
    return scored.rename(columns=str.upper).reset_index(drop=True)


def _score_batch(
    rows: pd.DataFrame,
    function: BatchFunction,
    inputs: Mapping[str, str],
    outputs: Sequence[str],
    columns: Sequence[str],
    *,
    is_exploded: bool,
) -> pd.DataFrame:
    arrays = [_to_arrow(rows[name], arrow_type(kind)) for name, kind in inputs.items()]
    made = function(pa.RecordBatch.from_arrays(arrays, names=list(inputs)))
    if is_exploded:
        rows = rows.iloc[pc.list_parent_indices(made).to_numpy()]
        made = pc.list_flatten(made)
    by_output = dict(zip(outputs, [made] if len(outputs) == 1 else made.flatten(), strict=True))
    return pd.DataFrame(
        {
            column: _texts(by_output[column].to_pylist() if column in by_output else rows[column].tolist())
            for column in columns
        },
        dtype=object,
    )


def _to_arrow(column: "pd.Series[Any]", kind: pa.DataType) -> pa.Array:
    values = [_value(value) for value in column.tolist()]
    if pa.types.is_integer(kind):
        # a number comes as a double where others of its column are missing, or as a decimal
        values = [None if value is None else int(value) for value in values]
    elif pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        values = [json.loads(value) if isinstance(value, str) else value for value in values]
    return pa.array(values, kind)


def _value(value: Any) -> Any:  # noqa: ANN401 - whatever a data frame holds
    """A value, or None for what pandas takes for missing."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return None if not isinstance(value, list | str) and pd.isna(value) else value


def _texts(values: Sequence[Any]) -> list[str | None]:
    return [_text(_value(value)) for value in values]


def _text(value: Any) -> str | None:  # noqa: ANN401 - a form for each type
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value)
    if isinstance(value, float | np.floating):
        return repr(float(value))
    if isinstance(value, pd.Timestamp):
        return str(value.to_pydatetime())
    return str(value)
