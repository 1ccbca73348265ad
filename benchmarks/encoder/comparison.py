"""Paired differences over overlapping splits, with corrected intervals."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

# Share of the test part to that of the training part in `tasks.SHARES`
TEST_OVER_TRAIN = 0.15 / 0.70


def corrected_interval(
    own: Sequence[float], rival: Sequence[float], confidence: float = 0.95
) -> tuple[float, float | None, float | None]:
    """Mean difference and its interval, from figures on the same splits.

    Training parts of repeated splits overlap, so the plain variance of the differences is too small: Nadeau and Bengio
    2003, "Inference for the generalization error", add the ratio of test to training size.

    Returns:
        mean, low, high; of a single split, which has no spread, the mean alone.
    """
    differences = np.asarray(own) - np.asarray(rival)
    count = len(differences)
    mean = float(differences.mean())
    if count < 2:  # noqa: PLR2004 - one split has no spread
        return mean, None, None
    spread = float(np.sqrt((1 / count + TEST_OVER_TRAIN) * differences.var(ddof=1)))
    reach = float(t.ppf(0.5 + confidence / 2, count - 1)) * spread
    return mean, mean - reach, mean + reach
