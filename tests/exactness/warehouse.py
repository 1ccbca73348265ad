"""The project built into a DuckDB file, by dbt in this process: parsed once, then a second or two a build."""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import duckdb
import polars as pl
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from reference import COLUMNS, Arrival

from dbt_in_process import builds_into, own_copy

ROOT = Path(__file__).resolve().parents[2]

# Every table that follows from the events alone; those that the project does not have (yet) are left out.
TABLES = (
    "stg_events", "quarantined_events", "ingestion_audit", "pages", "user_agents", "consent_withdrawals",
    "placed_events", "session_events", "sessions", "session_features", "session_sequences", "visitor_customers",
    "session_customers",
)  # fmt: skip

# A file's time stands in for a load time: later than every event that is not meant to be in the future.
FILES_WRITTEN_AT = datetime(2026, 3, 1)

Rows = Counter[tuple[str | None, ...]]


@dataclass
class Warehouse:
    """One file, and the vars that it is built with.

    Attributes:
        folder: where the file, dbt's target and the event files lie.
        vars: of the project, the same at every build.
        project: the dbt project; another than this one where a mutant is built.
        inserted: table -> rows that the last build inserted into it.
    """

    folder: Path
    vars: dict[str, object]
    project: Path = ROOT
    manifest: Manifest | None = field(default=None, repr=False)
    inserted: Counter[str] = field(default_factory=Counter)

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"  # the name stands in the manifest: it is the same in every folder

    @property
    def tables(self) -> list[str]:
        """Those of `TABLES` that the project has."""
        assert self.manifest is not None, "parse() comes first"
        names = {node.name for node in self.manifest.nodes.values() if node.resource_type == "model"}
        return [name for name in TABLES if name in names]

    @property
    def incremental_tables(self) -> list[str]:
        assert self.manifest is not None, "parse() comes first"
        kinds = {node.name: node.config.get("materialized") for node in self.manifest.nodes.values()}
        return [name for name in self.tables if kinds[name] == "incremental"]

    def invoke(self, *arguments: str, manifest: Manifest | None = None) -> object:
        common = ["--project-dir", str(self.project), "--profiles-dir", str(self.project / "profiles")]
        common += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        quiet = ["--log-level", "none", "--log-level-file", "none"]
        with chdir(self.project), builds_into(self.file), counting_inserts() as self.inserted:
            done = dbtRunner(manifest=manifest).invoke([*arguments, *common, *quiet, "--vars", json.dumps(self.vars)])
        # dbt-duckdb keeps its connection for the life of a process, and with it the file
        DuckDBConnectionManager.close_all_connections()
        results = getattr(done.result, "results", [])
        failed = [f"{each.node.name}: {each.message}" for each in results if each.status == "error"]
        assert done.success, f"dbt {' '.join(arguments)}\n" + "\n".join(failed or [str(done.exception)])
        return done.result

    def parse(self) -> None:
        """Read the project. The relations of the source must exist by then."""
        self.manifest = self.invoke("parse")

    def build(self, *arguments: str, threads: int = 2) -> None:
        """All tables and what they are made from, without tests; seeds once, as they do not change."""
        if self.manifest is None:
            self.parse()
        selected = [f"+{name}" for name in self.tables]
        with_seeds = not self.has("event_types")
        command = ["build", "--exclude-resource-type", "test", "unit_test"] if with_seeds else ["run"]
        self.invoke(
            *command,
            "--select",
            *selected,
            "--threads",
            str(threads),
            *arguments,
            manifest=own_copy(self.manifest),
        )

    def refreshed(self, name: str, *, threads: int = 2, shuffled: bool = False) -> "Warehouse":
        """A copy of the file, built again from nothing; with the rows of its relation in another order, if asked."""
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(self.file, folder / "warehouse.duckdb")
        other = replace(self, folder=folder)
        if shuffled and self.has("raw_events"):
            other.execute("create or replace table raw_events as from raw_events order by hash(raw_events::varchar)")
        other.build("--full-refresh", threads=threads)
        return other

    def execute(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.file)) as connection:
            return connection.execute(sql).fetchall()

    def has(self, table: str) -> bool:
        return bool(self.execute(f"select 1 from information_schema.tables where table_name = '{table}'"))

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.execute(f"describe {table}")]

    def rows(self, table: str, *columns: str) -> Rows:
        """The rows of a table or view as text, of all columns or those named, each with how often it is there."""
        texts = ", ".join(f'"{column}"::varchar' for column in columns or self.columns(table))
        return Counter(self.execute(f"select {texts} from {table}"))


@contextmanager
def counting_inserts() -> Iterator[Counter[str]]:
    """Counts the rows of dbt's insert statements by table: DuckDB answers each with their number."""
    counts: Counter[str] = Counter()
    execute = DuckDBCursorWrapper.execute

    def counted(self: DuckDBCursorWrapper, sql: str, bindings: object = None) -> object:
        answer = execute(self, sql, bindings)
        if found := re.search(r'insert into "\w+"\."\w+"\."(\w+)"', sql):
            counts[found[1]] += self.fetchone()[0]
        return answer

    with patch.object(DuckDBCursorWrapper, "execute", counted):
        yield counts


# -- the ways in -------------------------------------------------------------------------------------------------------


def texts(arrivals: Iterable[Arrival]) -> pl.DataFrame:
    """Rows of a source: the contract's columns as text, and a `note` of the source's own."""
    rows = [{name: getattr(arrival, name) for name in COLUMNS} for arrival in arrivals]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def write_files(warehouse: Warehouse, build: int, arrivals: Iterable[Arrival]) -> dict[Arrival, tuple[str, datetime]]:
    """Rows go to the folder `events`: one in three into a file that grows, the others into a new one.

    Returns:
        Path and modification time of the file that each row came with.
    """
    folder = warehouse.folder / "events"
    folder.mkdir(exist_ok=True)
    rows = list(arrivals)
    growing = folder / "growing.parquet"
    known = pl.read_parquet(growing) if growing.exists() else texts([])
    files: dict[Arrival, tuple[str, datetime]] = {}
    for path, part, before in (
        (growing, rows[::3], known),
        (folder / f"{build}.parquet", [row for number, row in enumerate(rows) if number % 3], texts([])),
    ):
        if part:
            moment = FILES_WRITTEN_AT + timedelta(days=build)
            pl.concat([before, texts(part)]).write_parquet(path)
            os.utime(path, (moment.replace(tzinfo=UTC).timestamp(),) * 2)
            files |= dict.fromkeys(part, (str(path), moment))
    return files


def append_to_relation(
    warehouse: Warehouse, build: int, arrivals: Iterable[Arrival]
) -> dict[Arrival, tuple[str, datetime]]:
    """Rows go to the table `raw_events`, as a loader inserts them."""
    frame = texts(arrivals)
    with duckdb.connect(str(warehouse.file)) as connection:
        connection.register("frame", frame.to_arrow())
        connection.execute("create table if not exists raw_events as from frame limit 0")
        connection.execute("insert into raw_events from frame")
    return {}
