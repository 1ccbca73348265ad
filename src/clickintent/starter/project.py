"""The files of a starter project."""

import json
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from clickintent.packaged_project import packaged_project
from clickintent.starter.columns import EventColumns

TEMPLATES: Final = {
    "dbt_project.yml": "dbt_project.yml",
    "packages.yml": "packages.yml",
    "profiles.yml": "profiles.yml",
    "selectors.yml": "selectors.yml",
    "README.md": "README.md",
    "gitignore": ".gitignore",
}
"""File of the templates -> file of the project."""

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")


class StarterError(ValueError):
    """A starter project cannot be written here; the message says what to do."""


def write_starter(
    folder: Path, name: str, *, events_path: str | None = None, columns: EventColumns | None = None
) -> list[Path]:
    """Write a dbt project that has clickintent as a package.

    Args:
        folder: made where it is not there; no file in it is replaced.
        name: of the project, as dbt wants it: lower case, digits and underscores.
        events_path: files of events for the source `generic`, absolute or seen from the folder; None for the demo bank.
        columns: which of their columns is which.

    Returns:
        The files written.

    Raises:
        StarterError: the name is none, or a file of the project is there already.
        NoProjectError: this installation has no dbt project.
    """
    if not _NAME.fullmatch(name):
        raise StarterError(
            f"'{name}' is no name of a dbt project: lower-case letters, digits and underscores. Choose one by --name."
        )
    if name == "clickintent":
        raise StarterError("The package is called clickintent already: choose another name by --name.")
    targets = {template: folder / file for template, file in TEMPLATES.items()}
    there = [str(target) for target in targets.values() if target.exists()]
    if there:
        raise StarterError(f"{', '.join(there)}: already there, and nothing is replaced. Choose an empty folder.")
    words = {
        "name": name,
        "package": json.dumps(str(packaged_project())),
        "vars": _vars(events_path, columns),
        "source": "the synthetic demo bank" if events_path is None else f"`{events_path}`",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for template, target in targets.items():
        text = (files("clickintent.starter") / "templates" / template).read_text()
        target.write_text(Template(text).substitute(words))
    return list(targets.values())


def _vars(events_path: str | None, columns: EventColumns | None) -> str:
    """YAML of the vars, each with what it is for; texts are JSON, which YAML reads."""
    if events_path is None:
        return (
            "    event_source: demo # a synthetic bank; 'generic', 'snowplow', 'segment' or 'ga4' read yours\n"
            "    demo: {people: 5000, days: 60, seed: 7, linked: true}"
        )
    lines = [
        "    event_source: generic",
        f"    events_path: {json.dumps(events_path)} # a path or glob, absolute or seen from where dbt runs",
    ]
    if columns is not None:
        empty = "" if columns.mapped else " {}"
        lines.append(f"    event_columns:{empty} # contract column: yours. Guessed by name: look it over")
        lines.extend(f"      {name}: {json.dumps(column)}" for name, column in columns.mapped.items())
        for column in columns.missing:
            lines.append(f"      # {column.split(' ')[0]}: ... # needed, and no column's name tells")
    lines.append("    event_defaults: {} # what the files do not have, such as {channel: app}")
    lines.append("    conversion_events: [application_submit, purchase, sign_up] # what counts as a conversion")
    lines.append("    taxonomy_source: clusters # a draft from your sessions; 'seed' is a retail bank's, reviewed")
    return "\n".join(lines)
