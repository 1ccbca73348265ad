"""Events that arrive in files or in a table, for tests of what a build reads of them."""

import json
import shutil
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from dbt_in_process import builds_into, own_copy

ROOT = Path(__file__).resolve().parents[2]
COUNTS = ("row_count", "accepted_count", "duplicate_count", "quarantined_count", "refused_count")
FIELDS = ("event_id", "visitor_id", "event_at", "loaded_at", "page_url", "has_consent", "note")


def event(event_id: str | None, **fields: str | None) -> dict:
    row = {"event_id": event_id, "visitor_id": "v", "event_at": "2026-01-01T10:00:00Z", "page_url": "/a"}
    return dict.fromkeys(FIELDS) | row | fields


@dataclass
class Arrivals:
    """Events that arrive in a folder or a table, built as far as the audit by dbt in this process: seconds a build."""

    folder: Path
    vars: dict = field(default_factory=dict)
    manifest: object = None

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def events(self) -> Path:
        folder = self.folder / "events"
        folder.mkdir(exist_ok=True)
        return folder

    def of_files(self, ending: str = "csv") -> "Arrivals":
        self.vars["events_path"] = str(self.events / f"*.{ending}")
        return self

    def of_relation(self, rows: list[dict], load_type: str = "varchar") -> "Arrivals":
        """A table of events whose load times have a type."""
        self.vars["events_relation"] = "raw_events"
        self.execute(f"create table raw_events ({', '.join(f'{name} varchar' for name in FIELDS)})")
        self.execute(f"alter table raw_events alter loaded_at type {load_type}")
        self.insert(*rows)
        return self

    def insert(self, *rows: dict) -> None:
        """More events in that table."""
        frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
        with duckdb.connect(str(self.file)) as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute("insert into raw_events from frame")

    def write(self, name: str, *rows: dict) -> Path:
        """A file of events, in whatever form its name ends."""
        path = self.events / name
        frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
        {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".json": frame.write_ndjson}[path.suffix](path)
        return path

    def invoke(self, *arguments: str):
        command = [*arguments, "--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles")]
        command += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        command += ["--log-level", "none", "--log-level-file", "none", "--vars", json.dumps(self.vars)]
        with chdir(ROOT), builds_into(self.file):
            done = dbtRunner(manifest=own_copy(self.manifest)).invoke(command)
        # dbt-duckdb keeps its connection for the life of a process, and with it the file
        DuckDBConnectionManager.close_all_connections()
        return done

    def parse(self) -> None:
        done = self.invoke("parse")
        assert done.success, done.exception
        self.manifest = done.result

    def build(self, *arguments: str, select: tuple[str, ...] = ("+ingestion_audit",)) -> None:
        done = self.invoke("build", "--exclude-resource-type", "test", "unit_test", "--select", *select, *arguments)
        assert done.success, self.failures(done)

    def failing_tests(self) -> list[str]:
        done = self.invoke("test", "--select", "ingestion_audit,resource_type:test")
        return sorted(each.node.name for each in done.result.results if each.status == "fail")

    def failures(self, done) -> str:
        failed = [
            f"{each.node.name}: {each.message}"
            for each in getattr(done.result, "results", [])
            if each.status == "error"
        ]
        return "\n".join(failed or [str(done.exception)])

    def execute(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.file)) as connection:
            return connection.execute(sql).fetchall()

    def audit(self) -> dict[str, tuple[int, ...]]:
        """Batch, a file by its name -> rows, accepted, duplicates, quarantined, refused."""
        rows = self.execute(f"select load_batch, {', '.join(COUNTS)} from ingestion_audit")
        return {Path(batch).name: tuple(counts) for batch, *counts in rows}

    def ids(self, table: str = "stg_events") -> list[str]:
        return [name for (name,) in self.execute(f"select event_id from {table} order by 1")]

    def refreshed(self) -> "Arrivals":
        """A copy, built again from nothing."""
        other = Arrivals(self.folder / "refreshed", dict(self.vars), self.manifest)
        other.folder.mkdir()
        shutil.copy(self.file, other.file)
        other.build("--full-refresh")
        return other

    def same_as(self, other: "Arrivals") -> bool:
        tables = ("stg_events", "quarantined_events", "ingestion_audit")
        return all(self.content(table) == other.content(table) for table in tables)

    def content(self, table: str) -> list[tuple]:
        names = sorted(name for name, *_ in self.execute(f"describe {table}"))
        return sorted(self.execute(f"select {', '.join(f'{name}::varchar' for name in names)} from {table}"), key=str)
