"""The DuckDB file that a build wrote, opened by a command; every refusal says what to do."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

RETRY_SECONDS: Final = 1.0
ONE_OF_EACH_FOLDER: Final = (
    *("stg_events", "sessions", "session_sequences", "session_encoder", "visitor_customers", "session_labels"),
    *("intent_distribution_daily", "tile_impressions", "eval_sessions", "taxonomy"),
    *("intent_trends_daily", "intent_shares_daily"),
)
"""Tables by which a schema of the package's models is known: folders are what a project gives schemas to."""

_log = logging.getLogger(__name__)


class BuiltFileError(RuntimeError):
    """There is no build to read or to write to; the message says what to do."""


@contextmanager
def opened(file: Path, *, is_writing: bool = False, wait_seconds: float = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a file that `dbt build` wrote.

    Args:
        file: the DuckDB file.
        is_writing: whether to write to it; no build can run meanwhile.
        wait_seconds: how long to wait for another process that has the file.

    Raises:
        BuiltFileError: there is no such file, another process has it, or the build in it is not complete.
    """
    with connected(file, is_writing, wait_seconds) as connection:
        connection.execute("set enable_progress_bar = false")  # it would be drawn between what a command says
        look_into_all_schemas(connection, file)
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = str(error).splitlines()[0]  # the rest is a listing of the query
            raise BuiltFileError(f"The build in {file} is not complete: {reason} Run `dbt build` again.") from error


def look_into_all_schemas(connection: duckdb.DuckDBPyConnection, file: Path, database: str | None = None) -> list[str]:
    """Let a connection find a build's tables by their names alone, in whatever schemas they are.

    A project around the package may have put its models into schemas of any names. A schema counts if it has a table of
    the package's that 'main' has not. Beside a whole build in 'main' it is somebody else's.

    Args:
        connection: whose search path is set.
        file: what a refusal names.
        database: the build's name in the connection; None for the one in use.

    Returns:
        The build's schemas, in the order in which they are searched.

    Raises:
        BuiltFileError: there are two builds in the file, and none is in the schema 'main'.
    """
    found = connection.execute(
        "select table_name, list(schema_name order by schema_name) from duckdb_tables() "
        "where database_name = coalesce($2, current_database()) and list_contains($1, table_name) "
        "group by 1 order by 1",
        [list(ONE_OF_EACH_FOLDER), database],
    ).fetchall()
    elsewhere = {table: schemas for table, schemas in found if "main" not in schemas}
    for table, schemas in elsewhere.items():
        if len(schemas) > 1:
            raise BuiltFileError(
                f"{file} holds more than one build, the table {table} in the schemas {' and '.join(schemas)}: "
                "give each target a file of its own."
            )
    ours = list(dict.fromkeys(["main", *(schema for (schema,) in elsewhere.values())]))
    if elsewhere or database:
        of_database = f"{_identifier(database)}." if database else ""
        path = ",".join(of_database + _identifier(schema) for schema in ours)
        connection.execute("set search_path = '" + path.replace("'", "''") + "'")
    return ours


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def connected(file: Path, is_writing: bool, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    """A connection that the caller closes; otherwise as `opened`.

    Raises:
        BuiltFileError: there is no such file, or another process has it.
    """
    if not file.exists():
        raise BuiltFileError(
            f"There is no file {file}: run `dbt build` first, or point CLICKINTENT_DUCKDB at the file."
        )
    deadline = time.monotonic() + wait_seconds
    is_told = False
    while True:
        try:
            return duckdb.connect(str(file), read_only=not is_writing)
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() >= deadline:
                use = "written to" if is_writing else "read"
                raise BuiltFileError(
                    f"{file} cannot be {use}; is a build writing to it? DuckDB says: {error}"
                ) from error
        if not is_told:
            _log.warning("Another process has %s open, such as a build: waiting for it.", file)
            is_told = True
        time.sleep(RETRY_SECONDS)
