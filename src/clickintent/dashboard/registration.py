"""Adds `clickintent_publish` to a connection: the end of a dbt run publishes what it built."""

import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

PUBLISH: Final = "clickintent_publish"


def register_publishing(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the function that the macro `publish_dashboard` calls; nothing is imported or read before that.

    Args:
        connection: of a dbt run, to a database in a file. It is not kept open for the function's sake.
    """
    reference = weakref.ref(connection)

    def publish(run: str) -> str:
        """Publish the database; a sentence that says what came of it."""
        from clickintent.dashboard.places import published_file  # noqa: PLC0415 - a build in part goes without
        from clickintent.dashboard.published import FAILURES, BuildRun, publish_from  # noqa: PLC0415

        live = reference()
        found = (
            live.cursor()
            .execute("select database_name, path from duckdb_databases() where database_name = current_database()")
            .fetchone()
            if live
            else None
        )
        if live is None or found is None or not found[1]:
            return "Nothing is published of a database in memory."
        try:
            target = publish_from(live, found[0], published_file(Path(found[1])), BuildRun.from_json(run))
        except FAILURES as error:  # a build does not fail by what only copies it
            return f"Not published for the dashboard. {str(error).splitlines()[0]}"
        return f"Published for the dashboard: {target}"

    # not registered yet is no error, and DuckDB offers no question for it
    with suppress(duckdb.InvalidInputException):
        connection.remove_function(PUBLISH)
    connection.create_function(PUBLISH, publish, ["varchar"], "varchar", side_effects=True)
