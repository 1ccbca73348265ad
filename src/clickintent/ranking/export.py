"""Ranking tables as Parquet files, for training jobs that read no warehouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from clickintent.built_file import opened


class ExportError(ValueError):
    """What is asked for cannot be exported; the message says what can."""


SINCE: Final = {
    "session_embeddings": "embedded_at >= $since",
    "customer_embeddings": "valid_to is null or valid_to > $since",
    "tile_ranking_examples": "shown_at >= $since",
}
"""Table -> which rows are of a moment or later: sessions embedded, vectors that held, tiles shown from then on."""

TABLES: Final = tuple(SINCE)
ORDER: Final = {
    "session_embeddings": "session_id",
    "customer_embeddings": "customer_id, valid_from",
    "tile_ranking_examples": "shown_at, impression_id, position, tile_id",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written.

    Attributes:
        table: whose rows.
        path: the file.
        rows: how many.
        encoder_versions: that made the vectors in it; also in the file's metadata, as `encoder_versions`.
    """

    table: str
    path: Path
    rows: int
    encoder_versions: tuple[str, ...]


def export_tables(
    file: Path, out: Path, tables: Sequence[str] = TABLES, since: datetime | None = None
) -> Iterator[Exported]:
    """Write tables as OUT/TABLE.parquet, each whole or not at all, all of one state of the build.

    The same build gives files of the same rows in the same order; an earlier file of the name is replaced.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        out: folder, made where it is not there.
        tables: of `TABLES`.
        since: leaves out what `SINCE` does not name; UTC.

    Raises:
        ExportError: a table is none of these, or none is named.
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
    """
    unknown = [table for table in tables if table not in SINCE]
    if unknown or not tables:
        raise ExportError(f"There is no export of {', '.join(unknown) or 'no table'}: it takes {', '.join(TABLES)}.")
    out.mkdir(parents=True, exist_ok=True)
    with opened(file) as connection:
        for table in dict.fromkeys(tables):
            yield _export(connection, out / f"{table}.parquet", table, since)


def _export(connection: duckdb.DuckDBPyConnection, path: Path, table: str, since: datetime | None) -> Exported:
    condition = "true" if since is None else SINCE[table].replace("$since", f"timestamp '{since:%Y-%m-%d %H:%M:%S}'")
    vectors = connection.execute(
        "select column_name from duckdb_columns() where table_name = ? and data_type like 'FLOAT[%' "
        "order by column_index",
        [table],
    ).fetchall()
    # as lists of any length: pyarrow cannot read arrays of a fixed one with nulls among them, as DuckDB writes them
    as_lists = ", ".join(f"{name}::float[] as {name}" for (name,) in dict.fromkeys(vectors))
    query = f"select * replace ({as_lists}) from {table} where {condition}"
    found = connection.execute(
        f"select count(*), list(distinct encoder_version order by encoder_version) from ({query}) as rows"
    ).fetchall()
    rows, versions = found[0][0], tuple(version for version in found[0][1] or [] if version is not None)
    unfinished = path.with_name(f"{path.name}.unfinished")
    # names, versions and times are our own
    metadata = f"{{encoder_versions: '{' '.join(versions)}', clickintent_table: '{table}'}}"
    target = str(unfinished).replace("'", "''")
    try:
        connection.execute(
            f"copy ({query} order by {ORDER[table]}) to '{target}' (format parquet, kv_metadata {metadata})"
        )
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(table, path, rows, versions)
