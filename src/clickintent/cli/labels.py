"""`clickintent labels`: what is labelled."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from clickintent.cli.options import ByOption, FileOption, login_name, refusals_told

labels_app = typer.Typer(no_args_is_help=True, help="Sessions that a labeler labels: which, and what more.")


@labels_app.command()
def grow(
    sessions: Annotated[int, typer.Option(help="How many sessions to add.")],
    by: ByOption = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Ask for labels of the sessions that the classifier is least sure of; the next `dbt build` labels them.

    Example: clickintent labels grow --sessions 500
    """
    from clickintent.label_requests import LabelRequestError, request_uncertain_sessions  # noqa: PLC0415

    with refusals_told(LabelRequestError):
        chosen = request_uncertain_sessions(file, sessions, by=login_name() if by is None else by)
    import polars as pl  # noqa: PLC0415

    by_leaf = Table(title="Asked for, by the intent that seems best", title_justify="left", title_style="bold")
    by_leaf.add_column("intent", no_wrap=True)
    by_leaf.add_column("sessions", justify="right")
    by_leaf.add_column("largest margin", justify="right")
    leaves = chosen.group_by("intent_id").agg(pl.len(), pl.col("margin").max()).sort("intent_id")
    for intent_id, count, margin in leaves.iter_rows():
        by_leaf.add_row(intent_id, f"{count:,}", f"{margin:.3f}")
    console = Console()
    console.print(by_leaf)
    fewer = "" if chosen.height == sessions else f", all that there are of the {sessions:,} wanted"
    console.print(
        f"{chosen.height:,} sessions are asked for{fewer}.\n"
        "Next: `dbt build`, which labels them and distils a classifier from all labels.",
        highlight=False,
        soft_wrap=True,
    )
