"""`clickintent taxonomy`: which taxonomies there are, what a proposal changes, who lets it into force."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
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
    import polars as pl

    from clickintent.taxonomy import Taxonomy
    from clickintent.taxonomy_registry import Difference

taxonomy_app = typer.Typer(
    no_args_is_help=True,
    help="The taxonomy of intents: which versions there are, what a proposal changes, which is in force.",
)

VersionArgument = Annotated[str, typer.Argument(help="The version's name, as `clickintent taxonomy list` shows it.")]


@taxonomy_app.command("list")
def list_taxonomies(
    intents: Annotated[bool, typer.Option("--intents", help="The intents of the one in force instead.")] = False,
    file: FileOption = Path("clickintent.duckdb"),
    as_json: JsonOption = False,
) -> None:
    """Show the taxonomies with their figures and who approved them, the latest first.

    Example: clickintent taxonomy list --intents
    """
    from clickintent.stages.taxonomy_versions import taxonomy_in_force  # noqa: PLC0415 - heavy imports when needed
    from clickintent.taxonomy_registry import read_taxonomies  # noqa: PLC0415

    with _refusals_told():
        known = read_taxonomies(file)
    in_force = taxonomy_in_force(known)
    if as_json:
        print_json(_as_data(known, in_force if intents else None))
    elif in_force is None:
        screen().print("There is no taxonomy yet: `dbt build` brings the first one.", highlight=False)
    elif intents:
        screen().print(_intents_table(in_force))
    else:
        screen().print(_versions_table(known.rows(named=True)))


@taxonomy_app.command()
def propose(
    source: Annotated[
        str | None, typer.Option(help="What drafts it, such as clusters; that of the one in force if not given.")
    ] = None,
    max_intents: Annotated[
        int | None, typer.Option(help="Most leaves; as in the last approved draft of the source if not given.")
    ] = None,
    variables: VarsOption = "{}",
    project_dir: ProjectDirOption = Path(),
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Draft a taxonomy from the present sessions, as a proposal: it changes nothing until it is promoted.

    Example: clickintent taxonomy propose --source clusters --max-intents 20
    """
    from clickintent import taxonomy_registry  # noqa: PLC0415
    from clickintent.project_vars import read_project_vars  # noqa: PLC0415

    def project() -> dict[str, Any]:
        return read_project_vars(project_dir, variables)

    console = screen()
    with _refusals_told(), console.status("drafting"):
        row = taxonomy_registry.propose(file, source=source, max_intents=max_intents, project=project)
    console.print(_versions_table([row]))
    if row["status"] == "proposed":
        version = row["taxonomy_version"]
        console.print(
            f"Next: `clickintent taxonomy diff {version}`, then `promote` or `reject`.", highlight=False, soft_wrap=True
        )
    else:
        console.print(f"Nothing new: this content is {row['status']} already.", highlight=False)


@taxonomy_app.command()
def diff(
    version: Annotated[str | None, typer.Argument(help="The later version; the last proposal if not given.")] = None,
    against: Annotated[str | None, typer.Option(help="The earlier version; the one in force if not given.")] = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Show what a taxonomy changes, and the share of sessions that each change touches.

    Example: clickintent taxonomy diff tax-0123456789ab
    """
    from clickintent.taxonomy_registry import compare  # noqa: PLC0415

    with _refusals_told():
        difference = compare(file, version, against)
    if difference.changes:
        screen().print(_changes_table(difference))
    else:
        screen().print("They have the same intents.", highlight=False)


@taxonomy_app.command()
def promote(version: VersionArgument, by: ByOption = None, file: FileOption = Path("clickintent.duckdb")) -> None:
    """Let a proposal into force; the next `dbt build` corrects it by the overrides and labels by it.

    Example: clickintent taxonomy promote tax-0123456789ab --by "Taxonomy owner, J. Doe"
    """
    from clickintent import taxonomy_registry  # noqa: PLC0415

    with _refusals_told():
        row = taxonomy_registry.promote(file, version, by=login_name() if by is None else by)
    screen().print(
        f"{version} is in force since {row['approved_at']:%Y-%m-%d %H:%M:%S} UTC, approved by "
        f"{escape(row['approved_by'])}.\n"
        f"Next: `dbt build` with the var taxonomy_source: {row['source']}, which labels and scores by it. With another "
        "source, that one's taxonomy is back in force.",
        highlight=False,
        soft_wrap=True,
    )


@taxonomy_app.command()
def reject(version: VersionArgument, by: ByOption = None, file: FileOption = Path("clickintent.duckdb")) -> None:
    """Decide against a proposal; it stays on record and never comes into force by itself.

    Example: clickintent taxonomy reject tax-0123456789ab --by "Taxonomy owner, J. Doe"
    """
    from clickintent import taxonomy_registry  # noqa: PLC0415

    with _refusals_told():
        row = taxonomy_registry.reject(file, version, by=login_name() if by is None else by)
    screen().print(f"{version} is rejected by {escape(row['rejected_by'])}.", highlight=False, soft_wrap=True)


def _refusals_told() -> AbstractContextManager[None]:
    from clickintent.llm import LlmError  # noqa: PLC0415
    from clickintent.project_vars import ProjectVarsError  # noqa: PLC0415
    from clickintent.stages.versions import VersionError  # noqa: PLC0415
    from clickintent.taxonomy import TaxonomyError  # noqa: PLC0415

    return refusals_told(TaxonomyError, VersionError, LlmError, ProjectVarsError)


def _as_data(known: "pl.DataFrame", in_force: "Taxonomy | None") -> list[dict[str, Any]]:
    """Rows as JSON has them: of the versions, or the intents of one."""
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    if in_force is not None:
        return [asdict(intent) for intent in in_force.intents]
    documents = ("intents", "quality")
    return [
        {name: json.loads(value) if name in documents else value for name, value in row.items()}
        for row in known.rows(named=True)
    ]


def _versions_table(rows: list[dict[str, Any]]) -> Table:
    import json  # noqa: PLC0415

    # three columns, so that it fits a narrow terminal
    table = Table(title="Taxonomies", title_justify="left", title_style="bold", show_lines=True)
    table.add_column("version", no_wrap=True)
    table.add_column("status")
    table.add_column("figures")
    for row in rows:
        leaves = sum(intent["level"] > 1 for intent in json.loads(row["intents"]))
        figures = [f"{leaves} leaves"]
        figures += [
            f"{figure['metric'].replace('_', ' ')} {figure['value']:.2f}"
            for figure in json.loads(row["quality"])
            if figure["intent_id"] is None
        ]
        based_on = f"\n{row['based_on']}\nwith overrides" if row["based_on"] else ""
        table.add_row(
            f"{row['taxonomy_version']}\n{row['proposed_at']:%Y-%m-%d %H:%M}\nfrom {row['source']}",
            escape(row["status"] + _decided(row) + based_on),
            "\n".join(figures),
        )
    return table


def _decided(row: dict[str, Any]) -> str:
    verb = "rejected" if row["status"] == "rejected" else "approved"
    who, when = row[f"{verb}_by"], row[f"{verb}_at"]
    return "" if who is None else f"\n{when:%Y-%m-%d %H:%M}\nby {who}"


def _intents_table(taxonomy: "Taxonomy") -> Table:
    table = Table(title=f"Intents of {taxonomy.version}", title_justify="left", title_style="bold")
    table.add_column("intent_id", overflow="fold")
    table.add_column("name")
    table.add_column("description")
    for group in taxonomy.groups:
        table.add_section()
        table.add_row(escape(group.intent_id), f"[bold]{escape(group.name)}[/]", escape(group.description))
        for leaf in taxonomy.leaves:
            if leaf.parent_intent_id == group.intent_id:
                table.add_row(escape(f"  {leaf.intent_id}"), escape(leaf.name), escape(leaf.description))
    return table


def _changes_table(difference: "Difference") -> Table:
    before, after = (row["taxonomy_version"] for row in (difference.from_row, difference.to_row))
    table = Table(title=f"From {before} to {after}", title_justify="left", title_style="bold")
    table.add_column("change")
    table.add_column("intent", overflow="fold")  # an id that is cut off cannot be copied
    table.add_column("sessions", justify="right")
    table.add_column("why")
    for change in difference.changes:
        into = f" → {change.into_intent_id}" if change.into_intent_id else ""
        share = "" if change.session_share is None else f"{change.session_share:.1%}"
        table.add_row(change.change, escape(change.intent_id + into), share, escape(change.reason))
    return table
