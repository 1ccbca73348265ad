"""Figures of several runs as one: what a run measured again takes the place of what was there."""

import re
from typing import Any

from benchmarks.processes import BenchmarkError

Measured = dict[str, Any]


def merge(measured: Measured, other: Measured, folder: str) -> None:
    """Adds the figures of another run, found in `folder`, to those of before, in place.

    Raises:
        BenchmarkError: A task or a variant of the same name is another one there.
    """
    for task, entry in other["tasks"].items():
        own = measured["tasks"].setdefault(task, {"about": entry["about"], "models": {}})
        _require_same(own["about"], entry["about"], f"task {task}", folder)
        _add_cells(own["models"], entry["models"])
    for kind, variants in other["variants"].items():
        known = measured["variants"].setdefault(kind, {})
        for name, entry in variants.items():
            own = known.setdefault(name, {"parameters": entry["parameters"], "seconds": {}, "tasks": {}})
            _require_same(own["parameters"], entry["parameters"], f"variant {kind}: {name}", folder)
            _add_cells(own["tasks"], entry["tasks"])
            _add_cells(own["seconds"], entry["seconds"])
    if other["speed"]:
        measured["speed"] = other["speed"]
        drop_part(measured["environment"], "speed")
    for key, environment in other["environment"].items():
        measured["environment"][_free_key(measured["environment"], _part_of(key))] = environment
    measured["environment"] = dict(sorted(measured["environment"].items(), key=_place))


def drop_part(environments: Measured, part: str) -> None:
    """Forgets the runs that measured a part, in place."""
    for key in [key for key in environments if _part_of(key) == part]:
        del environments[key]


def _add_cells(own: Measured, other: Measured) -> None:
    for name, value in other.items():
        if isinstance(value, dict):
            _add_cells(own.setdefault(name, {}), value)
        else:
            own[name] = value


def _require_same(own: object, other: object, what: str, folder: str) -> None:
    if own != other:
        raise BenchmarkError(
            f"{folder} measured another {what} than these results: {other} there, {own} here. "
            "Measure both again with one version of the benchmark."
        )


def _part_of(key: str) -> str:
    return key.split(" ", maxsplit=1)[0]


def _free_key(environments: Measured, part: str) -> str:
    """The name of the next run of a part: 'tasks', 'tasks (2)', and so on."""
    count = sum(_part_of(key) == part for key in environments)
    return part if count == 0 else f"{part} ({count + 1})"


def _place(item: tuple[str, Any]) -> tuple[int, int]:
    number = re.search(r"\((\d+)\)", item[0])
    return ("tasks", "variants", "speed").index(_part_of(item[0])), int(number[1]) if number else 1
