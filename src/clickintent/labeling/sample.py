"""How many sessions of each stratum a label sample takes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

UNCERTAIN: Final = "uncertain"
"""Why a session is in the label sample that was not drawn: the classifier was unsure of it, and somebody asked."""


def sampling_rates(sessions: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    """The share of each stratum that is sampled, so that the whole sample is `share` of all sessions.

    A stratum of n sessions is to give a number in proportion to the square root of n (power allocation with exponent
    1/2: Bankier 1988), between a sample in proportion, which hardly sees a rare stratum, and one of equal numbers. A
    stratum too small to give its number is taken whole, and the others share what is left.

    Args:
        sessions: int64[strata], sessions of each stratum, above 0.
        share: of all sessions, 0 to 1.

    Returns:
        float64[strata], 0 to 1. No rate falls when `share` rises.

    Raises:
        ValueError: a stratum without a session, or `share` is no share.
    """
    require_share(share)
    if (sessions <= 0).any():
        raise ValueError(f"A stratum has {sessions.min()} sessions: leave strata without sessions out.")
    if len(sessions) == 0 or share == 1:
        return np.ones(len(sessions))
    by_size = np.sort(sessions).astype(np.float64)
    roots = np.sqrt(by_size)
    # Were the smallest `whole` strata taken whole, the others would give `scale` times the root of their size.
    wanted_of_others = share * by_size.sum() - np.concatenate([[0.0], np.cumsum(by_size)[:-1]])
    scale = wanted_of_others / np.cumsum(roots[::-1])[::-1]
    whole = int(np.argmax(np.append(scale[:-1] <= roots[:-1], True)))
    rates: NDArray[np.float64] = np.clip(scale[whole] / np.sqrt(sessions.astype(np.float64)), 0.0, 1.0)
    return rates


def require_share(share: float) -> None:
    """Refuse a value of the var `label_share` that is none.

    Raises:
        ValueError: it is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"label_share is {share}: it is a share of sessions, from 0 to 1.")
