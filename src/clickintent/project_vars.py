"""Vars of the dbt project that a command stands in, as its builds see them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped] # comes with dbt

PACKAGE: Final = "clickintent"
_FILES: Final = (Path("dbt_packages", PACKAGE, "dbt_project.yml"), Path("dbt_project.yml"))
"""Where vars are set; a later file has the last word."""


class ProjectVarsError(ValueError):
    """There is no dbt project, or what is said of its vars cannot be read; the message says what to do."""


def read_project_vars(folder: Path, stated: str = "{}") -> dict[str, Any]:
    """The vars of a project.

    Args:
        folder: of the dbt project.
        stated: vars as dbt takes them on its command line; they have the last word.

    Raises:
        ProjectVarsError: there is no project in the folder, or a text is no YAML mapping.
    """
    files = [folder / file for file in _FILES if (folder / file).is_file()]
    if not files:
        raise ProjectVarsError(
            f"There is no dbt_project.yml in {folder.absolute()}: run the command where you run dbt, or name the "
            "folder by --project-dir."
        )
    found: dict[str, Any] = {}
    for file in files:
        listed = _mapping(file.read_text(), f"{file}").get("vars") or {}
        found |= {name: value for name, value in listed.items() if name != PACKAGE}
        found |= listed.get(PACKAGE) or {}
    return found | dict(_mapping(stated, f"--vars {stated}"))


def _mapping(text: str, source: str) -> Mapping[str, Any]:
    try:
        value = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ProjectVarsError(f"{source} is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(value, dict):
        raise ProjectVarsError(f"{source} is no list of names and values.")
    return value
