"""The DuckDB file that a build wrote, opened by a command; every refusal says what to do."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

RETRY_SECONDS: Final = 1.0

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
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = str(error).splitlines()[0]  # the rest is a listing of the query
            raise BuiltFileError(f"The build in {file} is not complete: {reason} Run `dbt build` again.") from error


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
