"""`clickintent init` and `doctor`: a project to start from, and whether it can be built."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from clickintent.cli.options import FileOption, JsonOption, ProjectDirOption, print_json, refusals_told, screen


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it; made where it is not there.")] = Path(),
    events: Annotated[
        str | None,
        typer.Option(help="Your events: a path or glob of .parquet, .csv or .json files. The demo bank otherwise."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the project; that of the folder if not given.")] = None,
) -> None:
    """Write a profile and a starter project around this package; columns of your events are told by their names.

    Example: clickintent init shop --events 'exports/*.csv'
    """
    from clickintent.packaged_project import NoProjectError  # noqa: PLC0415 - heavy imports only when they are needed
    from clickintent.starter import ColumnsError, StarterError, guess_columns, read_columns, write_starter  # noqa: PLC0415

    with refusals_told(ColumnsError, StarterError, NoProjectError):
        # a glob stays what it is; seen from the project, where dbt runs
        events_path = None if events is None else str(Path(events).absolute())
        columns = None if events_path is None else guess_columns(read_columns(events_path))
        title = name or "".join(char if char.isalnum() else "_" for char in folder.absolute().name.lower())
        written = write_starter(folder, title, events_path=events_path, columns=columns)
    console = screen()
    for file in written:
        console.print(f"wrote {escape(str(file))}", highlight=False, soft_wrap=True)
    if columns is not None:
        for contract, column in columns.mapped.items():
            console.print(f"  {contract} is your {escape(column)}", highlight=False)
        for column in columns.missing:
            console.print(f"  [bold red]{column}[/] is needed: name it in event_columns", highlight=False)
        if columns.unused:
            console.print(f"  not read: {escape(', '.join(columns.unused))}", highlight=False)
    where = "" if folder.absolute() == Path.cwd() else f"cd {escape(str(folder))}; "
    console.print(f"Next: `{where}dbt deps`, `clickintent doctor`, `dbt build`, `clickintent summary`", highlight=False)


def doctor(
    dbt_options: Annotated[list[str] | None, typer.Argument(help="Further options of dbt, after `--`.")] = None,
    project_dir: ProjectDirOption = Path(),
    file: FileOption = Path("clickintent.duckdb"),
    as_json: JsonOption = False,
) -> None:
    """Check versions, project, profile, source columns, write access, the build and its models, and say what to do.

    On DuckDB this is the file, on Snowflake the target's schema and the functions that were deployed. Exit code 1 where
    something keeps a build from running.

    Example: clickintent doctor -- --target duckdb
    """
    from clickintent.doctor import examine  # noqa: PLC0415 - heavy imports only when they are needed

    console = screen()
    marks = {"good": "[green]good[/]", "warning": "[yellow]look[/]", "bad": "[bold red]bad [/]"}
    findings = []
    for finding in examine(project_dir, file, dbt_options or ()):
        findings.append(finding)
        if not as_json:
            console.print(
                f"{marks[finding.verdict]}  {finding.name}: {escape(finding.found)}", highlight=False, soft_wrap=True
            )
            if finding.advice:
                console.print(f"      {escape(finding.advice)}", highlight=False, soft_wrap=True)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(code=1)
