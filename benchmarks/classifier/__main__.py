"""`python -m benchmarks.classifier --database FILE`: measures, and writes results/classifier.json, .md and .svg."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.classifier.batches import measure_batches, measure_udf
from benchmarks.classifier.built import read_built
from benchmarks.classifier.llm_floor import measure_llm_floor
from benchmarks.classifier.one_session import measure_latency
from benchmarks.classifier.report import document, markdown, plot
from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS

SESSIONS = 1_000
NARRATIVES = 2_000


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classifier", description=__doc__)
    parser.add_argument("--database", type=Path, required=True, help="a file that `dbt build` wrote, the demo's, say")
    parser.add_argument("--rows", type=int, default=1_000_000, help="embeddings of a batch, and rows of the table")
    parser.add_argument("--repeats", type=int, default=15, help="of each call, in turns")
    parser.add_argument("--rounds", type=int, default=5, help="of the single sessions")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    command = f"python -m benchmarks.classifier --database FILE --rows {chosen.rows} --repeats {chosen.repeats}"
    measured: dict[str, Any] = {"environment": describe_environment(command, {})}
    built = read_built(chosen.database, SESSIONS, NARRATIVES)
    measured["agreement"] = built.agreement
    parts = {
        "batches": lambda: measure_batches(built, chosen.rows, chosen.repeats),
        "udf": lambda: measure_udf(built, chosen.database, chosen.rows, chosen.repeats),
        "one_session": lambda: measure_latency(built, chosen.rounds),
        "llm_floor": lambda: measure_llm_floor(built),
    }
    for part, measure_part in parts.items():
        measured[part] = measure_part()
        console.print(f"  {part}: done")
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "classifier.json").write_text(json.dumps(document(measured), indent=2) + "\n")
    (chosen.results / "classifier.md").write_text(markdown(measured))
    try:
        plot(measured, chosen.results / "classifier.svg")
    except ImportError:
        console.print("No plot: matplotlib is not installed. Run: pip install 'clickintent[bench]'", style="yellow")
    console.print(markdown(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
