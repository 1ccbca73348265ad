"""Bootstrap intervals that respect who the rows belong to."""

from typing import Final

import numpy as np
import polars as pl

DRAWS: Final = 400
"""Resamples: the ends of a 95% interval are then known to about a twentieth of its width."""

INTERVAL: Final = (2.5, 97.5)


def bootstrap_mean(
    values: pl.Series, owners: pl.Series, seed: int = 7, *, weights: pl.Series | None = None
) -> tuple[float, float, float]:
    """Mean and 95% interval, resampling owners and not rows: sessions of one visitor are alike.

    Args:
        values: n numbers or booleans, no nulls.
        owners: n keys, such as visitor ids.
        seed: of the resampling.
        weights: n numbers above 0, what each row stands for; 1 each if null.

    Returns:
        (mean, low, high); (nan, nan, nan) without rows.
    """
    if values.is_empty():
        return float("nan"), float("nan"), float("nan")
    totals = (
        pl.DataFrame({"owner": owners, "value": values.cast(pl.Float64)})
        .with_columns(weight=pl.lit(1.0) if weights is None else weights)
        .group_by("owner", maintain_order=True)
        .agg(total=(pl.col("value") * pl.col("weight")).sum(), rows=pl.col("weight").sum())
    )
    total, rows = totals["total"].to_numpy(), totals["rows"].to_numpy()
    random = np.random.default_rng(seed)
    means = np.empty(DRAWS)
    for draw in range(DRAWS):
        chosen = random.integers(0, len(total), len(total))
        means[draw] = total[chosen].sum() / rows[chosen].sum()
    low, high = np.percentile(means, INTERVAL)
    return float(total.sum() / rows.sum()), float(low), float(high)
