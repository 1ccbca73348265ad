"""`clickintent export`: the ranking team's tables as files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from clickintent.cli.options import FileOption, refusals_told, screen


def export(
    out: Annotated[Path, typer.Option(help="Folder to write Parquet files to.")],
    tables: Annotated[
        str, typer.Option(help="Names, comma-separated.")
    ] = "session_embeddings,customer_embeddings,tile_ranking_examples",
    since: Annotated[
        datetime | None,
        typer.Option(help="Only sessions embedded, vectors that held, and tiles shown from then on, UTC."),
    ] = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Write embeddings and ranking examples as Parquet files, one a table.

    A file of the same name is replaced once the new one is whole. Its metadata says which encoder made the vectors.

    Example: clickintent export --out ranking --since 2026-04-01
    """
    from clickintent.ranking.export import ExportError, export_tables  # noqa: PLC0415 - heavy imports only when needed

    console = screen()
    wanted = [name.strip() for name in tables.split(",") if name.strip()]
    with refusals_told(ExportError):
        for done in export_tables(file, out, wanted, since):
            versions = ", ".join(done.encoder_versions) or "no encoder version"
            console.print(f"{escape(str(done.path))}: {done.rows:,} rows, {versions}", highlight=False, soft_wrap=True)
