"""Whether a table of DuckDB and its counterpart on fakesnow hold the same rows."""

import json
import math
from decimal import Decimal

import duckdb

TOLERANCE = 1e-5
"""Of numbers with a fraction: embeddings, probabilities and shares, which are sums in another order."""


def rows_of_duckdb(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> list[tuple]:
    """All rows, values as `plain` makes them."""
    selected = ", ".join(f'"{column}"' for column in columns)
    return [tuple(map(plain, row)) for row in connection.execute(f"select {selected} from {table}").fetchall()]


def rows_of_fakesnow(connection, table: str, columns: list[str]) -> list[tuple]:
    """The same of a table of fakesnow."""
    selected = ", ".join(f'"{column.upper()}"' for column in columns)
    with connection.cursor() as cursor:
        return [tuple(map(plain, row)) for row in cursor.execute(f"select {selected} from {table}").fetchall()]


def plain(value: object) -> object:  # noqa: PLR0911 - a form for each type
    """A value of either warehouse in one form: texts of JSON lists and objects become lists and objects."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return plain(json.loads(value))
        except json.JSONDecodeError:
            return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())}
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, float) and math.isnan(value):
        return None  # local testing has no null among doubles, so what is no number is written as null
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return bytes(value) if isinstance(value, bytearray) else value


def differences(ours: list[tuple], theirs: list[tuple], columns: list[str], key: list[str]) -> list[str]:
    """What is not the same, a sentence each, a few at most; empty where all is.

    Args:
        ours: rows of DuckDB.
        theirs: rows of fakesnow.
        columns: names of the values.
        key: columns that tell the rows apart.
    """
    at = [columns.index(column) for column in key]
    by_key = [{repr([row[i] for i in at]): row for row in rows} for rows in (ours, theirs)]
    found = [
        f"{len(rows)} rows of {side}, {len(keyed)} keys {key}"
        for side, rows, keyed in zip(("DuckDB", "fakesnow"), (ours, theirs), by_key, strict=True)
        if len(rows) != len(keyed)
    ]
    for side, keyed, other in (("DuckDB", *by_key), ("fakesnow", *by_key[::-1])):
        alone = sorted(set(keyed) - set(other))
        if alone:
            found.append(f"{len(alone)} of {len(keyed)} rows only on {side}, such as {alone[0]}")
    for name, i in zip(columns, range(len(columns)), strict=True):
        unequal = [k for k in by_key[0].keys() & by_key[1].keys() if not is_same(by_key[0][k][i], by_key[1][k][i])]
        if unequal:
            k = min(unequal)
            values = by_key[0][k][i], by_key[1][k][i]
            found.append(f"{name} in {len(unequal)} rows, such as {k}: {values[0]!r:.200} and {values[1]!r:.200}")
    return found


def is_same(one: object, other: object) -> bool:
    """Equal, numbers with a fraction to the tolerance."""
    if isinstance(one, float) or isinstance(other, float):
        return (
            isinstance(one, int | float)
            and isinstance(other, int | float)
            and math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    return type(one) is type(other) and one == other
