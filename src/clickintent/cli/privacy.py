"""`clickintent where` and `forget`: where a person is, and how they leave."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from clickintent.cli.options import ByOption, FileOption, JsonOption, login_name, print_json, refusals_told, screen

if TYPE_CHECKING:
    from clickintent.privacy.erasure import Erasure
    from clickintent.privacy.people import Asked, Visitor
    from clickintent.privacy.search import Finding

FOUND = 2
"""Exit code of `where` when the person is somewhere."""

VisitorOption = Annotated[str | None, typer.Option("--visitor", help="A cookie or device, by its id.")]
CustomerOption = Annotated[str | None, typer.Option("--customer", help="A customer, by the id they sign in with.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Of a visitor: this source only.")]
SiteOption = Annotated[str | None, typer.Option("--site", help="Of a visitor: this site only.")]
ChannelOption = Annotated[str | None, typer.Option("--channel", help="Of a visitor: 'web' or 'app' only.")]


def where(
    visitor: VisitorOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    site: SiteOption = None,
    channel: ChannelOption = None,
    file: FileOption = Path("clickintent.duckdb"),
    as_json: JsonOption = False,
) -> None:
    """Show every table that holds a person: their rows, and rows of others in which their id is written.

    The copy that the dashboard reads is not searched. Exit code 0: nowhere. 2: somewhere. 1: could not be searched.

    Example: clickintent where --customer C0042
    """
    from clickintent.dashboard.places import published_file  # noqa: PLC0415
    from clickintent.privacy.people import PrivacyError  # noqa: PLC0415 - heavy imports only when they are needed
    from clickintent.privacy.search import where as search  # noqa: PLC0415

    with refusals_told(PrivacyError):
        findings = search(file, _asked(visitor, customer, source, site, channel))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    elif not findings:
        screen().print(f"{visitor or customer} is in no table of {file}.", highlight=False, soft_wrap=True)
    else:
        screen().print(_findings_table(f"Where {visitor or customer} is", findings))
    copy = published_file(file)
    if not as_json and copy.exists():
        screen().print(
            f"The dashboard's copy {copy} was not searched: it holds some of these rows, and `clickintent forget` "
            "makes it anew.",
            highlight=False,
            soft_wrap=True,
        )
    if findings:
        raise typer.Exit(FOUND)


def forget(
    visitor: VisitorOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    site: SiteOption = None,
    channel: ChannelOption = None,
    by: ByOption = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Erase a person from every table and from the file, so that no build brings them back; then run `dbt build`.

    Of a customer go all events of theirs, and all events of devices on which nobody else signed in. Done twice, or
    after a kill, it completes what is missing.

    Example: clickintent forget --customer C0042 --by "Privacy office, J. Doe"
    """
    from clickintent.privacy.erasure import forget as erase  # noqa: PLC0415
    from clickintent.privacy.people import PrivacyError  # noqa: PLC0415

    console = screen()
    with refusals_told(PrivacyError), console.status("erasing, then writing the file anew"):
        erasure = erase(file, _asked(visitor, customer, source, site, channel), login_name() if by is None else by)
    _tell(console, erasure, file)


def _asked(*said: str | None) -> "Asked":
    from clickintent.privacy.people import Asked  # noqa: PLC0415

    return Asked(*said)


def _tell(console: Console, erasure: "Erasure", file: Path) -> None:
    person = erasure.person
    if erasure.removed:
        table = Table(title=f"Erased: {person.asked.id}")
        table.add_column("table")
        table.add_column("rows", justify="right")
        for name, rows in erasure.removed.items():
            table.add_row(name, f"{rows:,}")
        console.print(table)
    lines = [f"{file} was written anew, searched, and holds no row of theirs."]
    if person.shared:
        lines.append(
            "Shared devices, of which only the events with this customer's id went, since others signed in there too: "
            + "; ".join(map(_device, person.shared))
        )
    if erasure.models:
        named = ", ".join(f"{model.table} {model.version} ({model.status})" for model in erasure.models)
        lines.append(
            f"Learnt while their sessions were there, and not unlearnt: {named}. To replace them, run `dbt build`, "
            "then `clickintent train` and `clickintent models promote`."
        )
    lines.append(
        "Not reached: files and relations that events are read from (their rows are not taken in again), copies of "
        "this file other than the dashboard's, backups, recordings of LLM answers, and what an LLM's provider keeps."
    )
    if "gold_labels" in erasure.removed:
        lines.append("Gold labels of theirs come back from seeds/gold_labels.csv until you remove them there.")
    lines.append("Next: `dbt build`, which makes the aggregates again.")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if erasure.named:
        console.print(_findings_table("Rows of others that still name them: decide by hand", erasure.named))


def _device(visitor: "Visitor") -> str:
    return " ".join(visitor)


def _findings_table(title: str, findings: "list[Finding]") -> Table:
    table = Table(title=title)
    table.add_column("table")
    table.add_column("what")
    table.add_column("rows", justify="right")
    table.add_column("whose")
    for finding in findings:
        table.add_row(finding.table, finding.holds, f"{finding.rows:,}", "theirs" if finding.is_theirs else "another's")
    return table
