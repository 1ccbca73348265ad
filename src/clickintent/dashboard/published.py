"""The published copy: a small file that the dashboard reads, swapped in by rename after each build.

A process that writes to a DuckDB file keeps every reader out, and a reader keeps the writer out. With a copy neither
waits. It holds counts, and of single sessions only the sample of the map and those that a review would show next, less
what `withheld` takes from them.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

from clickintent.built_file import BuiltFileError, look_into_all_schemas
from clickintent.dashboard.places import published_file
from clickintent.dashboard.withheld import Telling, without_sensitive

if TYPE_CHECKING:
    from clickintent.review.reading import ReviewedSession

Schema = dict[str, pl.DataType | type[pl.DataType]]

PUBLISHED_TABLES: Final = (
    "dim_intents",
    "intent_taxonomy",
    "intent_trends_daily",
    "intent_visitors",
    "intent_flows",
    "journey_outcomes",
    "mapped_sessions",
    "mapped_session_events",
    "mapped_session_scores",
    "session_neighbours",
    "quarantine_reasons",
    "llm_spending",
    "data_freshness",
    "encoder_drift",
    "label_quality",
    "model_registry",
    "dashboard_settings",
)
"""Models that are copied, most of them as they are; what the build makes smaller is a model of its own."""

OPTIONAL_TABLES: Final = {
    "encoder_drift": "channel varchar, session_count bigint, page_event_count bigint, new_page_event_share double, "
    "embedding_shift double, trained_to timestamp",
}
"""Models that a project may have switched off -> the columns that are read of them: the copy's table is empty then."""

READ_TABLES: Final = (
    *("session_labels", "label_sample", "session_narratives", "session_intents", "gold_labels"),
    *("page_audience", "event_type_audience"),
)
"""Models that `review_queue` is drawn from, and those that say what is withheld."""

WITHHOLDING: Final = {"mapped_sessions": Telling.narratives, "mapped_session_events": Telling.events}
"""Models that are not copied as they are."""

FAILURES: Final = (BuiltFileError, duckdb.Error, pl.exceptions.PolarsError, OSError)
"""What publishing a build can fail by: the build was incomplete or of another version, or the disk refused."""

RANDOM_IN_QUEUE: Final = 200
HARD_PER_LEAF: Final = 5
"""Sessions of `review_queue`: at 200 random ones an agreement of 85% is known to 5 points either way."""

DBT_MESSAGE: Final = re.compile(r"Got \d+ results?, configured to (?:fail|warn) if [^'\"\n]{1,40}")
"""What dbt itself says of a test. A database's words quote values of visitors: they stay in dbt's log."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A test or model of the last run that did not pass.

    Attributes:
        node: its name.
        kind: 'test', 'model', 'seed', ...
        status: 'fail', 'warn', 'error', 'skipped'.
        failures: rows that a test found.
        message: what dbt says, without a word of the database.
    """

    node: str
    kind: str
    status: str
    failures: int | None
    message: str | None


@dataclass(frozen=True, slots=True)
class BuildRun:
    """The dbt run that a publication follows.

    Attributes:
        command: 'build', 'run' or 'test'.
        tests: how many tests ran.
        results: what did not pass.
    """

    command: str
    tests: int
    results: tuple[NodeResult, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every model was written that should have been."""
        return not any(result.kind != "test" and result.status in {"error", "skipped"} for result in self.results)

    @classmethod
    def from_json(cls, text: str) -> "BuildRun":
        """What the macro `publish_dashboard` tells."""
        told = json.loads(text)
        results = tuple(
            NodeResult(**{**result, "message": result["message"] if _is_dbts(result["message"]) else None})
            for result in told["results"]
        )
        return cls(told["command"], told["tests"], results)


def _is_dbts(message: str | None) -> bool:
    return message is not None and DBT_MESSAGE.fullmatch(message) is not None


def publish(file: Path, run: BuildRun | None = None) -> Path:
    """Publish a file that `dbt build` wrote; what the last copy told of its dbt run is kept where none is given.

    Returns:
        The published copy.

    Raises:
        BuiltFileError: there is no such file, another process writes to it, or its build is not complete.
    """
    if not file.exists():
        raise BuiltFileError(f"There is no file {file}: run `dbt build`, or point CLICKINTENT_DUCKDB at the file.")
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach '{_quoted(file)}' as built (read_only)")
        except duckdb.IOException as error:
            raise BuiltFileError(f"{file} cannot be read; is a build writing to it? DuckDB says: {error}") from error
        return publish_from(connection, "built", published_file(file), run)


def renew(file: Path) -> Path | None:
    """Publish anew what was published, after rows were taken out of the file: no copy may go on holding them.

    Returns:
        The published copy; None where there is none, or none any more, since the build is not complete.
    """
    target = published_file(file)
    target.with_name(f"{target.stem}.new{target.suffix}").unlink(missing_ok=True)
    if not target.exists():
        return None
    try:
        return publish(file)
    except FAILURES:
        target.unlink(missing_ok=True)
        return None


def publish_from(connection: duckdb.DuckDBPyConnection, database: str, target: Path, run: BuildRun | None) -> Path:
    """Publish a database that a connection has open; the copy before stays whole until the new one takes its place.

    After a run that left models unwritten, the tables are those of the copy before, and only the failure is news: a mix
    of new and old tables tells nothing true.

    Args:
        connection: to the database; a cursor of it is used.
        database: its name there.
        target: the published copy.
        run: the dbt run before, if one was.

    Raises:
        BuiltFileError: a table is missing, so that there is nothing to publish yet.
    """
    new = target.with_name(f"{target.stem}.new{target.suffix}")
    _remove(new)
    try:
        _write_copy(connection, database, target, new, run)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(target)
    finally:
        _remove(new)
    return target


def _remove(file: Path) -> None:
    for leftover in (file, file.with_name(file.name + ".wal")):
        leftover.unlink(missing_ok=True)


def _write_copy(
    connection: duckdb.DuckDBPyConnection, database: str, target: Path, new: Path, run: BuildRun | None
) -> None:
    is_kept = run is not None and not run.is_whole
    with closing(connection.cursor()) as cursor, _attached(cursor, new, "publishing"):
        if target.exists() and (is_kept or run is None):
            with _attached(cursor, target, "published_before", "(read_only)"):
                # a copy of an earlier version, or none of a copy: made anew as a whole
                before = {name for name, _ in _tables(cursor, "published_before")}
                if is_kept and {*PUBLISHED_TABLES, "review_queue"} <= before:
                    _keep(cursor, [*PUBLISHED_TABLES, "review_queue"])
                if run is None and {"build_results", "build_run"} <= before:
                    _keep(cursor, ["build_results", "build_run"])
        held = {name for name, _ in _tables(cursor, "publishing")}
        if "review_queue" not in held:
            if is_kept:
                raise BuiltFileError("Nothing was published before, and the last run left models unwritten.")
            _copy_build(cursor, database, target)
        if "build_results" not in held:
            _write_run(cursor, run)


def _copy_build(cursor: duckdb.DuckDBPyConnection, database: str, target: Path) -> None:
    schemas = look_into_all_schemas(cursor, target, database)
    held = {name for name, schema in _tables(cursor, database) if schema in schemas}
    missing = [name for name in (*PUBLISHED_TABLES, *READ_TABLES) if name not in held and name not in OPTIONAL_TABLES]
    if missing:
        raise BuiltFileError(f"The build is not complete, {', '.join(missing)} missing: run `dbt build`.")
    telling = Telling.read(cursor)
    for table in PUBLISHED_TABLES:
        if table not in held:
            cursor.execute(f"create table publishing.main.{table} ({OPTIONAL_TABLES[table]})")
        elif table in WITHHOLDING:
            _write(cursor, table, WITHHOLDING[table](telling, cursor.execute(f"select * from {table}").pl()))
        else:
            cursor.execute(f"create table publishing.main.{table} as select * from {table}")
    from clickintent.review.reading import review_queue  # noqa: PLC0415 - heavy, and a build in part publishes nothing

    reviewed = [key for (key,) in cursor.execute("select session_id from gold_labels").fetchall()]
    _, queue = review_queue(cursor, reviewed, random_count=RANDOM_IN_QUEUE, per_leaf=HARD_PER_LEAF)
    _write(cursor, "review_queue", telling.narratives(_queue_rows(without_sensitive(cursor, queue))))


def _write_run(cursor: duckdb.DuckDBPyConnection, run: BuildRun | None) -> None:
    schema: Schema = {
        "node": pl.String,
        "kind": pl.String,
        "status": pl.String,
        "failures": pl.Int64,
        "message": pl.String,
    }
    results = [asdict(result) for result in run.results] if run else []
    _write(cursor, "build_results", pl.DataFrame(results, schema=schema))
    told = {
        "command": run.command if run else None,
        "tests": run.tests if run else None,
        "is_whole": run.is_whole if run else None,
        "finished_at": datetime.now(UTC).replace(tzinfo=None) if run else None,
    }
    kinds: Schema = {"command": pl.String, "tests": pl.Int64, "is_whole": pl.Boolean, "finished_at": pl.Datetime("us")}
    _write(cursor, "build_run", pl.DataFrame([told], schema=kinds))


def _queue_rows(queue: "Sequence[ReviewedSession]") -> pl.DataFrame:
    rows = [
        {**asdict(session), "place": place, "labels": json.dumps(session.labels)} for place, session in enumerate(queue)
    ]
    schema: Schema = {
        "place": pl.Int64,
        "session_id": pl.String,
        "shown_because": pl.String,
        "narrative": pl.String,
        "labels": pl.String,
        "student": pl.String,
        "probability": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)


def _write(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    cursor.register("to_publish", frame.to_arrow())
    cursor.execute(f"create table publishing.main.{table} as select * from to_publish")
    cursor.unregister("to_publish")


def _keep(cursor: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    for table in tables:
        cursor.execute(f"create table publishing.main.{table} as select * from published_before.main.{table}")


def _tables(cursor: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """Tables and views, with their schemas."""
    return cursor.execute(
        "select table_name, table_schema from information_schema.tables where table_catalog = $1", [database]
    ).fetchall()


@contextmanager
def _attached(cursor: duckdb.DuckDBPyConnection, file: Path, name: str, options: str = "") -> Iterator[None]:
    cursor.execute(f"attach '{_quoted(file)}' as {name} {options}")
    try:
        yield
    finally:
        cursor.execute(f"detach {name}")


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
