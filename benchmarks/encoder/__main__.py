"""`python -m benchmarks.encoder tasks|variants|speed`: measures, and writes results/encoder.json, .md and .svg.

A run replaces its part of the results. One that measures less than the part gets a folder of its own (`--results`), and
`merge FOLDER` adds what is there.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.encoder.lifestream import MAKE_IT, lifestream_python
from benchmarks.encoder.merging import drop_part, merge
from benchmarks.encoder.models import MAJORITY, MODELS, SUPERVISED, Representations, applies_to, measure_task
from benchmarks.encoder.plots import plot, plot_variants
from benchmarks.encoder.raw import LARGE_PEOPLE
from benchmarks.encoder.report import document, markdown
from benchmarks.encoder.speed import measure_speed
from benchmarks.encoder.tasks import load_subjects
from benchmarks.encoder.variants import KINDS, has_enough_sessions, measure_variant, parameter_count
from benchmarks.environment import describe_environment
from benchmarks.folders import RESULTS

SUBJECTS = ("app_onboarding", "shop_sessions", "demo_bank", "shop_pages")
# Whether more sessions help; builds for minutes and takes gigabytes
LARGE_SUBJECT = "large_bank"
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
    tasks.add_argument("--first-split", type=int, default=0, help="the first of them; others are measured already")
    variants = parts.add_parser("variants", help="the encoder with one thing changed")
    variants.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    variants.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    variants.add_argument("--subjects", nargs="+", choices=(*SUBJECTS, LARGE_SUBJECT), default=VARIANT_SUBJECTS)
    variants.add_argument("--splits", type=int, default=VARIANT_SPLITS)
    variants.add_argument("--people", type=int, default=LARGE_PEOPLE, help=f"of {LARGE_SUBJECT}")
    speed = parts.add_parser("speed", help="sessions a second and milliseconds a session")
    speed.add_argument("--repeats", type=int, default=7)
    merging = parts.add_parser("merge", help="add figures that runs of less than a part wrote to other folders")
    merging.add_argument("folders", nargs="+", type=Path)
    for part in (tasks, variants, speed, merging):
        part.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    return parser.parse_args(arguments)


def _command(chosen: argparse.Namespace) -> str:
    """What was asked for, without the folders of this machine."""
    command = ["python", "-m", "benchmarks.encoder", chosen.part]
    if chosen.part == "speed":
        return shlex.join([*command, "--repeats", str(chosen.repeats)])
    command += ["--data", "$CLICKINTENT_DATA", "--subjects", *chosen.subjects, "--splits", str(chosen.splits)]
    if chosen.part == "tasks":
        is_all = len(chosen.models) == len(ALL_MODELS)
        command += [] if is_all else ["--models", *chosen.models]
        command += ["--first-split", str(chosen.first_split)] if chosen.first_split else []
    else:
        command += ["--kinds", *chosen.kinds]
        command += ["--people", str(chosen.people)] if LARGE_SUBJECT in chosen.subjects else []
    return shlex.join(command).replace("'$CLICKINTENT_DATA'", "$CLICKINTENT_DATA")


def measure_tasks(
    chosen: argparse.Namespace, measured: dict[str, Any], console: Console, save: Callable[[], None]
) -> None:
    """Fills `measured['tasks']`: task -> model -> metric -> split -> figure."""
    models = [name for name in chosen.models if lifestream_python() or not name.startswith("CoLES")]
    for skipped in sorted(set(chosen.models) - set(models)):
        console.print(f"{skipped}: left out, there is no environment for it; `{MAKE_IT}` makes one", style="yellow")
    for subject in load_subjects(chosen.data, set(chosen.subjects)):
        for split in subject.splits(range(chosen.first_split, chosen.first_split + chosen.splits)):
            made = Representations(subject, split)
            for task in subject.tasks:
                about = {"kind": task.kind, "examples": len(task.rows), "classes": len(task.classes)}
                for name in (model for model in models if applies_to(model, task)):
                    entry = measured.setdefault(task.name, {"about": {**about, "note": subject.note}, "models": {}})
                    for metric, figure in measure_task(name, task, made).items():
                        cells = entry["models"].setdefault(name, {}).setdefault(metric, {})
                        cells[str(split.seed)] = round(figure, 5)
                    console.print(f"  {task.name}, split {split.seed}: {name} done")
                save()


def measure_variants(
    chosen: argparse.Namespace, measured: dict[str, Any], console: Console, save: Callable[[], None]
) -> None:
    """Fills `measured['variants']`: kind -> variant -> task -> metric -> split -> figure, seconds and parameters."""
    for subject in load_subjects(chosen.data, set(chosen.subjects), chosen.people):
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


def _read(folder: Path) -> dict[str, Any]:
    """The raw figures of the results in a folder."""
    measured: dict[str, Any] = json.loads((folder / "encoder.json").read_text())["measured"]
    return measured


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    chosen = parse_arguments(arguments)
    console = Console(highlight=False)
    file = chosen.results / "encoder.json"
    kept = _read(chosen.results) if file.exists() else {}
    measured: dict[str, Any] = {"tasks": {}, "variants": {}, "speed": {}, "environment": {}, **kept}
    if chosen.part != "merge":
        drop_part(measured["environment"], chosen.part)
        measured["environment"][chosen.part] = describe_environment(_command(chosen), {})

    def save() -> None:
        chosen.results.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document(measured), indent=2) + "\n")
        (chosen.results / "encoder.md").write_text(markdown(measured))

    if chosen.part == "merge":
        for folder in chosen.folders:
            merge(measured, _read(folder), str(folder))
    elif chosen.part == "tasks":
        measured["tasks"] = {}
        measure_tasks(chosen, measured["tasks"], console, save)
    elif chosen.part == "variants":
        measured["variants"] = {}
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
