"""The command line: `clickintent --help`."""

import typer

from clickintent.cli import builds, models, privacy

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Session embeddings and intent labels from clickstreams, inside the warehouse.",
)


@app.callback()
def main() -> None:
    """Session embeddings and intent labels from clickstreams, inside the warehouse."""


for command in (builds.summary, builds.demo, builds.backfill, models.train, privacy.where, privacy.forget):
    app.command()(command)
app.add_typer(models.models_app, name="models")
