"""A flat map of session embeddings, and which sessions are most alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

PERPLEXITY: Final = 30
"""About how many neighbours each session is kept near to (van der Maaten and Hinton 2008, section 2)."""

ITERATIONS: Final = 500
"""Of the layout: on the demo bank the picture no longer changes to the eye after these."""

FEWEST_LAID_OUT: Final = 3 * PERPLEXITY + 2
"""With fewer sessions there are not as many neighbours as that asks for; the map is then their two main axes."""

_SEED: Final = 7


def lay_out(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Places on a plane on which alike sessions lie together: t-SNE from the main axes (Kobak and Berens 2019).

    The same embeddings in the same order give the same places, whatever the number of threads.

    Args:
        embeddings: float32[n, d], of unit length.

    Returns:
        float32[n, 2], without a unit, from -1 to 1; all zero for fewer than three sessions.
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415 - most of the package does without
    from sklearn.manifold import TSNE  # noqa: PLC0415

    count = len(embeddings)
    if count < 3:  # noqa: PLR2004 - two points have no plane
        return np.zeros((count, 2), dtype=np.float32)
    axes = PCA(n_components=2, svd_solver="full", random_state=_SEED).fit_transform(embeddings.astype(np.float64))
    # an axis is known but for its direction: the entry that is largest points up
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), range(2)])
    if count < FEWEST_LAID_OUT:
        return _scaled(axes)
    start = (axes / max(float(axes[:, 0].std()), 1e-12) * 1e-4).astype(np.float32)
    layout = TSNE(
        n_components=2, perplexity=PERPLEXITY, init=start, max_iter=ITERATIONS, random_state=_SEED
    ).fit_transform(embeddings)
    return _scaled(layout)


def most_alike(embeddings: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The nearest sessions to each session, itself left out.

    Args:
        embeddings: float32[n, d], of unit length; n of some thousands, since all pairs are compared.
        count: how many to find.

    Returns:
        Their places in `embeddings`, int64[n, k], most alike first and of equals the earlier row, and their cosines to
        four decimals, float64[n, k]; k is `count`, or n - 1 where there are fewer.
    """
    cosines = np.round(embeddings.astype(np.float64) @ embeddings.astype(np.float64).T, 4)
    np.fill_diagonal(cosines, -np.inf)
    kept = max(min(count, len(embeddings) - 1), 0)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :kept]
    return nearest.astype(np.int64), np.take_along_axis(cosines, nearest, axis=1)


def _scaled(layout: NDArray[np.floating]) -> NDArray[np.float32]:
    centred = layout - (layout.max(axis=0) + layout.min(axis=0)) / 2
    scaled: NDArray[np.float32] = np.round(centred / max(float(np.abs(centred).max()), 1e-12), 4).astype(np.float32)
    return scaled
