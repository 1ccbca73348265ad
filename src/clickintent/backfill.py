"""A range of days is built chunk by chunk, so that memory and time stay bounded and a kill costs one chunk."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

# As far as a chunk goes: what is learnt or scored follows from all events, and is done once, at the end.
CHUNK_MODELS = ("+ingestion_audit", "+session_features", "+session_sequences")
SHOWN_LINES = 30  # of what dbt said when it failed: its summary of errors

Dbt = Callable[[Sequence[str]], None]


class BackfillError(Exception):
    """A backfill that cannot start or go on; the message says what to do."""


@dataclass(frozen=True)
class Chunk:
    """Days to build at once: rows loaded from `start` on and before `end`."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


@dataclass(frozen=True)
class Plan:
    """What a backfill builds.

    Attributes:
        start: first day.
        end: the day after the last.
        chunk_days: days built at once.
        variables: vars of the dbt project, the same in every chunk.
        options: further options of dbt, such as `--target`.
    """

    start: date
    end: date
    chunk_days: int
    variables: Mapping[str, object] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise BackfillError(
                f"Nothing lies from {self.start} to {self.end}: --from must be before --to, which is not built."
            )
        if self.chunk_days < 1:
            raise BackfillError(f"--chunk-days is {self.chunk_days}: a chunk has at least one day.")

    @property
    def chunks(self) -> list[Chunk]:
        """The range in parts of `chunk_days`, the last one shorter where it does not come out even."""
        days = (self.end - self.start).days
        starts = [self.start + timedelta(days=offset) for offset in range(0, days, self.chunk_days)]
        return [Chunk(start, min(start + timedelta(days=self.chunk_days), self.end)) for start in starts]

    def chunk_command(self, chunk: Chunk) -> list[str]:
        """Arguments of dbt that build one chunk."""
        of_chunk = {"backfill_from": str(chunk.start), "backfill_to": str(chunk.end)}
        command = ["build", "--exclude-resource-type", "test", "unit_test", "exposure", "--select", *CHUNK_MODELS]
        return [*command, "--vars", json.dumps({**self.variables, **of_chunk}), *self.options]

    def last_command(self) -> list[str]:
        """Arguments of dbt that build what follows from all chunks, and test it."""
        return [
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--vars",
            json.dumps(dict(self.variables)),
            *self.options,
        ]


class Progress:
    """Which chunks are done, in a JSON file that is replaced after each."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.plan = json.loads(json.dumps(asdict(plan), default=str))
        self.done: list[str] = []
        if path.exists():
            self._take_up()

    def _take_up(self) -> None:
        try:
            stored = json.loads(self.path.read_text())
            plan, done = stored["plan"], stored["done"]
        except (ValueError, KeyError, TypeError) as error:
            raise BackfillError(
                f"{self.path} is no record of a backfill: remove it, or start over with --restart."
            ) from error
        if plan != self.plan:
            raise BackfillError(
                f"{self.path} records another backfill, from {plan.get('start')} to {plan.get('end')} by "
                f"{plan.get('chunk_days')} days, with {len(done)} parts done. Finish it with the same options, or "
                "forget it with --restart."
            )
        self.done = done

    def finish(self, part: str) -> None:
        """Record a part as done: written beside and renamed, so that a kill leaves the old record or the new one."""
        self.done.append(part)
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(json.dumps({"plan": self.plan, "done": self.done}, indent=2))
        os.replace(beside, self.path)


def progress_file(warehouse: Path) -> Path:
    """Where the progress is kept: beside the DuckDB file."""
    return warehouse.with_name(warehouse.name + ".backfill.json")


def backfill(plan: Plan, progress: Progress, dbt: Dbt, report: Callable[[str, int, int], None]) -> int:
    """Build the chunks of `plan` that are not done, in order, then once what follows from all of them.

    Args:
        plan: what to build.
        progress: what is done, kept as the chunks go.
        dbt: runs dbt with the arguments given, and raises BackfillError where it fails.
        report: told the name of each part before it is built, with the number of those done and of all.

    Returns:
        Parts built now; 0 where all were done before.

    Raises:
        BackfillError: dbt failed; the parts before are done.
    """
    parts = [(str(chunk), plan.chunk_command(chunk)) for chunk in plan.chunks]
    parts.append(("what follows from the sessions", plan.last_command()))
    built = 0
    for number, (name, command) in enumerate(parts):
        if name in progress.done:
            continue
        report(name, number, len(parts))
        try:
            dbt(command)
        except BackfillError as error:
            raise BackfillError(
                f"dbt failed at {name}. What came before it is done: mend the cause, and give the same command "
                f"again.\n{error}"
            ) from error
        progress.finish(name)
        built += 1
    return built


def run_dbt(warehouse: Path) -> Dbt:
    """Runs dbt in a process of its own, whose memory goes with it, on the DuckDB file given."""
    beside = Path(sys.executable).with_name("dbt")  # of this environment, whether it is switched on or not

    def dbt(arguments: Sequence[str]) -> None:
        command = [str(beside if beside.exists() else "dbt"), "--no-use-colors", *arguments]
        environment = {**os.environ, "CLICKINTENT_DUCKDB": str(warehouse)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode != 0:
            raise BackfillError("\n".join((done.stdout + done.stderr).splitlines()[-SHOWN_LINES:]))

    return dbt
