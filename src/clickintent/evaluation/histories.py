"""A person's sessions so far as one row of numbers, the same way for whatever a session is described by."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

HALF_LIFE_DAYS: Final = 14.0
"""After so many days a session counts half as much as the latest one."""

_MICROSECONDS_PER_DAY: Final = 86_400_000_000


@dataclass(frozen=True)
class Histories:
    """Which sessions each of n examples knows.

    Attributes:
        example: int64[m], row of the example, 0 to n - 1, each at least once.
        session: int64[m], row of the session.
        started_at: int64[m], microseconds; of two that started together the later row is the later one.
    """

    example: NDArray[np.int64]
    session: NDArray[np.int64]
    started_at: NDArray[np.int64]
    count: int

    def latest(self) -> NDArray[np.int64]:
        """int64[n], row of the session of each example that started last."""
        order = np.lexsort((np.arange(len(self.example)), self.started_at, self.example))
        is_last = np.append(self.example[order][1:] != self.example[order][:-1], True)
        latest: NDArray[np.int64] = self.session[order][is_last]
        return latest

    def weights(self, half_life_days: float = HALF_LIFE_DAYS) -> NDArray[np.float64]:
        """float64[m]: 1 for what started last, half of it for each half-life before."""
        newest = np.full(self.count, np.iinfo(np.int64).min)
        np.maximum.at(newest, self.example, self.started_at)
        age_days = (newest[self.example] - self.started_at) / _MICROSECONDS_PER_DAY
        weights: NDArray[np.float64] = np.exp2(-age_days / half_life_days)
        return weights

    def pooled(self, sessions: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n, d], the sessions of each example added up by `weights`: the sum tells of how many there are."""
        adding = csr_matrix((self.weights(), (self.example, self.session)), shape=(self.count, len(sessions)))
        return np.asarray(adding @ sessions, dtype=np.float32)

    def sizes(self, is_web: NDArray[np.bool_], moments: NDArray[np.int64] | None) -> NDArray[np.float32]:
        """float32[n, 4]: sessions, those on the web, days since the first, and whether the latest is on the web.

        Args:
            is_web: bool[sessions].
            moments: int64[n], microseconds; None where sessions are cut: what is cut off lies before the moment, and
                the time since their start would tell how long it is. The days are 0 then.
        """
        oldest = np.full(self.count, np.iinfo(np.int64).max)
        np.minimum.at(oldest, self.example, self.started_at)
        moments = oldest if moments is None else moments
        return np.stack(
            [
                np.log1p(np.bincount(self.example, minlength=self.count)),
                np.log1p(np.bincount(self.example, is_web[self.session], self.count)),
                np.log1p(np.maximum(moments - oldest, 0) / _MICROSECONDS_PER_DAY),
                is_web[self.latest()],
            ],
            axis=1,
        ).astype(np.float32)


def described(histories: Histories, sessions: NDArray[np.float32], *, is_count: bool) -> NDArray[np.float32]:
    """Each example by the sessions it knows, pooled, and by the latest of them.

    Args:
        histories: n examples.
        sessions: float32[sessions, d].
        is_count: whether the numbers are counts, which are taken by their logarithm.

    Returns:
        float32[n, 2 d]; float32[n, d] where no example knows more than one session.
    """
    latest = sessions[histories.latest()]
    is_single = len(histories.example) == histories.count
    both = latest if is_single else np.hstack([histories.pooled(sessions), latest])
    return np.log1p(both) if is_count else both
