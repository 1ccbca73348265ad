"""People of the synthetic bank and the visitors (browsers, devices) they appear as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

CUSTOMER_SHARE = 0.62
APP_SHARE_OF_CUSTOMERS = 0.74
SECOND_BROWSER_SHARE = 0.15
CONSENT_REFUSED_SHARE = 0.01
CONSENT_UNKNOWN_SHARE = 0.03
INTERNAL_SHARE = 0.005
# Public computers, each one visitor for several people: what `max_customers_per_visitor` has to catch.
PEOPLE_PER_KIOSK = 2_000
KIOSK_USERS = 6

VISITORS_PER_PERSON = 3  # first browser, second browser, app
FIRST_BROWSER, SECOND_BROWSER, APP_DEVICE = 0, 1, 2

DEVICES = ("desktop", "mobile", "tablet")
_WEB_DEVICE_SHARES = (0.47, 0.46, 0.07)
_APP_DEVICE_SHARES = (0.0, 0.93, 0.07)
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_BROWSER_AGENTS: dict[str, tuple[str, ...]] = {
    "desktop": (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/145.0.0.0 Safari/537.36",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Safari/605.1.15",  # noqa: E501
        "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    ),
    "mobile": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1",  # noqa: E501
        f"Mozilla/5.0 (Linux; Android 16; Pixel 9) {_WEBKIT} Chrome/145.0.0.0 Mobile Safari/537.36",
    ),
    "tablet": (
        "Mozilla/5.0 (iPad; CPU OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1",  # noqa: E501
    ),
}  # fmt: skip
_APP_AGENTS: dict[str, tuple[str, ...]] = {
    "mobile": ("NorthwindApp/7.4.1 (iPhone; iOS 19.2)", "NorthwindApp/7.4.0 (Android 16; Pixel 9)"),
    "tablet": ("NorthwindApp/7.4.1 (iPad; iPadOS 19.2)",),
}
_LANGUAGES = ("en-US", "es-US", "en-GB", "zh-CN", "fr-CA")
_LANGUAGE_SHARES = (0.82, 0.11, 0.03, 0.02, 0.02)


@dataclass(frozen=True)
class People:
    """Arrays over people, and a table over the visitors they appear as.

    Attributes:
        is_customer: Shape (people,).
        has_app: Shape (people,); only customers have the app.
        has_second_browser: Shape (people,).
        is_internal: Shape (people,).
        visitor_of: Row of `visitors` by person and slot, shape (people, 3).
        customer_ids: Random-looking ids, one a person.
        visitors: One row a visitor: visitor_id, device_type, user_agent, language, has_consent, is_internal.
    """

    is_customer: NDArray[np.bool_]
    has_app: NDArray[np.bool_]
    has_second_browser: NDArray[np.bool_]
    is_internal: NDArray[np.bool_]
    visitor_of: NDArray[np.int64]
    customer_ids: pl.Series
    visitors: pl.DataFrame

    @property
    def count(self) -> int:
        """Number of people."""
        return len(self.is_customer)


def random_hex(rng: np.random.Generator, count: int, digits: int) -> pl.Series:
    """`count` random hexadecimal strings of `digits` (even) characters each.

    An id must say nothing: not who, not when, not in which order it was drawn.
    """
    text = rng.bytes(count * digits // 2).hex().encode()
    offsets = np.arange(count + 1, dtype=np.int64) * digits
    array = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))
    return pl.Series(values=array, dtype=pl.String)


def browser_agent(device_type: str, draw: NDArray[np.float64]) -> NDArray[np.object_]:
    """Browser user agents for a device type; `draw` is uniform in [0, 1), shape (n,)."""
    return _pick(_BROWSER_AGENTS[device_type], draw)


def _pick(options: tuple[str, ...], draw: NDArray[np.float64]) -> NDArray[np.object_]:
    return np.array(options, dtype=object)[(draw * len(options)).astype(np.int64)]


def draw_people(rng: np.random.Generator, count: int) -> People:
    """Draw `count` people with their browsers and devices."""
    is_customer = rng.random(count) < CUSTOMER_SHARE
    has_app = is_customer & (rng.random(count) < APP_SHARE_OF_CUSTOMERS)
    is_internal = rng.random(count) < INTERNAL_SHARE
    total = count * VISITORS_PER_PERSON
    slot = np.tile(np.arange(VISITORS_PER_PERSON), count)
    device = np.where(
        slot == APP_DEVICE,
        rng.choice(len(DEVICES), size=total, p=_APP_DEVICE_SHARES),
        rng.choice(len(DEVICES), size=total, p=_WEB_DEVICE_SHARES),
    )
    agent = np.empty(total, dtype=object)
    draw = rng.random(total)
    for index, name in enumerate(DEVICES):
        in_browser = (device == index) & (slot != APP_DEVICE)
        agent[in_browser] = browser_agent(name, draw[in_browser])
        in_app = (device == index) & (slot == APP_DEVICE)
        if in_app.any():
            agent[in_app] = _pick(_APP_AGENTS[name], draw[in_app])
    consent = rng.random(total)
    language = rng.choice(len(_LANGUAGES), size=count, p=_LANGUAGE_SHARES)
    visitors = pl.DataFrame(
        {
            "visitor_id": random_hex(rng, total, 24),
            "device_type": np.array(DEVICES, dtype=object)[device],
            "user_agent": agent,
            "language": np.repeat(np.array(_LANGUAGES, dtype=object)[language], VISITORS_PER_PERSON),
            "consent_draw": consent,
            "is_internal": np.repeat(is_internal, VISITORS_PER_PERSON),
        },
        schema_overrides={"device_type": pl.String, "user_agent": pl.String, "language": pl.String},
    ).with_columns(
        has_consent=pl.when(pl.col("consent_draw") >= CONSENT_REFUSED_SHARE + CONSENT_UNKNOWN_SHARE)
        .then(True)
        .when(pl.col("consent_draw") < CONSENT_REFUSED_SHARE)
        .then(False)
        .otherwise(None)
    )
    visitor_of = np.arange(total).reshape(count, VISITORS_PER_PERSON)
    for _ in range(count // PEOPLE_PER_KIOSK):
        users = rng.choice(count, size=KIOSK_USERS, replace=False)
        visitor_of[users, FIRST_BROWSER] = visitor_of[users[0], FIRST_BROWSER]
    return People(
        is_customer=is_customer,
        has_app=has_app,
        has_second_browser=rng.random(count) < SECOND_BROWSER_SHARE,
        is_internal=is_internal,
        visitor_of=visitor_of,
        customer_ids=random_hex(rng, count, 20),
        visitors=visitors.drop("consent_draw"),
    )
