"""`python -m benchmarks.sessions`: measures, and writes results/sessions.json, .md and .svg after every size."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.environment import describe_environment
from benchmarks.folders import PROFILES, RESULTS, bench_folder
from benchmarks.processes import BenchmarkError
from benchmarks.sessions.dbt_models import profile_settings
from benchmarks.sessions.figures import SizeResult, document, wrong_results
from benchmarks.sessions.measure import Effort, measure_size
from benchmarks.sessions.report import markdown, plot

QUICK_SIZE = 0.2
# Above this many millions of events a run takes minutes, and there are `--runs-large` of them
LARGE = 10
# From this size on the peer, which takes several times the floor, runs `--runs-peer-large` times
LARGE_FOR_PEER = 10


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=float, default=[1, 3, 10, 30], help="millions of events")
    parser.add_argument("--runs", type=int, default=5, help="runs of each part up to 10 million events")
    parser.add_argument("--runs-large", type=int, default=1, help="runs above that, of the full build only")
    parser.add_argument("--runs-peer", type=int, default=5, help="of these, how many with the peer")
    parser.add_argument("--runs-peer-large", type=int, default=1, help="the same from 10 million events on")
    parser.add_argument("--results", type=Path, help="folder to write to; benchmarks/results if not given")
    parser.add_argument("--keep", action="store_true", help="keep the sizes in sessions.json that are not measured now")
    parser.add_argument(
        "--quick", action="store_true", help="200,000 events, one run: to see that it works; figures mean nothing"
    )
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.sizes, chosen.runs, chosen.runs_peer = [QUICK_SIZE], 1, 1
        chosen.results = chosen.results or bench_folder() / "quick"
    chosen.results = chosen.results or RESULTS
    if min(chosen.runs, chosen.runs_large) < 1 or min(chosen.sizes) <= 0:
        parser.error("sizes and runs have to be above zero")
    return chosen


def effort_at(size: float, chosen: argparse.Namespace) -> Effort:
    """How often each part runs at a size."""
    if size > LARGE:
        return Effort(full=chosen.runs_large, incremental=0, peer=0)
    peer = chosen.runs_peer_large if size >= LARGE_FOR_PEER else chosen.runs_peer
    return Effort(full=chosen.runs, incremental=chosen.runs, peer=min(peer, chosen.runs))


def write_results(results: list[SizeResult], folder: Path, console: Console) -> None:
    """Writes sessions.json, sessions.md and, where matplotlib is there, sessions.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sessions.json").write_text(json.dumps(document(results), indent=2) + "\n")
    (folder / "sessions.md").write_text(markdown(results))
    try:
        plot(results, folder / "sessions.svg")
    except ImportError:
        console.print("No plot: matplotlib is not installed. Run: pip install 'clickintent[bench]'", style="yellow")


def main(arguments: list[str]) -> int:
    """Exit status: 1 where a contender failed or the session layer disagrees with the events."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    settings = profile_settings((PROFILES / "profiles.yml").read_text())
    command = " ".join(["python -m benchmarks.sessions", *arguments])
    kept_file = chosen.results / "sessions.json"
    kept = json.loads(kept_file.read_text())["sizes"] if chosen.keep and kept_file.exists() else []
    results = {entry["size_millions"]: SizeResult.from_json(entry) for entry in kept}
    for size in chosen.sizes:
        environment = describe_environment(command, settings)
        try:
            results[size] = measure_size(size, effort_at(size, chosen), settings, environment, console.print)
        except BenchmarkError as error:
            console.print(f"{size:g} million events: {error}", style="red", markup=False)
            return 1
        write_results(list(results.values()), chosen.results, console)
    wrong = wrong_results(list(results.values()))
    for sentence in wrong:
        console.print(sentence, style="red")
    console.print("Written: sessions.json, sessions.md and sessions.svg")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
