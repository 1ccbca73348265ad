"""The session layer itself: dbt runs its models on a file that holds `stg_events`."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import yaml

from benchmarks.folders import PROFILES
from benchmarks.processes import run_process

# From accepted events to sessions: what is measured. What these read beside `stg_events` is built before, timed apart.
MEASURED_MODELS = ("placed_events", "session_events", "sessions", "session_sequences")


@dataclass(frozen=True)
class ModelRun:
    """One dbt run.

    Attributes:
        seconds: Time during which at least one of the models was being compiled or executed.
        seconds_by_model: Execution time of each model; together more than `seconds` where two ran at once.
        peak_bytes: Peak memory of the dbt process.
    """

    seconds: float
    seconds_by_model: dict[str, float]
    peak_bytes: int


def profile_settings(text: str, target: str = "duckdb") -> dict[str, str]:
    """DuckDB settings that the project's profile gives to every connection of dbt.

    Args:
        text: A profiles.yml, with the `env_var` calls that dbt knows.
        target: Name of the output.
    """
    rendered = jinja2.Environment(autoescape=True).from_string(text)
    profile = yaml.safe_load(rendered.render(env_var=lambda name, default="": os.environ.get(name, default)))
    output = profile["clickintent"]["outputs"][target]
    return {
        name: str(value) for name, value in {**output.get("config_options", {}), **output.get("settings", {})}.items()
    }


def covered_seconds(intervals: list[tuple[datetime, datetime]]) -> float:
    """Length of the union of time intervals, in seconds."""
    covered, end = 0.0, datetime.min
    for started, ended in sorted((a.replace(tzinfo=None), b.replace(tzinfo=None)) for a, b in intervals):
        covered += max((ended - max(started, end)).total_seconds(), 0.0)
        end = max(end, ended)
    return covered


def read_run_results(results: dict[str, Any], peak_bytes: int) -> ModelRun:
    """Times of the models in dbt's run_results.json; seeds are left out."""
    models = [result for result in results["results"] if result["unique_id"].startswith("model.")]
    intervals = [
        (datetime.fromisoformat(timing["started_at"]), datetime.fromisoformat(timing["completed_at"]))
        for result in models
        for timing in result["timing"]  # compiling counts: incremental models ask then on which days tables differ
    ]
    return ModelRun(
        seconds=covered_seconds(intervals),
        seconds_by_model={result["unique_id"].split(".")[-1]: result["execution_time"] for result in models},
        peak_bytes=peak_bytes,
    )


@dataclass(frozen=True)
class Dbt:
    """dbt over this project, with its artifacts in a folder of their own."""

    folder: Path

    def run_measured(self, file: Path, *, full_refresh: bool) -> ModelRun:
        """Runs the measured models."""
        return self._build(file, ["--select", *MEASURED_MODELS], full_refresh=full_refresh)

    def run_beside(self, file: Path, *, full_refresh: bool) -> ModelRun:
        """Runs what the measured models read beside `stg_events`: seeds, pages, user agents."""
        selection = ["--select", *(f"+{name}" for name in MEASURED_MODELS), "resource_type:seed"]
        return self._build(file, [*selection, "--exclude", "+stg_events,resource_type:model", *MEASURED_MODELS],
                           full_refresh=full_refresh)  # fmt: skip

    def _build(self, file: Path, selection: list[str], *, full_refresh: bool) -> ModelRun:
        finished = run_process(
            [
                str(Path(sys.executable).with_name("dbt")),
                "--no-use-colors",
                "build",
                *selection,
                "--exclude-resource-type",
                "test",
                "unit_test",
                *(["--full-refresh"] if full_refresh else []),
                "--target-path",
                str(self.folder / "target"),
                "--log-path",
                str(self.folder / "logs"),
            ],
            environment={"CLICKINTENT_DUCKDB": str(file), "DBT_PROFILES_DIR": str(PROFILES)},
        )
        results = json.loads((self.folder / "target" / "run_results.json").read_text())
        return read_run_results(results, finished.peak_bytes)
