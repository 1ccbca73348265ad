"""The two-level intent taxonomy: read and checked in one place; its version is the table's."""

from clickintent.taxonomy.reading import (
    MAX_LEAVES,
    MIN_LEAVES,
    Intent,
    Taxonomy,
    read_taxonomy,
)
from clickintent.taxonomy.rows import TaxonomyError

__all__ = [
    "MAX_LEAVES",
    "MIN_LEAVES",
    "Intent",
    "Taxonomy",
    "TaxonomyError",
    "read_taxonomy",
]
