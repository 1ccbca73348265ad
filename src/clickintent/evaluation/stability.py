"""What stays when something is made once more: neighbours of a session, and drafts of a taxonomy."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from clickintent.evaluation.figures import Interval, bootstrap
from clickintent.evaluation.neighbours import NEIGHBOURS, kept_neighbours, nearest_rows

NOBODY: Final = -1
"""Leaf of a session that a labeler abstains on."""


def neighbours_kept(
    reference: NDArray[np.float32],
    others: Mapping[str, Any],
    persons: NDArray[np.int64],
    queries: NDArray[np.int64],
    segments: Mapping[str, NDArray[np.bool_]],
) -> dict[tuple[str, str], tuple[dict[str, Interval], int]]:
    """Of the nearest sessions in one representation, the share that is among the nearest in another one, too.

    Args:
        reference: float32[n, d] of unit length by row.
        others: name -> [n, d'] likewise.
        persons: int64[n]; sessions of the same person are no neighbours.
        queries: rows whose neighbours are looked up.
        segments: name -> bool[queries].

    Returns:
        (name, segment) -> 'neighbours_kept' with its 95% interval by person and 'neighbours_kept_by_chance', and the
        number of queries.
    """
    if len(persons) <= 2 * NEIGHBOURS or not len(queries):
        return {}
    nearest = nearest_rows(reference[queries], reference, persons[queries], persons)
    _, person, sizes = np.unique(persons, return_inverse=True, return_counts=True)
    chances = NEIGHBOURS / (len(persons) - sizes[person][queries])
    found = {}
    for name, vectors in others.items():
        kept = kept_neighbours(nearest, nearest_rows(vectors[queries], vectors, persons[queries], persons))
        for segment, is_in in segments.items():
            own = kept[is_in]

            def of(rows: NDArray[np.int64], own: NDArray[np.float64] = own) -> dict[str, float]:
                return {"neighbours_kept": float(own[rows].mean())}

            figures = bootstrap(persons[queries][is_in], of)
            if figures:
                chance = float(chances[is_in].mean())
                figures["neighbours_kept_by_chance"] = Interval(chance, chance, chance)
                found[name, segment] = (figures, len(own))
    return found


def agreement(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[float, float, int]:
    """How far two divisions of the same sessions agree, whatever they call their parts.

    Args:
        first: int64[n], NOBODY where a session is in no part.
        second: int64[n].

    Returns:
        Adjusted mutual information (Vinh et al. 2010; 0 by chance, 1 for the same parts) of the sessions in a part of
        both, NaN without any; the share of all sessions that these are; and how many.
    """
    is_both = (first != NOBODY) & (second != NOBODY)
    count = int(is_both.sum())
    if not count:
        return float("nan"), 0.0, 0
    return float(adjusted_mutual_info_score(first[is_both], second[is_both])), float(is_both.mean()), count
