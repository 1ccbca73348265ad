"""The schema of Snowflake that a build writes: rights, what is in it, and the functions that were deployed."""

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from clickintent.built_file import ONE_OF_EACH_FOLDER
from clickintent.doctor.finding import Finding
from clickintent.doctor.model_versions import MODELS, model_findings, versions_query
from clickintent.snowflake.connection import Connection, connected, target_of_dbt
from clickintent.snowflake.deployment import answering, comments_of_functions, package_hash
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.naming import Place, literal, stored_name
from clickintent.snowflake.package_zip import package_zip

TRIAL: Final = "CLICKINTENT_DOCTOR"
"""Begins the names of what is made to see whether it may be, and dropped again."""
WANTED: Final = sorted({*MODELS, *ONE_OF_EACH_FOLDER})
"""Tables by which it is told whether a build is whole."""


def examine_target(project_dir: Path, dbt_options: Sequence[str]) -> Iterator[Finding]:
    """What `examine_schema` finds in the target that dbt takes with these options."""
    try:
        target = target_of_dbt(dbt_options, project_dir)
        with connected(target) as connection:
            yield from examine_schema(connection, target.place)
    except SnowflakeError as error:
        yield Finding("Snowflake", "bad", str(error))


def examine_schema(connection: Connection, place: Place) -> Iterator[Finding]:
    """Whether a build can write the schema, what one left there, and whether the functions are of this package.

    Models that a project gives schemas of their own are not looked for. An empty table and a view are made and dropped.

    Raises:
        SnowflakeError: a question is refused.
    """
    schema = f"{place.information_schema}.schemata where schema_name = {literal(stored_name(place.schema))}"
    if not connection.rows(f"select schema_name from {schema}"):
        advice = "dbt makes it where the role may create schemas; else make it as in examples/snowflake/roles.sql."
        yield Finding("schema", "warning", f"there is no {place.qualified} yet", advice)
        return
    yield _write_access(connection, place)
    there = _tables(connection, place)
    yield _build(connection, place, there)
    versions = connection.rows(versions_query(place.named)) if there.issuperset(MODELS) else []
    if versions:
        yield from model_findings(versions)
    yield _functions(connection, place, {row["version"] for row in versions if row["status"] == "current"})


def _write_access(connection: Connection, place: Place) -> Finding:
    # unlike others, a temporary table may be made without any right
    name = place.named(f"{TRIAL}_{uuid.uuid4().hex.upper()}")
    for kind, made in (("table", f"transient table {name} (n integer)"), ("view", f"view {name} as select 1 as n")):
        try:
            connection.rows(f"create {made}")
        except SnowflakeError as error:
            advice = f"Grant its role usage and create {kind} on the schema: examples/snowflake/roles.sql."
            return Finding("schema", "bad", f"no {kind} can be made in {place.qualified}: {error}", advice)
        connection.rows(f"drop {kind} {name}")
    return Finding("schema", "good", f"tables and views can be made in {place.qualified}")


def _tables(connection: Connection, place: Place) -> set[str]:
    listed = connection.rows(
        f"select table_name from {place.information_schema}.tables "
        f"where table_schema = {literal(stored_name(place.schema))}"
    )
    return {row["table_name"].lower() for row in listed}


def _build(connection: Connection, place: Place, there: set[str]) -> Finding:
    missing = [table for table in WANTED if table not in there]
    if len(missing) == len(WANTED):
        return Finding("build", "warning", f"there is nothing in {place.qualified} yet", "Run `dbt build`.")
    if missing:
        advice = "Run `dbt build` again, unless your project switches these off or gives them another schema."
        return Finding("build", "warning", f"{place.qualified} lacks {', '.join(missing)}", advice)
    (counted,) = connection.rows(f"select count(*) as sessions from {place.named('sessions')}")
    return Finding("build", "good", f"{counted['sessions']:,} sessions in {place.qualified}")


def _functions(connection: Connection, place: Place, in_force: set[str]) -> Finding:
    comments = comments_of_functions(connection, place)
    advice = "Run `clickintent snowflake deploy`."
    if not comments:
        # the same deployment uploads the package that dbt's Python models import
        advice = "Run `clickintent snowflake deploy`, before the first build with --packaged."
        return Finding("functions", "bad", f"nothing is deployed in {place.qualified}", advice)
    told = [answering(comment or "") for comment in comments]
    here = package_hash(package_zip())
    if any(function is None or function.package != here for function in told):
        return Finding("functions", "warning", "they are of another clickintent than this one", advice)
    by = {name for function in told if function for name in (function.encoder, function.classifier)}
    behind = sorted(in_force - by)
    if behind:
        return Finding(
            "functions", "warning", f"they answer by {', '.join(sorted(by))}, not by {', '.join(behind)}", advice
        )
    return Finding("functions", "good", f"of this package, by {', '.join(sorted(by))}")
