"""A DuckDB file written anew: what was deleted from the old one is in no block of the new one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb

from clickintent.built_file import BuiltFileError, opened

SUFFIX: Final = ".rewritten"
"""Of the new file while it is being written; a leftover of a kill is written over."""

MEMORY_LIMIT: Final = "4.5GB"
"""Unless CLICKINTENT_MEMORY_LIMIT says otherwise, as in the profile of a build."""

_SPARE: Final = 1.1
"""Free space asked for, as a multiple of the file."""


def rewrite(file: Path, prove: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
    """Copy a database into a new file and put it in the place of the old one, which is gone then.

    Until the very end the old file is the one that counts: a kill at any point leaves it, or the new one, whole.

    Args:
        file: the DuckDB file; nobody may write to it meanwhile, and nobody can.
        prove: looks at the new file before it takes the place; what it raises stops that.

    Raises:
        BuiltFileError: the file is in use, or there is no room for the new one.
    """
    target = file.resolve()  # of a link, the file behind it
    new = target.with_name(target.name + SUFFIX)
    _remove(new)
    free = shutil.disk_usage(target.parent).free
    if free < target.stat().st_size * _SPARE:
        raise BuiltFileError(
            f"{target.parent} has {free:,} bytes free, and {target.name} is written anew there: make room, "
            "and run the same command again."
        )
    # attached for reading to the end, so that no build can write to what is about to go
    with duckdb.connect() as connection:
        _attach(connection, target)
        _copy(connection, new)
        with opened(new) as written:
            prove(written)
        if _log(target).exists():
            raise BuiltFileError(f"Another process wrote to {target} meanwhile: run the same command again.")
        shutil.copymode(target, new)
        _sync(new)
        new.replace(target)
        _sync(target.parent)


def remove_spilled(file: Path) -> None:
    """Remove what a killed process had spilled beside a file: rows of it, as they were.

    Args:
        file: the DuckDB file, which nobody else has open.
    """
    for opened_as in {file, file.resolve()}:
        spilled = _spill_folder(opened_as)
        if spilled.exists():
            shutil.rmtree(spilled)


def _spill_folder(file: Path) -> Path:
    """Where DuckDB writes what does not fit into memory, unless told otherwise."""
    return file.with_name(file.name + ".tmp")


def _attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    # what does not fit into memory is spilled beside the file, as in a build
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"set temp_directory = '{_quoted(_spill_folder(file))}'")
    connection.execute(f"set memory_limit = '{os.environ.get('CLICKINTENT_MEMORY_LIMIT', MEMORY_LIMIT)}'")
    try:
        connection.execute(f"attach '{_quoted(file)}' as built (read_only)")
    except duckdb.IOException as error:
        raise BuiltFileError(
            f"{file} cannot be read; is a build writing to it? Run the same command again. DuckDB says: {error}"
        ) from error


def _copy(connection: duckdb.DuckDBPyConnection, new: Path) -> None:
    connection.execute(f"attach '{_quoted(new)}' as rewritten")
    connection.execute("copy from database built to rewritten")
    for schema, table in _tables(connection, "built"):
        counts = [
            connection.execute(f'select count(*) from {database}."{schema}"."{table}"').fetchone()
            for database in ("built", "rewritten")
        ]
        if counts[0] != counts[1]:
            raise BuiltFileError(f"{schema}.{table} was not copied whole: {counts[0]} and {counts[1]} rows.")
    connection.execute("detach rewritten")


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where not internal and not temporary and database_name = $1",
        [database],
    ).fetchall()


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    _log(file).unlink(missing_ok=True)


def _log(file: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a file."""
    return file.with_name(file.name + ".wal")


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")


def _sync(path: Path) -> None:
    """Have the disk hold what was written, before the next step counts on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
