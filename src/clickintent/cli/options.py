"""What the commands share: options, refusals in one sentence, who decides."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

FileOption = Annotated[
    Path,
    typer.Option("--file", envvar="CLICKINTENT_DUCKDB", help="The DuckDB file that dbt build wrote."),
]
VarsOption = Annotated[
    str, typer.Option("--vars", help="Vars of the dbt project, as dbt takes them; the project's own otherwise.")
]
ProjectDirOption = Annotated[Path, typer.Option("--project-dir", help="Folder of the dbt project.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON, for a program to read.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides it; your login name if not given.")]


@dataclass
class _Shown:
    is_quiet: bool = False


_shown = _Shown()  # of the command that runs: one process is one command


def set_quiet(is_quiet: bool) -> None:
    """Whether nothing is printed from here on but refusals, and what `--json` was asked for."""
    _shown.is_quiet = is_quiet


def screen() -> Console:
    """Where a command prints what a person reads."""
    return Console(quiet=_shown.is_quiet)


def print_json(value: object) -> None:
    """Print what a program reads: one JSON document on standard output; times are ISO 8601, UTC."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_as_json))


def _as_json(value: object) -> object:
    if isinstance(value, (datetime, Path)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON here.")


@contextmanager
def refusals_told(*refusals: type[Exception]) -> Iterator[None]:
    """What a command refuses becomes one sentence and exit code 1.

    Args:
        refusals: errors whose message says what was wrong and what to do; those of files are among them anyway.
    """
    from clickintent.built_file import BuiltFileError  # noqa: PLC0415 - heavy imports only when they are needed

    told: tuple[type[Exception], ...] = (BuiltFileError, OSError, *refusals)
    try:
        yield
    except told as error:
        raise fail(str(error)) from error


def login_name() -> str:
    """Who runs the command."""
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise fail("This machine gives you no login name: say who decides it with --by.") from error


def legible(text: str) -> str:
    """What visitors or a model wrote, for a terminal: a control character in it would be a command."""
    return "".join(char if char == "\n" or char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def fail(message: str) -> typer.Exit:
    """Tell on standard error what was refused; raise what it returns."""
    # unwrapped, so that a path in it can be copied
    Console(stderr=True).print(f"[bold red]clickintent:[/] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(code=1)
