"""`clickintent summary`, `report`, `demo` and `backfill`: what a build made, its synthetic input, many days of it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickintent.cli.options import FileOption, JsonOption, fail, print_json, refusals_told, screen


def summary(file: FileOption = Path("clickintent.duckdb"), as_json: JsonOption = False) -> None:
    """Show what a build made: sessions, coverage and the intents of each channel.

    Example: clickintent summary --file clickintent.duckdb
    """
    from clickintent.summary import read_summary, render_summary  # noqa: PLC0415 - duckdb only when it is needed

    with refusals_told():
        found = read_summary(file)
    if as_json:
        print_json(found.figures())
    else:
        render_summary(found, screen())


def report(
    out: Annotated[Path, typer.Option(help="Folder to write report.html, report.md and its plots to.")] = Path(
        "report"
    ),
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Write what the evaluations found: tables, plots, and the sentences that follow from the figures.

    Tables that are not built are named, with the command that builds them.

    Example: clickintent report --out docs/report
    """
    from clickintent.report import write_report  # noqa: PLC0415 - polars only when it is needed

    with refusals_told():
        written = write_report(file, out)
    screen().print(
        f"Wrote {escape(str(written[0]))} and {len(written) - 1} more files.", highlight=False, soft_wrap=True
    )


def demo(
    out: Annotated[Path, typer.Option(help="Folder to write Parquet files to.")],
    people: Annotated[int, typer.Option(help="People of the synthetic bank.")] = 20_000,
    days: Annotated[int, typer.Option(help="Days from 2026-03-01.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of all randomness.")] = 7,
    linked: Annotated[
        bool, typer.Option("--link/--no-link", help="--no-link: web needs and app behaviour are independent.")
    ] = True,
    events: Annotated[
        int | None, typer.Option(help="Write at least this many events, in parts, whatever the people.")
    ] = None,
) -> None:
    """Simulate the demo bank, which is synthetic, into Parquet files, and report how hard it is.

    `dbt build` needs no call of this: it simulates by itself with the var `demo`.

    Example: clickintent demo --out bank --people 5000 --seed 11
    """
    from rich.progress import Progress  # noqa: PLC0415 - heavy imports only when they are needed

    from clickintent.demo import DemoBank, simulate, stream_to_parquet, write_simulation  # noqa: PLC0415

    console = screen()
    try:
        bank = DemoBank(people=people, days=days, seed=seed, linked=linked)
        _require_no_parts(out)
        if events is None:
            with console.status("simulating"):
                simulation = simulate(bank)
                write_simulation(simulation, out)
            figures = simulation.oracle
        else:
            with Progress(console=console) as bar:
                task = bar.add_task("simulating", total=events)
                figures = stream_to_parquet(
                    bank, events, out, lambda done, wanted: bar.update(task, completed=done, total=wanted)
                ).oracle
    except (ValueError, OSError) as error:
        raise fail(str(error)) from error
    _print_oracle(console, out, figures)


def backfill(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of loading, UTC.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")],
    dbt_options: Annotated[list[str] | None, typer.Argument(help="Further options of dbt, after `--`.")] = None,
    chunk_days: Annotated[int, typer.Option(help="Days built at once: fewer need less memory.")] = 7,
    variables: Annotated[str, typer.Option("--vars", help="Vars of the dbt project, as dbt takes them.")] = "{}",
    restart: Annotated[bool, typer.Option("--restart", help="Forget what an earlier run has done.")] = False,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Build a range of days in chunks; the same command goes on where an earlier one was stopped.

    Days are those on which rows were loaded, or those of the event where the source does not say. A last build makes
    what follows from all chunks. Progress is kept beside the DuckDB file, in FILE.backfill.json.

    Example: clickintent backfill --from 2026-01-01 --to 2026-03-01 --chunk-days 7
    """
    import yaml  # type: ignore[import-untyped] # noqa: PLC0415 - comes with dbt
    from rich.progress import Progress as Bar  # noqa: PLC0415

    from clickintent.backfill import BackfillError, Plan, Progress, progress_file, run_dbt  # noqa: PLC0415
    from clickintent.backfill import backfill as build_chunks  # noqa: PLC0415

    try:
        stated = yaml.safe_load(variables) or {}
        if not isinstance(stated, dict):
            raise BackfillError(f"--vars is no list of names and values: {variables}")
        plan = Plan(start.date(), end.date(), chunk_days, stated, tuple(dbt_options or ()))
        path = progress_file(file)
        if restart:
            path.unlink(missing_ok=True)
        progress = Progress(path, plan)
        with Bar(console=screen()) as bar:
            task = bar.add_task("backfill", total=None)
            built = build_chunks(
                plan,
                progress,
                run_dbt(file),
                lambda name, done, parts: bar.update(task, description=name, completed=done, total=parts),
            )
            bar.update(task, description="done", completed=1, total=1)
    except (BackfillError, yaml.YAMLError, OSError) as error:
        raise fail(str(error)) from error
    if not built:
        screen().print(
            f"All of it was done before, as {escape(str(path))} says; --restart builds it again.", highlight=False
        )


def _require_no_parts(folder: Path) -> None:
    """Before anything is simulated: parts of two banks in one folder would read as one."""
    if any(folder.glob("*/*.parquet")):
        raise FileExistsError(f"{folder} already holds Parquet files: choose another folder, or remove them.")


def _print_oracle(console: Console, out: Path, figures: Mapping[str, float | int | str | bool]) -> None:
    from clickintent.demo import report_rows  # noqa: PLC0415

    table = Table(title="Best possible accuracy on this bank, from the simulator's full state (synthetic data)")
    for heading in ("sessions", "oracle, level 1", "oracle, level 2", "simulator's keyword match, level 1"):
        table.add_column(heading, justify="left" if heading == "sessions" else "right")
    for row in report_rows(figures):
        table.add_row(*row)
    console.print(table)
    console.print(
        f"{figures['events']:,} events of {figures['people']:,} people in {escape(str(out))}; "
        f"{figures['hard_share']:.0%} of sessions are mixed or ambiguous. "
        f"Simulator {str(figures['source_hash'])[:12]}.",
        highlight=False,
    )
