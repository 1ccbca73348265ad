"""`clickintent snowflake estimate`: what clickintent would cost on Snowflake."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from clickintent.cli.options import refusals_told, screen


def estimate(
    assumptions: Annotated[
        Path | None, typer.Option(help="TOML of name = value, for what differs with you.", dir_okay=False)
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value; again for each. Goes before the file.")
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="Everything as JSON, with the assumptions.")] = False,
    is_markdown: Annotated[bool, typer.Option("--markdown", help="As the tables of docs/snowflake-cost.md.")] = False,
) -> None:
    """Work out credits and dollars on Snowflake, in steady state and for a first build.

    From rates that were measured in DuckDB and assumptions that nobody measured: nothing of it ran on Snowflake, and
    nothing is sent anywhere. --json lists all assumptions with their sources.

    Example: clickintent snowflake estimate --set sessions_a_day=1000000 --set history_days=90
    """
    from clickintent.snowflake.estimate import (  # noqa: PLC0415 - only when it is needed
        AssumptionsError,
        as_json,
        as_markdown,
        read_assumptions,
        work_out,
    )
    from clickintent.snowflake.estimate.tables import sections  # noqa: PLC0415

    with refusals_told(AssumptionsError):
        assumed = read_assumptions(assumptions, settings or [])
    worked_out = work_out(assumed)
    if is_json or is_markdown:
        typer.echo(as_json(assumed, worked_out) if is_json else as_markdown(assumed, worked_out), nl=is_json)
        return
    console = screen()
    for title, head, rows in sections(assumed, worked_out):
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(head):
            table.add_column(column, justify="right" if number else "left")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
    changed = [f"{name} = {entry.value:g}" for name, entry in assumed.values.items() if entry.kind == "changed"]
    console.print(
        f"Changed: {', '.join(changed) or 'nothing'}. Nothing of this was measured on Snowflake.", highlight=False
    )
