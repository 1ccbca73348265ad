"""One spelling of a taxonomy's rows, whichever way they were loaded (CSV, seed table, proposal)."""

from __future__ import annotations

from typing import Final

import polars as pl

REQUIRED_COLUMNS: Final = ("intent_id", "parent_intent_id", "level", "name", "description")
"""Columns without which a frame is no taxonomy."""

OPTIONAL_COLUMNS: Final = {
    "keywords": "",
    "web_examples": "",
    "app_examples": "",
    "excludes": "",
    "is_sensitive": "false",
    "status": "active",
}
"""Columns that may be absent, with the text that stands for absent and for null."""

CONTENT_COLUMNS: Final = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
"""The columns that make up a taxonomy's meaning."""


class TaxonomyError(ValueError):
    """A taxonomy that cannot be used; the message names the row and what to change."""


def plain_rows(frame: pl.DataFrame) -> list[dict[str, str]]:
    """Turn a taxonomy frame into rows of trimmed text.

    A seed loaded by dbt has typed levels and booleans and nulls for empty cells; a CSV has text. Both come
    out the same.

    Args:
        frame: one row per intent, with at least `REQUIRED_COLUMNS`.

    Returns:
        One dict per row, in the frame's order, with the keys `CONTENT_COLUMNS`; booleans as 'true' or
        'false'.

    Raises:
        TaxonomyError: a required column is missing.
    """
    missing = [column for column in REQUIRED_COLUMNS if column not in frame.columns]
    if missing:
        raise TaxonomyError(
            f"the taxonomy lacks the column(s) {', '.join(missing)}; it has {', '.join(frame.columns)}. "
            "Add them to the seed."
        )
    text_columns = []
    for column in CONTENT_COLUMNS:
        absent = OPTIONAL_COLUMNS.get(column, "")
        if column in frame.columns:
            text = pl.col(column).cast(pl.String).str.strip_chars().fill_null("")
            text_columns.append(pl.when(text == "").then(pl.lit(absent)).otherwise(text).alias(column))
        else:
            text_columns.append(pl.lit(absent).alias(column))
    lowered = [pl.col(column).str.to_lowercase() for column in ("is_sensitive", "status")]
    rows: list[dict[str, str]] = frame.select(text_columns).with_columns(lowered).to_dicts()
    return rows
