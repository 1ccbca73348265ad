"""`python -m benchmarks.incremental_day`: measures, and writes results/incremental-day.json and .md."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS, ROOT
from benchmarks.incremental_day.arrivals import Stream
from benchmarks.incremental_day.measure import measure_day
from benchmarks.incremental_day.rates import as_toml, rated_runs, rates
from benchmarks.incremental_day.report import markdown
from benchmarks.processes import BenchmarkError

RESULT = "incremental-day.json"
RATES = ROOT / "src" / "clickintent" / "snowflake" / "estimate" / "rates.toml"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.incremental_day", description=__doc__)
    parser.add_argument("--sessions", type=int, default=20_000, help="sessions a day, of five events each")
    parser.add_argument(
        "--base-days", type=int, nargs="*", default=[1, 3, 5, 12], help="days of the first build; none: only --rates"
    )
    parser.add_argument("--memory", default="4.5GB", help="memory limit of DuckDB")
    parser.add_argument("--accepted", action="store_true", help="only the session layer, from accepted events")
    parser.add_argument("--no-quiet-build", action="store_true", help="leave out the build without news")
    parser.add_argument("--no-deletes", action="store_true", help="leave out the deletes of the day, which copy tables")
    parser.add_argument("--keep", action="store_true", help="keep the sizes that are not measured now")
    parser.add_argument("--add", type=Path, help="folder of other results, whose sizes are added to these")
    parser.add_argument("--rates", action="store_true", help="write the estimate's rates from the results")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def write_results(runs: Mapping[tuple[int, int], dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Writes incremental-day.json and .md; gives the runs in their order."""
    ordered = [runs[key] for key in sorted(runs)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULT).write_text(json.dumps({"runs": ordered}, indent=1) + "\n")
    (folder / RESULT).with_suffix(".md").write_text(markdown(ordered))
    return ordered


def main(arguments: list[str]) -> int:
    """Exit status: 1 where a build failed."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    # without the folder that is written to, which is this machine's
    asked = [f"--sessions {chosen.sessions}", f"--memory {chosen.memory}"]
    asked += ["--accepted"] if chosen.accepted else []
    asked += ["--no-quiet-build"] if chosen.no_quiet_build else []
    asked += ["--no-deletes"] if chosen.no_deletes else []
    command = " ".join(["python -m benchmarks.incremental_day", *asked, "--base-days"])
    file = chosen.results / RESULT
    kept = [file] if (chosen.keep or not chosen.base_days) and file.exists() else []
    kept += [chosen.add / RESULT] if chosen.add else []
    runs = {(run["sessions_a_day"], run["base_days"]): run for of in kept for run in json.loads(of.read_text())["runs"]}
    for base_days in chosen.base_days:
        environment = describe_environment(
            f"{command} {base_days}", {"memory_limit": chosen.memory, "dbt threads": "1"}
        )
        stream = Stream(chosen.sessions, is_accepted=chosen.accepted)
        try:
            run = measure_day(
                stream,
                base_days,
                chosen.memory,
                environment,
                console.print,
                is_quiet_built=not chosen.no_quiet_build,
                is_deletion_measured=not chosen.no_deletes,
            )
        except BenchmarkError as error:
            console.print(str(error), style="red", markup=False)
            return 1
        runs[run.sessions_a_day, run.base_days] = run.as_json()
        write_results(runs, chosen.results)
    ordered = write_results(runs, chosen.results)
    if chosen.rates:
        rated = rated_runs(ordered)
        if rated is None:
            console.print("Rates need two runs with the same --sessions and different --base-days.", style="red")
            return 1
        RATES.write_text(as_toml(rates(rated), rated))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
