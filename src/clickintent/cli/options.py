"""What the commands share: options, refusals in one sentence, who decides."""

from collections.abc import Iterator
from contextlib import contextmanager
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
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides it; your login name if not given.")]


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
