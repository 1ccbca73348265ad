"""The DuckDB file that a build writes: room, rights, and what is in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clickintent.built_file import BuiltFileError, opened
from clickintent.doctor.finding import Finding
from clickintent.doctor.model_versions import model_findings, versions_query

FREE_BYTES_WANTED: Final = 2 * 1024**3


def examine_file(file: Path) -> Iterator[Finding]:
    """Whether a build can write the file, and the build and the models that are in it."""
    folder = file.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding("folder", "bad", f"{folder} cannot be written to", "Point CLICKINTENT_DUCKDB somewhere else.")
        return
    free = shutil.disk_usage(folder).free
    told = f"{folder} has {free / 1024**3:.1f} GiB free"
    if free < FREE_BYTES_WANTED:
        yield Finding("folder", "warning", told, "Large builds spill to disk: make room, or move CLICKINTENT_DUCKDB.")
    else:
        yield Finding("folder", "good", told)
    if not file.exists():
        yield Finding("build", "warning", f"there is no {file} yet", "Run `dbt build`.")
        return
    try:
        yield from _build(file)
    except BuiltFileError as error:
        yield Finding("build", "bad", str(error), "")


def _build(file: Path) -> Iterator[Finding]:
    """What a build left behind. Also a sign that no other process has the file: it is opened to be written to."""
    with opened(file, is_writing=True) as connection:
        if connection.execute("select 1 from duckdb_tables() limit 1").fetchone() is None:
            # dbt makes an empty file as soon as it connects
            yield Finding("build", "warning", f"there is nothing in {file} yet", "Run `dbt build`.")
            return
        versions = connection.execute(versions_query()).to_arrow_table().to_pylist()
        (sessions,) = connection.execute("select count(*) from sessions").fetchone() or (0,)
    yield Finding("build", "good", f"{sessions:,} sessions in {file}")
    yield from model_findings(versions)
