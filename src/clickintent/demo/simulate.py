"""The demo bank: one call from a handful of numbers to raw events, their truth and the oracle's score."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np
import polars as pl

from clickintent.demo.clicks import draw_clicks
from clickintent.demo.journeys import Sessions, draw_sessions
from clickintent.demo.needs import GROUP_NAMES, GROUP_OF_INTENT, INTENT_NAMES
from clickintent.demo.noise import add_faults, add_personal_data, draw_bots, load
from clickintent.demo.oracle import Guesses, guess, report
from clickintent.demo.people import draw_people, random_hex
from clickintent.demo.render import EVENT_COLUMNS, render, visits


@dataclass(frozen=True)
class DemoBank:
    """A synthetic retail bank. The same bank gives the same bytes.

    Attributes:
        people: Number of people who may visit.
        days: Length of the window in days.
        seed: Seed of all randomness.
        linked: Whether a person's needs show in the app as they do on the web; False is the null bank, in
            which web and app are independent and everything else is distributed alike.
        start: First day, UTC.
        mixed_share: Share of web sessions that follow a second intent too.
        vague_share: Share of sessions spent mostly on ambiguous pages.
        has_noise: Whether to add robots, duplicates, late and malformed rows and personal data.

    Raises:
        ValueError: If a number is out of range.
    """

    people: int = 20_000
    days: int = 60
    seed: int = 7
    linked: bool = True
    start: date = date(2026, 3, 1)
    mixed_share: float = 0.21
    vague_share: float = 0.13
    has_noise: bool = True

    def __post_init__(self) -> None:
        if self.people < 1 or self.days < 1:
            raise ValueError(f"DemoBank: people and days must be at least 1, got {self.people} and {self.days}")
        if self.seed < 0:
            raise ValueError(f"DemoBank: seed must not be negative, got {self.seed}")
        for name in ("mixed_share", "vague_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"DemoBank: {name} must lie between 0 and 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Simulation:
    """What a bank gave.

    Attributes:
        events: Raw table, columns of `render.EVENT_COLUMNS`, ordered by loaded_at and at random within.
        truth: One row per event_id of a human session: event_id, simulated_session_id, group, intent, need,
            is_mixed, is_ambiguous, oracle_group, oracle_intent. For evaluation only.
        oracle: Figures of `oracle.report`, with `events`, `people`, `days`, `seed`, `linked` and
            `source_hash`.
    """

    events: pl.DataFrame
    truth: pl.DataFrame
    oracle: dict[str, float | int | str | bool]


def source_hash() -> str:
    """sha256 over the simulator's own source files, by name: figures name the simulator that made them."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _truth_of_sessions(rng: np.random.Generator, sessions: Sessions, guesses: Guesses) -> pl.DataFrame:
    intents = pl.Series(INTENT_NAMES, dtype=pl.String)
    groups = pl.Series(GROUP_NAMES, dtype=pl.String)
    need = pl.Series(sessions.need)
    return (
        pl.DataFrame(
            {
                "session": np.arange(sessions.count),
                "simulated_session_id": random_hex(rng, sessions.count, 24),
                "group": groups.gather(GROUP_OF_INTENT[sessions.primary]),
                "intent": intents.gather(sessions.primary),
                "need": intents.gather(np.maximum(sessions.need, 0)),
                "has_need": need >= 0,
                "is_mixed": sessions.secondary >= 0,
                "is_ambiguous": guesses.is_ambiguous,
                "oracle_group": groups.gather(guesses.group),
                "oracle_intent": intents.gather(guesses.intent),
            }
        )
        .with_columns(need=pl.when("has_need").then("need"))
        .drop("has_need")
    )


def simulate(bank: DemoBank, part: int = 0) -> Simulation:
    """Simulate a bank in memory.

    Args:
        bank: What to simulate.
        part: Which of independent banks of the same description; their ids do not collide.

    Returns:
        Raw events, truth and oracle figures; synthetic throughout.
    """
    # Each stage has its own stream, so that a change in one leaves the others' draws alone.
    streams = np.random.SeedSequence([bank.seed, part]).spawn(5)
    for_people, for_sessions, for_clicks, for_text, for_noise = map(np.random.default_rng, streams)
    start_ms = int(datetime.combine(bank.start, time(), UTC).timestamp() * 1000)
    people = draw_people(for_people, bank.people)
    sessions = draw_sessions(
        for_sessions,
        people,
        days=bank.days,
        start_ms=start_ms,
        linked=bank.linked,
        mixed_share=bank.mixed_share,
        vague_share=bank.vague_share,
    )
    clicks = draw_clicks(for_clicks, sessions)
    guesses = guess(sessions, clicks)
    numbers, visitors = visits(sessions, clicks), people.visitors
    if bank.has_noise:
        bots, bot_visitors = draw_bots(
            for_noise,
            bank.people,
            days=bank.days,
            start_ms=start_ms,
            first_visitor=len(visitors),
            first_session=sessions.count,
        )
        numbers, visitors = pl.concat([numbers, bots]), pl.concat([visitors, bot_visitors])
    rows = render(for_text, numbers, people, visitors)
    if bank.has_noise:
        rows = add_faults(for_noise, load(for_noise, add_personal_data(for_noise, rows)))
    else:
        rows = rows.with_columns(
            loaded_at=pl.from_epoch("at_ms", time_unit="ms").cast(pl.Datetime("us")).dt.truncate("1h")
            + pl.duration(hours=1)
        )
    human = rows.filter(
        (pl.col("session") >= 0) & (pl.col("session") < sessions.count) & pl.col("event_id").is_not_null()
    )
    truth = (
        human.select("event_id", "session")
        .unique("event_id", keep="first", maintain_order=True)
        .join(_truth_of_sessions(for_text, sessions, guesses), on="session", maintain_order="left")
        .drop("session")
    )
    shuffled = rows.with_columns(shuffle=for_noise.random(len(rows))).sort("loaded_at", "shuffle", maintain_order=True)
    events = shuffled.select(pl.col(name).cast(dtype) for name, dtype in EVENT_COLUMNS.items())
    figures: dict[str, float | int | str | bool] = dict(report(sessions, guesses))
    figures |= {"events": len(events), "people": bank.people, "days": bank.days, "seed": bank.seed}
    figures |= {"linked": bank.linked, "source_hash": source_hash()}
    return Simulation(events=events, truth=truth, oracle=figures)


def part_of(bank: DemoBank, people: int) -> DemoBank:
    """The same bank with another number of people."""
    return replace(bank, people=people)
