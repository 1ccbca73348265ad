"""SQL steps on a DuckDB file, each run in a process of its own."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import run_process
from benchmarks.sessions.steps import Step


@dataclass(frozen=True)
class StepRun:
    """Steps that one process ran: seconds and result rows by step name, and the process's peak memory."""

    seconds: dict[str, float]
    rows: dict[str, list[list[object]]]
    peak_bytes: int

    @property
    def total_seconds(self) -> float:
        """Seconds of all steps together; opening and closing the file is not among them."""
        return sum(self.seconds.values())


def run_sql(file: Path, settings: Mapping[str, str], steps: Sequence[Step]) -> StepRun:
    """Runs SQL steps on a DuckDB file in a fresh process.

    Raises:
        BenchmarkError: A step failed.
    """
    job = {
        "file": str(file),
        "settings": dict(settings),
        "steps": [{"name": step.name, "sql": step.sql} for step in steps],
    }
    finished = run_process([sys.executable, "-m", "benchmarks.sessions.sql_worker"], stdin=json.dumps(job))
    done = json.loads(finished.output)
    return StepRun(
        seconds={step["name"]: step["seconds"] for step in done},
        rows={step["name"]: step["rows"] for step in done},
        peak_bytes=finished.peak_bytes,
    )
