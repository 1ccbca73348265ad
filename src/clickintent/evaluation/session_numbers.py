"""Sessions as numbers that need no model: aggregates, and counts of pages."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_COLUMNS: Final = 400
"""Of counts: the names that most sessions have."""
FEWEST_SESSIONS: Final = 20
"""A name of fewer sessions is noise."""

Numbers = NDArray[np.float32]


def page_counts(sequences: pl.DataFrame, is_train: NDArray[np.bool_]) -> Numbers:
    """How often a session saw each page; an event without one counts by its type.

    Args:
        sequences: page_keys, event_types.
        is_train: bool[n]: only pages of these sessions get a column.

    Returns:
        float32[n, pages].
    """
    tokens = _exploded(sequences).select(
        "row", name=pl.when(pl.col("page_keys") != "").then("page_keys").otherwise("event_types")
    )
    return _counted(tokens, len(sequences), is_train)


def page_group_counts(sequences: pl.DataFrame, groups: pl.DataFrame, is_train: NDArray[np.bool_]) -> Numbers:
    """How often a session was in each page group, as `session_features` counts them; without a page by the event type.

    Args:
        sequences: page_keys, event_types.
        groups: page_key, page_group.
        is_train: bool[n]: only groups of these sessions get a column.
    """
    tokens = (
        _exploded(sequences)
        .join(groups, left_on="page_keys", right_on="page_key", how="left", maintain_order="left")
        .select("row", name=pl.coalesce("page_group", "event_types"))
    )
    return _counted(tokens, len(sequences), is_train)


def event_type_counts(sequences: pl.DataFrame, is_train: NDArray[np.bool_]) -> Numbers:
    """How often a session has each event type."""
    return _counted(_exploded(sequences).select("row", name="event_types"), len(sequences), is_train)


def aggregates(sequences: pl.DataFrame) -> Numbers:
    """Sizes, dwell, gaps, time, device and origin of a session: what `session_features` has beside counts.

    Computed here from the lists, since a session that is cut must be described by what is left of it.

    Args:
        sequences: rows of `eval_sequences`.

    Returns:
        float32[n, numbers].
    """
    dwell, gaps = pl.col("dwell_seconds"), pl.col("gap_seconds")
    numbers = sequences.select(
        pl.col("event_types").list.len().log1p().alias("events"),
        (pl.col("event_types").list.len() + pl.col("truncated_count")).log1p().alias("all_events"),
        pl.col("page_keys").list.n_unique().log1p().alias("pages"),
        pl.col("event_types").list.n_unique().log1p().alias("types"),
        dwell.list.sum().fill_null(0).log1p().alias("dwell"),
        dwell.list.max().fill_null(0).log1p().alias("dwell_max"),
        dwell.list.median().fill_null(0).log1p().alias("dwell_median"),
        gaps.list.mean().fill_null(0).log1p().alias("gap_mean"),
        gaps.list.sum().fill_null(0).log1p().alias("duration"),
        (pl.col("hours").list.first() * (2 * np.pi / 24)).sin().alias("hour_sine"),
        (pl.col("hours").list.first() * (2 * np.pi / 24)).cos().alias("hour_cosine"),
        (pl.col("weekdays").list.first() >= 5).cast(pl.Float32).alias("weekend"),  # noqa: PLR2004 - Saturday
        (pl.col("channel") == "web").cast(pl.Float32).alias("web"),
    )
    named = [
        sequences.select(pl.col(column).fill_null("none")).to_dummies().cast(pl.Float32)
        for column in ("device_type", "referrer_medium")
    ]
    return pl.concat([numbers.cast(pl.Float32), *named], how="horizontal").fill_null(0).to_numpy()


def _exploded(sequences: pl.DataFrame) -> pl.DataFrame:
    return sequences.select("page_keys", "event_types").with_row_index("row").explode("page_keys", "event_types")


def _counted(tokens: pl.DataFrame, rows: int, is_train: NDArray[np.bool_]) -> Numbers:
    counted = tokens.drop_nulls().group_by("row", "name").len()
    names = (
        counted.filter(pl.Series(is_train)[counted["row"]])
        .group_by("name")
        .len("sessions")
        .filter(pl.col("sessions") >= FEWEST_SESSIONS)
        .sort("sessions", "name", descending=[True, False])
        .head(MOST_COLUMNS)
        .with_row_index("column")
    )
    numbers = np.zeros((rows, names.height), dtype=np.float32)
    kept = counted.join(names.select("name", "column"), on="name")
    numbers[kept["row"].to_numpy(), kept["column"].to_numpy()] = kept["len"].to_numpy()
    return numbers
