"""`python -m benchmarks.encoder tasks|variants|speed`: measures, and writes results/encoder.json, .md and .svg."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.encoder.lifestream import MAKE_IT, lifestream_python
from benchmarks.encoder.models import MAJORITY, MODELS, SUPERVISED, Representations, applies_to, measure_task
from benchmarks.encoder.plots import plot, plot_variants
from benchmarks.encoder.report import document, markdown
from benchmarks.encoder.speed import measure_speed
from benchmarks.encoder.tasks import load_subjects
from benchmarks.encoder.variants import KINDS, has_enough_sessions, measure_variant, parameter_count
from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS

SUBJECTS = ("app_onboarding", "shop_sessions", "demo_bank", "shop_pages")
ALL_MODELS = (MAJORITY, *MODELS, SUPERVISED)
# Trains for minutes a split, and has not been tuned enough to be judged
ON_REQUEST = "CoLES Transformer"
SPLITS = 5
# Variants are many: fewer splits, and the tasks that tell the most apart
VARIANT_SPLITS = 3
VARIANT_SUBJECTS = ("demo_bank", "shop_sessions")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    tasks = parts.add_parser("tasks", help="all models on all tasks")
    tasks.add_argument(
        "--data", type=Path, required=True, help="folder of the public data sets: see benchmarks/README.md"
    )
    tasks.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=SUBJECTS, help="data sets")
    tasks.add_argument(
        "--models",
        nargs="+",
        choices=ALL_MODELS,
        default=[name for name in ALL_MODELS if name != ON_REQUEST],
        metavar="MODEL",
    )
    tasks.add_argument("--splits", type=int, default=SPLITS, help="splits, and seeds of training")
    tasks.add_argument("--keep", action="store_true", help="keep the figures of models and data sets not measured now")
    variants = parts.add_parser("variants", help="the encoder with one thing changed")
    variants.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    variants.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    variants.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=VARIANT_SUBJECTS)
    variants.add_argument("--splits", type=int, default=VARIANT_SPLITS)
    speed = parts.add_parser("speed", help="sessions a second and milliseconds a session")
    speed.add_argument("--repeats", type=int, default=7)
    for part in (tasks, variants, speed):
        part.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def _command(chosen: argparse.Namespace) -> str:
    """What was asked for, without the folders of this machine."""
    if chosen.part == "speed":
        return f"python -m benchmarks.encoder speed --repeats {chosen.repeats}"
    if chosen.part == "variants":
        return (
            f"python -m benchmarks.encoder variants --data $CLICKINTENT_DATA --kinds {' '.join(chosen.kinds)} "
            f"--subjects {' '.join(chosen.subjects)} --splits {chosen.splits}"
        )
    models = "" if len(chosen.models) == len(ALL_MODELS) else f" --models ({len(chosen.models)} of {len(ALL_MODELS)})"
    subjects = " ".join(chosen.subjects)
    return f"python -m benchmarks.encoder tasks --data $CLICKINTENT_DATA --subjects {subjects}{models}"


def measure_tasks(
    chosen: argparse.Namespace, measured: dict[str, Any], console: Console, save: Callable[[], None]
) -> None:
    """Fills `measured['tasks']`: task -> model -> metric -> split -> figure."""
    models = [name for name in chosen.models if lifestream_python() or not name.startswith("CoLES")]
    for skipped in sorted(set(chosen.models) - set(models)):
        console.print(f"{skipped}: left out, there is no environment for it; `{MAKE_IT}` makes one", style="yellow")
    for subject in load_subjects(chosen.data, set(chosen.subjects)):
        for split in subject.splits(range(chosen.splits)):
            made = Representations(subject, split)
            for task in subject.tasks:
                about = {"kind": task.kind, "examples": len(task.rows), "classes": len(task.classes)}
                entry = measured.setdefault(task.name, {"about": {**about, "note": subject.note}, "models": {}})
                for name in models:
                    if not applies_to(name, task):
                        continue
                    for metric, figure in measure_task(name, task, made).items():
                        cells = entry["models"].setdefault(name, {}).setdefault(metric, {})
                        cells[str(split.seed)] = round(figure, 5)
                    console.print(f"  {task.name}, split {split.seed}: {name} done")
                save()


def measure_variants(
    chosen: argparse.Namespace, measured: dict[str, Any], console: Console, save: Callable[[], None]
) -> None:
    """Fills `measured['variants']`: kind -> variant -> task -> metric -> split -> figure, seconds and parameters."""
    for kind in chosen.kinds:
        measured.pop(kind, None)
    for subject in load_subjects(chosen.data, set(chosen.subjects)):
        for split in subject.splits(range(chosen.splits)):
            for kind in chosen.kinds:
                for name, variant in KINDS[kind].items():
                    if not has_enough_sessions(variant, split):
                        continue
                    figures, seconds = measure_variant(variant, subject, split)
                    entry = measured.setdefault(kind, {}).setdefault(
                        name, {"parameters": parameter_count(variant), "seconds": {}, "tasks": {}}
                    )
                    entry["seconds"].setdefault(subject.dataset.name, {})[str(split.seed)] = round(seconds, 1)
                    for task, found in figures.items():
                        for metric, figure in found.items():
                            cells = entry["tasks"].setdefault(task, {}).setdefault(metric, {})
                            cells[str(split.seed)] = round(figure, 5)
                    console.print(f"  {subject.dataset.name}, split {split.seed}: {kind}, {name}: {seconds:.0f} s")
                save()


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    file = chosen.results / "encoder.json"
    kept = json.loads(file.read_text())["measured"] if file.exists() else {}
    measured: dict[str, Any] = {"tasks": {}, "variants": {}, "speed": {}, "environment": {}, **kept}
    measured["environment"][chosen.part] = describe_environment(_command(chosen), {})

    def save() -> None:
        chosen.results.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document(measured), indent=2) + "\n")
        (chosen.results / "encoder.md").write_text(markdown(measured))

    if chosen.part == "tasks":
        if not chosen.keep:
            measured["tasks"] = {}
        measure_tasks(chosen, measured["tasks"], console, save)
    elif chosen.part == "variants":
        measure_variants(chosen, measured["variants"], console, save)
    else:
        measured["speed"] = measure_speed(chosen.repeats, console.print)
    save()
    try:
        plot(measured, chosen.results / "encoder.svg")
        plot_variants(measured, chosen.results / "encoder-variants.svg")
    except ImportError:
        console.print("No plot: matplotlib is not installed. Run: pip install 'clickintent[bench]'", style="yellow")
    console.print(markdown(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
