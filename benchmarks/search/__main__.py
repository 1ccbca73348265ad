"""`python -m benchmarks.search`: measures, and writes results/search.json and .md."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS
from benchmarks.search.measure import INDEXED, measure_search


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="embeddings to search")
    parser.add_argument("--threads", type=int, default=2, help="of DuckDB")
    parser.add_argument("--repeats", type=int, default=20, help="sessions whose nearest are asked for")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def markdown(measured: Mapping[str, Any]) -> str:
    """The whole of results/search.md."""
    environment = measured["environment"]
    machine = environment["machine"]
    index = measured["index"]
    queries = {**measured["queries"], **({INDEXED: index} if index else {})}
    rows = [
        f"| {name} | {query['ms_fastest']} | {query['ms_median']} | {query.get('recall', 1):.1%} |"
        for name, query in queries.items()
    ]
    told = (
        f"The index took {index['build_seconds']} s to build."
        if index
        else "The extension vss is not installed on this machine: the index was not measured."
    )
    plans = [
        "\n".join([f"## Plan of {name}\n", *(f"{step}. {line}" for step, line in enumerate(query["plan"], start=1))])
        for name, query in queries.items()
        if "plan" in query
    ]
    head = (
        f"`{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores, load\n"
        f"average {machine['load_average']} at the start, commit {environment['commit']}. Made-up embeddings of unit "
        f"length in a DuckDB file;\nmilliseconds of one query for the {measured['nearest']} nearest. {told}"
    )
    table = "\n".join(["| | fastest, ms | median, ms | of the nearest found |", "|---|---:|---:|---:|", *rows])
    title = f"# Nearest of {measured['rows']:,} sessions, {measured['threads']} threads"
    return "\n\n".join([title, head, table, *plans]) + "\n"


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    command = f"python -m benchmarks.search --rows {chosen.rows} --threads {chosen.threads} --repeats {chosen.repeats}"
    measured = {"environment": describe_environment(command, {})}
    measured |= measure_search(chosen.rows, chosen.threads, chosen.repeats)
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "search.json").write_text(json.dumps(measured, indent=2) + "\n")
    (chosen.results / "search.md").write_text(markdown(measured))
    console.print(markdown(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
