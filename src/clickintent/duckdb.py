"""Ad-hoc connections to a built DuckDB file, with the models in force as SQL functions.

`connect("clickintent.duckdb").sql("select clickintent_intent(embedding, channel) from session_embeddings")`
"""

from os import PathLike
from pathlib import Path

import duckdb

from clickintent.built_file import BuiltFileError, connected
from clickintent.sql_functions import NoModelError, register_functions

__all__ = ["BuiltFileError", "NoModelError", "add_functions", "connect"]


def connect(file: str | PathLike[str], *, schema: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a built file, to read, with `clickintent_embed` and `clickintent_intent`.

    Args:
        file: the DuckDB file that `dbt build` wrote.
        schema: where the version tables are, should several schemas of the file have them.

    Raises:
        BuiltFileError: there is no such file, or another process is writing to it.
        ValueError: another connection of this process to it has another schema.
    """
    connection = connected(Path(file), is_writing=False, wait_seconds=0)
    try:
        add_functions(connection, schema=schema)
    except ValueError:
        connection.close()
        raise
    return connection


def add_functions(connection: duckdb.DuckDBPyConnection, *, schema: str | None = None) -> None:
    """Add the functions to a connection of your own, whose current database is a built file.

    Args:
        connection: any connection of this process; adding again changes nothing.
        schema: as in `connect`.
    """
    register_functions(connection, schema)
