"""The command line: `clickintent --help`."""

import typer

from clickintent.cli import builds, dashboard, labels, models, privacy, ranking, review, taxonomy

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Session embeddings and intent labels from clickstreams, inside the warehouse.",
)


@app.callback()
def main() -> None:
    """Session embeddings and intent labels from clickstreams, inside the warehouse."""


for command in (
    builds.summary,
    builds.report,
    builds.demo,
    builds.backfill,
    models.train,
    dashboard.publish,
    dashboard.dashboard,
    privacy.where,
    privacy.forget,
    ranking.export,
):
    app.command()(command)
app.add_typer(models.models_app, name="models")
taxonomy.taxonomy_app.command()(review.review)
app.add_typer(taxonomy.taxonomy_app, name="taxonomy")
app.add_typer(labels.labels_app, name="labels")
