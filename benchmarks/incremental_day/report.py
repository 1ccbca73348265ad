"""results/incremental-day.md, from its JSON."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.incremental_day.rates import STAGES, TRAINERS, RatedRuns, Run, listed, predicted_cpu, rated_runs, rates

# Less than this is dbt's own time, and noise
_LEAST_SECONDS = 0.3
# A table of fewer rows than this is read whole by anybody, and may be
_LARGE_TABLE_SHARE = 0.5
# What counts as reading a table whole: whole row groups are read, so a little more than what is asked for
_WHOLE_SHARE = 0.95


def markdown(runs: Sequence[Run]) -> str:
    """The whole file."""
    parts = [
        "# One more day",
        "Written by `python -m benchmarks.incremental_day`; the raw figures are in `incremental-day.json`, what is\n"
        "measured is in `../README.md`. Synthetic events, five a session. Seconds are CPU time of all threads.\n"
        "Training is left out of the sums of this table.",
        _summary(runs),
    ]
    rated = rated_runs(runs)
    for run in runs:
        parts += [_title(run), _models(run)]
        if run["builds"].get("nothing") and _whole_scans(run):
            parts.append(_whole_scans(run))
        if rated and run not in rated.all:
            parts.append(_prediction(rates(rated), run, rated))
    # the longest history has the most to skip
    longest = max((run["base_days"] for run in runs if run["deletes"]), default=0)
    parts += [_deletes(run) for run in runs if run["deletes"] and run["base_days"] == longest]
    parts.append(_how(runs))
    return "\n\n".join(parts) + "\n"


def _title(run: Run) -> str:
    return f"## {run['sessions_a_day']:,} sessions a day, after {_days(run)}"


def _days(run: Run) -> str:
    return f"{run['base_days']} day{'s' if run['base_days'] > 1 else ''}"


def _summary(runs: Sequence[Run]) -> str:
    rows = []
    for run in runs:
        first, day, nothing = (_total(run, build) for build in ("first", "day", "nothing"))
        rows.append(
            (
                f"{run['sessions_a_day']:,}",
                str(run["base_days"]),
                "everything" if "stg_events" in run["builds"]["first"] else "sessions and features alone",
                f"{first:,.0f}",
                f"{day:,.0f}",
                f"{day / (first / run['base_days']):.2f}",
                f"{nothing:,.0f}" if nothing else "-",
                f"{max(run['peak_gb'].values()):.1f}",
            )
        )
    head = (
        "sessions a day",
        "days before",
        "what is built",
        "first, s",
        "next day, s",
        "of a first build's day",
        "no news, s",
        "peak GB",
    )
    return _table(head, rows)


def _models(run: Run) -> str:
    builds = run["builds"]
    rows = []
    for model in sorted(builds["day"], key=lambda name: -builds["day"][name]["cpu_seconds"]):
        works = [builds[build].get(model, {}) for build in ("first", "day", "nothing") if build in builds]
        seconds = [work.get("cpu_seconds", 0.0) for work in works]
        if max(seconds) < _LEAST_SECONDS:
            continue
        day = builds["day"][model]
        rows.append(
            (
                f"`{model}`",
                *(f"{told:.1f}" for told in seconds),
                *["-"] * (3 - len(seconds)),
                f"{seconds[1] / seconds[0]:.2f}" if seconds[0] else "-",
                f"{sum(day['scanned'].values()):,}",
                f"{day['written']:,}",
            )
        )
    return _table(
        ("model", "first, s", "day, s", "no news, s", "day of first", "rows read, day", "rows written, day"), rows
    )


def _whole_scans(run: Run) -> str:
    """Models that read a large table whole in a build that brings nothing, beside those that do so on a day."""
    largest = max(run["rows_after"].values())
    found = []
    for model, work in run["builds"]["day"].items():
        whole = {
            table: scanned / run["rows_after"][table]
            for table, scanned in work["scanned"].items()
            if run["rows_after"].get(table, 0) >= largest * _LARGE_TABLE_SHARE / 10
            and scanned >= _WHOLE_SHARE * run["rows_after"][table]
        }
        if whole:
            told = ", ".join(f"`{table}` {times:.1f}" for table, times in sorted(whole.items()))
            found.append((f"`{model}`", told))
    if not found:
        return ""
    return "Tables that a model reads whole on that day, and how many times, in row groups:\n\n" + _table(
        ("model", "tables"), sorted(found)
    )


def _prediction(rated: Mapping[str, Any], run: Run, of: RatedRuns) -> str:
    rows = []
    for build in ("first", "day"):
        said = predicted_cpu(rated, run, build)
        measured = {
            name: sum(run["builds"][build].get(model, {}).get("cpu_seconds", 0) for model in models)
            for name, (_, _, models) in STAGES.items()
            if name != "versions"
        }
        # of the stages that this run has
        built = {name: seconds for name, seconds in measured.items() if seconds > 1}
        sums = {"all": (sum(said[name] for name in built), sum(built.values()))}
        rows += [
            (build, name, f"{by_rates:.1f}", f"{seconds:.1f}", f"{seconds / by_rates:.2f}" if by_rates else "-")
            for name, (by_rates, seconds) in ({name: (said[name], built[name]) for name in built} | sums).items()
        ]
    return (
        f"Beside what the rates say that were made of {listed(of.all)} days at {of.long['sessions_a_day']:,} sessions\n"
        "a day; the estimate's error where it goes from there to here:\n\n"
        + _table(("build", "stage", "by the rates, s", "measured, s", "times"), rows)
    )


def _deletes(run: Run) -> str:
    shares: dict[tuple[str, str], dict[str, str]] = {}
    for told in run["deletes"]:
        of_table = shares.setdefault((f"`{told['table']}`", told["delete"]), {"deleted": f"{told['rows_deleted']:,}"})
        of_table[told["order"]] = f"{told['rows_touched'] / told['rows']:.0%}"
    columns = ("deleted", "as it was built", "in order of time", "in no order")
    rows = [(*key, *(told.get(column, "-") for column in columns)) for key, told in shares.items()]
    came = (
        "`stg_events` built from the source"
        if "stg_events" in run["builds"]["first"]
        else "accepted events, which came by time"
    )
    return (
        f"## Deleting the last day's rows, {run['sessions_a_day']:,} sessions a day after {_days(run)}\n\n"
        f"Of {came}. Share of the table's rows that lie in row groups (up to 122,880 rows) which the delete's scan\n"
        "touched: a stand-in for Snowflake's micro-partitions, no measurement of them.\n\n"
        + _table(("table", "delete", *columns), rows)
    )


def _how(runs: Iterable[Run]) -> str:
    told = []
    for run in runs:
        environment = run["environment"]
        machine, versions = environment["machine"], environment["versions"]
        settings = ", ".join(f"{name} {value}" for name, value in environment["settings"].items())
        told.append(
            f"- {run['sessions_a_day']:,} a day after {_days(run)}: `{environment['command']}`, "
            f"{environment['measured_at']}, {machine['cpu']}, {machine['cores']} cores, load average "
            f"{machine['load_average']} at the start, "
            f"duckdb {versions['duckdb']}, commit {environment['commit']}, {settings}"
        )
    return "## How it was measured\n\n" + "\n".join(told)


def _total(run: Run, build: str) -> float:
    """Seconds of a build, without the models that train, whose first build is bounded by a sample."""
    return sum(work["cpu_seconds"] for model, work in run["builds"].get(build, {}).items() if model not in TRAINERS)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
