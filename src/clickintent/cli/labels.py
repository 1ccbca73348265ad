"""`clickintent labels`: which more to label, what a language model would cost, recordings of what it answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickintent.cli.options import (
    ByOption,
    FileOption,
    JsonOption,
    ProjectDirOption,
    VarsOption,
    login_name,
    print_json,
    refusals_told,
    screen,
)

if TYPE_CHECKING:
    from clickintent.stages.label_estimate import LabelEstimate

labels_app = typer.Typer(
    no_args_is_help=True,
    help="Labels of sessions: which more to ask for, what a language model would cost, what it answered.",
)


@labels_app.command()
def estimate(
    variables: VarsOption = "{}",
    project_dir: ProjectDirOption = Path(),
    file: FileOption = Path("clickintent.duckdb"),
    as_json: JsonOption = False,
) -> None:
    """Tell what the labeler openai would send in the next build and what it would cost. Nothing is sent.

    Example: clickintent labels estimate --vars '{llm: {model: gpt-4.1-mini}}'
    """
    from clickintent.built_file import opened  # noqa: PLC0415 - heavy imports only when they are needed
    from clickintent.labeling import LabelerError  # noqa: PLC0415
    from clickintent.llm import LlmError  # noqa: PLC0415
    from clickintent.project_vars import ProjectVarsError, read_project_vars  # noqa: PLC0415
    from clickintent.stages.label_estimate import estimate_labels  # noqa: PLC0415
    from clickintent.stages.run import BuiltTable, Run  # noqa: PLC0415
    from clickintent.taxonomy import TaxonomyError  # noqa: PLC0415

    with refusals_told(LlmError, LabelerError, TaxonomyError, ProjectVarsError):
        found = read_project_vars(project_dir, variables)
        with opened(file) as connection:
            run = Run(BuiltTable("session_labels"), connection)
            figures = estimate_labels(run, found.get("llm") or {})
    if as_json:
        fields = {name: value for name, value in vars(figures).items() if name != "settings"}
        print_json({"model": figures.settings.model, **fields, "is_over_budget": figures.is_over_budget})
    else:
        _print_estimate(screen(), figures)


@labels_app.command()
def record(
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Write the answers of the model that was asked last to a file that the labeler replay reads.

    The file holds what was sent and what came back: narratives without what few people know.

    Example: clickintent labels record --out labels.parquet
    """
    from clickintent.built_file import opened  # noqa: PLC0415 - heavy imports only when they are needed
    from clickintent.labeling import LabelerError, write_recording  # noqa: PLC0415
    from clickintent.stages.sending import CALLS_TABLE  # noqa: PLC0415
    from clickintent.warehouse import open_warehouse  # noqa: PLC0415

    with refusals_told(LabelerError):
        with opened(file) as connection:
            calls = open_warehouse(connection).read(f"select * from {CALLS_TABLE}")  # noqa: S608  # a constant
        written = write_recording(calls, out)
    console = screen()
    console.print(
        f"{written.height:,} calls of {escape(written['model'][0])} in {escape(str(out))}.",
        highlight=False,
        soft_wrap=True,
    )
    command = f"dbt build --vars '{{labeler: replay, llm: {{replay: {out}}}}}'"
    console.print(f"Next: `{escape(command)}`", highlight=False, soft_wrap=True)


@labels_app.command()
def grow(
    sessions: Annotated[int, typer.Option(help="How many sessions to add.")],
    by: ByOption = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Ask for labels of the sessions that the classifier is least sure of; the next `dbt build` labels them.

    Example: clickintent labels grow --sessions 500
    """
    from clickintent.label_requests import LabelRequestError, request_uncertain_sessions  # noqa: PLC0415

    with refusals_told(LabelRequestError):
        chosen = request_uncertain_sessions(file, sessions, by=login_name() if by is None else by)
    import polars as pl  # noqa: PLC0415

    by_leaf = Table(title="Asked for, by the intent that seems best", title_justify="left", title_style="bold")
    by_leaf.add_column("intent", no_wrap=True)
    by_leaf.add_column("sessions", justify="right")
    by_leaf.add_column("largest margin", justify="right")
    leaves = chosen.group_by("intent_id").agg(pl.len(), pl.col("margin").max()).sort("intent_id")
    for intent_id, count, margin in leaves.iter_rows():
        by_leaf.add_row(intent_id, f"{count:,}", f"{margin:.3f}")
    console = screen()
    console.print(by_leaf)
    fewer = "" if chosen.height == sessions else f", all that there are of the {sessions:,} wanted"
    console.print(
        f"{chosen.height:,} sessions are asked for{fewer}.\n"
        "Next: `dbt build`, which labels them and distils a classifier from all labels.",
        highlight=False,
        soft_wrap=True,
    )


def _print_estimate(console: Console, figures: "LabelEstimate") -> None:
    model = figures.settings.model
    cost = "no price in seeds/llm_prices.csv" if figures.cost_usd is None else f"{figures.cost_usd:,.2f} USD"
    table = Table(title=f"What the labeler openai would send to {escape(model)}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        ("sampled sessions without a label of it", f"{figures.sessions:,}"),
        ("of visitors who refused consent, not sent", f"{figures.withheld:,}"),
        ("distinct narratives of the others", f"{figures.narratives:,}"),
        ("of which answered before or in a batch", f"{figures.cached:,}"),
        ("too long for llm.context_tokens", f"{figures.too_long:,}"),
        ("calls", f"{figures.calls:,}"),
        ("prompt tokens, about", f"{figures.prompt_tokens:,}"),
        ("completion tokens, about", f"{figures.completion_tokens:,}"),
        ("cost, about", cost),
    ):
        table.add_row(name, value)
    console.print(table)
    if figures.asked:
        console.print(
            f"That is {figures.prompt_tokens / figures.asked:.0f} prompt and "
            f"{figures.completion_tokens / figures.asked:.0f} completion tokens a narrative, at 3.5 bytes a token and "
            "1.5 intents an answer. Answers that have to be asked for again come on top.",
            highlight=False,
        )
    if figures.is_over_budget:
        console.print("llm.budget_tokens or llm.budget_usd stops it before the end: the rest waits for later builds.")
