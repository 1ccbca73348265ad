"""`python -m benchmarks.dashboard --database FILE`: measures, and writes results/dashboard.json and .md."""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.dashboard.cells import write_cells
from benchmarks.dashboard.measure import measure
from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS
from clickintent.dashboard.places import published_file


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--database", type=Path, default=Path("clickintent.duckdb"), help="built file of the demo")
    parser.add_argument("--sessions", type=int, default=10_000_000, help="sessions to make up")
    parser.add_argument("--repeats", type=int, default=3, help="servers started, each for every step")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def markdown(measured: Mapping[str, Any]) -> str:
    """The whole of results/dashboard.md."""
    environment = measured["environment"]
    machine = environment["machine"]
    made_up = f"{measured['sessions']:,} sessions, made up"
    rows = [
        f"| {step} | {_told(measured['demo'][step])} | {_told(seconds)} |"
        for step, seconds in measured["large"].items()
    ]
    cells = ", ".join(f"{rows:,} rows of {table}" for table, rows in measured["rows"].items())
    return (
        "# What a reader of the dashboard waits\n\n"
        f"`{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores shared "
        f"by server and\nbrowser, load average {machine['load_average']} at the start, commit {environment['commit']}. "
        f"Seconds until the script is done and its\ncharts are drawn in a headless Chromium; median (slowest) of "
        f"{measured['repeats']} servers, none of which had answered before.\nThe made-up copy has {cells};\nthe map is "
        "a sample of the same size at any number of sessions.\n\n"
        f"| step | demo | {made_up} |\n|---|---:|---:|\n" + "\n".join(rows) + "\n"
    )


def _told(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({max(seconds):.2f})"


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    named = [Path(told).name if told == str(chosen.database) else told for told in arguments]
    environment = describe_environment(f"python -m benchmarks.dashboard {' '.join(named)}".strip(), {})
    copy = published_file(chosen.database)
    with tempfile.TemporaryDirectory() as folder:
        large = published_file(Path(folder) / "large.duckdb")
        with console.status("making sessions up"):
            rows = write_cells(copy, chosen.sessions, large)
        with console.status("measuring"):
            measured = {
                "environment": environment,
                "sessions": chosen.sessions,
                "repeats": chosen.repeats,
                "rows": rows,
                "copy_megabytes": round(large.stat().st_size / 1e6, 1),
                "demo": _rounded(measure(copy, chosen.repeats)),
                "large": _rounded(measure(large, chosen.repeats)),
            }
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "dashboard.json").write_text(json.dumps(measured, indent=2) + "\n")
    told = markdown(measured)
    (chosen.results / "dashboard.md").write_text(told)
    console.print(told)
    return 0


def _rounded(seconds: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {step: [round(value, 3) for value in values] for step, values in seconds.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
