"""All that is looked at, one by one: what is installed, the project, its profile and source, then the warehouse."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from clickintent.doctor.duckdb_file import examine_file
from clickintent.doctor.finding import Finding
from clickintent.project_vars import ProjectVarsError, read_project_vars

SHOWN_LINES: Final = 12  # of what dbt said
_ADAPTER: Final = re.compile(r"adapter type: (\w+)")


def examine(project_dir: Path, file: Path, dbt_options: Sequence[str] = ()) -> Iterator[Finding]:
    """Look at versions, the project, the profile, the source's columns, the warehouse and the models in it, one by one.

    Nothing is written but dbt's own `target/` and `logs/`; on Snowflake an empty table is made, and dropped again.

    Args:
        project_dir: folder of the dbt project.
        file: the DuckDB file that the build writes.
        dbt_options: further options of dbt, such as `--target` or `--vars`.
    """
    yield from _versions()
    project = _project(project_dir)
    yield project
    if project.verdict == "bad":
        return
    profile, said = _dbt("profile", ["debug"], project_dir, dbt_options, "dbt connects with it", "Mend profiles.yml.")
    yield profile
    if profile.verdict != "bad":
        yield _source(project_dir, dbt_options)
    adapter = _ADAPTER.search(said)
    if adapter is None or adapter[1] == "duckdb":
        yield from examine_file(file)
    elif adapter[1] == "snowflake" and profile.verdict != "bad":
        from clickintent.doctor.snowflake_schema import examine_target  # noqa: PLC0415 - an extra

        yield from examine_target(project_dir, dbt_options)


def _versions() -> Iterator[Finding]:
    yield Finding("Python", "good", ".".join(str(part) for part in sys.version_info[:3]))  # pip refuses older ones
    for line in requires("clickintent") or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield Finding(requirement.name, "bad", "not installed", f"pip install '{requirement}'")
            continue
        if requirement.specifier.contains(found, prereleases=True):
            yield Finding(requirement.name, "good", found)
        else:
            yield Finding(
                requirement.name, "bad", f"{found}, not {requirement.specifier}", f"pip install '{requirement}'"
            )


def _project(folder: Path) -> Finding:
    try:
        stated = read_project_vars(folder)
    except ProjectVarsError as error:
        return Finding("project", "bad", str(error), "Or make one: clickintent init")
    is_root = (folder / "python_models").is_dir()
    if not is_root and not (folder / "dbt_packages" / "clickintent" / "dbt_project.yml").is_file():
        return Finding("project", "bad", "clickintent is not among dbt_packages/", "Run `dbt deps`.")
    return Finding("project", "good", f"event_source is {stated.get('event_source')}")


def _source(folder: Path, options: Sequence[str]) -> Finding:
    # the macros that read a source say themselves what is wrong with it: one home for that rule
    finding, _ = _dbt(
        "source",
        ["compile", "--select", "source_events"],
        folder,
        options,
        "it has the columns that are needed",
        "Mend the vars of the source: docs/sources/README.md.",
    )
    return finding


def _dbt(
    name: str, command: list[str], folder: Path, options: Sequence[str], good: str, advice: str
) -> tuple[Finding, str]:
    """What came of a command of dbt, and what it said."""
    beside = Path(sys.executable).with_name("dbt")  # of this environment, whether it is switched on or not
    arguments = [str(beside if beside.exists() else "dbt"), "--no-use-colors", *command, *options]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return Finding(name, "good", good), said
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return Finding(name, "bad", "\n".join(lines[-SHOWN_LINES:]), advice), said
