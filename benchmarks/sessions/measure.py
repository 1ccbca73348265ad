"""One size, measured: rounds of floor, session layer and peer on one file, then incremental runs on copies of it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.folders import bench_folder
from benchmarks.sessions.contenders import drop_results, floor_steps, peer_steps, verify
from benchmarks.sessions.dbt_models import Dbt, ModelRun
from benchmarks.sessions.events import EventPlan, cached_events
from benchmarks.sessions.figures import Run, SizeResult
from benchmarks.sessions.sql_runs import StepRun, run_sql

_MILLION = 1_000_000
_GB = 1e9


@dataclass(frozen=True)
class Effort:
    """How often each part runs at one size; incremental runs need `full` to be at least one."""

    full: int
    incremental: int
    peer: int


def _as_run(done: StepRun | ModelRun) -> Run:
    if isinstance(done, StepRun):
        return Run(done.total_seconds, done.peak_bytes / _GB, done.seconds)
    return Run(done.seconds, done.peak_bytes / _GB, done.seconds_by_model)


def measure_size(
    size: float, effort: Effort, settings: dict[str, str], environment: dict[str, Any], say: Callable[[str], None]
) -> SizeResult:
    """Measures one size.

    Args:
        size: Millions of events.
        effort: Runs of each part.
        settings: DuckDB settings of the project's profile, which the floor and the peer get too, less the memory limit.
        environment: Put into the result.
        say: Told what has been done, for the person who waits.

    Raises:
        BenchmarkError: A part failed.
    """
    plan = EventPlan(round(size * _MILLION))
    # the floor and the peer may not fit into the profile's memory: they get all that the machine has
    settings = {name: value for name, value in settings.items() if name != "memory_limit"}
    history, generated_seconds = cached_events(plan, settings)
    say(
        f"{size:g} million events"
        + (f", made in {generated_seconds:.0f} s" if generated_seconds else ", kept from before")
    )
    folder = bench_folder() / f"work-{plan.events}"
    shutil.rmtree(folder, ignore_errors=True)
    # both files have one name: a DuckDB catalog is named after its file
    file, copy = folder / "full" / "warehouse.duckdb", folder / "incremental" / "warehouse.duckdb"
    file.parent.mkdir(parents=True)
    copy.parent.mkdir(parents=True)
    try:
        shutil.copy(history, file)
        measuring = _Measuring(Dbt(folder), settings, say)
        measuring.full_runs(file, effort)
        for number in range(effort.incremental):
            shutil.copy(file, copy)
            measuring.incremental_run(copy, plan, with_peer=number < effort.peer, with_checks=number == 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    true = measuring.checks["full"]["true"]
    return SizeResult(
        size, true["events"], true["sessions"], generated_seconds, measuring.runs, measuring.checks, environment
    )


class _Measuring:
    """Collects the raw runs of one size."""

    def __init__(self, dbt: Dbt, settings: dict[str, str], say: Callable[[str], None]) -> None:
        self.dbt = dbt
        self.settings = settings
        self.say = say
        self.runs: dict[str, list[Run]] = {}
        self.checks: dict[str, dict[str, dict[str, Any]]] = {}

    def full_runs(self, file: Path, effort: Effort) -> None:
        """Rounds of floor, session layer and peer, so that a machine's drift meets all of them.

        Leaves the tables of the last round.
        """
        self._add("beside", self.dbt.run_beside(file, full_refresh=True))
        for number in range(effort.full):
            rounds_left = effort.full - number
            self._add("floor", run_sql(file, self.settings, floor_steps()))
            drop_results(file, self.settings, "floor")
            drop_results(file, self.settings, "ours")
            self._add("ours", self.dbt.run_measured(file, full_refresh=True))
            if rounds_left <= effort.peer:
                drop_results(file, self.settings, "peer")
                self._add("peer", run_sql(file, self.settings, peer_steps(incremental=False)))
        self.checks["full"] = verify(file, self.settings, "ours", *(["peer"] if "peer" in self.runs else []))

    def incremental_run(self, copy: Path, plan: EventPlan, *, with_peer: bool, with_checks: bool) -> None:
        """New events onto a copy of the built file, then each contender's incremental form, and ours without any."""
        run_sql(copy, self.settings, plan.arrivals())
        self._add("beside_incremental", self.dbt.run_beside(copy, full_refresh=False))
        self._add("ours_incremental", self.dbt.run_measured(copy, full_refresh=False))
        self._add("ours_noop", self.dbt.run_measured(copy, full_refresh=False))
        if with_peer:
            self._add("peer_incremental", run_sql(copy, self.settings, peer_steps(incremental=True)))
        if with_checks:
            self.checks["incremental"] = verify(copy, self.settings, "ours", *(["peer"] if with_peer else []))

    def _add(self, name: str, done: StepRun | ModelRun) -> None:
        run = _as_run(done)
        self.runs.setdefault(name, []).append(run)
        self.say(f"  {name} {len(self.runs[name])}: {run.seconds:.2f} s, {run.peak_gb:.2f} GB")
