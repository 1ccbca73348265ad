"""How well a taxonomy fits sessions, as far as it can be told without truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import binomtest  # type: ignore[import-untyped,unused-ignore]

from clickintent.taxonomy.changes import Assignment
from clickintent.taxonomy.matching import likeness_of, spoken
from clickintent.taxonomy.reading import Taxonomy

LABELLED_SHARE: Final = "labelled_share"
LEAF_SHARE: Final = "leaf_share"
NEAREST_LIKENESS: Final = "nearest_likeness"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of `taxonomy_quality`; `low` and `high` bound a share at 95%, and are None elsewhere."""

    metric: str
    intent_id: str | None
    value: float
    low: float | None
    high: float | None
    n: int


def share_figure(metric: str, intent_id: str | None, count: int, n: int) -> Figure:
    """A share of n sessions with its interval (Wilson 1927); n is above 0."""
    interval = binomtest(count, n).proportion_ci(method="wilson")
    return Figure(metric, intent_id, count / n, float(interval.low), float(interval.high), n)


def describe_fit(taxonomy: Taxonomy, assigned: Assignment) -> list[Figure]:
    """What any taxonomy can be asked: how many sessions it has a leaf for, and whether two leaves say the same.

    Args:
        taxonomy: the taxonomy.
        assigned: leaf of each session of a sample, None where none was clear.
    """
    likeness = likeness_of([spoken(leaf) for leaf in taxonomy.leaves])
    np.fill_diagonal(likeness, 0.0)
    nearest = dict(zip(taxonomy.leaf_ids, likeness.max(axis=1).tolist(), strict=True))
    figures = [Figure(NEAREST_LIKENESS, leaf, value, None, None, len(nearest)) for leaf, value in nearest.items()]
    if assigned:
        counts = Counter(assigned)
        n = len(assigned)
        figures.append(share_figure(LABELLED_SHARE, None, n - counts[None], n))
        figures += [share_figure(LEAF_SHARE, leaf, counts[leaf], n) for leaf in taxonomy.leaf_ids]
    return figures
