"""The smoke test from end to end: deploy, build the small demo, deploy what it fitted, compare, report."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.snowflake.connection import Connection, Target, connected
from clickintent.snowflake.deployment import Deployment, Tell, deploy
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.smoke import VARS, Check, Observed, compare, function_checks, literals, observe
from clickintent.snowflake.versions import packaged_versions, versions_on_snowflake

_TOLD_VERSIONS: Final = ("clickintent", "dbt-core", "dbt-snowflake", "snowflake-connector-python")


def smoke_on_snowflake(
    target: Target, name: str, project_dir: Path, profiles_dir: Path, tell: Tell
) -> tuple[list[Check], dict[str, str]]:
    """Run it on an account; the schema of the target should be one that nothing else is in.

    Args:
        target: of the dbt profile.
        name: of that target.
        project_dir: of the dbt project.
        profiles_dir: of profiles.yml.
        tell: is told each step.

    Returns:
        The checks, and what they ran on.

    Raises:
        SnowflakeError: a step fails; its message says which.
        NoModelError: the build left a classifier that fits no encoder.
    """
    place = target.place
    with connected(target) as connection:
        deploy(Deployment.of(place, packaged_versions()), connection, None, tell)
    tell("Building the small demo by dbt ...")
    _build(name, project_dir, profiles_dir)
    with connected(target) as connection:
        deploy(Deployment.of(place, versions_on_snowflake(connection, place)), connection, None, tell)
        checks = compare(literals(), observe(connection.rows, place.named))
        checks += function_checks(connection.rows, place.named, list(SEQUENCE_INPUTS))
        return checks, _where(connection)


def smoke_of_file(file: Path) -> Observed:
    """What a DuckDB file holds that a build of the small demo made.

    Raises:
        BuiltFileError: there is no such file, or the build in it is not complete.
    """
    from clickintent.built_file import opened  # noqa: PLC0415 - not needed on Snowflake

    with opened(file) as connection:

        def rows(sql: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = connection.execute(sql).to_arrow_table().to_pylist()
            return found

        return observe(rows)


def build_command(target: str, project_dir: Path, profiles_dir: Path) -> Sequence[str]:
    """The build of the small demo."""
    beside = Path(sys.executable).with_name("dbt")  # of this environment, whether it is switched on or not
    options = {"target": target, "project-dir": project_dir, "profiles-dir": profiles_dir, "vars": json.dumps(VARS)}
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [str(beside if beside.exists() else "dbt"), "build", *given]


def _build(target: str, project_dir: Path, profiles_dir: Path) -> None:
    done = subprocess.run(build_command(target, project_dir, profiles_dir), env=dict(os.environ), check=False)  # noqa: S603
    if done.returncode != 0:
        raise SnowflakeError("The build failed: what dbt printed above is what to send back.")


def _where(connection: Connection) -> dict[str, str]:
    """Versions and region; nothing that names the account."""
    (found,) = connection.rows("select current_version() as version, current_region() as region")
    told: Mapping[str, Any] = {"Snowflake": found["version"], "region": found["region"]}
    return {**{name: str(value) for name, value in told.items()}, **{name: version(name) for name in _TOLD_VERSIONS}}
