"""The Bayes oracle: the best possible guess of a session's intent, given the simulator's true parameters.

A session is observed as its events' pages, types and dwell, in order of halves, with the sign-in, the
application and the tile clicks. A hypothesis is (primary intent, secondary intent or none, style). Given
one, events are independent, so the posterior is a product over events, summed over the hypotheses that share
a primary intent. How often each coarse kind of session occurs (service or need, style, mixed, sign-in,
application) is taken from the simulated sessions; everything below that is the parameter the simulator drew
from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clickintent.demo.app import TILES
from clickintent.demo.clicks import (
    DWELL_OF_STEP,
    DWELL_SIGMA,
    STEP_SHARES,
    TILES_SHOWN,
    Clicks,
    click_probability,
)
from clickintent.demo.journeys import Sessions, is_service
from clickintent.demo.needs import GROUP_NAMES, GROUP_OF_INTENT, INTENTS, companions, popularity
from clickintent.demo.pages import APP, CHANNEL_NAMES, GLANCE, STYLE_COUNT, WEB, Actions, actions_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Dwell relative to the page's median, cut into bins; finer cuts changed the accuracy by less than 0.001.
DWELL_EDGES = (0.3, 0.7, 1.3)
UNSEEN_DWELL = len(DWELL_EDGES) + 1  # bin of a session's last event, whose end nobody sees
_DWELL_BINS = UNSEEN_DWELL + 1
_IMPOSSIBLE = -60.0  # log-likelihood of what a hypothesis cannot produce
_BATCH_SESSIONS = 500  # a batch of 500 x 650 numbers stays in the cache

# What someone would list on a whiteboard for each group: the naive baseline the oracle is compared with.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "plastic": ("card", "cards", "credit", "points", "perks", "travel"),
    "dwelling": ("mortgage", "mortgages", "home", "house", "equity", "refinance", "nest"),
    "borrowing": ("loan", "loans", "auto", "car", "borrow", "debt", "hardship"),
    "putting_by": ("savings", "save", "cd", "certificate", "certificates", "saver", "savers", "pot", "pots"),
    "daily_account": ("checking", "switch", "paycheck"),
    "wealth": ("investing", "retirement", "ira", "advisor", "advisors", "funds", "trade", "markets"),
    "protection": ("insurance", "cover", "life", "claims"),
    "company": ("business", "shop", "invoice"),
    "money_chores": (
        "account", "accounts", "activity", "statement", "bill", "bills", "pay", "send", "deposit", "balance",
    ),
    "safety": ("lost", "replace", "dispute", "disputes", "security", "report", "fraud", "shield"),
}  # fmt: skip


@dataclass(frozen=True)
class Guesses:
    """The oracle's and the keyword match's guess per session; all arrays have shape (sessions,).

    Attributes:
        intent: Index of the most probable intent.
        group: Index of the most probable group (its intents' probabilities added).
        group_probability: Posterior probability of that group, in [0, 1].
        keyword_group: Index of the group whose words most events' pages show.
        is_ambiguous: More than half of the body's events lie on ambiguous pages.
    """

    intent: Ints
    group: Ints
    group_probability: Floats
    keyword_group: Ints
    is_ambiguous: NDArray[np.bool_]


@dataclass(frozen=True)
class _Hypotheses:
    primary: Ints
    secondary: Ints
    style: Ints
    log_weight: Floats  # of primary and secondary within their kind


def _hypotheses(channel: int) -> _Hypotheses:
    needs, services = popularity(is_service=False), popularity(is_service=True)
    ties = companions()
    rows: list[tuple[int, int, int, float]] = []
    for primary, intent in enumerate(INTENTS):
        weight = services[primary] if intent.is_service else needs[primary]
        seconds = {-1: 1.0}
        if channel == WEB:
            seconds |= {int(second): 1 / ties.shape[1] for second in ties[primary]}
        else:
            shares = needs if intent.is_service else services
            seconds |= {int(second): float(shares[second]) for second in np.flatnonzero(shares)}
        for second, share in seconds.items():
            rows += [(primary, second, style, math.log(weight * share)) for style in range(STYLE_COUNT)]
    primaries, secondaries, styles, weights = zip(*rows, strict=True)
    return _Hypotheses(np.array(primaries), np.array(secondaries), np.array(styles), np.array(weights))


def _dwell_table() -> Floats:
    """P(bin | step), shape (steps, bins); the last column, an unseen dwell, says nothing and is 1."""
    edges = np.log(np.array(DWELL_EDGES)[None, :] / DWELL_OF_STEP[:, None]) / DWELL_SIGMA
    below = 0.5 * (1 + np.vectorize(math.erf)(edges / math.sqrt(2)))
    cumulative = np.hstack([np.zeros((len(below), 1)), below, np.ones((len(below), 1))])
    return np.hstack([np.diff(cumulative, axis=1), np.ones((len(below), 1))])


def _symbol_table(actions: Actions, chosen: _Hypotheses) -> NDArray[np.float32]:
    """Log P(action, dwell bin | hypothesis, half), shape (2 halves x actions x bins, hypotheses)."""
    intents = len(INTENTS)
    by_style = actions.body.reshape(-1, actions.body.shape[-1])
    primary = by_style[chosen.style * intents + chosen.primary]
    secondary = by_style[GLANCE * intents + chosen.secondary]
    dwell = _dwell_table()
    halves = []
    for half in (0, 1):
        share = STEP_SHARES[chosen.style, (chosen.secondary >= 0).astype(int), half]
        by_step = (share[:, [0]] * primary, share[:, [1]] * secondary, share[:, [2]] * actions.open,
                   share[:, [3]] * actions.stray)  # fmt: skip
        halves.append(sum(step[:, :, None] * dwell[index] for index, step in enumerate(by_step)))
    table = np.stack(halves).transpose(0, 2, 3, 1)
    logs = np.log(np.maximum(table, math.exp(_IMPOSSIBLE)))
    return np.asarray(logs.reshape(-1, len(chosen.primary)), dtype=np.float32)


def _coarse(intent: Ints, secondary: Ints, style: Ints, login: Ints | int, submit: Ints | int) -> Ints:
    """Index of the coarse kind of a session; 3 states of login, 2 of everything else."""
    code = (is_service(intent) * STYLE_COUNT + style) * 2 + (secondary >= 0)
    return np.asarray((code * 3 + login) * 2 + submit)


_COARSE_KINDS = 2 * STYLE_COUNT * 2 * 3 * 2


def _log_prior(sessions: Sessions, rows: Ints, chosen: _Hypotheses) -> Floats:
    """Log P(hypothesis, login, application), shape (sessions of the channel, hypotheses)."""
    submits = sessions.is_submit[rows].astype(np.int64)
    login = sessions.login[rows]
    seen = _coarse(sessions.primary[rows], sessions.secondary[rows], sessions.style[rows], login, submits)
    counts = np.bincount(seen, minlength=_COARSE_KINDS) + 1e-3  # a kind never seen stays just possible
    log_share = np.log(counts / counts.sum())
    by_observed = np.stack(
        [
            log_share[_coarse(chosen.primary, chosen.secondary, chosen.style, state, submit)]
            for state in range(3)
            for submit in range(2)
        ]
    )
    return np.asarray(by_observed[login * 2 + submits] + chosen.log_weight)


def _observed_bins(clicks: Clicks) -> Ints:
    """Dwell bin of every event, from the time to the next event of its session."""
    medians = np.concatenate([actions_of(WEB).median_dwell, actions_of(APP).median_dwell])
    offset = np.where(clicks.channel == APP, len(actions_of(WEB).page), 0)
    is_last = np.append(clicks.session[1:] != clicks.session[:-1], True)[: clicks.count]
    gap = np.append(np.diff(clicks.at_ms), 0)[: clicks.count] / 1000
    bins = np.searchsorted(np.array(DWELL_EDGES), gap / medians[offset + clicks.action], side="right")
    return np.where(is_last, UNSEEN_DWELL, bins)


def _add_by_session(total: NDArray[np.float32], table: NDArray[np.float32], symbol: Ints, row: Ints) -> None:
    """Add the sum of table[symbol] over each row's symbols to total[row], in place; `row` is sorted."""
    if not len(row):
        return
    starts = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
    lengths = np.diff(np.append(starts, len(row)))
    # Longest first: the sessions that still have a symbol at some place are then a prefix, and need no mask.
    order = np.argsort(-lengths, kind="stable")
    for first in range(0, len(order), _BATCH_SESSIONS):
        batch = order[first : first + _BATCH_SESSIONS]
        at, left = starts[batch], lengths[batch]
        gathered = table[symbol[at]]
        for place in range(1, int(left[0])):
            active = int(np.searchsorted(-left, -place, side="left"))
            gathered[:active] += table[symbol[at[:active] + place]]
        total[row[at]] += gathered


def _submission_table(actions: Actions, chosen: _Hypotheses) -> NDArray[np.float32]:
    table = np.full((len(actions.page), len(chosen.primary)), _IMPOSSIBLE, dtype=np.float32)
    for index, intent in enumerate(INTENTS):
        if intent.product:
            table[actions.submit_of_product[intent.product], chosen.primary == index] = 0.0
    return table


def _tile_table(chosen: _Hypotheses, hidden_need_share: float) -> NDArray[np.float32]:
    """Log P(clicked or not | tile, position, hypothesis), shape (tiles x positions x 2, hypotheses).

    A hypothesis without a need leaves it open whether the person has one that does not show.
    """
    need = np.where(is_service(chosen.primary), chosen.secondary, chosen.primary)
    tile = np.repeat(np.arange(len(TILES)), TILES_SHOWN)
    position = np.tile(np.arange(1, TILES_SHOWN + 1), len(TILES))
    every = np.arange(-1, len(INTENTS))
    by_need = click_probability(every[None, :], tile[:, None], position[:, None])
    weights = np.append(1 - hidden_need_share, hidden_need_share * popularity(is_service=False))
    by_hypothesis = np.where(need >= 0, by_need[:, need + 1], (by_need @ weights)[:, None])
    both = np.stack([1 - by_hypothesis, by_hypothesis], axis=1)
    return np.asarray(np.log(both).reshape(-1, len(need)), dtype=np.float32)


def _guess_channel(sessions: Sessions, clicks: Clicks, channel: int, bins: Ints) -> tuple[Ints, Floats]:
    """Sessions of a channel and the posterior of their intents, shape (sessions of the channel, intents)."""
    actions = actions_of(channel)
    chosen = _hypotheses(channel)
    rows = np.flatnonzero(sessions.channel == channel)
    row_of = np.full(sessions.count, -1)
    row_of[rows] = np.arange(len(rows))
    total = _log_prior(sessions, rows, chosen).astype(np.float32)
    here = clicks.channel == channel
    body = here & (clicks.step >= 0)
    symbol = (clicks.half * len(actions.page) + clicks.action) * _DWELL_BINS + bins
    _add_by_session(total, _symbol_table(actions, chosen), symbol[body], row_of[clicks.session[body]])
    submits = np.isin(clicks.action, list(actions.submit_of_product.values())) & here
    submissions = _submission_table(actions, chosen)
    _add_by_session(total, submissions, clicks.action[submits], row_of[clicks.session[submits]])
    if channel == APP:
        untraced = is_service(sessions.primary[rows]) & (sessions.secondary[rows] < 0)
        hidden = float((sessions.need[rows][untraced] >= 0).mean()) if untraced.any() else 0.0
        key = clicks.session * len(TILES) + clicks.tile
        is_click = np.array([kind == "tile_click" for kind in actions.event_type])[np.where(here, clicks.action, 0)]
        shown = here & (clicks.tile >= 0) & ~is_click
        clicked = np.isin(key[shown], key[here & is_click])
        tiles = _tile_table(chosen, hidden)
        place = clicks.tile[shown] * TILES_SHOWN + clicks.position[shown] - 1
        _add_by_session(total, tiles, place * 2 + clicked, row_of[clicks.session[shown]])
    weights = np.exp(total - total.max(axis=1, keepdims=True))
    owner = (chosen.primary[:, None] == np.arange(len(INTENTS))).astype(np.float32)
    posterior = weights @ owner
    return rows, posterior / posterior.sum(axis=1, keepdims=True)


def _page_words(actions: Actions) -> list[set[str]]:
    texts = [re.sub(r"([a-z])([A-Z])", r"\1 \2", f"{page.url} {page.title}").lower() for page in actions.pages]
    return [set(re.findall(r"[a-z]+", text)) for text in texts]


def _keyword_votes(channel: int) -> Floats:
    """Number of a group's words on the page of every action, shape (actions, groups)."""
    actions = actions_of(channel)
    words = _page_words(actions)
    votes = np.array([[len(page & set(KEYWORDS[group])) for group in GROUP_NAMES] for page in words], dtype=float)
    return votes[actions.page]


def guess(sessions: Sessions, clicks: Clicks) -> Guesses:
    """Guess the primary intent of every session.

    Args:
        sessions: Simulated sessions; their truth is used only for the coarse shares described above.
        clicks: Their events.

    Returns:
        Guesses per session.
    """
    bins = _observed_bins(clicks)
    to_group = (GROUP_OF_INTENT[:, None] == np.arange(len(GROUP_NAMES))).astype(np.float64)
    intent = np.zeros(sessions.count, dtype=np.int64)
    group = np.zeros(sessions.count, dtype=np.int64)
    probability = np.zeros(sessions.count)
    votes = np.zeros((sessions.count, len(GROUP_NAMES)))
    opens = np.zeros(sessions.count)
    in_body = clicks.step >= 0
    for channel in (WEB, APP):
        rows, posterior = _guess_channel(sessions, clicks, channel, bins)
        intent[rows] = posterior.argmax(axis=1)
        by_group = posterior @ to_group
        group[rows] = by_group.argmax(axis=1)
        probability[rows] = by_group.max(axis=1, initial=0.0)
        actions = actions_of(channel)
        body = in_body & (clicks.channel == channel)
        np.add.at(votes, clicks.session[body], _keyword_votes(channel)[clicks.action[body]])
        is_open = np.array([page.kind == "open" for page in actions.pages])[actions.page]
        opens += np.bincount(clicks.session[body], is_open[clicks.action[body]], minlength=sessions.count)
    # No word seen: the most common group, as a naive rule would fall back to.
    common = np.bincount(GROUP_OF_INTENT[sessions.primary], minlength=len(GROUP_NAMES)).argmax()
    keyword = np.where(votes.any(axis=1), votes.argmax(axis=1), common)
    body_count = np.bincount(clicks.session[in_body], minlength=sessions.count)
    return Guesses(intent, group, probability, keyword, opens > body_count / 2)


def report(sessions: Sessions, guesses: Guesses) -> dict[str, float | int]:
    """Accuracy of the oracle and of the keyword match, and how hard the sessions are.

    Returns:
        Flat mapping: `group_accuracy`, `intent_accuracy`, `keyword_group_accuracy` (each also with `_web`,
        `_app`, and `_mixed` or `_ambiguous`), `expected_group_accuracy` (what the posterior itself
        promises), `mixed_share`, `ambiguous_share`, `hard_share` (mixed or ambiguous), `sessions`,
        `sessions_web`, `sessions_app`.
    """
    right_intent = guesses.intent == sessions.primary
    true_group = GROUP_OF_INTENT[sessions.primary]
    right_group = guesses.group == true_group
    right_keyword = guesses.keyword_group == true_group
    is_mixed = sessions.secondary >= 0
    slices = {"": np.ones(sessions.count, dtype=bool)}
    slices |= {f"_{name}": sessions.channel == channel for channel, name in enumerate(CHANNEL_NAMES)}
    slices |= {"_mixed": is_mixed, "_ambiguous": guesses.is_ambiguous}
    figures: dict[str, float | int] = {}
    for suffix, chosen in slices.items():
        if chosen.any():
            figures[f"group_accuracy{suffix}"] = float(right_group[chosen].mean())
            figures[f"intent_accuracy{suffix}"] = float(right_intent[chosen].mean())
            figures[f"keyword_group_accuracy{suffix}"] = float(right_keyword[chosen].mean())
    count = max(sessions.count, 1)  # a handful of people may have no session at all
    figures["expected_group_accuracy"] = float(guesses.group_probability.sum() / count)
    figures["mixed_share"] = float(is_mixed.sum() / count)
    figures["ambiguous_share"] = float(guesses.is_ambiguous.sum() / count)
    figures["hard_share"] = float((is_mixed | guesses.is_ambiguous).sum() / count)
    figures["sessions"] = sessions.count
    for channel, name in enumerate(CHANNEL_NAMES):
        figures[f"sessions_{name}"] = int((sessions.channel == channel).sum())
    return figures


def report_rows(figures: Mapping[str, float | int | str | bool]) -> list[tuple[str, str, str, str]]:
    """The accuracies of a report as text, ready for a table.

    Args:
        figures: As `report` gives them, or `Simulation.oracle`.

    Returns:
        Rows of (sessions, oracle group, oracle intent, keyword group), accuracies with three digits.
    """
    rows = []
    for label in ("all", "web", "app", "mixed", "ambiguous"):
        suffix = "" if label == "all" else f"_{label}"
        names = [f"{kind}_accuracy{suffix}" for kind in ("group", "intent", "keyword_group")]
        if names[0] in figures:
            group, intent, keyword = (f"{float(figures[name]):.3f}" for name in names)
            rows.append((label, group, intent, keyword))
    return rows
