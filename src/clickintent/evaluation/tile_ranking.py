"""Figures of rankers over tiles that were shown together, with what one ranker adds to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clickintent.evaluation.classification import slug
from clickintent.evaluation.figures import Interval, Rows, bootstrap

Floats = NDArray[np.float64]

METRICS: Final = ("macro_recall_at_1", "log_loss", "mrr", "ndcg")
LOWER_IS_BETTER: Final = frozenset({"log_loss"})
_LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True)
class Shown:
    """n tiles that were shown.

    Attributes:
        impression: int64[n], which impression, 0 and up.
        tile: int64[n], which tile, 0 and up.
        is_clicked: bool[n].
        owners: int64[n], whose impression it is; the same for all of one.
    """

    impression: NDArray[np.int64]
    tile: NDArray[np.int64]
    is_clicked: NDArray[np.bool_]
    owners: NDArray[np.int64]


@dataclass(frozen=True)
class Comparison:
    """What is asked of one ranker beside another.

    Attributes:
        ranker: the one that knows more.
        baseline: the one that knows less.
        oracle: the one that knows all; None where nobody does.
    """

    ranker: str
    baseline: str
    oracle: str | None = None


def ranking_figures(
    shown: Shown, chances: Mapping[str, Floats], comparisons: Sequence[Comparison] = ()
) -> dict[str, dict[str, Interval]]:
    """Ranker -> metric -> figure with its interval by owner.

    'macro_recall_at_1': of the clicks on a tile, the share in which it was ranked first among those shown, the mean
    over tiles; 'mrr' and 'ndcg' over impressions with a click, by binary gains; 'log_loss' in nats a tile. Equal
    chances are ranked as if by lot. For a comparison beside them '<metric>_gain_over_<baseline>', above 0 where the
    ranker is better, '..._relative_gain_over_...', the same in parts of the baseline's figure, and
    '..._share_of_gap_over_...', in parts of what the oracle would gain. All are paired.

    Args:
        shown: the tiles.
        chances: ranker -> float64[n], in (0, 1).
        comparisons: of rankers in `chances`.
    """
    measured = {ranker: _Measured(shown, chance) for ranker, chance in chances.items()}

    def statistic(rows: Rows) -> dict[str, float]:
        counts = np.bincount(rows, minlength=len(shown.tile)).astype(np.float64)
        found = {ranker: one.figures(counts) for ranker, one in measured.items()}
        named = {f"{ranker}\n{metric}": value for ranker, own in found.items() for metric, value in own.items()}
        for asked in comparisons:
            for metric in METRICS:
                sign = -1 if metric in LOWER_IS_BETTER else 1
                before = found[asked.baseline][metric]
                gain = sign * (found[asked.ranker][metric] - before)
                name = f"{asked.ranker}\n{metric}{{}}_over_{slug(asked.baseline)}"
                named[name.format("_gain")] = gain
                named[name.format("_relative_gain")] = gain / before if before else float("nan")
                if asked.oracle is not None:
                    gap = sign * (found[asked.oracle][metric] - before)
                    named[name.format("_share_of_gap")] = gain / gap if gap > 0 else float("nan")
        return named

    figures: dict[str, dict[str, Interval]] = {ranker: {} for ranker in measured}
    for name, figure in bootstrap(shown.owners, statistic).items():
        ranker, metric = name.split("\n")
        figures[ranker][metric] = figure
    return figures


class _Measured:
    """What a ranker does with each impression, computed once: a resample only counts impressions anew."""

    def __init__(self, shown: Shown, chances: Floats) -> None:
        chances = np.clip(chances, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        self.surprise = -np.log(np.where(shown.is_clicked, chances, 1 - chances))
        order = np.lexsort((-chances, shown.impression))
        first = np.flatnonzero(np.append(True, np.diff(shown.impression[order]) > 0))
        lengths = np.diff(np.append(first, len(order)))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order)) - np.repeat(first, lengths)
        rank = _shared_ranks(shown.impression, chances, place)
        self.clicks = np.flatnonzero(shown.is_clicked)
        self.tile = shown.tile[self.clicks]
        # of k that share the first place one is taken, by lot
        self.is_first = np.where(rank[self.clicks, 0] == 1, 1 / rank[self.clicks, 1], 0.0)
        best: dict[int, float] = {}
        ideal: dict[int, int] = {}
        discounts = np.zeros(len(order))
        for row in self.clicks:
            impression = shown.impression[row]
            places = np.arange(rank[row, 0], rank[row, 0] + rank[row, 1])
            best[impression] = max(best.get(impression, 0.0), float(np.mean(1 / places)))
            discounts[row] = float(np.mean(1 / np.log2(places + 1)))
            ideal[impression] = ideal.get(impression, 0) + 1
        representative = {shown.impression[row]: row for row in reversed(self.clicks)}
        self.asked = np.array(sorted(representative.values()), dtype=np.int64)
        totals = np.bincount(shown.impression, discounts)
        self.reciprocal = np.array([best[shown.impression[row]] for row in self.asked])
        self.gain = np.array(
            [
                totals[shown.impression[row]] / (1 / np.log2(np.arange(2, 2 + ideal[shown.impression[row]]))).sum()
                for row in self.asked
            ]
        )

    def figures(self, counts: Floats) -> dict[str, float]:
        clicks, asked = counts[self.clicks], counts[self.asked]
        by_tile = np.bincount(self.tile, clicks)
        right = np.bincount(self.tile, clicks * self.is_first)
        is_there = by_tile > 0
        has_any = asked.sum() > 0
        nothing = float("nan")
        return {
            "macro_recall_at_1": float((right[is_there] / by_tile[is_there]).mean()) if has_any else nothing,
            "log_loss": float(counts @ self.surprise / counts.sum()) if counts.sum() else nothing,
            "mrr": float(asked @ self.reciprocal / asked.sum()) if has_any else nothing,
            "ndcg": float(asked @ self.gain / asked.sum()) if has_any else nothing,
        }


def _shared_ranks(impression: NDArray[np.int64], chances: Floats, place: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[n, 2]: the first of the places that a tile shares with those of the same chance, from 1, and how many."""
    _, group = np.unique(np.stack([impression.astype(np.float64), chances]), axis=1, return_inverse=True)
    group = group.ravel()
    counts = np.bincount(group)
    first = np.full(len(counts), np.iinfo(np.int64).max)
    np.minimum.at(first, group, place)
    return np.stack([first[group] + 1, counts[group]], axis=1)
