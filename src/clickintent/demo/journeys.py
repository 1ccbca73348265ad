"""From people to sessions: needs that come and go, habits that return, and what each session is about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.demo.needs import INTENTS, IS_SERVICE, companions, popularity
from clickintent.demo.pages import ACT, APP, BROWSE, VAGUE, WEB
from clickintent.demo.people import APP_DEVICE, FIRST_BROWSER, SECOND_BROWSER, People

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000

# Rates are per person (or per customer) and 60 days; needs also start before the window, so that it opens
# mid-story.
RATE_DAYS = 60.0
SPELLS_PER_PERSON = 1.25
SPELL_MEAN_DAYS = 18.0
SPELL_SHAPE = 2.0  # of the gamma: few needs are settled within a day, few last two months
WEB_SESSIONS_PER_SPELL = 1.2
WEB_SERVICE_SESSIONS_PER_CUSTOMER = 0.5
APP_SESSIONS_PER_USER = 2.3
HABIT_SHAPE = 1.2  # of the gamma over people: some open the app daily, many hardly ever

# Share of sessions that act (calculate, compare, apply) by third of the spell: research first, decide later.
ACT_SHARE_BY_THIRD = (0.12, 0.35, 0.65)
ACT_SHARE_OF_SERVICE = 0.45
SUBMIT_SHARE = 0.3  # of spells whose last session acts
FAVOURITE_SHARE = 0.6  # of app sessions that do what this person always does
APP_NEED_SHARE = 0.35  # of app sessions during a need that are about the need
APP_GLANCE_SHARE = 0.4  # of the other app sessions during a need that look at it on the way
APP_SERVICE_GLANCE_SHARE = 0.3  # of app sessions about a need that also do a chore

WEB_LOGIN_SHARE_SERVICE = 0.9
WEB_LOGIN_SHARE_NEED = 0.16  # of customers' sessions about a need

# How an app session begins: already known, signing in, or never signed in.
APP_KNOWN, APP_SIGNS_IN, APP_ANONYMOUS = 0, 1, 2
_APP_START_SHARES = (0.52, 0.42, 0.06)

# Hour-of-day weights (UTC): the site by day and evening, the app also on the way to work.
_HOURS = {
    WEB: (1, 0.5, 0.3, 0.2, 0.2, 0.5, 1.5, 3, 5, 6, 6, 6, 6.5, 6, 5.5, 5.5, 5.5, 6, 6.5, 7.5, 8, 7, 5, 2.5),
    APP: (1, 0.6, 0.3, 0.3, 0.5, 1.5, 4, 7, 7, 5, 4.5, 4.5, 6, 5, 4, 4, 5, 6.5, 6.5, 6, 6, 5.5, 4, 2.2),
}


@dataclass(frozen=True)
class Sessions:
    """One entry per simulated human session; all arrays have shape (sessions,).

    Attributes:
        person: Index of the person.
        visitor: Row of the visitor table.
        channel: WEB or APP.
        primary: Intent the session is about.
        secondary: Second intent of a mixed session, else -1.
        need: The need the person has at that time (for this channel, if channels are unlinked), else -1.
        style: VAGUE, BROWSE or ACT.
        starts_ms: Start, epoch milliseconds UTC.
        is_submit: Ends in an application.
        login: On the web 1 if the visitor signs in; in the app one of APP_KNOWN, APP_SIGNS_IN, APP_ANONYMOUS.
    """

    person: Ints
    visitor: Ints
    channel: Ints
    primary: Ints
    secondary: Ints
    need: Ints
    style: Ints
    starts_ms: Ints
    is_submit: Bools
    login: Ints

    @property
    def count(self) -> int:
        """Number of sessions."""
        return len(self.person)


@dataclass(frozen=True)
class _Spells:
    """Needs of people over time, sorted by person and start; days are counted from the window's first day."""

    person: Ints
    need: Ints
    start_day: NDArray[np.float64]
    end_day: NDArray[np.float64]


def _draw_spells(rng: np.random.Generator, people: int, days: int) -> _Spells:
    lead = 2 * SPELL_MEAN_DAYS
    counts = rng.poisson(SPELLS_PER_PERSON * (days + lead) / (RATE_DAYS + lead), size=people)
    person = np.repeat(np.arange(people), counts)
    start = rng.uniform(-lead, days, size=len(person))
    length = rng.gamma(SPELL_SHAPE, SPELL_MEAN_DAYS / SPELL_SHAPE, size=len(person))
    need = rng.choice(len(INTENTS), size=len(person), p=popularity(is_service=False))
    order = np.lexsort((start, person))
    return _Spells(person[order], need[order], start[order], (start + length)[order])


def _start_ms(rng: np.random.Generator, day: Ints, channel: int) -> Ints:
    weights = np.array(_HOURS[channel])
    hour = rng.choice(len(weights), size=len(day), p=weights / weights.sum())
    return day * DAY_MS + hour * HOUR_MS + rng.integers(0, HOUR_MS, size=len(day))


def _need_at(spells: _Spells, person: Ints, day: NDArray[np.float64]) -> Ints:
    """The latest need a person has at a time, -1 for none; shape (sessions,)."""
    asked = pl.DataFrame({"row": np.arange(len(person)), "person": person, "day": day})
    had = pl.DataFrame({"person": spells.person, "need": spells.need, "start": spells.start_day, "end": spells.end_day})
    active = (
        asked.join(had, on="person", maintain_order="left_right")
        .filter((pl.col("start") <= pl.col("day")) & (pl.col("day") < pl.col("end")))
        .sort("row", "start", maintain_order=True)
        .unique("row", keep="last", maintain_order=True)
    )
    need = np.full(len(person), -1)
    need[active["row"].to_numpy()] = active["need"].to_numpy()
    return need


def _web_visitor(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    uses_second = people.has_second_browser[person] & (rng.random(len(person)) < 0.4)  # noqa: PLR2004 - share of visits
    return people.visitor_of[person, np.where(uses_second, SECOND_BROWSER, FIRST_BROWSER)]


def _companion(rng: np.random.Generator, primary: Ints, share: float) -> Ints:
    """The second intent of mixed web sessions, -1 for the rest."""
    table = companions()
    pick = table[primary, rng.integers(0, table.shape[1], size=len(primary))]
    return np.where(rng.random(len(primary)) < share, pick, -1)


def _style(rng: np.random.Generator, act_share: NDArray[np.float64] | float, vague_share: float, count: int) -> Ints:
    style = np.where(rng.random(count) < act_share, ACT, BROWSE)
    return np.where(rng.random(count) < vague_share, VAGUE, style)


def _need_sessions(
    rng: np.random.Generator,
    people: People,
    spells: _Spells,
    *,
    days: int,
    mixed_share: float,
    vague_share: float,
) -> tuple[Sessions, _Spells]:
    """Web sessions of needs, and the spells with those that ended in an application cut short there."""
    counts = rng.poisson(WEB_SESSIONS_PER_SPELL, size=len(spells.person))
    spell = np.repeat(np.arange(len(counts)), counts)
    progress = rng.random(len(spell))
    day = spells.start_day[spell] + progress * (spells.end_day - spells.start_day)[spell]
    inside = (day >= 0) & (day < days)
    spell, progress, day = spell[inside], progress[inside], day[inside]
    order = np.lexsort((day, spell))
    spell, progress, day = spell[order], progress[order], day[order]
    count = len(spell)
    act_share = np.array(ACT_SHARE_BY_THIRD)[np.minimum((progress * 3).astype(np.int64), 2)]
    style = _style(rng, act_share, vague_share, count)
    is_last = np.append(spell[1:] != spell[:-1], True) if count else np.zeros(0, dtype=bool)
    is_submit = is_last & (style == ACT) & (rng.random(count) < SUBMIT_SHARE)
    end_day = spells.end_day.copy()
    end_day[spell[is_submit]] = day[is_submit]
    person = spells.person[spell]
    primary = spells.need[spell]
    logs_in = people.is_customer[person] & (rng.random(count) < WEB_LOGIN_SHARE_NEED)
    sessions = Sessions(
        person=person,
        visitor=_web_visitor(rng, people, person),
        channel=np.full(count, WEB),
        primary=primary,
        secondary=_companion(rng, primary, mixed_share),
        need=primary,
        style=style,
        starts_ms=_start_ms(rng, day.astype(np.int64), WEB),
        is_submit=is_submit,
        login=logs_in.astype(np.int64),
    )
    return sessions, _Spells(spells.person, spells.need, spells.start_day, end_day)


def _habit_sessions(rng: np.random.Generator, who: Bools, rate: float, days: int, channel: int) -> tuple[Ints, Ints]:
    """Person and start of the sessions of a habit: a gamma-Poisson count per person of `who`."""
    mean = rng.gamma(HABIT_SHAPE, rate / HABIT_SHAPE, size=len(who)) * (days / RATE_DAYS)
    counts = np.where(who, rng.poisson(mean), 0)
    person = np.repeat(np.arange(len(who)), counts)
    return person, _start_ms(rng, rng.integers(0, days, size=len(person)), channel)


def _web_services(
    rng: np.random.Generator,
    people: People,
    spells: _Spells,
    *,
    days: int,
    mixed_share: float,
    vague_share: float,
) -> Sessions:
    person, starts = _habit_sessions(rng, people.is_customer, WEB_SERVICE_SESSIONS_PER_CUSTOMER, days, WEB)
    count = len(person)
    primary = rng.choice(len(INTENTS), size=count, p=popularity(is_service=True))
    return Sessions(
        person=person,
        visitor=_web_visitor(rng, people, person),
        channel=np.full(count, WEB),
        primary=primary,
        secondary=_companion(rng, primary, mixed_share),
        need=_need_at(spells, person, starts / DAY_MS),
        style=_style(rng, ACT_SHARE_OF_SERVICE, vague_share, count),
        starts_ms=starts,
        is_submit=np.zeros(count, dtype=bool),
        login=(rng.random(count) < WEB_LOGIN_SHARE_SERVICE).astype(np.int64),
    )


def _app_sessions(
    rng: np.random.Generator, people: People, spells: _Spells, *, days: int, linked: bool, vague_share: float
) -> Sessions:
    """App sessions: habits, and the need of the person showing through.

    Unlinked, the need is that of a random other person: the same in every distribution, and independent of
    the web.
    """
    person, starts = _habit_sessions(rng, people.has_app, APP_SESSIONS_PER_USER, days, APP)
    count = len(person)
    service_shares = popularity(is_service=True)
    favourite = rng.choice(len(INTENTS), size=people.count, p=service_shares)
    service = rng.choice(len(INTENTS), size=count, p=service_shares)
    service = np.where(rng.random(count) < FAVOURITE_SHARE, favourite[person], service)
    stranger = rng.permutation(people.count)
    need = _need_at(spells, person if linked else stranger[person], starts / DAY_MS)
    has_need = need >= 0
    about_need = has_need & (rng.random(count) < APP_NEED_SHARE)
    glances = rng.random(count)
    secondary = np.where(has_need & ~about_need & (glances < APP_GLANCE_SHARE), need, -1)
    secondary = np.where(about_need & (glances < APP_SERVICE_GLANCE_SHARE), service, secondary)
    primary = np.where(about_need, need, service)
    style = _style(rng, ACT_SHARE_OF_SERVICE, vague_share, count)
    submit = about_need & (style == ACT) & (rng.random(count) < SUBMIT_SHARE / 2)
    return Sessions(
        person=person,
        visitor=people.visitor_of[person, APP_DEVICE],
        channel=np.full(count, APP),
        primary=primary,
        secondary=secondary,
        need=need,
        style=style,
        starts_ms=starts,
        is_submit=submit,
        login=rng.choice(len(_APP_START_SHARES), size=count, p=_APP_START_SHARES),
    )


def draw_sessions(
    rng: np.random.Generator,
    people: People,
    *,
    days: int,
    start_ms: int,
    linked: bool,
    mixed_share: float,
    vague_share: float,
) -> Sessions:
    """Draw every session of everyone, in no meaningful order.

    Args:
        rng: Source of randomness.
        people: Who.
        days: Length of the window.
        start_ms: Epoch milliseconds of the window's first midnight, UTC.
        linked: Whether the app shows the same needs as the web.
        mixed_share: Share of web sessions with a second intent.
        vague_share: Share of sessions spent mostly on ambiguous pages.

    Returns:
        Sessions with `starts_ms` in epoch milliseconds.
    """
    spells = _draw_spells(rng, people.count, days)
    needs, spells = _need_sessions(rng, people, spells, days=days, mixed_share=mixed_share, vague_share=vague_share)
    services = _web_services(rng, people, spells, days=days, mixed_share=mixed_share, vague_share=vague_share)
    in_app = _app_sessions(rng, people, spells, days=days, linked=linked, vague_share=vague_share)
    parts = (needs, services, in_app)
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Sessions.__dataclass_fields__}
    columns["starts_ms"] = columns["starts_ms"] + start_ms
    return Sessions(**columns)


def is_service(intent: Ints) -> Bools:
    """Whether each intent is a service; -1 is not. Shape as given."""
    return IS_SERVICE[intent] & (intent >= 0)
