"""The command line: `clickintent --help`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from clickintent.model_card import ModelName

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Session embeddings and intent labels from clickstreams, inside the warehouse.",
)

models_app = typer.Typer(
    no_args_is_help=True,
    help="Versions of the session encoder and the intent classifier: which there are, which is in force.",
)
app.add_typer(models_app, name="models")


class Model(StrEnum):
    """What has versions."""

    encoder = "encoder"
    classifier = "classifier"

    @property
    def table(self) -> "ModelName":
        """The table that owns the versions."""
        return "session_encoder" if self is Model.encoder else "intent_classifier"


FileOption = Annotated[
    Path,
    typer.Option("--file", envvar="CLICKINTENT_DUCKDB", help="The DuckDB file that dbt build wrote."),
]
ModelOption = Annotated[Model, typer.Option("--model", help="Whose versions.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides it; your login name if not given.")]


@app.callback()
def main() -> None:
    """Session embeddings and intent labels from clickstreams, inside the warehouse."""


@app.command()
def summary(file: FileOption = Path("clickintent.duckdb")) -> None:
    """Show what a build made: sessions, coverage and the intents of each channel.

    Example: clickintent summary --file clickintent.duckdb
    """
    from clickintent.built_file import BuiltFileError  # noqa: PLC0415 - polars only when it is needed
    from clickintent.summary import render_summary  # noqa: PLC0415

    try:
        render_summary(file, Console())
    except BuiltFileError as error:
        raise _fail(str(error)) from error


@app.command()
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

    console = Console()
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
        raise _fail(str(error)) from error
    _print_oracle(console, out, figures)


@app.command()
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
        with Bar(console=Console()) as bar:
            task = bar.add_task("backfill", total=None)
            built = build_chunks(
                plan,
                progress,
                run_dbt(file),
                lambda name, done, parts: bar.update(task, description=name, completed=done, total=parts),
            )
            bar.update(task, description="done", completed=1, total=1)
    except (BackfillError, yaml.YAMLError, OSError) as error:
        raise _fail(str(error)) from error
    if not built:
        Console().print(
            f"All of it was done before, as {escape(str(path))} says; --restart builds it again.", highlight=False
        )


@app.command()
def train(
    steps: Annotated[int | None, typer.Option(help="Steps of training; the encoder's own number if not given.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness; the encoder's own if not given.")] = None,
    initial_weights: Annotated[
        str | None, typer.Option(help="Where training starts: 'packaged' (if not given) or 'seeded'.")
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(help="End the training by the clock; it can't be repeated exactly then.")
    ] = None,
    min_sessions: Annotated[
        int | None, typer.Option(help="Fewest sessions to train on; the encoder's own number if not given.")
    ] = None,
    max_sessions: Annotated[
        int | None, typer.Option(help="Most sessions to train on, a sample where there are more.")
    ] = None,
    page_text_encoder: Annotated[
        str | None,
        typer.Option(help="What reads page text, hashed or sentence-transformers; as in force if not given."),
    ] = None,
    page_text_model: Annotated[
        str | None, typer.Option(help="Hub name or folder of the model that sentence-transformers reads it with.")
    ] = None,
    cards: Annotated[
        Path | None, typer.Option(help="Folder of model cards; model_cards beside the file if not given.")
    ] = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Train a session encoder on the sessions of a build, as a candidate: it changes nothing until it is promoted.

    Example: clickintent train --steps 1000 --seed 11
    """
    from clickintent.encoder import EncoderConfig  # noqa: PLC0415 - heavy imports only when they are needed
    from clickintent.registry import train_candidate, write_card  # noqa: PLC0415

    said: dict[str, Any] = {
        "steps": steps,
        "seed": seed,
        "initial_weights": initial_weights,
        "max_seconds": max_seconds,
        "min_training_sessions": min_sessions,
        "max_training_sessions": max_sessions,
        "page_text": page_text_encoder,
        "page_text_model": page_text_model,
    }
    with _refusals_told():
        config = EncoderConfig(**{name: value for name, value in said.items() if value is not None})
        version = train_candidate(file, config, keeps_page_text=page_text_encoder is None)
        path = write_card(cards or file.absolute().with_name("model_cards"), version)
    console = Console()
    console.print(_versions_table("session_encoder", [version]))
    console.print(f"Model card: {escape(str(path))}", highlight=False, soft_wrap=True)
    if version["status"] != "current":
        command = f"clickintent models promote {version['version']}"
        console.print(f"Next: `{command}`, then `dbt build`.", highlight=False, soft_wrap=True)


@models_app.command("list")
def list_versions(model: ModelOption = Model.encoder, file: FileOption = Path("clickintent.duckdb")) -> None:
    """Show the versions of a model with their figures and who approved them, the latest first.

    Example: clickintent models list --model classifier
    """
    from clickintent.registry import read_versions  # noqa: PLC0415

    with _refusals_told():
        versions = read_versions(file, model.table)
    if versions.is_empty():
        Console().print(f"{model.table} has no version yet: `dbt build` trains the first one.", highlight=False)
    else:
        Console().print(_versions_table(model.table, versions.rows(named=True)))


@models_app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The version's name, as `clickintent models list` shows it.")],
    by: ByOption = None,
    model: ModelOption = Model.encoder,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Let a version into force and retire the one before; the next `dbt build` scores what is missing.

    Example: clickintent models promote enc-0123456789ab --by "Model risk, J. Doe"
    """
    from clickintent import registry  # noqa: PLC0415

    with _refusals_told():
        _tell_in_force(registry.promote(file, model.table, version, by=_login_name() if by is None else by))


@models_app.command()
def rollback(
    by: ByOption = None, model: ModelOption = Model.encoder, file: FileOption = Path("clickintent.duckdb")
) -> None:
    """Go back to the version that was in force before; done twice, the later one is back.

    Example: clickintent models rollback
    """
    from clickintent import registry  # noqa: PLC0415

    with _refusals_told():
        _tell_in_force(registry.roll_back(file, model.table, by=_login_name() if by is None else by))


@models_app.command()
def card(
    version: Annotated[str, typer.Argument(help="The version's name, of encoder or classifier.")],
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Print the model card of a version, as Markdown.

    Example: clickintent models card enc-0123456789ab
    """
    from clickintent.registry import read_card  # noqa: PLC0415

    with _refusals_told():
        typer.echo(read_card(file, version), nl=False)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What a command on model versions refuses becomes one sentence and exit code 1."""
    from clickintent.built_file import BuiltFileError  # noqa: PLC0415
    from clickintent.encoder import EncoderError  # noqa: PLC0415
    from clickintent.stages.versions import VersionError  # noqa: PLC0415

    try:
        yield
    except (BuiltFileError, EncoderError, VersionError, OSError) as error:
        raise _fail(str(error)) from error


def _versions_table(model: "ModelName", versions: list[dict[str, Any]]) -> Table:
    import json  # noqa: PLC0415

    from clickintent.model_card import spoken_figures  # noqa: PLC0415

    # three columns, so that it fits a narrow terminal
    table = Table(title=f"Versions of {model}", title_justify="left", title_style="bold", show_lines=True)
    table.add_column("version", no_wrap=True)
    table.add_column("status")
    table.add_column("figures")
    for version in versions:
        trained_rows = version["trained_rows"]
        trained = f"on {trained_rows:,} sessions" if trained_rows else "initial weights, no training"
        approved_by = version["approved_by"]
        approved = "" if approved_by is None else f"\n{version['approved_at']:%Y-%m-%d %H:%M}\nby {approved_by}"
        figures = [
            f"{title} {value}" + (f" ({baselines})" if baselines else "")
            for title, value, baselines in spoken_figures(model, json.loads(version["metrics"]))
        ]
        table.add_row(
            f"{version['version']}\n{version['trained_at']:%Y-%m-%d %H:%M}\n{trained}",
            escape(version["status"] + approved),
            "\n".join(figures),
        )
    return table


def _tell_in_force(version: dict[str, Any]) -> None:
    Console().print(
        f"{version['version']} is in force since {version['approved_at']:%Y-%m-%d %H:%M:%S} UTC, approved by "
        f"{escape(version['approved_by'])}.\n"
        "Next: `dbt build`, which computes what is not stored; until then only what is stored shows.",
        highlight=False,
        soft_wrap=True,
    )


def _login_name() -> str:
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise _fail("This machine gives you no login name: say who decides it with --by.") from error


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


def _fail(message: str) -> typer.Exit:
    # unwrapped, so that a path in it can be copied
    Console(stderr=True).print(f"[bold red]clickintent:[/] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(code=1)
