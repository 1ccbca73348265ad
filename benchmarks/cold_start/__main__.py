"""`python -m benchmarks.cold_start --database FILE`: measures, and writes results/cold_start.json and .md."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
from rich.console import Console

from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS
from clickintent.snowflake.models_file import models_file
from clickintent.snowflake.naming import MODELS_FILE, PACKAGE_FILE
from clickintent.snowflake.package_zip import package_zip
from clickintent.snowflake.versions import versions_in_file

WAYS = ("numpy", "torch")


def measure(database: Path, sessions: int, repeats: int) -> dict[str, Any]:
    """Medians of processes of either way, taken by turns, and the largest difference of a number."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / PACKAGE_FILE).write_bytes(package_zip())
        (folder / MODELS_FILE).write_bytes(models_file(versions_in_file(database)))
        with duckdb.connect(str(database), read_only=True) as connection:
            for file, query in {
                "sessions": f"from session_sequences order by session_id limit {sessions}",
                "encoder": "select weights, config from session_encoder where status = 'current'",
                "pages": "select p.page_key, p.embedding from page_embeddings p join session_encoder e "
                "on e.version = p.encoder_version and e.status = 'current'",
            }.items():
                pq.write_table(connection.sql(query).to_arrow_table(), folder / f"{file}.parquet")
        taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(repeats):
            for way in WAYS:
                taken[way].append(_one_process(way, folder))
        one, other = (np.load(folder / f"{way}.npy") for way in WAYS)
    figures = {
        way: {part: round(statistics.median(run[part] for run in runs), 3) for part in ("import", "first", "all")}
        for way, runs in taken.items()
    }
    return {
        "sessions": len(one),
        "repeats": repeats,
        "seconds": figures,
        "largest_difference": float(np.abs(one - other).max()),
    }


def _one_process(way: str, folder: Path) -> dict[str, float]:
    program = Path(__file__).with_name("one_process.py")
    command = [sys.executable, "-X", f"snowflake_import_directory={folder}", str(program), way, str(folder)]
    # one thread each: Snowflake runs several processes side by side
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    found: dict[str, float] = json.loads(done.stdout)
    return found


def markdown(measured: Mapping[str, Any]) -> str:
    """The whole of results/cold_start.md."""
    environment = measured["environment"]
    machine = environment["machine"]
    rows = [
        f"| {way} | {s['import']} | {s['first']} | {round(s['import'] + s['first'], 3)} | "
        f"{round(measured['sessions'] / s['all']):,} |"
        for way, s in measured["seconds"].items()
    ]
    return "\n".join(
        [
            "# From a new process to its first embeddings",
            "",
            f"`{environment['command']}`, {environment['measured_at']},",
            f"{machine['cpu']}, {machine['cores']} cores, load average {machine['load_average']} at the start,",
            f"commit {environment['commit']}. Medians of "
            f"{measured['repeats']} new processes of either way, by turns, one",
            "thread each, files in the cache of the system; pandas is imported before the clock starts. Not in it: the",
            "start of Snowflake's own sandbox, and its loading of libraries over a network.",
            "",
            "| | import, s | load and first 200 sessions, s | together, s | sessions a second after that |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            f"Numbers of {measured['sessions']:,} embeddings differ by {measured['largest_difference']:.1g} at most.",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    parser.add_argument("--database", type=Path, required=True, help="a built DuckDB file")
    parser.add_argument("--sessions", type=int, default=10_000, help="to embed")
    parser.add_argument("--repeats", type=int, default=5, help="processes of either way")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    chosen = parser.parse_args(arguments)
    told = ["python -m benchmarks.cold_start", "--database", chosen.database.name, f"--sessions {chosen.sessions}"]
    environment = describe_environment(" ".join(told), {})
    measured = {"environment": environment, **measure(chosen.database, chosen.sessions, chosen.repeats)}
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "cold_start.json").write_text(json.dumps(measured, indent=2) + "\n")
    (chosen.results / "cold_start.md").write_text(markdown(measured))
    Console(highlight=False).print(markdown(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
