"""95% intervals of shares and of differences between them, from counts alone."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Z: Final = 1.959964
"""Standard deviations either side of the middle of a normal distribution that hold 95% of it."""


class Difference(NamedTuple):
    """A difference between two shares, and the ends of its interval."""

    value: float
    low: float
    high: float


def wilson(successes: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the Wilson interval (Wilson 1927) of many shares; `n` need not be whole.

    Args:
        successes: counts of any shape.
        n: out of how many, of the same shape.

    Returns:
        Low and high of that shape; 0 and 1 where `n` is 0.
    """
    n = np.asarray(n, dtype=np.float64)
    safe = np.where(n > 0, n, 1.0)
    share = np.asarray(successes, dtype=np.float64) / safe
    middle = (share + _Z**2 / (2 * safe)) / (1 + _Z**2 / safe)
    half = _Z * np.sqrt(share * (1 - share) / safe + _Z**2 / (4 * safe**2)) / (1 + _Z**2 / safe)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def rise(before: NDArray[np.float64], before_of: NDArray[np.float64], now: float, now_of: float) -> Difference | None:
    """How far a share rose over what it was, in an interval that allows for days that differ.

    Newcombe's interval (1998, method 10) of two shares. Sessions of one visitor or one day are alike, so that counts
    spread more than those of independent sessions: both n are divided by the dispersion of the days before (Pearson's
    chi-square over its degrees of freedom, McCullagh and Nelder 1989, section 4.5), never by less than 1.

    Args:
        before: sessions of the intent on each day before, float64[days].
        before_of: all sessions on each of these days, float64[days].
        now: sessions of the intent now.
        now_of: all sessions now.

    Returns:
        None where either period has no session.
    """
    if before_of.sum() <= 0 or now_of <= 0:
        return None
    share_before, share_now = before.sum() / before_of.sum(), now / now_of
    dispersion = _dispersion(before, before_of, float(share_before))
    n_before, n_now = before_of.sum() / dispersion, now_of / dispersion
    (low_before, low_now), (high_before, high_now) = wilson(
        np.array([share_before * n_before, share_now * n_now]), np.array([n_before, n_now])
    )
    value = float(share_now - share_before)
    return Difference(
        value,
        value - float(np.hypot(share_now - low_now, high_before - share_before)),
        value + float(np.hypot(high_now - share_now, share_before - low_before)),
    )


def _dispersion(counts: NDArray[np.float64], totals: NDArray[np.float64], share: float) -> float:
    is_there = totals > 0
    if is_there.sum() < 2 or not 0 < share < 1:  # noqa: PLR2004 - one day does not spread
        return 1.0
    expected = totals[is_there] * share
    chi_square = float((((counts[is_there] - expected) ** 2) / (expected * (1 - share))).sum())
    return max(chi_square / (int(is_there.sum()) - 1), 1.0)
