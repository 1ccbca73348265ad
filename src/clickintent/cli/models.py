"""`clickintent train` and `clickintent models`: versions of the encoder and the classifier."""

from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from clickintent.cli.options import ByOption, FileOption, JsonOption, login_name, print_json, refusals_told, screen

if TYPE_CHECKING:
    from clickintent.model_card import ModelName

models_app = typer.Typer(
    no_args_is_help=True,
    help="Versions of the session encoder and the intent classifier: which there are, which is in force.",
)


class Model(StrEnum):
    """What has versions."""

    encoder = "encoder"
    classifier = "classifier"

    @property
    def table(self) -> "ModelName":
        """The table that owns the versions."""
        return "session_encoder" if self is Model.encoder else "intent_classifier"


ModelOption = Annotated[Model, typer.Option("--model", help="Whose versions.")]


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
    device: Annotated[str, typer.Option(help="What trains: cpu, cuda, or auto for a GPU where there is one.")] = "cpu",
    intents: Annotated[
        bool,
        typer.Option(
            "--intents", help="Make web and app sessions of one intent alike, by session_labels and session_intents."
        ),
    ] = False,
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
    with _version_refusals_told():
        config = EncoderConfig(**{name: value for name, value in said.items() if value is not None})
        version = train_candidate(
            file, config, keeps_page_text=page_text_encoder is None, is_told_intents=intents, device=device
        )
        path = write_card(cards or file.absolute().with_name("model_cards"), version)
    console = screen()
    console.print(_versions_table("session_encoder", [version]))
    console.print(f"Model card: {escape(str(path))}", highlight=False, soft_wrap=True)
    if version["status"] != "current":
        command = f"clickintent models promote {version['version']}"
        console.print(f"Next: `{command}`, then `dbt build`.", highlight=False, soft_wrap=True)


@models_app.command("list")
def list_versions(
    model: ModelOption = Model.encoder,
    file: FileOption = Path("clickintent.duckdb"),
    as_json: JsonOption = False,
) -> None:
    """Show the versions of a model with their figures and who approved them, the latest first.

    Example: clickintent models list --model classifier
    """
    import json  # noqa: PLC0415

    from clickintent.registry import read_versions  # noqa: PLC0415

    with _version_refusals_told():
        versions = read_versions(file, model.table)
    if as_json:
        # weights are bytes; config and metrics are JSON already
        documents = ("config", "metrics")
        print_json(
            [
                {name: json.loads(value) if name in documents else value for name, value in row.items()}
                for row in versions.drop("weights").rows(named=True)
            ]
        )
    elif versions.is_empty():
        screen().print(f"{model.table} has no version yet: `dbt build` trains the first one.", highlight=False)
    else:
        screen().print(_versions_table(model.table, versions.rows(named=True)))


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

    with _version_refusals_told():
        _tell_in_force(registry.promote(file, model.table, version, by=login_name() if by is None else by))


@models_app.command()
def rollback(
    by: ByOption = None, model: ModelOption = Model.encoder, file: FileOption = Path("clickintent.duckdb")
) -> None:
    """Go back to the version that was in force before; done twice, the later one is back.

    Example: clickintent models rollback
    """
    from clickintent import registry  # noqa: PLC0415

    with _version_refusals_told():
        _tell_in_force(registry.roll_back(file, model.table, by=login_name() if by is None else by))


@models_app.command()
def card(
    version: Annotated[str, typer.Argument(help="The version's name, of encoder or classifier.")],
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Print the model card of a version, as Markdown.

    Example: clickintent models card enc-0123456789ab
    """
    from clickintent.registry import read_card  # noqa: PLC0415

    with _version_refusals_told():
        typer.echo(read_card(file, version), nl=False)


def _version_refusals_told() -> AbstractContextManager[None]:
    from clickintent.encoder import EncoderError  # noqa: PLC0415
    from clickintent.stages.versions import VersionError  # noqa: PLC0415

    return refusals_told(EncoderError, VersionError)


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
    screen().print(
        f"{version['version']} is in force since {version['approved_at']:%Y-%m-%d %H:%M:%S} UTC, approved by "
        f"{escape(version['approved_by'])}.\n"
        "Next: `dbt build`, which computes what is not stored; until then only what is stored shows.",
        highlight=False,
        soft_wrap=True,
    )
