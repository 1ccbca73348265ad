"""Raw events of the data sets, in the columns of the event contract, with what is to be guessed cut off."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from clickintent.demo import DemoBank, simulate, source_hash

# One row of these data sets is a whole visit: its pauses are not to split it.
WHOLE_VISITS: dict[str, Any] = {
    "idle_minutes": {"web": 100_000, "app": 100_000},
    "session_max_hours": 100_000,
    "session_max_events": 100_000,
}
# The shop's pages have an order and no clock
SECONDS_PER_CLICK = 30
# The shop's, in the order of their numbers
COLOURS = "beige black blue brown burgundy gray green navy patterned olive pink red violet white"
LEAST_SHOP_PAGES = 3
CHECKOUT_EVENTS = ("cart", "shipping_details", "payment_details", "payment_error", "checkout_bug", "purchase")
OUTCOMES = ("passed", "lost")
DEMO_PEOPLE = 30_000
DEMO_DAYS = 60
DEMO_SEED = 101
# Enough for a million sessions in the training part of a split
LARGE_PEOPLE = 650_000
# So many people are simulated at a time, in 3 GB: a larger bank is several of them, each with a seed of its own
PEOPLE_A_PART = 100_000


@dataclass(frozen=True)
class RawData:
    """Events for a dbt build, and labels by visitor.

    Attributes:
        name: of the data set.
        events: columns of the event contract; or a folder with parquet files `events-*` that hold them.
        variables: dbt vars beside source and path.
        labels: visitor_id and the label of the visit, strings; empty where labels are made from the built tables.
        groups: visitor_id and whose visit it is, for splits; empty where every visitor stands alone.
        note: what was done to the source.
    """

    name: str
    events: pl.DataFrame | Path
    variables: dict[str, Any]
    labels: pl.DataFrame = field(default_factory=pl.DataFrame)
    groups: pl.DataFrame = field(default_factory=pl.DataFrame)
    note: str = ""


def app_onboarding(folder: Path) -> RawData:
    """Passed or lost: the outcome and all after it are removed; users keep at least two events."""
    rows = pl.read_csv(folder / "app_onboarding" / "events.csv.gz").with_row_index("row")
    is_outcome = pl.col("event_name").is_in(OUTCOMES)
    ordered = rows.sort("user_pseudo_id", "event_timestamp", "row").with_columns(
        is_over=is_outcome.cum_max().over("user_pseudo_id"),
    )
    outcomes = ordered.filter(is_outcome).group_by("user_pseudo_id", maintain_order=True).first()
    labels = outcomes.select(visitor_id="user_pseudo_id", label="event_name")
    events = (
        ordered.filter(~pl.col("is_over"))
        .filter(pl.len().over("user_pseudo_id") > 1)
        .select(
            event_id=pl.col("row").cast(pl.String),
            visitor_id="user_pseudo_id",
            event_at=pl.from_epoch(pl.col("event_timestamp") // 1000, time_unit="us"),
            event_type="event_name",
            channel=pl.lit("app"),
        )
    )
    return RawData("app_onboarding", events, WHOLE_VISITS, labels, note="events before the first of passed and lost")


def shop_sessions(folder: Path) -> RawData:
    """Will the session purchase: it is cut before its first checkout event, and needs two events before that."""
    rows = pl.read_csv(folder / "shop_sessions" / "events.csv.gz", try_parse_dates=True).with_row_index("row")
    is_checkout = pl.col("event").is_in(CHECKOUT_EVENTS)
    ordered = rows.sort("session_id", "timestamp", "row").with_columns(
        is_over=is_checkout.cum_max().over("session_id"),
        label=(pl.col("event") == "purchase").any().over("session_id"),
    )
    kept = ordered.filter(~pl.col("is_over")).filter(pl.len().over("session_id") > 1)
    sessions = kept.group_by("session_id", maintain_order=True).first()
    events = kept.select(
        event_id=pl.col("row").cast(pl.String),
        visitor_id="session_id",
        event_at="timestamp",
        event_type="event",
        channel=pl.lit("web"),
        device_type="platform",
        utm_medium="acquisition_channel",
        utm_source=pl.col("acquisition_channel"),
    )
    return RawData(
        "shop_sessions",
        events,
        WHOLE_VISITS,
        sessions.select(
            visitor_id="session_id", label=pl.when("label").then(pl.lit("purchase")).otherwise(pl.lit("none"))
        ),
        sessions.select(visitor_id="session_id", group="user_id"),
        "synthetic; sessions cut before the first checkout event",
    )


def shop_pages(folder: Path) -> RawData:
    """Which product page comes last, given those before it; a click every 30 seconds, since there is no clock."""
    rows = pl.read_csv(folder / "shop_pages" / "events.csv.gz", separator=";")
    categories = {1: "trousers", 2: "skirts", 3: "blouses", 4: "sale"}
    colours = COLOURS.split()
    colour = pl.col("colour").replace_strict(dict(enumerate(colours, start=1)), default=None, return_dtype=pl.String)
    ordered = rows.sort("session ID", "order").filter(pl.len().over("session ID") >= LEAST_SHOP_PAGES)
    model = pl.col("page 2 (clothing model)")
    position = pl.int_range(pl.len()).over("session ID")
    is_last = position == pl.len().over("session ID") - 1
    day = pl.datetime("year", "month", "day")
    events = ordered.with_columns(
        visitor_id=pl.col("session ID").cast(pl.String),
        event_at=day + pl.duration(seconds=SECONDS_PER_CLICK * position),
        category=pl.col("page 1 (main category)").replace_strict(categories),
        is_last=is_last,
    )
    labels = events.filter("is_last").select("visitor_id", label=model)
    shown = events.filter(~pl.col("is_last")).select(
        event_id=pl.col("visitor_id") + "-" + pl.col("order").cast(pl.String),
        visitor_id="visitor_id",
        event_at="event_at",
        event_type=pl.lit("page_view"),
        channel=pl.lit("web"),
        page_url=pl.lit("/") + pl.col("category") + "/" + model,
        page_title=pl.format("{} {} {}", pl.col("category"), colour, model),
        event_value="price",
    )
    return RawData("shop_pages", shown, WHOLE_VISITS, labels, note="the last page of a session is what is guessed")


def bank(name: str, people: int, folder: Path) -> tuple[RawData, str]:
    """The synthetic bank, with another seed than the demo's; and the simulator's hash.

    Written to a folder of its own in `folder`, unless it is there: `events-*.parquet`, and the truth by event in
    `truth-*.parquet`.
    """
    simulator = source_hash()
    parts = list(_parts(people))
    content = hashlib.sha256(json.dumps([simulator, DEMO_DAYS, parts]).encode()).hexdigest()[:12]
    events = folder / f"{name}-{content}"
    if not events.exists():
        unfinished = events.with_suffix(".unfinished")
        unfinished.mkdir(parents=True, exist_ok=True)
        for number, (seed, count) in enumerate(parts):
            simulation = simulate(DemoBank(people=count, days=DEMO_DAYS, seed=seed))
            simulation.events.write_parquet(unfinished / f"events-{number}.parquet")
            simulation.truth.write_parquet(unfinished / f"truth-{number}.parquet")
        unfinished.rename(events)
    return RawData(name, events, {}, note=f"synthetic, {people:,} people"), simulator


def _parts(people: int) -> Iterator[tuple[int, int]]:
    """Seed and people of each."""
    for number, start in enumerate(range(0, people, PEOPLE_A_PART)):
        yield DEMO_SEED + number, min(PEOPLE_A_PART, people - start)
