"""A first build of some days, one more day, and a build without news, each model by itself."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.folders import PROFILES, bench_folder
from benchmarks.incremental_day.arrivals import RELATION, Stream, append
from benchmarks.incremental_day.pruning import measure_deletes
from benchmarks.processes import run_process
from benchmarks.sessions.sql_runs import run_sql
from benchmarks.sessions.steps import Step

# All that production builds; the demo and what is fitted to be judged are not part of it
EVERYTHING = ("--exclude", "tag:evaluation")
# From accepted events to what the encoder reads, with what these models read beside them
SESSION_LAYER = (
    "--select",
    *("placed_events", "session_events", "sessions", "session_features", "session_sequences", "pages", "user_agents"),
    "resource_type:seed",
)
SOURCE = {"event_source": "generic", "events_relation": RELATION, "link_visitors": True}
# DuckDB's unit of a file, of which a column of a table takes whole ones once it is large
_BLOCK_BYTES = 262_144


@dataclass(frozen=True)
class DayRun:
    """One site, built and built again.

    Attributes:
        sessions_a_day: Sessions that are drawn for each day.
        base_days: Days of the first build.
        builds: 'first', 'day' and, where there is one, 'nothing': model -> what it did, as `Work`.
        peak_gb: Highest memory of each build's process.
        tables: After the first build: table -> rows, and bytes in the file.
        rows_after: Rows of each table after the day.
        deletes: What a delete of the day touches, as `measure_deletes` tells; empty where that was not asked.
        environment: Machine, versions and command.
    """

    sessions_a_day: int
    base_days: int
    builds: dict[str, dict[str, Any]]
    peak_gb: dict[str, float]
    tables: dict[str, dict[str, int]]
    rows_after: dict[str, int]
    deletes: list[dict[str, Any]]
    environment: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)


def measure_day(
    stream: Stream,
    base_days: int,
    memory_limit: str,
    environment: dict[str, Any],
    say: Callable[[str], None],
    *,
    is_quiet_built: bool = True,
    is_deletion_measured: bool = True,
) -> DayRun:
    """Builds a file of `base_days` days, adds a day, builds again, and once more without news.

    Args:
        stream: The site.
        base_days: Days of the first build.
        memory_limit: Of DuckDB, such as '4.5GB'.
        environment: Put into the result.
        say: Told what has been done.
        is_quiet_built: Whether there is a build without news.
        is_deletion_measured: Whether the day is deleted in several ways at the end.

    Raises:
        BenchmarkError: A build failed.
    """
    folder = bench_folder() / f"day-{stream.sessions_a_day}-{base_days}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "warehouse.duckdb"
    settings = {"memory_limit": memory_limit, "TimeZone": "UTC"}
    builds: dict[str, dict[str, Any]] = {}
    peak_gb: dict[str, float] = {}

    def build(name: str) -> None:
        builds[name], peak_gb[name] = _build(file, memory_limit, SESSION_LAYER if stream.is_accepted else EVERYTHING)
        seconds = sum(work["cpu_seconds"] for work in builds[name].values())
        say(f"  {name}: {seconds:.1f} s of CPU, {peak_gb[name]} GB")

    try:
        say(f"{base_days} days of {stream.sessions_a_day:,} sessions")
        append(file, settings, stream.days(0, base_days))
        build("first")
        tables = _tables(file, settings)
        append(file, settings, [*stream.days(base_days, 1), *stream.late_events(base_days)])
        build("day")
        rows_after = {name: told["rows"] for name, told in _tables(file, settings).items()}
        if is_quiet_built:
            build("nothing")
        deletes = measure_deletes(file, base_days) if is_deletion_measured else []
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return DayRun(stream.sessions_a_day, base_days, builds, peak_gb, tables, rows_after, deletes, environment)


def _build(file: Path, memory_limit: str, selection: Sequence[str]) -> tuple[dict[str, Any], float]:
    result = file.parent / "works.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.incremental_day.worker",
        str(result),
        "build",
        *selection,
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--threads",
        "1",
        "--quiet",
        "--vars",
        json.dumps(SOURCE),
        "--target-path",
        str(file.parent / "target"),
        "--log-path",
        str(file.parent / "logs"),
    ]
    environment = {
        **os.environ,
        "CLICKINTENT_DUCKDB": str(file),
        "CLICKINTENT_MEMORY_LIMIT": memory_limit,
        "DBT_PROFILES_DIR": str(PROFILES),
    }
    finished = run_process(command, environment=environment)
    return json.loads(result.read_text()), round(finished.peak_bytes / 1e9, 2)


def _tables(file: Path, settings: Mapping[str, str]) -> dict[str, dict[str, int]]:
    names = Step(
        "names",
        """
        checkpoint;
        select case when schema_name = 'main' then '' else schema_name || '.' end || table_name, estimated_size
        from duckdb_tables() where schema_name in ('main', 'raw') and estimated_size > 0
        """,
    )
    rows = {str(name): int(str(count)) for name, count in run_sql(file, settings, [names]).rows["names"]}
    steps = [
        Step(
            name,
            f"select count(distinct block_id) * {_BLOCK_BYTES} from pragma_storage_info('{name}') where persistent",  # noqa: S608
        )
        for name in rows
    ]
    told = run_sql(file, settings, steps).rows
    return {name: {"rows": rows[name], "bytes": int(str(told[name][0][0]))} for name in rows}
