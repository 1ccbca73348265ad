"""Figures about an encoder that need no labels: spread of the embeddings, and masked pages found again."""

import numpy as np
from numpy.typing import NDArray

# Pairs and ranks are estimated on at most this many sessions: enough for three digits.
MAX_SESSIONS = 5_000


def effective_rank(embeddings: NDArray[np.float32]) -> float:
    """Dimensions in use: exp of the entropy of the spectrum's shares (Roy and Vetterli 2007); 0 if none.

    Args:
        embeddings: float32[n, dim].
    """
    if len(embeddings) < 2:  # noqa: PLR2004 - one point has no spread
        return 0.0
    centred = embeddings[:MAX_SESSIONS] - embeddings[:MAX_SESSIONS].mean(axis=0)
    spectrum = np.linalg.svd(centred.astype(np.float64), compute_uv=False)
    if spectrum.sum() == 0:
        return 0.0
    shares = spectrum / spectrum.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def mean_pairwise_cosine(embeddings: NDArray[np.float32]) -> float:
    """Mean cosine over all pairs of rows of unit length, float32[n, dim]; 0 for fewer than two rows."""
    unit = embeddings[:MAX_SESSIONS].astype(np.float64)
    rows = len(unit)
    if rows < 2:  # noqa: PLR2004 - a pair needs two
        return 0.0
    total = np.square(unit.sum(axis=0)).sum() - np.square(unit).sum()
    return float(total / (rows * (rows - 1)))


def alignment(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Mean squared distance of two views of the same sessions, float32[n, dim] of unit length; 0 is best, 0 if none.

    Wang and Isola 2020, arXiv 2005.10242, section 4.1.
    """
    return float(np.square(first - second).sum(axis=1).mean()) if len(first) else 0.0


def uniformity(embeddings: NDArray[np.float32]) -> float:
    """Log of the mean Gaussian potential of all pairs of rows of unit length; lower is more evenly spread.

    Wang and Isola 2020, arXiv 2005.10242, section 4.1; 0 for fewer than two rows.
    """
    unit = embeddings[:MAX_SESSIONS].astype(np.float64)
    rows = len(unit)
    if rows < 2:  # noqa: PLR2004 - a pair needs two
        return 0.0
    potential = np.exp(-2 * (2 - 2 * unit @ unit.T))
    return float(np.log((potential.sum() - potential.trace()) / (rows * (rows - 1))))


def recall_at(ranks: NDArray[np.int64], k: int) -> float:
    """Share of ranks (0 is best) below k; 0 where there is nothing to rank."""
    return float((ranks < k).mean()) if len(ranks) else 0.0
