"""The one function by which the dashboard reads: SQL in, a frame out, from a published copy or from Snowflake."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from clickintent.built_file import BuiltFileError


class Query(Protocol):
    """Answers a query of the published tables, by their names alone.

    The SQL is what DuckDB and Snowflake both understand, with a '?' for each parameter.
    """

    def __call__(self, sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The rows, in columns of lower-case names; whole numbers as integers, others as floats."""
        ...


def query_copy(file: Path) -> Query:
    """Read a published copy, as it is now: one that takes its place later is not seen.

    Raises:
        BuiltFileError: there is none, or it cannot be read.
    """
    if not file.exists():
        raise BuiltFileError(
            f"There is no published copy {file}: run `dbt build`, which writes it, "
            "or `clickintent publish` for a file that is built already."
        )
    # attached to a database of its own: DuckDB would hand out the file it has open by that name, renamed over or not
    connection = duckdb.connect()
    try:
        connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as published (read_only)")
    except duckdb.Error as error:
        connection.close()
        raise BuiltFileError(
            f"The published copy {file} cannot be read: run `clickintent publish`. DuckDB says: {error}"
        ) from error

    def query(sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        with connection.cursor() as cursor:
            cursor.execute("use published.main")
            try:
                return _plain(pl.from_arrow(cursor.execute(sql, list(parameters)).to_arrow_table()))
            except duckdb.CatalogException as error:
                raise BuiltFileError(
                    f"The published copy {file} is of another version: run `dbt build`. {str(error).splitlines()[0]}"
                ) from error

    return query


def query_snowpark(session: Any) -> Query:  # noqa: ANN401 - Snowpark is no dependency
    """Read the models themselves, through the session of Streamlit in Snowflake.

    Args:
        session: a Snowpark session whose schema is the one that dbt builds in.
    """

    def query(sql: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        return _plain(pl.from_arrow(session.sql(sql, params=list(parameters)).to_arrow()))

    return query


def _plain(frame: pl.DataFrame | pl.Series) -> pl.DataFrame:
    assert isinstance(frame, pl.DataFrame)
    whole = [
        column
        for column, kind in frame.schema.items()
        if (isinstance(kind, pl.Decimal) and kind.scale == 0) or kind == pl.Int128
    ]
    parts = [column for column, kind in frame.schema.items() if isinstance(kind, pl.Decimal) and column not in whole]
    return frame.with_columns(pl.col(whole).cast(pl.Int64), pl.col(parts).cast(pl.Float64)).rename(str.lower)
