"""The command line: `clickintent --help`."""

from typing import Annotated

import typer

from clickintent.cli import (
    builds,
    dashboard,
    labels,
    models,
    privacy,
    ranking,
    review,
    setup,
    snowflake,
    snowflake_estimate,
    taxonomy,
)
from clickintent.cli.options import set_quiet

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Session embeddings and intent labels from clickstreams, inside the warehouse.",
)


@app.callback()
def main(
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing but refusals, and what --json was asked for.")
    ] = False,
) -> None:
    """Session embeddings and intent labels from clickstreams, inside the warehouse."""
    set_quiet(quiet)


for command in (
    setup.init,
    setup.doctor,
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
snowflake.snowflake_app.command()(snowflake_estimate.estimate)
app.add_typer(snowflake.snowflake_app, name="snowflake")
