"""The version of a taxonomy: a hash of what it says, not of how it is stored."""

from __future__ import annotations

import hashlib
import json

import polars as pl

from clickintent.taxonomy.rows import CONTENT_COLUMNS, plain_rows

_HASH_DIGITS = 12  # 48 bits: a collision among a company's taxonomies is out of reach, and the name stays readable


def taxonomy_version(frame: pl.DataFrame) -> str:
    """Name a taxonomy by its content.

    Args:
        frame: one row per intent, as `read_taxonomy` takes it. Row order, column order, column types, extra
            columns and null against empty text make no difference.

    Returns:
        'tax-' and 12 hexadecimal digits.

    Raises:
        TaxonomyError: a required column is missing.
    """
    rows = sorted([row[column] for column in CONTENT_COLUMNS] for row in plain_rows(frame))
    content = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
    return "tax-" + hashlib.sha256(content.encode()).hexdigest()[:_HASH_DIGITS]
