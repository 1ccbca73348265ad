"""`clickintent snowflake`: the package and the SQL functions on Snowflake."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from clickintent.cli.options import ProjectDirOption, fail, refusals_told, screen

if TYPE_CHECKING:
    from clickintent.snowflake.connection import Target
    from clickintent.snowflake.deployment import OpenAiAccess
    from clickintent.snowflake.models_file import ModelVersions
    from clickintent.snowflake.naming import Place

snowflake_app = typer.Typer(
    no_args_is_help=True,
    help="Snowflake: deploy the package and the SQL functions, take them back; what it would cost.",
)

TargetOption = Annotated[str, typer.Option("--target", help="Target of the dbt profile.")]
ProfilesDirOption = Annotated[
    Path, typer.Option("--profiles-dir", envvar="DBT_PROFILES_DIR", help="Folder of profiles.yml.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print the SQL; nothing is connected to.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="Instead of the target's.")]
SchemaOption = Annotated[str | None, typer.Option("--schema", help="Instead of the target's.")]


@snowflake_app.command()
def deploy(
    dry_run: DryRunOption = False,
    packaged: Annotated[
        bool, typer.Option("--packaged", help="The encoder that comes with the package, and no classifier.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--file", help="Take the versions in force in a DuckDB file, not in Snowflake.")
    ] = None,
    openai: Annotated[
        bool, typer.Option("--openai", help="Let the labeler openai reach its server; the key is OPENAI_API_KEY.")
    ] = False,
    openai_host: Annotated[
        list[str] | None, typer.Option("--openai-host", help="Host of that server; may be given again.")
    ] = None,
    target: TargetOption = "snowflake",
    database: DatabaseOption = None,
    schema: SchemaOption = None,
    project_dir: ProjectDirOption = Path("."),
    profiles_dir: ProfilesDirOption = Path("profiles"),
) -> None:
    """Upload package and weights, and create clickintent_embed and clickintent_intent on them.

    What is uploaded is named by a hash of its content: deploying the same again changes nothing.

    Example: clickintent snowflake deploy --dry-run
    """
    if packaged and file is not None:
        raise fail("--packaged and --file name two sources of weights: give one of them.")
    access = _openai_access(openai, openai_host)
    with _snowflake_refusals_told():
        if dry_run:
            place = _place(_target_if_any(target, project_dir, profiles_dir), database, schema)
            _print_deployment(place, _versions_at_hand(packaged, file), access)
            return
        from clickintent.snowflake.connection import connected, read_target  # noqa: PLC0415
        from clickintent.snowflake.deployment import Deployment  # noqa: PLC0415
        from clickintent.snowflake.deployment import deploy as deploy_to  # noqa: PLC0415
        from clickintent.snowflake.versions import versions_on_snowflake  # noqa: PLC0415

        read = read_target(target, project_dir, profiles_dir)
        place = _place(read, database, schema)
        with connected(read) as connection:
            versions = _versions_at_hand(packaged, file) or versions_on_snowflake(connection, place)
            deployment = Deployment.of(place, versions)
            deploy_to(deployment, connection, access, _tell)
    _tell(f"In force: {deployment.comment}.")


@snowflake_app.command()
def undeploy(
    dry_run: DryRunOption = False,
    target: TargetOption = "snowflake",
    database: DatabaseOption = None,
    schema: SchemaOption = None,
    project_dir: ProjectDirOption = Path("."),
    profiles_dir: ProfilesDirOption = Path("profiles"),
) -> None:
    """Drop what `deploy` made: functions, stage, and the access of the labeler openai. Nothing else is touched.

    Example: clickintent snowflake undeploy --dry-run
    """
    with _snowflake_refusals_told():
        if dry_run:
            from clickintent.snowflake.statements import removals  # noqa: PLC0415

            place = _place(_target_if_any(target, project_dir, profiles_dir), database, schema)
            typer.echo("\n".join(removal.script for removal in removals(place)), nl=False)
            return
        from clickintent.snowflake.connection import connected, read_target  # noqa: PLC0415
        from clickintent.snowflake.deployment import undeploy as undeploy_from  # noqa: PLC0415

        read = read_target(target, project_dir, profiles_dir)
        with connected(read) as connection:
            dropped = undeploy_from(_place(read, database, schema), connection, _tell)
    if not dropped:
        _tell("Nothing of a deployment was found.")


@snowflake_app.command()
def smoke(
    file: Annotated[
        Path | None, typer.Option("--file", help="Compare a DuckDB file that holds the small demo; ask no account.")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="With --file: print what it holds, which is how the literals were made.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Report to write.")] = Path("snowflake_smoke.md"),
    target: TargetOption = "snowflake",
    project_dir: ProjectDirOption = Path("."),
    profiles_dir: ProfilesDirOption = Path("profiles"),
) -> None:
    """Deploy, build a small demo and compare it with what DuckDB makes of it; write a report to send back.

    Take a schema that nothing else is in.

    Example: clickintent snowflake smoke --target snowflake
    """
    from clickintent.snowflake.smoke import compare, literals, report  # noqa: PLC0415 - heavy imports only when needed
    from clickintent.snowflake.smoke_run import smoke_of_file, smoke_on_snowflake  # noqa: PLC0415

    if record and file is None:
        raise fail("--record prints what a DuckDB file holds: name it by --file.")
    with _snowflake_refusals_told():
        if file is not None:
            found = smoke_of_file(file)
            if record:
                typer.echo(found.written, nl=False)
                return
            checks, where = compare(literals(), found), {"DuckDB": "a file"}
        else:
            from clickintent.snowflake.connection import read_target  # noqa: PLC0415

            read = read_target(target, project_dir, profiles_dir)
            checks, where = smoke_on_snowflake(read, target, project_dir, profiles_dir, _tell)
        text = report(checks, where)
        out.write_text(text)
    typer.echo(text)
    _tell(f"Written to {out}: please send it back.")
    if not all(check.is_passed for check in checks):
        raise typer.Exit(code=1)


def _print_deployment(place: "Place", versions: "ModelVersions | None", access: "OpenAiAccess | None") -> None:
    from clickintent.snowflake.deployment import Deployment, shown_statements  # noqa: PLC0415
    from clickintent.snowflake.statements import openai_access  # noqa: PLC0415

    statements = shown_statements(place) if versions is None else Deployment.of(place, versions).statements(None)
    if access is not None:
        statements += openai_access(place, access.hosts, access.key)
    typer.echo("\n".join(statement.script for statement in statements), nl=False)


def _versions_at_hand(packaged: bool, file: Path | None) -> "ModelVersions | None":
    """Versions that need no connection; None where they are to be read from Snowflake."""
    if packaged:
        from clickintent.snowflake.versions import packaged_versions  # noqa: PLC0415 - torch only when it is needed

        return packaged_versions()
    if file is not None:
        from clickintent.snowflake.versions import versions_in_file  # noqa: PLC0415

        return versions_in_file(file)
    return None


def _target_if_any(target: str, project_dir: Path, profiles_dir: Path) -> "Target | None":
    """For a dry run, which has to do without one."""
    from clickintent.snowflake.connection import read_target  # noqa: PLC0415
    from clickintent.snowflake.errors import SnowflakeError  # noqa: PLC0415

    try:
        return read_target(target, project_dir, profiles_dir)
    except SnowflakeError:
        return None


def _place(target: "Target | None", database: str | None, schema: str | None) -> "Place":
    from clickintent.snowflake.naming import Place  # noqa: PLC0415

    known = Place("MY_DATABASE", "MY_SCHEMA") if target is None else target.place
    return Place(database or known.database, schema or known.schema)


def _openai_access(is_asked_for: bool, hosts: list[str] | None) -> "OpenAiAccess | None":
    if not is_asked_for:
        if hosts:
            raise fail("--openai-host says which host, and --openai that it may be reached: give both.")
        return None
    from clickintent.snowflake.deployment import OpenAiAccess  # noqa: PLC0415

    return OpenAiAccess(tuple(hosts or ("api.openai.com",)), os.environ.get("OPENAI_API_KEY") or None)


@contextmanager
def _snowflake_refusals_told() -> Iterator[None]:
    from clickintent.function_errors import NoModelError  # noqa: PLC0415
    from clickintent.snowflake.errors import SnowflakeError  # noqa: PLC0415

    with refusals_told(SnowflakeError, NoModelError):
        yield


def _tell(line: str) -> None:
    screen().print(escape(line), highlight=False, soft_wrap=True)
