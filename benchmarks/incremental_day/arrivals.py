"""Synthetic events, day by day: as a source would deliver them (`raw.events`), or as accepted ones (`stg_events`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.sessions.sql_runs import run_sql
from benchmarks.sessions.steps import Step, read_steps

SEED = 7
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# A visitor comes back every third day on average; one in twenty is heavy, and these have half of the sessions
SESSIONS_A_VISITOR_AND_DAY = 1 / 3
HEAVY_SHARE = 0.05
# Of a day's events so many a thousand arrive that happened on the three days before
LATE_PER_THOUSAND = 10
LATE_DAYS = 3
RELATION = "raw.events"
# A day of more is appended in parts, each in the order of its times: to sort it as a whole would spill to the disk
SESSIONS_A_PART = 1_000_000

# What a source says; all that clickintent works out of it is left to clickintent
_COLUMNS = """
    event_id, event_at, loaded_at, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url,
    utm_source, utm_medium, utm_campaign, device_type, user_agent, language, event_value
"""


@dataclass(frozen=True)
class Stream:
    """A site with so many sessions a day, five events each; all days are drawn alike.

    Attributes:
        sessions_a_day: Sessions that are drawn for each day.
        is_accepted: Events come as `stg_events`, so that the session layer can be built without what comes before it.
    """

    sessions_a_day: int
    is_accepted: bool = False

    def days(self, first: int, count: int) -> list[Step]:
        """Steps that append whole days; day 0 is `FIRST_DAY`."""
        return [step for day in range(first, first + count) for step in self._day(day)]

    def late_events(self, day: int) -> list[Step]:
        """Steps that append what arrives with a day and happened before it, near events that are known."""
        started = FIRST_DAY + timedelta(days=day)
        table = "stg_events" if self.is_accepted else RELATION
        new_hash = ", (hash(event_id, 3) >> 4)::bigint as content_hash" if self.is_accepted else ""
        late = f"""
            insert into {table} by name
            select * replace (
                md5(event_id || '-late') as event_id,
                event_at + to_microseconds((hash(event_id, 1) % 2400000000)::bigint - 1200000000) as event_at,
                timestamp '{started + timedelta(days=1):%Y-%m-%d}' as loaded_at
                {new_hash}
            )
            from {table}
            where event_at >= timestamp '{started - timedelta(days=LATE_DAYS):%Y-%m-%d}'
                and event_at < timestamp '{started:%Y-%m-%d}'
                and hash(event_id, 2) % {1000 * LATE_DAYS} < {LATE_PER_THOUSAND}
        """  # noqa: S608 - of our own constants
        return [Step(f"late_{day}", late)]

    def _day(self, day: int) -> list[Step]:
        started = FIRST_DAY + timedelta(days=day)
        visitors = round(self.sessions_a_day / SESSIONS_A_VISITOR_AND_DAY)
        heavy = max(round(visitors * HEAVY_SHARE), 1)
        first, after = day * self.sessions_a_day, (day + 1) * self.sessions_a_day
        steps = [
            step
            for part in range(first, after, SESSIONS_A_PART)
            for step in read_steps(
                "events",
                day=f"{started:%Y-%m-%d}",
                first_session=part,
                session_count=min(SESSIONS_A_PART, after - part),
                heavy_visitors=heavy,
                light_visitors=max(visitors - heavy, 1),
                loaded_at="date_trunc('hour', event_at) + interval 65 minutes",
                load_batch=f"{started:%Y-%m-%d}",
                seed=SEED,
            )
        ]
        if not self.is_accepted:
            kept = f"""
                create schema if not exists raw;
                create table if not exists {RELATION} as select {_COLUMNS} from stg_events where false;
                insert into {RELATION} select {_COLUMNS} from stg_events order by loaded_at;
                drop table stg_events;
            """  # noqa: S608 - of our own constants
            # in a schema of its own: the generator's table has the name of a model
            schema = Step("schema", "create schema if not exists generator; use generator")
            steps = [schema, *steps, Step("keep", kept)]
        return [Step(f"{step.name}_{day}", step.sql) for step in steps]


def append(file: Path, settings: Mapping[str, str], steps: list[Step]) -> float:
    """Runs the steps on a file; seconds it took."""
    return run_sql(file, settings, steps).total_seconds
