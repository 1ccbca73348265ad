"""`clickintent doctor`: whether a build can run here, and what to do where it cannot."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final, Literal

from packaging.requirements import Requirement

from clickintent.built_file import BuiltFileError, opened
from clickintent.project_vars import ProjectVarsError, read_project_vars

Verdict = Literal["good", "warning", "bad"]

FREE_BYTES_WANTED: Final = 2 * 1024**3
SHOWN_LINES: Final = 12  # of what dbt said
_ADAPTER: Final = re.compile(r"adapter type: (\w+)")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what.
        verdict: 'good'; 'warning', with which a build runs; 'bad', with which it does not.
        found: what there is.
        advice: what to do; empty where nothing is.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        """Its fields, for JSON."""
        return asdict(self)


def examine(project_dir: Path, file: Path, dbt_options: Sequence[str] = ()) -> Iterator[Finding]:
    """Look at versions, the project, the profile, the source's columns, the file and the models in it, one by one.

    Nothing is written but dbt's own `target/` and `logs/`.

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
        yield from _file(file)


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


def _file(file: Path) -> Iterator[Finding]:
    folder = file.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding("folder", "bad", f"{folder} cannot be written to", "Point CLICKINTENT_DUCKDB somewhere else.")
        return
    free = shutil.disk_usage(folder).free
    told = f"{folder} has {free / 1024**3:.1f} GiB free"
    if free < FREE_BYTES_WANTED:
        yield Finding("folder", "warning", told, "Large builds spill to disk: make room, or move CLICKINTENT_DUCKDB.")
    else:
        yield Finding("folder", "good", told)
    if not file.exists():
        yield Finding("build", "warning", f"there is no {file} yet", "Run `dbt build`.")
        return
    try:
        yield from _models(file)
    except BuiltFileError as error:
        yield Finding("build", "bad", str(error), "")


def _models(file: Path) -> Iterator[Finding]:
    """What a build left behind. Also a sign that no other process has the file: it is opened to be written to."""
    from clickintent.encoder import EncoderError, load_encoder  # noqa: PLC0415 - torch only where there is a build

    with opened(file, is_writing=True) as connection:
        if connection.execute("select 1 from duckdb_tables() limit 1").fetchone() is None:
            # dbt makes an empty file as soon as it connects
            yield Finding("build", "warning", f"there is nothing in {file} yet", "Run `dbt build`.")
            return
        versions = connection.execute(
            "select 'session_encoder', version, status, config, weights from session_encoder"
            " union all select 'intent_classifier', version, status, config, weights from intent_classifier"
        ).fetchall()
        (sessions,) = connection.execute("select count(*) from sessions").fetchone() or (0,)
    yield Finding("build", "good", f"{sessions:,} sessions in {file}")
    for model in ("session_encoder", "intent_classifier"):
        of_model = [row for row in versions if row[0] == model]
        current = [row for row in of_model if row[2] == "current"]
        if not current:
            advice = "Run `dbt build`; without labels there is no classifier: see label_coverage."
            yield Finding(model, "warning", "no version is in force", advice)
            continue
        _, name, _, config, weights = current[0]
        if model == "session_encoder":
            try:
                load_encoder(weights, config)
            except EncoderError as error:
                yield Finding(
                    model, "bad", f"{name}: {error}", "Install the clickintent that trained it, or train anew."
                )
                continue
        waiting = [row[1] for row in of_model if row[2] == "candidate"]
        if waiting:
            advice = "Read its card (`clickintent models card`), then `clickintent models promote`."
            yield Finding(model, "warning", f"{name} is in force, {', '.join(waiting)} waits for approval", advice)
        else:
            yield Finding(model, "good", f"{name} is in force")
