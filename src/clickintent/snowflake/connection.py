"""A connection by the dbt profile's target, or by the environment; no secret is ever told."""

import argparse
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import yaml  # type: ignore[import-untyped] # comes with dbt

from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.naming import Place

_PROJECT_FILE: Final = "dbt_project.yml"
_PROFILES_FILE: Final = "profiles.yml"

FROM_ENVIRONMENT: Final[Mapping[str, str]] = {
    "account": "SNOWFLAKE_ACCOUNT",
    "user": "SNOWFLAKE_USER",
    "private_key_path": "SNOWFLAKE_PRIVATE_KEY_PATH",
    "private_key_passphrase": "DBT_ENV_SECRET_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
    "password": "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD",
    "token": "DBT_ENV_SECRET_SNOWFLAKE_TOKEN",
    "authenticator": "SNOWFLAKE_AUTHENTICATOR",
    "role": "SNOWFLAKE_ROLE",
    "warehouse": "SNOWFLAKE_WAREHOUSE",
    "database": "SNOWFLAKE_DATABASE",
    "schema": "SNOWFLAKE_SCHEMA",
}
"""What a target needs, and the variables that are read where no profile has the target."""

_NEEDED: Final = ("account", "database", "schema")
_CONNECTOR_LOGGERS: Final = ("snowflake.connector", "snowflake.snowpark", "botocore", "boto3", "urllib3")


class Connection(Protocol):
    """What a deployment asks of Snowflake."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Run a statement: its rows, by column names in lower case."""
        ...


@dataclass(frozen=True)
class Target:
    """A target of a dbt profile, rendered.

    Attributes:
        values: as dbt-snowflake takes them; some are secrets.
    """

    values: Mapping[str, Any] = field(repr=False)

    @property
    def place(self) -> Place:
        """Database and schema that dbt builds in."""
        return Place(str(self.values["database"]), str(self.values["schema"]))


def read_target(
    name: str | None,
    project_dir: Path,
    profiles_dir: Path,
    environment: Mapping[str, str] | None = None,
    profile: str | None = None,
) -> Target:
    """The target of the project's profile; where no profile has it, what the environment says.

    Args:
        name: of the target; the one that the profile names if not given.
        project_dir: where dbt_project.yml is.
        profiles_dir: where profiles.yml is.
        environment: variables; those of this process if not given.
        profile: its name; the one that the project names if not given.

    Raises:
        SnowflakeError: neither says account, database and schema, or a variable that the profile asks for is not set.
    """
    environment = os.environ if environment is None else environment
    found = _profile_target(name, project_dir, profiles_dir, environment, profile)
    where = f"the target {name!r} of {profiles_dir / _PROFILES_FILE}"
    if found is None:
        found = {key: environment[variable] for key, variable in FROM_ENVIRONMENT.items() if environment.get(variable)}
        if "token" in found:
            found.setdefault("authenticator", "oauth")
        where = "the environment"
    missing = [key for key in _NEEDED if not found.get(key)]
    if missing:
        raise SnowflakeError(
            f"{where[0].upper()}{where[1:]} does not say {', '.join(missing)}: add a target of the type snowflake to "
            f"the profile, or set {', '.join(FROM_ENVIRONMENT[key] for key in missing)}."
        )
    return Target({key: value for key, value in found.items() if value not in (None, "")})


@contextmanager
def connected(target: Target) -> Iterator[Connection]:
    """A connection to Snowflake, as dbt-snowflake would make it.

    Raises:
        SnowflakeError: the packages are not installed, or Snowflake refuses; no secret is in the message.
    """
    try:
        import snowflake.connector  # noqa: PLC0415 - an extra
        from dbt.adapters.snowflake.connections import SnowflakeCredentials  # noqa: PLC0415
    except ImportError as error:
        raise SnowflakeError(
            "The packages for Snowflake are not installed: pip install 'clickintent[snowflake]'."
        ) from error
    values = {key: value for key, value in target.values.items() if key not in ("type", "threads")}
    with silent_connector():
        try:
            credentials = SnowflakeCredentials(**values)
            connection = snowflake.connector.connect(
                account=credentials.account,
                database=credentials.database,
                schema=credentials.schema,
                warehouse=credentials.warehouse,
                role=credentials.role,
                application="clickintent",
                **credentials.auth_args(),  # type: ignore[no-untyped-call]
            )
        except Exception as error:
            # what a library says of a connection may quote the settings that it was given
            raise SnowflakeError(
                f"Snowflake cannot be reached ({type(error).__name__}): see that `dbt debug --target` of the same "
                "target succeeds."
            ) from None
        with connection:
            yield _OfConnector(connection)


@contextmanager
def silent_connector() -> Iterator[None]:
    """Hold the libraries below at warnings: they log statements, and one statement may carry a key."""
    loggers = [logging.getLogger(name) for name in _CONNECTOR_LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(max(logger.level, logging.WARNING))
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class _OfConnector:
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - a class of an extra
        self._connection = connection

    def rows(self, sql: str) -> list[dict[str, Any]]:
        import snowflake.connector  # noqa: PLC0415

        with self._connection.cursor() as cursor:
            try:
                cursor.execute(sql)
            except snowflake.connector.Error as error:
                # its message may quote the statement, which may carry a key
                raise SnowflakeError(
                    f"Snowflake refuses {' '.join(sql.split()[:3])} ... (error {error.errno}, query {error.sfqid}): "
                    "its query history says why."
                ) from None
            names = [column.name.lower() for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def target_of_dbt(options: Sequence[str], project_dir: Path, environment: Mapping[str, str] | None = None) -> Target:
    """The target that dbt takes, run in the folder of a project.

    Args:
        options: of dbt's command line, any of them.
        project_dir: where dbt_project.yml is.
        environment: variables; those of this process if not given.

    Raises:
        SnowflakeError: as `read_target`.
    """
    environment = os.environ if environment is None else environment
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--target", "-t", default=environment.get("DBT_TARGET"))
    parser.add_argument("--profile", default=environment.get("DBT_PROFILE"))
    parser.add_argument("--profiles-dir", default=environment.get("DBT_PROFILES_DIR"))
    given, _ = parser.parse_known_args(options)
    beside = project_dir if (project_dir / _PROFILES_FILE).is_file() else Path.home() / ".dbt"
    profiles_dir = project_dir / given.profiles_dir if given.profiles_dir else beside
    return read_target(given.target, project_dir, profiles_dir, environment, given.profile)


def _profile_target(
    name: str | None, project_dir: Path, profiles_dir: Path, environment: Mapping[str, str], profile: str | None
) -> dict[str, Any] | None:
    from dbt.config.renderer import ProfileRenderer  # noqa: PLC0415 - takes seconds to import
    from dbt.exceptions import EnvVarMissingError  # noqa: PLC0415
    from dbt_common.context import set_invocation_context  # noqa: PLC0415

    set_invocation_context(dict(environment))
    renderer = ProfileRenderer(cli_vars={})
    try:
        profile = profile or yaml.safe_load((project_dir / _PROJECT_FILE).read_text())["profile"]
        of_profile = yaml.safe_load((profiles_dir / _PROFILES_FILE).read_text())[profile]
        name = name or renderer.render_value(of_profile["target"])
        target = of_profile["outputs"][name]
    except (FileNotFoundError, KeyError):
        return None
    if target.get("type") != "snowflake":
        raise SnowflakeError(
            f"The target {name!r} of {profiles_dir / _PROFILES_FILE} is of type {target.get('type')!r}."
        )
    try:
        rendered: dict[str, Any] = renderer.render_data(target)
    except EnvVarMissingError as error:
        asked = str(error).splitlines()[-1].strip()
        raise SnowflakeError(
            f"The target {name!r} of {profiles_dir / _PROFILES_FILE} cannot be read: {asked}."
        ) from error
    return rendered
