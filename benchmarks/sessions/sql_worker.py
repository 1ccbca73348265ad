"""A process of its own that runs SQL steps on a DuckDB file: JSON on standard input, JSON on standard output.

In: {"file": path, "settings": {name: value}, "steps": [{"name": ..., "sql": ...}]}.
Out: [{"name": ..., "seconds": ..., "rows": rows of the step's last statement}].
"""

import json
import sys
import time
from typing import Any

import duckdb


def run_steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs the job's steps in order and clocks each."""
    done = []
    with duckdb.connect(job["file"]) as connection:
        for name, value in job["settings"].items():
            connection.execute(f"set {name} = '{value}'")
        for step in job["steps"]:
            start = time.perf_counter()
            rows = connection.execute(step["sql"]).fetchall()
            done.append({"name": step["name"], "seconds": time.perf_counter() - start, "rows": rows})
    return done


if __name__ == "__main__":
    json.dump(run_steps(json.load(sys.stdin)), sys.stdout, default=str)
