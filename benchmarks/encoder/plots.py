"""Plots of the figures, as SVG."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.encoder.report import MAIN_METRIC, main_metric, mean_sd

# Kinds of variants along an axis of numbers
CURVES = ("sessions", "steps", "parameters")
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
    curves = {kind: measured.get("variants", {})[kind] for kind in CURVES if kind in measured.get("variants", {})}
    if not curves:
        return
    tasks = [task for task in CURVE_TASKS if task in next(iter(next(iter(curves.values())).values()))["tasks"]]
    figure, axes = pyplot.subplots(
        len(tasks), len(curves), figsize=(3.4 * len(curves), 2.6 * len(tasks)), layout="constrained", squeeze=False
    )
    for column, (kind, variants) in enumerate(curves.items()):
        for row, task in enumerate(tasks):
            axis = axes[row][column]
            metric = main_metric(next(iter(variants.values()))["tasks"][task])
            at = [
                entry["parameters"] if kind == "parameters" else int(name.replace(",", ""))
                for name, entry in variants.items()
            ]
            found = [mean_sd(entry["tasks"][task][metric]) for entry in variants.values()]
            style = "none" if kind == "parameters" else "-"
            axis.errorbar(
                at, [value for value, _ in found], yerr=[spread for _, spread in found], marker="o", linestyle=style
            )
            axis.set_xscale("log")
            axis.set_xlabel(kind, fontsize=8)
            axis.set_title(f"{task}, {metric}", fontsize=8)
            axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _pyplot() -> Any:  # noqa: ANN401 - a module of an extra
    import matplotlib as mpl  # noqa: PLC0415 - only plots need it

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "encoder"
    from matplotlib import pyplot  # noqa: PLC0415

    return pyplot
