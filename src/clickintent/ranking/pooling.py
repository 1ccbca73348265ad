"""Pooling: the embeddings of a customer's sessions as one vector, anew after each session that becomes known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Kind = Literal["recency", "last_k"]

MICROSECONDS_PER_DAY: Final = 86_400_000_000
NOTHING: Final = 1e-9
"""A pooled vector this short beside the weights that made it is what rounding left of vectors that cancel out."""


class PoolingError(ValueError):
    """The var `customer_pooling` cannot be followed; the message says what it may be."""


@dataclass(frozen=True)
class Pooling:
    """How sessions are weighted.

    Attributes:
        kind: 'recency': a session counts half as much as one that started `half_life_days` later; 'last_k': the mean of
            the `last_k` that started last.
        half_life_days: of 'recency'.
        last_k: of 'last_k'.
    """

    kind: Kind = "recency"
    half_life_days: float = 14.0
    last_k: int = 10

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise PoolingError(f"customer_pooling has kind {self.kind!r}: this version knows 'recency' and 'last_k'.")
        if not self.half_life_days > 0 or self.last_k < 1:
            raise PoolingError("customer_pooling needs half_life_days above 0 and last_k of 1 or more.")

    @classmethod
    def of(cls, stated: Mapping[str, Any] | None) -> "Pooling":
        """The pooling that the var `customer_pooling` states; what it leaves out is the default.

        Raises:
            PoolingError: a name or a value is none that there is.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(stated or {}) - set(known))
        if unknown:
            raise PoolingError(f"customer_pooling has no {', '.join(unknown)}: it takes {', '.join(known)}.")
        named = dict(stated or {})
        try:
            half_life_days, last_k = float(named.get("half_life_days", 14)), int(named.get("last_k", 10))
        except (TypeError, ValueError) as error:
            raise PoolingError(f"customer_pooling needs numbers: {named}") from error
        return cls(named.get("kind", "recency"), half_life_days, last_k)

    @property
    def name(self) -> str:
        """Short and unique, such as 'recency-14d' or 'last-10': what was pooled another way is pooled again."""
        return f"recency-{self.half_life_days:g}d" if self.kind == "recency" else f"last-{self.last_k}"


@dataclass(frozen=True)
class Histories:
    """Sessions of many customers, those of one customer side by side in the order in which they became known.

    Attributes:
        offsets: int64[customers + 1], where each customer's sessions begin.
        started_at: int64[n], microseconds.
        embeddings: float32[n, d].
    """

    offsets: NDArray[np.int64]
    started_at: NDArray[np.int64]
    embeddings: NDArray[np.float32]


def pool_histories(histories: Histories, is_member: NDArray[np.bool_], pooling: Pooling) -> NDArray[np.float32]:
    """The pooled vector of a customer after each of their sessions.

    Row i is made of the customer's sessions up to row i and of nothing after it. The weights of 'recency' are relative,
    so they need no moment to be counted from: the vector stays what it is until the next session becomes known. The
    numbers do not depend on which other customers are in the batch.

    Args:
        histories: n sessions; of two that started together the later row is the later session.
        is_member: bool[n], the sessions that count, such as those on the web.
        pooling: their weights.

    Returns:
        float32[n, d], unit length, or zeros where no session counts yet or those that do cancel out.
    """
    pooled = np.zeros(histories.embeddings.shape, dtype=np.float32)
    make = _recency_states if pooling.kind == "recency" else _last_k_states
    for rows, total, weight in make(histories, is_member, pooling):
        length = np.linalg.norm(total, axis=1, keepdims=True)
        is_something = length > NOTHING * np.maximum(weight, 1)[:, None]
        pooled[rows] = np.divide(total, length, out=np.zeros_like(total), where=is_something)
    return pooled


_States = Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]
"""Rows, float64[rows, d] weighted sums of embeddings, float64[rows] sums of weights."""


def _steps(offsets: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rows of the k-th session of every customer who has one, those with the most sessions first."""
    lengths = np.diff(offsets)
    by_length = np.argsort(-lengths, kind="stable")
    first = offsets[:-1][by_length]
    # how many customers have more than k sessions
    have_more = len(lengths) - np.cumsum(np.bincount(lengths, minlength=1))
    for k, count in enumerate(have_more[:-1]):
        yield first[:count] + k


def _recency_states(histories: Histories, is_member: NDArray[np.bool_], pooling: Pooling) -> _States:
    """Sums in which the session that started last weighs 1."""
    half_life = pooling.half_life_days * MICROSECONDS_PER_DAY
    customers, dimension = len(histories.offsets) - 1, histories.embeddings.shape[1]
    total, weight = np.zeros((customers, dimension)), np.zeros(customers)
    latest = np.zeros(customers, dtype=np.int64)
    for rows in _steps(histories.offsets):
        count = len(rows)
        started, counts = histories.started_at[rows], is_member[rows]
        newest = np.where(weight[:count] > 0, np.maximum(latest[:count], started), started)
        newest = np.where(counts, newest, latest[:count])
        decay = np.where(weight[:count] > 0, np.exp2((latest[:count] - newest) / half_life), 0.0)
        added = np.where(counts, np.exp2((started - newest) / half_life, where=counts, out=np.zeros(count)), 0.0)
        total[:count] = total[:count] * decay[:, None] + histories.embeddings[rows] * added[:, None]
        weight[:count] = weight[:count] * decay + added
        latest[:count] = newest
        yield rows, total[:count], weight[:count]


def _last_k_states(histories: Histories, is_member: NDArray[np.bool_], pooling: Pooling) -> _States:
    """Sums of the sessions that started last, kept in as many places for each customer."""
    customers, dimension = len(histories.offsets) - 1, histories.embeddings.shape[1]
    places = min(pooling.last_k, int(np.diff(histories.offsets).max(initial=0)))
    kept = np.zeros((customers, places, dimension))
    # in the order of starting, no two alike; below 0: the place is free
    order = np.empty(len(histories.started_at), dtype=np.int64)
    order[np.argsort(histories.started_at, kind="stable")] = np.arange(len(order))
    kept_order = np.full((customers, places), -1)
    for rows in _steps(histories.offsets):
        count = len(rows)
        each = np.arange(count)
        oldest = kept_order[:count].argmin(axis=1)
        enters = is_member[rows] & (order[rows] > kept_order[each, oldest])
        kept[each[enters], oldest[enters]] = histories.embeddings[rows[enters]]
        kept_order[each[enters], oldest[enters]] = order[rows[enters]]
        yield rows, kept[:count].sum(axis=1), (kept_order[:count] >= 0).sum(axis=1).astype(np.float64)
