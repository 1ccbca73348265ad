"""What people read: a table in Markdown and a plot."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.sessions.figures import SizeResult, growth, size_figures, wrong_results

_Figures = dict[str, object]
_NOT_MEASURED = "-"


def _number(value: object, form: str) -> str:
    return _NOT_MEASURED if value is None else format(value, form)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---:"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _full_table(results: Sequence[SizeResult]) -> str:
    head = [
        "events",
        "floor, s",
        "session layer, s",
        "multiple of floor",
        "events a second",
        "peak GB",
        "floor's peak GB",
    ]
    rows = []
    for result in results:
        found = size_figures(result)
        rows.append(
            [
                f"{result.events:,}",
                _number(found["floor_seconds"], ".2f"),
                _number(found["full_seconds"], ".2f"),
                _number(found["full_over_floor"], ".2f"),
                _number(found["events_per_second"], ",.0f"),
                _number(found["peak_gb"], ".2f"),
                _number(found["floor_peak_gb"], ".2f"),
            ]
        )
    return _table(head, rows)


def _incremental_table(results: Sequence[SizeResult]) -> str:
    head = ["events", "1% new, s", "of full", "nothing new, s", "of full", "peak GB"]
    rows = []
    for result in results:
        found = size_figures(result)
        if found["incremental_seconds"] is not None:
            rows.append(
                [
                    f"{result.events:,}",
                    _number(found["incremental_seconds"], ".2f"),
                    _number(found["incremental_over_full"], ".1%"),
                    _number(found["noop_seconds"], ".2f"),
                    _number(found["noop_over_full"], ".1%"),
                    _number(found["incremental_peak_gb"], ".2f"),
                ]
            )
    return _table(head, rows)


def _peer_table(results: Sequence[SizeResult]) -> str:
    head = [
        "events",
        "peer full, of floor",
        "of ours",
        "peer 1% new, of its full",
        "of ours",
        "late events it loses",
        "we lose",
    ]
    rows = []
    for result in results:
        found = size_figures(result)
        if found["peer_full_seconds"] is None:
            continue
        checked = result.checks.get("incremental", {})
        late = checked.get("true", {}).get("late_events")
        rows.append(
            [
                f"{result.events:,}",
                _number(found["peer_full_over_floor"], ".2f"),
                _number(found["peer_full_over_ours"], ".2f"),
                _number(found["peer_incremental_over_peer_full"], ".1%"),
                _number(found["peer_incremental_over_ours"], ".2f"),
                *(
                    f"{checked[name]['lost_late_events']:,} of {late:,}" if name in checked else _NOT_MEASURED
                    for name in ("peer", "ours")
                ),
            ]
        )
    return _table(head, rows)


def _parts_table(result: SizeResult) -> str:
    full, incremental, noop = (result.parts(name) for name in ("ours", "ours_incremental", "ours_noop"))
    rows = [
        [f"`{name}`", *(_number(seconds.get(name), ".2f") for seconds in (full, incremental, noop))] for name in full
    ]
    return _table(["model", "full, s", "1% new, s", "nothing new, s"], rows)


def _beside(result: SizeResult) -> str:
    full, incremental = result.parts("beside"), result.parts("beside_incremental")
    named = [
        f"`{name}` {seconds:.2f} s in full, {_number(incremental.get(name), '.2f')} s with 1% new"
        for name, seconds in full.items()
    ]
    return "; ".join(named) or "no model"


def markdown(results: Sequence[SizeResult]) -> str:
    """The whole of results/sessions.md.

    Raises:
        ValueError: There is no result.
    """
    if not results:
        raise ValueError("Nothing was measured: there is no size to report.")
    ordered = sorted(results, key=lambda result: result.size)
    largest = max(
        (result for result in ordered if result.runs.get("ours_incremental")), default=ordered[-1], key=lambda r: r.size
    )
    environment = ordered[-1].environment
    machine = environment["machine"]
    wrong = wrong_results(ordered)
    runs = "; ".join(
        f"{result.size:g} million: "
        + ", ".join(f"{name.replace('_', ' ')} {len(found)}" for name, found in result.runs.items())
        for result in ordered
    )
    grown = "; ".join(
        f"from {step.from_size:g} to {step.to_size:g} million: "
        f"time {step.seconds_exponent:.2f}, memory {step.peak_exponent:.2f}"
        for step in growth(ordered)
    )
    verdict = (
        "Every session agrees with the events, full and incremental." if not wrong else "**Wrong:** " + "; ".join(wrong)
    )
    versions = ", ".join(f"{name} {number}" for name, number in environment["versions"].items())
    settings = ", ".join(f"{name}={value}" for name, value in environment["settings"].items())
    return f"""# The session layer's speed

Written by `{environment["command"]}`; the raw runs are in `sessions.json`, what is measured is in `../README.md`.
Synthetic events. Medians of seconds, highest peaks of memory.

{_full_table(ordered)}

Growth of the full build, as an exponent (1 is linear): {grown or "one size only"}.

## Incremental

{_incremental_table(ordered)}

## Beside the structure of dbt-labs/segment

{_peer_table(ordered)}

## Where the time goes, at {largest.size:g} million events

{_parts_table(largest)}

Built before, and in no figure above: {_beside(largest)}.

## Checks

{verdict}

## How it was measured

{machine["cpu"]}, {machine["cores"]} cores, {machine["memory_gb"]:g} GB, {machine["system"]}, load average
{machine["load_average"]:g} at the start; {versions};
commit {environment["commit"]}; DuckDB settings {settings}.
Runs at {runs}.
"""


def plot(results: Sequence[SizeResult], file: Path) -> None:
    """Draws events a second and the multiple of the floor, by size.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib as mpl  # noqa: PLC0415  (only the plot needs it)

    mpl.use("svg")
    # the same figures give the same bytes
    mpl.rcParams["svg.hashsalt"] = "sessions"
    from matplotlib import pyplot  # noqa: PLC0415

    ordered = sorted(results, key=lambda result: result.size)
    names = {
        "floor": ("plain SQL (the floor)", "0.6"),
        "ours": ("session layer", "tab:blue"),
        "peer": ("peer", "tab:orange"),
    }
    figure, (speed, multiple) = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for name, (label, colour) in names.items():
        measured = [result for result in ordered if result.seconds(name)]
        sizes = [result.events / 1e6 for result in measured]
        style = {"marker": "o", "label": label, "color": colour}
        speed.plot(sizes, [(result.events_per_second(name) or 0) / 1e3 for result in measured], **style)
        multiple.plot(sizes, [result.over(name, "floor") for result in measured], **style)
    speed.set_ylabel("thousand events a second")
    multiple.set_ylabel("seconds, as a multiple of the floor")
    for axes in (speed, multiple):
        axes.set_xscale("log")
        axes.set_xticks([result.events / 1e6 for result in ordered], [f"{result.size:g}" for result in ordered])
        axes.minorticks_off()
        axes.set_xlabel("million events")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
    speed.legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
