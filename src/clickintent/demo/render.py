"""From numbers to what a collector would land: URLs, titles, referrers, agents, ids and times as text."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.demo import site
from clickintent.demo.clicks import Clicks
from clickintent.demo.journeys import Sessions
from clickintent.demo.pages import APP, CHANNEL_NAMES, WEB, actions_of
from clickintent.demo.people import People, random_hex

SITE_ID = "northwind"
APP_VERSIONS = ("7.4.1", "7.4.0", "7.3.6")
VIEWPORTS = {"desktop": ("1920x1080", "1440x900"), "mobile": ("390x844", "412x915"), "tablet": ("820x1180",)}

# Where a web session comes from. A campaign is never named after a product: the landing page already says
# that.
_ARRIVALS: tuple[tuple[float, str | None, str | None], ...] = (
    (0.27, None, None),
    (0.36, "https://www.google.com/", None),
    (0.06, "https://www.bing.com/search", None),
    (0.03, "https://news.example.org/money", None),
    (0.09, "https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=spring_always_on"),
    (
        0.07,
        "https://www.facebook.com/",
        "utm_source=facebook&utm_medium=paid_social&utm_campaign=spring_faces",
    ),
    (0.08, None, "utm_source=newsletter&utm_medium=email&utm_campaign=march_digest"),
    (
        0.04,
        "https://compare.example.com/banks",
        "utm_source=compare&utm_medium=affiliate&utm_campaign=partner_q1",
    ),
)
# Typed by anyone, whatever the intent: the oracle reads pages, so a query must not know more than it does.
_QUERIES = (
    "rates",
    "fees",
    "phone+number",
    "opening+hours",
    "limits",
    "documents",
    "how+long",
    "minimum",
    "forms",
    "app",
)
_OTHER_QUERY_SHARE = 0.08
_OTHER_QUERIES = ("ref=nav", "ref=footer", "tab=2", "lang=en", "gclid=Cj0KCQ")

EVENT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.String,
    "event_at": pl.String,
    "loaded_at": pl.Datetime("us"),
    "site_id": pl.String,
    "channel": pl.String,
    "visitor_id": pl.String,
    "customer_id": pl.String,
    "event_type": pl.String,
    "page_url": pl.String,
    "page_title": pl.String,
    "referrer_url": pl.String,
    "device_type": pl.String,
    "user_agent": pl.String,
    "language": pl.String,
    "has_consent": pl.Boolean,
    "is_internal": pl.Boolean,
    "event_value": pl.Float64,
    "properties": pl.String,
}


def visits(sessions: Sessions, clicks: Clicks) -> pl.DataFrame:
    """Human events as numbers, in order of (session, time).

    Returns:
        Columns session, visitor, person, channel, action, at_ms, is_known, value, position, showing.
    """
    return pl.DataFrame(
        {
            "session": clicks.session,
            "visitor": sessions.visitor[clicks.session],
            "person": sessions.person[clicks.session],
            "channel": clicks.channel,
            "action": clicks.action,
            "at_ms": clicks.at_ms,
            "is_known": clicks.is_known,
            "value": clicks.value,
            "position": clicks.position,
            "showing": clicks.showing,
        }
    )


def _lookups() -> pl.DataFrame:
    """What an action looks like, by channel and action: event_type, url, title, is_search."""
    frames = []
    for channel in (WEB, APP):
        actions = actions_of(channel)
        pages = [actions.pages[page] for page in actions.page]
        on_web = channel == WEB
        frames.append(
            pl.DataFrame(
                {
                    "event_type": actions.event_type,
                    "url": [f"{site.HOST}{page.url}" if on_web else page.url for page in pages],
                    "title": [(page.title + site.TITLE_SUFFIX if on_web else page.title) or None for page in pages],
                    "is_search": [kind == "search" and on_web for kind in actions.event_type],
                },
                schema_overrides={"title": pl.String},
            )
        )
    return pl.concat(frames)


def _choice(rng: np.random.Generator, options: tuple[str, ...], count: int) -> pl.Series:
    return pl.Series(options, dtype=pl.String).gather(rng.integers(0, len(options), size=count))


def _with_technical(rng: np.random.Generator, visitors: pl.DataFrame) -> pl.DataFrame:
    """Add the app version and the viewport, which a visitor keeps."""
    count = len(visitors)
    device = pl.col("device_type")
    drawn = {name: _choice(rng, options, count) for name, options in VIEWPORTS.items()}
    return visitors.with_columns(
        app_version=_choice(rng, APP_VERSIONS, count),
        viewport=pl.when(device == "desktop")
        .then(drawn["desktop"])
        .when(device == "mobile")
        .then(drawn["mobile"])
        .otherwise(drawn["tablet"]),
    )


def _queries(
    rng: np.random.Generator,
    arrival: NDArray[np.int64],
    is_first: NDArray[np.bool_],
    is_web: NDArray[np.bool_],
) -> pl.Series:
    """Query string of every event without its question mark, null for none; search terms come on top."""
    count = len(arrival)
    campaigns = pl.Series([campaign for _, _, campaign in _ARRIVALS], dtype=pl.String)
    landed = campaigns.gather(arrival)
    other = _choice(rng, _OTHER_QUERIES, count)
    has_other = pl.Series(is_web & ~is_first & (rng.random(count) < _OTHER_QUERY_SHARE))
    frame = pl.DataFrame({"landed": landed, "other": other, "has_other": has_other, "is_landing": is_first & is_web})
    query = pl.when("is_landing").then("landed").when("has_other").then("other")
    return frame.select(query=query).to_series()


def render(rng: np.random.Generator, events: pl.DataFrame, people: People, visitors: pl.DataFrame) -> pl.DataFrame:
    """Turn numbered events into rows of the raw table.

    Args:
        rng: Source of randomness.
        events: As `visits` gives them, bots appended with person -1; sessions contiguous and in order of
            time.
        people: For customer ids.
        visitors: `People.visitors`, bots' visitors appended.

    Returns:
        The columns of `EVENT_COLUMNS` except loaded_at, preceded by session and at_ms.
    """
    count = len(events)
    session = events["session"].to_numpy()
    is_first = np.append(True, session[1:] != session[:-1])[:count]
    visit = np.cumsum(is_first) - 1
    is_web = events["channel"].to_numpy() == WEB
    number_of_visit = rng.integers(10_000, 999_999, size=int(visit[-1]) + 1 if count else 0)
    arrival_of_visit = rng.choice(
        len(_ARRIVALS), size=len(number_of_visit), p=np.array([share for share, _, _ in _ARRIVALS])
    )
    arrival = arrival_of_visit[visit]
    offset = np.where(is_web, 0, len(actions_of(WEB).page))
    seen = _lookups()[offset + events["action"].to_numpy()]
    who = _with_technical(rng, visitors)[events["visitor"].to_numpy()]
    person = events["person"].to_numpy()
    showing = np.maximum(events["showing"].to_numpy(), 0)
    showings = random_hex(rng, int(showing.max(initial=0)) + 1, 16)
    entry = pl.Series([referrer for _, referrer, _ in _ARRIVALS], dtype=pl.String).gather(arrival)
    frame = pl.DataFrame(
        {
            "session": session,
            "at_ms": events["at_ms"],
            "event_id": random_hex(rng, count, 32),
            "is_first": is_first,
            "is_web": is_web,
            "number": number_of_visit[visit],
            "entry": entry,
            "query": _queries(rng, arrival, is_first, is_web),
            "term": _choice(rng, _QUERIES, count),
            "customer": people.customer_ids.gather(np.maximum(person, 0)),
            "is_known": events["is_known"].to_numpy() & (person >= 0),
            "event_value": events["value"].fill_nan(None),
            "position": events["position"],
            "impression": showings.gather(showing),
        }
    ).hstack(seen.get_columns() + who.get_columns())
    path = pl.col("url").str.replace("{id}", pl.col("number").cast(pl.String), literal=True)
    query = (
        pl.when("is_search")
        .then(pl.concat_str(pl.lit("q=") + pl.col("term"), "query", separator="&", ignore_nulls=True))
        .otherwise("query")
    )
    frame = frame.with_columns(path=path, query=query)
    url = pl.when(pl.col("query").is_null()).then("path").otherwise(pl.concat_str("path", pl.lit("?"), "query"))
    technical = (
        pl.when("is_web")
        .then(_json("viewport"))
        .when(pl.col("position") > 0)
        .then(_json("impression_id", "position"))
        .otherwise(_json("app_version"))
    )
    return frame.select(
        "session",
        "at_ms",
        "event_id",
        event_at=pl.from_epoch("at_ms", time_unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
        site_id=pl.lit(SITE_ID),
        channel=pl.when("is_web").then(pl.lit(CHANNEL_NAMES[WEB])).otherwise(pl.lit(CHANNEL_NAMES[APP])),
        visitor_id="visitor_id",
        customer_id=pl.when("is_known").then("customer"),
        event_type="event_type",
        page_url=url,
        page_title="title",
        referrer_url=pl.when("is_web").then(pl.when("is_first").then("entry").otherwise(pl.col("path").shift(1))),
        device_type="device_type",
        user_agent="user_agent",
        language="language",
        has_consent="has_consent",
        is_internal="is_internal",
        event_value="event_value",
        properties=technical,
    )


def _json(*names: str) -> pl.Expr:
    """A JSON object of the named columns as text; position is a number, the rest are strings."""
    parts: list[pl.Expr] = []
    for index, name in enumerate(names):
        lead = "{" if index == 0 else ", "
        if name == "position":
            parts += [pl.lit(f'{lead}"{name}": '), pl.col("position").cast(pl.String)]
        else:
            column = "impression" if name == "impression_id" else name
            parts += [pl.lit(f'{lead}"{name}": "'), pl.col(column), pl.lit('"')]
    return pl.concat_str(*parts, pl.lit("}"))
