"""Plots of the figures, as SVG."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.encoder.report import MAIN_METRIC, main_metric, mean_sd

# Kinds of variants along an axis of numbers, by what the axis shows
CURVES = {
    "sessions": ("sessions", "sessions, large bank", "each session read once, large bank", "2,109 steps, large bank"),
    "steps": ("steps",),
    "parameters": ("parameters",),
}
# By which quality is judged here; the other tasks are in the table
CURVE_TASKS = ("bank_intent", "shop_purchase")


def plot(measured: Mapping[str, Any], file: Path) -> None:
    """Draws each task's main figure by model, with deviations.

    Raises:
        ImportError: matplotlib is not installed.
    """
    pyplot = _pyplot()
    tasks = measured["tasks"]
    if not tasks:
        return
    figure, axes = pyplot.subplots(1, len(tasks), figsize=(3.2 * len(tasks), 4.2), layout="constrained", squeeze=False)
    for axis, (task, entry) in zip(axes[0], tasks.items(), strict=True):
        metric = MAIN_METRIC[entry["about"]["kind"]]
        models = [name for name in entry["models"] if metric in entry["models"][name]]
        found = [mean_sd(entry["models"][name][metric]) for name in models]
        colours = ["tab:blue" if name.startswith("encoder") else "0.6" for name in models]
        places = range(len(models))
        axis.errorbar(
            [value for value, _ in found], places, xerr=[spread for _, spread in found], fmt="none", ecolor="0.4"
        )
        axis.scatter([value for value, _ in found], places, c=colours, zorder=3)
        axis.set_yticks(list(places), models if axis is axes[0][0] else [""] * len(models), fontsize=7)
        axis.invert_yaxis()
        axis.set_title(task, fontsize=8)
        axis.set_xlabel(metric, fontsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def plot_variants(measured: Mapping[str, Any], file: Path) -> None:
    """Draws how quality grows with sessions, steps and parameters.

    Raises:
        ImportError: matplotlib is not installed.
    """
    pyplot = _pyplot()
    found = measured.get("variants", {})
    curves = {axis: [kind for kind in kinds if kind in found] for axis, kinds in CURVES.items()}
    curves = {axis: kinds for axis, kinds in curves.items() if kinds}
    tasks = [
        task
        for task in CURVE_TASKS
        if any(task in entry["tasks"] for kinds in curves.values() for kind in kinds for entry in found[kind].values())
    ]
    if not tasks:
        return
    figure, axes = pyplot.subplots(
        len(tasks), len(curves), figsize=(3.4 * len(curves), 2.6 * len(tasks)), layout="constrained", squeeze=False
    )
    for column, (of_axis, kinds) in enumerate(curves.items()):
        for row, task in enumerate(tasks):
            axis = axes[row][column]
            for kind in kinds:
                _draw_curve(axis, kind, found[kind], task)
            axis.set_xscale("log")
            axis.set_xlabel(of_axis, fontsize=8)
            axis.set_title(task, fontsize=8)
            axis.spines[["top", "right"]].set_visible(False)
            if len(kinds) > 1:
                axis.legend(fontsize=6, frameon=False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _draw_curve(axis: Any, kind: str, variants: Mapping[str, Any], task: str) -> None:  # noqa: ANN401 - of an extra
    entries = {name: entry for name, entry in variants.items() if task in entry["tasks"]}
    if not entries:
        return
    metric = main_metric(next(iter(entries.values()))["tasks"][task])
    at = [
        entry["parameters"] if kind == "parameters" else int(name.replace(",", "")) for name, entry in entries.items()
    ]
    values, spreads = zip(*(mean_sd(entry["tasks"][task][metric]) for entry in entries.values()), strict=True)
    axis.errorbar(at, values, yerr=spreads, marker="o", linestyle="none" if kind == "parameters" else "-", label=kind)
    axis.set_ylabel(metric, fontsize=8)


def _pyplot() -> Any:  # noqa: ANN401 - a module of an extra
    import matplotlib as mpl  # noqa: PLC0415 - only plots need it

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "encoder"
    from matplotlib import pyplot  # noqa: PLC0415

    return pyplot
