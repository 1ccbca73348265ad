"""The two-level intent taxonomy: read and checked in one place, versioned by its content."""

from clickintent.taxonomy.reading import (
    MAX_LEAVES,
    MIN_LEAVES,
    Intent,
    Taxonomy,
    read_taxonomy,
)
from clickintent.taxonomy.rows import TaxonomyError
from clickintent.taxonomy.version import taxonomy_version

__all__ = [
    "MAX_LEAVES",
    "MIN_LEAVES",
    "Intent",
    "Taxonomy",
    "TaxonomyError",
    "read_taxonomy",
    "taxonomy_version",
]
