"""From sessions to events: which action, when, for how long.

The body of a session is a bag of steps. Each step is taken for the primary intent, for the secondary one,
over ambiguous pages or astray; the shares depend on the session's style, on whether it is mixed and on its
half. What the step is for decides the action and how long the person stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clickintent.demo import app
from clickintent.demo.journeys import APP_ANONYMOUS, APP_KNOWN, APP_SIGNS_IN, Sessions
from clickintent.demo.needs import GROUP_OF_INTENT, INTENT_INDEX, INTENTS
from clickintent.demo.pages import APP, GLANCE, WEB, Actions, actions_of
from clickintent.demo.site import PRODUCTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# What a step is for.
PRIMARY, SECONDARY, OPEN, STRAY = 0, 1, 2, 3

# STEP_SHARES[style][is_mixed][half] -> shares of primary, secondary, open, stray. In a mixed session the
# secondary intent takes more steps than the primary one, early on much more: counting words is not enough.
STEP_SHARES: Floats = np.array(
    [
        [
            [[0.32, 0.00, 0.63, 0.05], [0.40, 0.00, 0.55, 0.05]],
            [[0.22, 0.20, 0.53, 0.05], [0.32, 0.16, 0.47, 0.05]],
        ],
        [
            [[0.62, 0.00, 0.32, 0.06], [0.74, 0.00, 0.21, 0.05]],
            [[0.22, 0.54, 0.19, 0.05], [0.50, 0.32, 0.13, 0.05]],
        ],
        [
            [[0.70, 0.00, 0.26, 0.04], [0.84, 0.00, 0.12, 0.04]],
            [[0.24, 0.54, 0.18, 0.04], [0.58, 0.28, 0.10, 0.04]],
        ],
    ]
)

# Dwell relative to the median of the page, by what the step is for; and the spread of its logarithm.
DWELL_OF_STEP: Floats = np.array([1.15, 0.42, 0.6, 0.16])
DWELL_SIGMA = 0.7
MAX_DWELL_SECONDS = 1_500.0  # below the 30 idle minutes that split sessions

# Events in a body: 1 + a negative binomial. (mean beyond the first, shape)
LENGTH = {WEB: (6.0, 3.0), APP: (4.4, 3.0)}
MAX_BODY = 48

TILES_SHOWN = 3
TILE_SHARE = 0.65  # of app sessions that see offer tiles on the home screen
CLICK_SHARE_BY_POSITION: Floats = np.array([0.035, 0.024, 0.016])
# Odds of a click are multiplied when the tile speaks to the need itself, or to its group.
CLICK_ODDS_NEED = 16.0
CLICK_ODDS_GROUP = 3.0
AMOUNT_SIGMA = 0.5


@dataclass(frozen=True)
class Clicks:
    """Events in order of (session, time); all arrays have shape (events,).

    Attributes:
        session: Index of the session.
        channel: WEB or APP.
        action: Action index of the channel.
        step: PRIMARY, SECONDARY, OPEN or STRAY; -1 for events outside the body (opening, tiles, application).
        half: 0 or 1, half of the body the event is in; 0 outside it.
        at_ms: Epoch milliseconds UTC.
        is_known: The customer is signed in at this event.
        value: Amount in US dollars, NaN for none.
        tile: Tile index, -1 for none.
        position: 1-based position of the tile, 0 for none.
        showing: Index of the showing of tiles, -1 for none.
    """

    session: Ints
    channel: Ints
    action: Ints
    step: Ints
    half: Ints
    at_ms: Ints
    is_known: Bools
    value: Floats
    tile: Ints
    position: Ints
    showing: Ints

    @property
    def count(self) -> int:
        """Number of events."""
        return len(self.session)


def draw_rows(rng: np.random.Generator, cumulative: Floats, row: Ints) -> Ints:
    """Draw one column per row number, by inverse transform.

    Args:
        rng: Source of randomness.
        cumulative: Cumulative probabilities by row, shape (rows, columns), last column 1.
        row: Row to draw from, shape (n,).

    Returns:
        Column drawn, shape (n,).
    """
    columns = cumulative.shape[1]
    # Row r covers (r, r + 1]: one sorted array serves all rows in a single search.
    flat = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
    found = np.searchsorted(flat, row + rng.random(len(row)), side="right")
    return np.asarray(np.minimum(found - row * columns, columns - 1))


def click_probability(need: Ints, tile: Ints, position: Ints) -> Floats:
    """Probability that a shown tile is clicked.

    Args:
        need: The person's need, -1 for none, shape (n,).
        tile: Tile index, shape (n,).
        position: 1-based position, shape (n,).

    Returns:
        Shape (n,), in (0, 1).
    """
    odds = np.ones((len(INTENTS) + 1, len(app.TILES)))  # the last row, also reached as -1, is "no need"
    for index, intents in enumerate(app.TILES.values()):
        wanted = [INTENT_INDEX[name] for name in intents]
        odds[:-1, index] = np.where(np.isin(GROUP_OF_INTENT, GROUP_OF_INTENT[wanted]), CLICK_ODDS_GROUP, 1.0)
        odds[wanted, index] = CLICK_ODDS_NEED
    base = CLICK_SHARE_BY_POSITION[position - 1]
    scaled = base / (1 - base) * odds[need, tile]
    return np.asarray(scaled / (1 + scaled))


class _Blocks:
    """Collects blocks of events; `order` sorts them within a session."""

    def __init__(self) -> None:
        self.columns: dict[str, list[NDArray[np.generic]]] = {}

    def add(
        self,
        session: Ints,
        order: NDArray[np.floating] | float,
        action: Ints | int,
        **extra: NDArray[np.generic],
    ) -> None:
        count = len(session)
        defaults: dict[str, NDArray[np.generic]] = {
            "step": np.full(count, -1),
            "half": np.zeros(count, dtype=np.int64),
            "value": np.full(count, np.nan),
            "tile": np.full(count, -1),
            "position": np.zeros(count, dtype=np.int64),
            "showing": np.full(count, -1),
            "dwell": np.full(count, np.nan),
            "session": session,
            "order": np.broadcast_to(np.asarray(order, dtype=np.float64), (count,)),
            "action": np.broadcast_to(np.asarray(action, dtype=np.int64), (count,)),
        }
        for name, column in (defaults | extra).items():
            self.columns.setdefault(name, []).append(column)

    def sorted(self) -> dict[str, NDArray[np.generic]]:
        columns = {name: np.concatenate(parts) for name, parts in self.columns.items()}
        order = np.lexsort((columns["order"], columns["session"]))
        return {name: column[order] for name, column in columns.items() if name != "order"}


# Where blocks stand within a session.
_OPENING, _LOGIN, _HOME, _TILES, _BODY, _APPLICATION = 0.0, 1.0, 2.0, 3.0, 10.0, 1_000.0


def _body(
    rng: np.random.Generator, sessions: Sessions, chosen: Ints, actions: Actions, channel: int
) -> dict[str, Ints]:
    mean, shape = LENGTH[channel]
    counts = np.minimum(1 + rng.poisson(rng.gamma(shape, mean / shape, size=len(chosen))), MAX_BODY)
    session = np.repeat(chosen, counts)
    place = np.arange(len(session)) - np.repeat(np.cumsum(counts) - counts, counts)
    half = (place * 2 >= np.repeat(counts, counts)).astype(np.int64)
    style = sessions.style[session]
    secondary = sessions.secondary[session]
    row = (style * 2 + (secondary >= 0)) * 2 + half
    step = draw_rows(rng, np.cumsum(STEP_SHARES.reshape(-1, 4), axis=1), row)
    intents = len(INTENTS)
    # One table: rows of the primary by style, of the secondary as a glance, then the two rows nobody owns.
    table = np.vstack([actions.body.reshape(-1, actions.body.shape[-1]), actions.open, actions.stray])
    owned = np.where(step == PRIMARY, style * intents + sessions.primary[session], GLANCE * intents + secondary)
    unowned = np.where(step == OPEN, len(table) - 2, len(table) - 1)
    action = draw_rows(rng, np.cumsum(table, axis=1), np.where(step <= SECONDARY, owned, unowned))
    return {"session": session, "place": place, "half": half, "step": step, "action": action}


def _add_body(rng: np.random.Generator, blocks: _Blocks, sessions: Sessions, chosen: Ints, channel: int) -> None:
    actions = actions_of(channel)
    body = _body(rng, sessions, chosen, actions, channel)
    median = actions.median_dwell[body["action"]] * DWELL_OF_STEP[body["step"]]
    dwell = median * np.exp(DWELL_SIGMA * rng.standard_normal(len(median)))
    blocks.add(
        body["session"],
        _BODY + body["place"],
        body["action"],
        step=body["step"],
        half=body["half"],
        dwell=dwell,
    )


def _add_application(rng: np.random.Generator, blocks: _Blocks, sessions: Sessions, chosen: Ints, channel: int) -> None:
    actions = actions_of(channel)
    ending = chosen[sessions.is_submit[chosen]]
    product = [INTENTS[intent].product or "" for intent in sessions.primary[ending]]
    amounts = np.array([PRODUCTS[name][1] or np.nan for name in product])
    value = np.round(amounts * np.exp(AMOUNT_SIGMA * rng.standard_normal(len(ending))), -2)
    starts = np.array([actions.start_of_product[name] for name in product], dtype=np.int64)
    submits = np.array([actions.submit_of_product[name] for name in product], dtype=np.int64)
    blocks.add(ending, _APPLICATION, starts)
    blocks.add(ending, _APPLICATION + 1, submits, value=value)


def _add_app_opening(rng: np.random.Generator, blocks: _Blocks, sessions: Sessions, chosen: Ints) -> None:
    actions = actions_of(APP)
    start = sessions.login[chosen]
    blocks.add(chosen[start != APP_KNOWN], _OPENING, actions.find("Welcome", "app_open"))
    blocks.add(chosen[start == APP_SIGNS_IN], _LOGIN, actions.find("SignIn", "login"))
    home = chosen[start != APP_ANONYMOUS]
    blocks.add(home, _HOME, actions.find("AccountsHome", "page_view"))
    shown = home[rng.random(len(home)) < TILE_SHARE]
    # A random tile per place without repeats: the first few columns of a row-wise random order.
    tiles = np.argsort(rng.random((len(shown), len(app.TILES))), axis=1)[:, :TILES_SHOWN].ravel()
    session = np.repeat(shown, TILES_SHOWN)
    position = np.tile(np.arange(1, TILES_SHOWN + 1), len(shown))
    showing = np.repeat(np.arange(len(shown)), TILES_SHOWN)
    names = list(app.TILES)
    impressions = np.array([actions.find(f"Home/Tile/{name}", "tile_impression") for name in names])
    clicks = np.array([actions.find(f"Home/Tile/{name}", "tile_click") for name in names])
    order = _TILES + 0.1 * position
    blocks.add(session, order, impressions[tiles], tile=tiles, position=position, showing=showing)
    clicked = rng.random(len(session)) < click_probability(sessions.need[session], tiles, position)
    blocks.add(
        session[clicked],
        order[clicked] + 1,
        clicks[tiles[clicked]],
        tile=tiles[clicked],
        position=position[clicked],
        showing=showing[clicked],
    )


def draw_clicks(rng: np.random.Generator, sessions: Sessions) -> Clicks:
    """Draw the events of every session.

    Args:
        rng: Source of randomness.
        sessions: Sessions of people.

    Returns:
        Events ordered by session and time.
    """
    blocks = _Blocks()
    everyone = np.arange(sessions.count)
    for channel in (WEB, APP):
        chosen = everyone[sessions.channel == channel]
        _add_body(rng, blocks, sessions, chosen, channel)
        _add_application(rng, blocks, sessions, chosen, channel)
    on_web = everyone[sessions.channel == WEB]
    web = actions_of(WEB)
    blocks.add(on_web[sessions.login[on_web] == 1], _LOGIN, web.find("/login", "login"))
    _add_app_opening(rng, blocks, sessions, everyone[sessions.channel == APP])
    events = blocks.sorted()
    session = events["session"].astype(np.int64)
    action = events["action"].astype(np.int64)
    channel_of = sessions.channel[session]
    login_actions = np.array([web.find("/login", "login"), actions_of(APP).find("SignIn", "login")])
    is_login = action == login_actions[channel_of]
    dwell = _fill_dwell(rng, events["dwell"].astype(np.float64), channel_of, action, events["tile"].astype(np.int64))
    starts = np.flatnonzero(np.append(True, session[1:] != session[:-1])[: len(session)])
    lengths = np.diff(np.append(starts, len(session)))
    elapsed = np.cumsum(dwell) - dwell
    elapsed -= np.repeat(elapsed[starts], lengths)
    logged = np.cumsum(is_login)
    logged -= np.repeat(logged[starts] - is_login[starts], lengths)
    always = (channel_of == APP) & (sessions.login[session] == APP_KNOWN)
    return Clicks(
        session=session,
        channel=channel_of,
        action=action,
        step=events["step"].astype(np.int64),
        half=events["half"].astype(np.int64),
        at_ms=sessions.starts_ms[session] + (elapsed * 1000).astype(np.int64),
        is_known=(logged > 0) | always,
        value=events["value"].astype(np.float64),
        tile=events["tile"].astype(np.int64),
        position=events["position"].astype(np.int64),
        showing=events["showing"].astype(np.int64),
    )


# Seconds of events outside the body: a tile is drawn at once, a person signs in within half a minute.
_TILE_SECONDS, _OPENING_SECONDS = 0.25, 9.0


def _fill_dwell(rng: np.random.Generator, dwell: Floats, channel: Ints, action: Ints, tile: Ints) -> Floats:
    typical = np.where(tile >= 0, _TILE_SECONDS, _OPENING_SECONDS)
    # An application's own steps take as long as its form does.
    medians = np.concatenate([actions_of(WEB).median_dwell, actions_of(APP).median_dwell])
    offset = np.where(channel == APP, len(actions_of(WEB).page), 0)
    is_form = np.concatenate(
        [np.array([actions_of(c).pages[page].kind == "form" for page in actions_of(c).page]) for c in (WEB, APP)]
    )[offset + action]
    typical = np.where(is_form, medians[offset + action], typical)
    filler = typical * np.exp(DWELL_SIGMA * rng.standard_normal(len(dwell)))
    return np.minimum(np.where(np.isnan(dwell), filler, dwell), MAX_DWELL_SECONDS) + 0.05  # never two at one instant
