"""Which sessions a person is shown, and why.

Half of all sessions, by hash, are kept for the random slice and never shown for another reason. So what was shown
because it was hard takes nothing away from the sessions that estimates are made on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from clickintent.labeling.quality import RANDOM

LOW_MARGIN: Final = "low_margin"
DISAGREEING: Final = "disagreeing"

_DIGITS: Final = 12
"""Hex digits of a hash that become a number below 1; 2**48 of them are exact in a double."""


def choose_sessions(
    sessions: pl.DataFrame, reviewed: Collection[str], *, random_count: int, per_leaf: int
) -> pl.DataFrame:
    """The sessions to show next, in order: random ones first, then leaf by leaf.

    Args:
        sessions: one row per labelled session: session_id, label (best leaf, null where the labeler abstained), margin
            (lead of the best over the second confidence), student (leaf, null where it abstained), probability (of the
            student's leaf), weight (how many sessions it stands for in the label sample; 0 for one that nobody drew).
        reviewed: ids of the sessions that have gold labels; they are not shown again.
        random_count: random sessions, in proportion to weight, so that they are like all sessions and not like the
            sample. Their order is fixed: the next call goes on where this one ended.
        per_leaf: for each leaf that labels name, how many sessions of the least margin, and how many that the student
            gives another leaf, the surest first.

    Returns:
        session_id and shown_because ('random', 'low_margin', 'disagreeing'); no session twice.
    """
    hashed = sessions.with_columns(
        place=_places(sessions["session_id"], "place"), half=_places(sessions["session_id"], "half")
    )
    is_new = ~pl.col("session_id").is_in(list(reviewed))
    is_kept_for_random = pl.col("half") < 1 / 2
    random = (
        hashed.filter(is_kept_for_random & is_new & (pl.col("weight") > 0))
        # sampling without replacement in proportion to weight (Efraimidis and Spirakis 2006)
        .with_columns(key=-pl.col("place").log() / pl.col("weight"))
        .sort("key", "session_id")
        .head(random_count)
    )
    others = hashed.filter(~is_kept_for_random & is_new & pl.col("label").is_not_null())
    unsure = _first_of_each_leaf(others.sort("margin", "session_id"), per_leaf)
    is_other_leaf = pl.col("student") != pl.col("label")
    disagreeing = _first_of_each_leaf(
        others.filter(is_other_leaf & ~pl.col("session_id").is_in(unsure["session_id"].to_list())).sort(
            "probability", "session_id", descending=[True, False]
        ),
        per_leaf,
    )
    hard = pl.concat(
        [
            unsure.select("label", "session_id", shown_because=pl.lit(LOW_MARGIN)),
            disagreeing.select("label", "session_id", shown_because=pl.lit(DISAGREEING)),
        ]
    ).sort("label", maintain_order=True)
    return pl.concat(
        [
            random.select("session_id", shown_because=pl.lit(RANDOM)),
            hard.select("session_id", "shown_because"),
        ]
    )


def _first_of_each_leaf(ranked: pl.DataFrame, count: int) -> pl.DataFrame:
    return ranked.filter(pl.int_range(pl.len()).over("label") < count)


def _places(session_ids: pl.Series, purpose: str) -> pl.Series:
    """A number above 0 and below 1 for each id, the same at every call and unrelated to what the id itself decides."""
    numbers = [
        int(hashlib.md5(f"{purpose} {key}".encode(), usedforsecurity=False).hexdigest()[:_DIGITS], 16)
        for key in session_ids
    ]
    return pl.Series((np.asarray(numbers, dtype=np.float64) + 0.5) / 16**_DIGITS, dtype=pl.Float64)
