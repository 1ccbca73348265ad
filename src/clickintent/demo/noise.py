"""What real data has: robots, duplicates, late and malformed rows, personal data in free text."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.demo.journeys import DAY_MS, HOUR_MS
from clickintent.demo.pages import WEB, actions_of
from clickintent.demo.people import browser_agent, random_hex

PEOPLE_PER_CRAWLER = 500
PEOPLE_PER_FAST_BOT = 500
CRAWLER_AGENTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "python-requests/2.32.3",
)
FAST_BOT_SECONDS = 2.0  # between requests of a bot that pretends to be a browser, give or take 20 ms

TRANSIT_SECONDS = 90.0  # at most, from the device to the collector
LATE_SHARE = 0.01
LATE_MAX_HOURS = 72
DUPLICATE_SHARE = 0.006  # the same row twice in one batch
RESENT_SHARE = 0.004  # the same event again in a later batch
RESENT_MAX_HOURS = 6
MALFORMED_SHARE = 0.002
CORRECTED_SHARE = 0.3  # of malformed rows whose sound version follows later under the same id
NO_ID_SHARE = 0.0005

PERSONAL_SEARCH_SHARE = 0.03  # of searches
PERSONAL_QUERY_SHARE = 0.001  # of web events
PERSONAL_PATH_SHARE = 0.0002
PERSONAL_TITLE_SHARE = 0.0002

# Reserved by their owners for examples: example.com, 555-01xx, and card numbers of the payment networks'
# test sets.
_PERSONAL = (
    "jane.doe@example.com",
    "j.smith+bank@example.org",
    "(212) 555-0147",
    "+1-312-555-0199",
    "4111111111111111",
    "5555 5555 5555 4444",
    "acct 0012345678",
    "DE89370400440532013000",
)
_UNPARSABLE_TIMES = ("not-a-date", "2026-13-45T99:00:00Z", "", "0000-00-00 00:00:00", "yesterday")


def draw_bots(
    rng: np.random.Generator, people: int, *, days: int, start_ms: int, first_visitor: int, first_session: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the events of robots on the web site, and the visitors they appear as.

    Args:
        rng: Source of randomness.
        people: Number of people, which sets the number of robots.
        days: Length of the window.
        start_ms: Its first midnight, epoch milliseconds UTC.
        first_visitor: Row number of the first robot in the visitor table.
        first_session: Number of the first robot's session.

    Returns:
        Events in the columns of `render.visits` with person -1, and visitors in those of `People.visitors`.
    """
    crawlers = people // PEOPLE_PER_CRAWLER + 1
    fast = people // PEOPLE_PER_FAST_BOT + 1
    bots = crawlers + fast
    is_crawler = np.arange(bots) < crawlers
    lengths = rng.integers(15, 140, size=bots)
    bot = np.repeat(np.arange(bots), lengths)
    count = len(bot)
    gap = np.where(
        is_crawler[bot],
        rng.uniform(0.3, 4.0, size=count),
        FAST_BOT_SECONDS + rng.uniform(-0.02, 0.02, size=count),
    )
    elapsed = np.cumsum(gap)
    first = np.cumsum(lengths) - lengths
    elapsed -= np.repeat(elapsed[first], lengths)
    starts = start_ms + rng.integers(0, days * DAY_MS, size=bots)
    actions = actions_of(WEB)
    readable = [
        index
        for index, (page, event_type) in enumerate(zip(actions.page, actions.event_type, strict=True))
        if event_type == "page_view" and actions.pages[page].kind != "task"
    ]
    events = pl.DataFrame(
        {
            "session": first_session + bot,
            "visitor": first_visitor + bot,
            "person": np.full(count, -1),
            "channel": np.full(count, WEB),
            "action": rng.choice(readable, size=count),
            "at_ms": starts[bot] + (elapsed * 1000).astype(np.int64),
            "is_known": np.zeros(count, dtype=bool),
            "value": np.full(count, np.nan),
            "position": np.zeros(count, dtype=np.int64),
            "showing": np.full(count, -1),
        }
    )
    agents = np.where(
        is_crawler,
        np.array(CRAWLER_AGENTS, dtype=object)[rng.integers(0, len(CRAWLER_AGENTS), size=bots)],
        browser_agent("desktop", rng.random(bots)),
    )
    visitors = pl.DataFrame(
        {
            "visitor_id": random_hex(rng, bots, 24),
            "device_type": ["desktop"] * bots,
            "user_agent": agents,
            "language": ["en-US"] * bots,
            "is_internal": [False] * bots,
            "has_consent": pl.Series([None] * bots, dtype=pl.Boolean),
        },
        schema_overrides={"user_agent": pl.String},
    )
    return events, visitors


def _chosen(rng: np.random.Generator, count: int, share: float) -> NDArray[np.bool_]:
    return rng.random(count) < share


def add_personal_data(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Let a few people type e-mails, phone, card and account numbers into search, URLs, paths and titles."""
    count = len(rows)
    text = pl.Series(_PERSONAL, dtype=pl.String).gather(rng.integers(0, len(_PERSONAL), size=count))
    marks = pl.DataFrame(
        {
            "personal": text,
            "in_search": _chosen(rng, count, PERSONAL_SEARCH_SHARE),
            "in_query": _chosen(rng, count, PERSONAL_QUERY_SHARE),
            "in_path": _chosen(rng, count, PERSONAL_PATH_SHARE),
            "in_title": _chosen(rng, count, PERSONAL_TITLE_SHARE),
        }
    )
    url = pl.col("page_url")
    typed = pl.col("personal").str.replace_all(" ", "+", literal=True)
    on_web = pl.col("channel") == "web"
    is_search = on_web & (pl.col("event_type") == "search")
    joined = pl.when(url.str.contains("?", literal=True)).then(pl.lit("&")).otherwise(pl.lit("?"))
    base = url.str.split("?").list.first()
    return (
        rows.hstack(marks.get_columns())
        .with_columns(
            page_url=pl.when(is_search & pl.col("in_search"))
            .then(pl.concat_str(base, pl.lit("?q="), typed))
            .when(on_web & pl.col("in_query"))
            .then(pl.concat_str(url, joined, pl.lit("email="), typed))
            .when(on_web & pl.col("in_path"))
            .then(pl.concat_str(base.str.strip_chars_end("/"), pl.lit("/"), typed))
            .otherwise(url),
            page_title=pl.when("in_title")
            .then(pl.concat_str(pl.col("page_title"), pl.lit(" "), "personal"))
            .otherwise("page_title"),
        )
        .select(rows.columns)
    )


def load(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Add loaded_at: the hourly batch after arrival; some rows arrive up to three days late."""
    count = len(rows)
    arrival = rows["at_ms"].to_numpy() + (rng.random(count) * TRANSIT_SECONDS * 1000).astype(np.int64)
    late = _chosen(rng, count, LATE_SHARE)
    arrival = np.where(late, arrival + (rng.random(count) * LATE_MAX_HOURS * HOUR_MS).astype(np.int64), arrival)
    batch = (arrival // HOUR_MS + 1) * HOUR_MS
    return rows.with_columns(loaded_at=pl.from_epoch(pl.Series(batch), time_unit="ms").cast(pl.Datetime("us")))


def _later(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    hours = pl.Series(rng.integers(1, RESENT_MAX_HOURS + 1, size=len(rows)) * HOUR_MS * 1000, dtype=pl.Duration("us"))
    return rows.with_columns(loaded_at=pl.col("loaded_at") + hours)


def _malform(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Break each row: no visitor, no time, a time far ahead of its load, or neither type nor page."""
    count = len(rows)
    ahead_days = rng.integers(30, 400, size=count)
    marks = pl.DataFrame(
        {
            "way": rng.integers(0, 4, size=count),
            "ahead": pl.Series(ahead_days * DAY_MS * 1000, dtype=pl.Duration("us")),
            "garbage": pl.Series(_UNPARSABLE_TIMES).gather(rng.integers(0, len(_UNPARSABLE_TIMES), size=count)),
        }
    )
    way = pl.col("way")
    future = (pl.col("loaded_at") + pl.col("ahead")).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    return (
        rows.hstack(marks.get_columns())
        .with_columns(
            visitor_id=pl.when(way != 0).then("visitor_id"),
            event_at=pl.when(way == 1).then("garbage").when(way == 2).then(future).otherwise("event_at"),  # noqa: PLR2004
            event_type=pl.when(way != 3).then("event_type"),  # noqa: PLR2004 - the four ways of the docstring
            page_url=pl.when(way != 3).then("page_url"),  # noqa: PLR2004
            page_title=pl.when(way != 3).then("page_title"),  # noqa: PLR2004
        )
        .select(rows.columns)
    )


def add_faults(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Add duplicates, resent and malformed rows, and drop a few event ids; rows keep their session number.

    Malformed rows are extra rows: the sound event is there too, for some under the same id in a later batch.
    """
    count = len(rows)
    nameless = pl.Series(_chosen(rng, count, NO_ID_SHARE))
    rows = rows.with_columns(event_id=pl.when(~nameless).then("event_id"))
    twice = rows.filter(_chosen(rng, count, DUPLICATE_SHARE))
    again = _later(rng, rows.filter(_chosen(rng, count, RESENT_SHARE)))
    is_bad = _chosen(rng, count, MALFORMED_SHARE)
    is_corrected = is_bad & _chosen(rng, count, CORRECTED_SHARE)
    bad = _malform(rng, rows.filter(is_bad))
    keeps_id = pl.Series(is_corrected[is_bad])
    bad = bad.with_columns(
        event_id=pl.when(keeps_id).then("event_id").otherwise(random_hex(rng, len(bad), 32)),
        session=pl.lit(-1, dtype=rows.schema["session"]),
    )
    corrected = _later(rng, rows.filter(is_corrected))
    return pl.concat([rows.filter(~is_corrected), corrected, twice, again, bad])
