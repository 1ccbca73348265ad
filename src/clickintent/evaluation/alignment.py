"""Do web and app sessions of one intent meet in a representation? Three ways to ask, each with its chance level."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clickintent.evaluation.figures import Interval, bootstrap
from clickintent.evaluation.neighbours import nearest_rows
from clickintent.evaluation.probes import Features, Ranking, cross_fitted_scores, macro_f1, person_folds

MIN_SESSIONS: Final = 20
"""Of each channel, to train on and to test: an intent with fewer is left out on both channels."""
POOLS: Final = 5
"""Draws of app sessions in equal shares: the mean over them depends less on which sessions were drawn."""
EQUAL_INTENTS: Final = "equal intents"
"""The segment in which each intent counts the same, however common it is in the app."""


@dataclass(frozen=True)
class ChannelSessions:
    """n sessions with intents that somebody other than the teacher gave.

    Attributes:
        is_app: bool[n]; the others are of the web.
        intents: int64[n], codes from 0.
        groups: int64[intents], the level-1 group of each intent, codes from 0.
        persons: int64[n], a hash of whose they are.
        is_train: bool[n], what heads may be fitted on.
        is_test: bool[n], what they are judged on; one and the same session may be both, as people are apart anyway.
    """

    is_app: NDArray[np.bool_]
    intents: NDArray[np.int64]
    groups: NDArray[np.int64]
    persons: NDArray[np.int64]
    is_train: NDArray[np.bool_]
    is_test: NDArray[np.bool_]

    def judged(self) -> NDArray[np.bool_]:
        """bool[n], the sessions of intents that both channels have enough of."""
        parts = (self.is_train & ~self.is_app, self.is_train & self.is_app, self.is_test & ~self.is_app)
        counts = [
            np.bincount(self.intents[part], minlength=len(self.groups)) for part in (*parts, self.is_test & self.is_app)
        ]
        return np.asarray((np.min(counts, axis=0) >= MIN_SESSIONS)[self.intents])

    def kept(self, rows: NDArray[np.bool_]) -> "ChannelSessions":
        """Some of the sessions."""
        names = ("is_app", "intents", "persons", "is_train", "is_test")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def permuted(self, random: np.random.Generator) -> "ChannelSessions":
        """The same sessions with the intents of each channel dealt out anew: a control that must fall to chance."""
        intents = self.intents.copy()
        for part in (self.is_app, ~self.is_app):
            intents[part] = random.permutation(intents[part])
        return replace(self, intents=intents)


@dataclass(frozen=True)
class Figures:
    """Named figures of one level and segment, over n sessions; train_n is null where no head was fitted."""

    level: int
    segment: str
    figures: Mapping[str, Interval]
    n: int
    train_n: int | None = None


def head_transfer(features: Features, sessions: ChannelSessions) -> list[Figures]:
    """Macro F1 of a head fitted on web sessions and of one fitted on app sessions, on the same app sessions.

    Args:
        features: [n, d] of unit length by row.
        sessions: n sessions, all of them judged.

    Returns:
        By level, over all sessions and for intents of equal shares: 'macro_f1_of_web_head', 'macro_f1_of_app_head' and
        the share of the second that the first reaches, 'web_head_share'. Groups are those of the leaves guessed.
    """
    folds = person_folds(sessions.persons)
    test = sessions.is_app & sessions.is_test
    guessed, fitted = {}, {}
    for head, part in (("web", ~sessions.is_app), ("app", sessions.is_app)):
        train = part & sessions.is_train
        scores, classes = cross_fitted_scores(features, sessions.intents, folds, train=train, test=test)
        guessed[head] = classes[scores.argmax(axis=1)]
        fitted[head] = int(train.sum())
    found = []
    for level, truth, answers in _levels(sessions.groups, sessions.intents[test], guessed):
        classes_count = int(sessions.groups.max()) + 1 if level == 1 else len(sessions.groups)

        def of(
            rows: NDArray[np.int64],
            truth: NDArray[np.int64] = truth,
            answers: Mapping[str, NDArray[np.int64]] = answers,
            count: int = classes_count,
        ) -> dict[str, float]:
            figures: dict[str, float] = {}
            for is_equal, prefix in ((False, "all"), (True, EQUAL_INTENTS)):
                web, app = (
                    macro_f1(truth[rows], answers[head][rows], count, is_equal_shares=is_equal)
                    for head in ("web", "app")
                )
                share = web / app if app > 0 else float("nan")
                figures |= {f"{prefix}/macro_f1_of_web_head": web, f"{prefix}/macro_f1_of_app_head": app}
                figures[f"{prefix}/web_head_share"] = share
            return figures

        found += _by_segment(level, bootstrap(sessions.persons[test], of), int(test.sum()), fitted["web"])
    return found


def channel_probe(features: Features, sessions: ChannelSessions, random: np.random.Generator | None = None) -> Figures:
    """How well linear probes tell the channel within an intent: .5 is chance, and where the channels have met.

    Args:
        features: [n, d] of unit length by row.
        sessions: n sessions, all of them judged.
        random: deals the channels out anew within each intent, as a control.

    Returns:
        'channel_auroc_within_intent' and 'channel_balanced_accuracy_within_intent': means over the leaves, each leaf
        with a probe of its own.
    """
    is_app = sessions.is_app.copy()
    if random is not None:
        for intent in np.unique(sessions.intents):
            own = np.flatnonzero(sessions.intents == intent)
            is_app[own] = is_app[random.permutation(own)]
    folds = person_folds(sessions.persons)
    chance_of_app = np.zeros(len(is_app))
    for intent in np.unique(sessions.intents):
        own = sessions.intents == intent
        asked = own & sessions.is_test
        scores, classes = cross_fitted_scores(features, is_app, folds, train=own & sessions.is_train, test=asked)
        if classes.any():
            chance_of_app[asked] = scores[:, np.searchsorted(classes, True)]
    test = sessions.is_test
    ranking = Ranking.of(chance_of_app[test], is_app[test], np.unique(sessions.intents[test], return_inverse=True)[1])
    is_guessed = chance_of_app[test] > 0.5  # noqa: PLR2004 - classes weigh the same

    def of(rows: NDArray[np.int64]) -> dict[str, float]:
        return {
            "channel_auroc_within_intent": _mean(ranking.auroc(rows)),
            "channel_balanced_accuracy_within_intent": _mean(ranking.balanced_accuracy(rows, is_guessed)),
        }

    return Figures(2, "all", bootstrap(sessions.persons[test], of), int(test.sum()), int(sessions.is_train.sum()))


def app_neighbours(features: Features, sessions: ChannelSessions, seed: int = 7) -> list[Figures]:
    """Of the app sessions nearest to a web session, the share that has its intent, all intents being equally common.

    App sessions are drawn in equal shares by intent, and web sessions are weighted likewise, so that chance is one in
    so many intents, whatever the channels are used for. Neighbours of the same person do not count.

    Args:
        features: [n, d] of unit length by row.
        sessions: n sessions, all of them judged.
        seed: of the draws.

    Returns:
        By level 'neighbours_of_same_intent', with the interval of the web sessions that ask, and its chance level,
        'neighbours_by_chance'.
    """
    found = []
    app, web = (np.flatnonzero(sessions.is_test & part) for part in (sessions.is_app, ~sessions.is_app))
    for level in (1, 2):
        labels = sessions.groups[sessions.intents] if level == 1 else sessions.intents
        random = np.random.default_rng(seed)
        least = min(int((labels[app] == code).sum()) for code in np.unique(labels[app]))
        shares = np.zeros(len(web))
        for _ in range(POOLS):
            pool = np.concatenate(
                [random.choice(app[labels[app] == code], least, replace=False) for code in np.unique(labels[app])]
            )
            near = pool[nearest_rows(features[web], features[pool], sessions.persons[web], sessions.persons[pool])]
            shares += (labels[near] == labels[web][:, None]).mean(axis=1) / POOLS
        own = labels[web]

        def of(
            rows: NDArray[np.int64], own: NDArray[np.int64] = own, shares: NDArray[np.float64] = shares
        ) -> dict[str, float]:
            totals, counts = np.bincount(own[rows], weights=shares[rows]), np.bincount(own[rows])
            return {"neighbours_of_same_intent": float((totals[counts > 0] / counts[counts > 0]).mean())}

        chance = 1 / len(np.unique(labels[app]))
        figures = bootstrap(sessions.persons[web], of)
        figures["neighbours_by_chance"] = Interval(chance, chance, chance)
        found.append(Figures(level, EQUAL_INTENTS, figures, len(web)))
    return found


def _levels(
    groups: NDArray[np.int64], truth: NDArray[np.int64], guessed: Mapping[str, NDArray[np.int64]]
) -> list[tuple[int, NDArray[np.int64], dict[str, NDArray[np.int64]]]]:
    return [
        (1, groups[truth], {head: groups[answers] for head, answers in guessed.items()}),
        (2, truth, dict(guessed)),
    ]


def _by_segment(level: int, figures: Mapping[str, Interval], n: int, train_n: int) -> list[Figures]:
    segments: dict[str, dict[str, Interval]] = {}
    for name, figure in figures.items():
        segment, metric = name.split("/")
        segments.setdefault(segment, {})[metric] = figure
    return [Figures(level, segment, named, n, train_n) for segment, named in segments.items()]


def _mean(values: NDArray[Any]) -> float:
    told = values[~np.isnan(values)]
    return float(told.mean()) if len(told) else float("nan")
