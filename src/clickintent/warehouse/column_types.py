"""Types of columns, written as DuckDB writes them, for every warehouse: 'varchar', 'double[]', 'float[64]'."""

import re
from typing import Final

import pyarrow as pa

from clickintent.warehouse.interface import WarehouseError

_SIMPLE: Final[dict[str, pa.DataType]] = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "double": pa.float64(),
    "float": pa.float32(),
    "integer": pa.int32(),
    "timestamp": pa.timestamp("us"),
    "varchar": pa.string(),
}


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type of a column.

    Args:
        kind: a simple type, with `[]` after it for a list and `[n]` for a list of n.

    Raises:
        WarehouseError: there is no such type here.
    """
    text = kind.strip().lower()
    if found := re.fullmatch(r"(.+)\[(\d*)\]", text):
        item, size = found.groups()
        return pa.list_(arrow_type(item), int(size)) if size else pa.list_(arrow_type(item))
    if text not in _SIMPLE:
        raise WarehouseError(
            f"The seam knows no column of type {kind!r}; it knows {', '.join(_SIMPLE)} and lists of them."
        )
    return _SIMPLE[text]
