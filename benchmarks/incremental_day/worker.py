"""A process of its own that runs dbt, one model at a time, and writes what each did to a file, as JSON.

CPU time is the process's between a node's start and its end, so it has all of DuckDB's threads and Python's in it.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.environments import local
from dbt.cli.main import dbtRunner

from benchmarks.incremental_day.statements import PROFILED, Work
from benchmarks.processes import BenchmarkError


class Recorder:
    """Follows dbt's nodes and the statements they send."""

    def __init__(self) -> None:
        self.work: dict[str, Work] = {}
        self._node: str | None = None
        self._started = (0.0, 0.0)
        self._open: tuple[Any, str] | None = None

    def hear(self, event: Any) -> None:  # noqa: ANN401 - dbt's events have no common public type
        """Callback of dbt for every event."""
        if event.info.name == "NodeStart":
            self._node = event.data.node_info.node_name
            self._started = (time.process_time(), time.perf_counter())
        elif event.info.name == "NodeFinished" and self._node is not None:
            self.close_statement()
            work = self._of_node()
            work.cpu_seconds += time.process_time() - self._started[0]
            work.wall_seconds += time.perf_counter() - self._started[1]
            self._node = None

    def execute(self, wrapper: Any, sql: str, bindings: Any = None) -> Any:  # noqa: ANN401 - stands in for dbt-duckdb's own
        """In the place of the cursor's `execute`: one statement at a time, each with its profile."""
        cursor = wrapper._cursor
        self.close_statement()
        if bindings is not None or self._node is None:
            return cursor.execute(sql) if bindings is None else cursor.execute(sql, bindings)
        cursor.execute("pragma enable_profiling = 'no_output'")
        cursor.execute(f"set custom_profiling_settings = '{json.dumps(dict.fromkeys(PROFILED, 'true'))}'")
        result = cursor
        for statement in cursor.extract_statements(sql):
            self.close_statement()
            result = cursor.execute(statement)
            self._open = cursor, statement.query
        return result

    def close_statement(self) -> None:
        """Takes the profile of the last statement; only now, since a result that is still read has none."""
        if self._open is None:
            return
        (cursor, sql), self._open = self._open, None
        try:
            told = cursor.get_profiling_information()
        except duckdb.ConnectionException:
            # closed with its node, whose last statement is a commit or a drop
            return
        if told:
            self._of_node().add_statement(sql, json.loads(told))

    def _of_node(self) -> Work:
        return self.work.setdefault(self._node or "", Work())


def main(result: Path, arguments: list[str]) -> None:
    """Runs `dbt` with the arguments and writes what each node did.

    Args:
        result: File to write: node -> `Work`.
        arguments: Of dbt.

    Raises:
        BenchmarkError: A node failed.
    """
    recorder = Recorder()

    def execute(wrapper: Any, sql: str, bindings: Any = None) -> Any:  # noqa: ANN401
        return recorder.execute(wrapper, sql, bindings)

    # dbt-duckdb offers no place to see a statement's profile
    local.DuckDBCursorWrapper.execute = execute  # type: ignore[method-assign]
    finished = dbtRunner(callbacks=[recorder.hear]).invoke(arguments)
    if not finished.success:
        failed = [result.message for result in getattr(finished.result, "results", []) if result.status == "error"]
        raise BenchmarkError(f"dbt failed: {finished.exception or failed}")
    result.write_text(json.dumps({name: asdict(work) for name, work in recorder.work.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
