"""Synthetic accepted events, drawn in DuckDB: a history of sixty days, and a day's arrivals on top of it."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.folders import bench_folder
from benchmarks.sessions.sql_runs import run_sql
from benchmarks.sessions.steps import Step, read_steps

SEED = 7
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 60
EVENTS_PER_SESSION = 5
EVENTS_PER_VISITOR = 18
HEAVY_SHARE = 0.05
# Arrivals of an incremental run: their share of the history, and the share of them that is late, by up to so many days
NEW_SHARE = 0.01
LATE_SHARE = 0.05
LATE_DAYS = 3
LATE_BATCH = "late"
# The generator's version: a cached file of another one is made again
GENERATOR = 1


@dataclass(frozen=True)
class EventPlan:
    """How many events, of how many sessions and visitors; events come out within a percent of the plan."""

    events: int

    @property
    def sessions(self) -> int:
        """Sessions that are drawn; a few of a heavy visitor's run into one."""
        return self.events // EVENTS_PER_SESSION

    @property
    def heavy_visitors(self) -> int:
        """Visitors who together have half of the sessions."""
        return max(int(self.events / EVENTS_PER_VISITOR * HEAVY_SHARE), 1)

    @property
    def light_visitors(self) -> int:
        """All others."""
        return max(self.events // EVENTS_PER_VISITOR - self.heavy_visitors, 1)

    @property
    def end(self) -> datetime:
        """First moment after the history."""
        return FIRST_DAY + timedelta(days=DAYS)

    def history(self) -> Iterator[Step]:
        """Steps that write `stg_events`, day by day, which also bounds the memory of a sort."""
        for day in range(DAYS):
            first, last = (self.sessions * number // DAYS for number in (day, day + 1))
            started = FIRST_DAY + timedelta(days=day)
            steps = self._sessions_of_a_day(
                started,
                first_session=first,
                session_count=last - first,
                loaded_at="date_trunc('hour', event_at) + interval 65 minutes",
                load_batch=f"{started:%Y-%m-%d}",
            )
            # the macro and the table are made once
            yield from steps if day == 0 else [Step(f"day_{day}", steps[-1].sql)]

    def arrivals(self) -> list[Step]:
        """Steps that append new events, all loaded a day after the history's end.

        19 in 20 happened in that day. The others are late: half of them lie near events that are known, half are
        sessions of their own in the last days of the history.
        """
        count = round(self.events * NEW_SHARE)
        late = round(count * LATE_SHARE)
        loaded = f"{self.end + timedelta(days=1):%Y-%m-%d %H:%M:%S}"
        of_a_day = self._sessions_of_a_day(
            self.end,
            first_session=self.sessions,
            session_count=round((count - late) / EVENTS_PER_SESSION),
            loaded_at=f"timestamp '{loaded}'",
            load_batch="new",
        )
        near = read_steps(
            "late_events",
            days=LATE_DAYS,
            until=f"{self.end:%Y-%m-%d}",
            count=late // 2,
            seed=SEED,
            loaded_at=loaded,
            load_batch=LATE_BATCH,
        )
        alone = [
            Step(f"late_{day}", steps[-1].sql)
            for day in range(LATE_DAYS)
            for steps in [
                self._sessions_of_a_day(
                    self.end - timedelta(days=day + 1),
                    first_session=self.sessions * (day + 2),
                    session_count=max(round(late / 2 / LATE_DAYS / EVENTS_PER_SESSION), 1),
                    loaded_at=f"timestamp '{loaded}'",
                    load_batch=LATE_BATCH,
                )
            ]
        ]
        # near events are copied from the history, so they come before anything is added to it
        return [*near, *of_a_day, *alone]

    def _sessions_of_a_day(
        self, day: datetime, *, first_session: int, session_count: int, loaded_at: str, load_batch: str
    ) -> list[Step]:
        return read_steps(
            "events",
            day=f"{day:%Y-%m-%d}",
            first_session=first_session,
            session_count=session_count,
            heavy_visitors=self.heavy_visitors,
            light_visitors=self.light_visitors,
            loaded_at=loaded_at,
            load_batch=load_batch,
            seed=SEED,
        )


def cached_events(plan: EventPlan, settings: Mapping[str, str]) -> tuple[Path, float | None]:
    """File that holds the plan's history as `stg_events`, and the seconds it took to make if it was not there."""
    folder = bench_folder()
    file = folder / f"events-{plan.events}-seed{SEED}-v{GENERATOR}.duckdb"
    if file.exists():
        return file, None
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    for leftover in (unfinished, unfinished.with_suffix(".unfinished.wal")):
        leftover.unlink(missing_ok=True)
    run = run_sql(unfinished, settings, list(plan.history()))
    shutil.move(unfinished, file)
    return file, run.total_seconds
