"""`python -m benchmarks.dashboard --database FILE`: measures, and writes results/dashboard.json and .md."""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.dashboard.cells import write_cells
from benchmarks.dashboard.measure import Waited, measure
from benchmarks.environment import describe_environment, described_commit
from benchmarks.folders import RESULTS, ROOT
from clickintent.dashboard.places import published_file

NOW = "now"
BEFORE = "before"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--database", type=Path, default=Path("clickintent.duckdb"), help="built file of the demo")
    parser.add_argument("--sessions", type=int, default=10_000_000, help="sessions to make up")
    parser.add_argument("--repeats", type=int, default=3, help="servers started, each for every step")
    parser.add_argument(
        "--before", type=Path, help="a checkout of another commit, to be measured in turn with this one"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def markdown(measured: Mapping[str, Any]) -> str:
    """The whole of results/dashboard.md."""
    environment = measured["environment"]
    machine = environment["machine"]
    banks = {"demo": "demo", "large": f"{measured['sessions']:,} sessions, made up"}
    cells = ", ".join(f"{rows:,} rows of {table}" for table, rows in measured["rows"].items())
    told = (
        "# What a reader of the dashboard waits\n\n"
        f"`{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores shared\n"
        f"by server and browser, load average {machine['load_average']} at the start and "
        f"{measured['load_average_at_the_end']} at the end, commit {environment['commit']}.\n"
        "Seconds until the script is done and its charts are drawn in a headless Chromium; median (slowest) of "
        f"{measured['repeats']}\nservers, none of which had answered before. The made-up copy has {cells};\n"
        "the map is a sample of the same size at any number of sessions.\n\n"
        f"{_table(banks, lambda bank: measured[bank][NOW], _waits)}\n"
        "Processor time of the same steps, seconds of the server + of the browser, medians; other work on the machine\n"
        "sways it less.\n\n"
        f"{_table(banks, lambda bank: measured[bank][NOW], _processor_time)}"
    )
    if measured["before"] is None:
        return told
    return (
        f"{told}\nBeside commit {measured['before']}, in turn in the same run: seconds waited, before → now; processor "
        f"time\nof server and browser together, before → now; medians.\n\n{_compared(banks, measured)}"
    )


def _table(banks: Mapping[str, str], steps: Callable[[str], Mapping[str, Any]], told: Callable[[Any], str]) -> str:
    rows = [f"| {step} | " + " | ".join(told(steps(bank)[step]) for bank in banks) + " |" for step in steps("demo")]
    return f"| step | {' | '.join(banks.values())} |\n|---|---:|---:|\n" + "\n".join(rows) + "\n"


def _compared(banks: Mapping[str, str], measured: Mapping[str, Any]) -> str:
    def pairs(bank: str) -> dict[str, Any]:
        return {step: (measured[bank][BEFORE][step], waited) for step, waited in measured[bank][NOW].items()}

    return _table(banks, pairs, _changed)


def _changed(two: tuple[Sequence[Sequence[float]], Sequence[Sequence[float]]]) -> str:
    waits = [statistics.median(seconds for seconds, _, _ in each) for each in two]
    spent = [statistics.median(server + browser for _, server, browser in each) for each in two]
    return f"{waits[0]:.2f} → {waits[1]:.2f}; {spent[0]:.2f} → {spent[1]:.2f}"


def _waits(waited: Sequence[Sequence[float]]) -> str:
    seconds = [each[0] for each in waited]
    return f"{statistics.median(seconds):.2f} ({max(seconds):.2f})"


def _processor_time(waited: Sequence[Sequence[float]]) -> str:
    return " + ".join(f"{statistics.median(each[place] for each in waited):.2f}" for place in (1, 2))


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    folders = {str(chosen.database), str(chosen.before)}
    named = [Path(told).name if told in folders else told for told in arguments]
    environment = describe_environment(f"python -m benchmarks.dashboard {' '.join(named)}".strip(), {})
    checkouts = {NOW: ROOT, **({BEFORE: chosen.before.resolve()} if chosen.before else {})}
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
                "before": described_commit(chosen.before) if chosen.before else None,
                "columns": list(Waited._fields),
                "demo": _rounded(measure(copy, chosen.repeats, checkouts)),
                "large": _rounded(measure(large, chosen.repeats, checkouts)),
            }
    measured["load_average_at_the_end"] = round(os.getloadavg()[0], 2)
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "dashboard.json").write_text(json.dumps(measured, indent=2) + "\n")
    told = markdown(measured)
    (chosen.results / "dashboard.md").write_text(told)
    console.print(told)
    return 0


def _rounded(told: Mapping[str, Mapping[str, Sequence[Waited]]]) -> dict[str, dict[str, list[list[float]]]]:
    return {
        name: {
            step: [[round(seconds, 3) for seconds in waited] for waited in all_waited]
            for step, all_waited in steps.items()
        }
        for name, steps in told.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
