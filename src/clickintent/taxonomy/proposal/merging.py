"""Near-duplicates: leaves that say the same in other words become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from clickintent.labeling.leaf_matching import normalise
from clickintent.taxonomy.proposal.sketch import MAX_KEYWORDS, LeafSketch, Sketch
from clickintent.taxonomy.reading import MIN_LEAVES

SAME: Final = 0.6
"""Likeness from which two leaves are one: paraphrases reach 0.6 to 0.95, the closest two of seeds/taxonomy.csv 0.46."""

Likeness = npt.NDArray[np.float64]


def likeness_of_leaves(leaves: Sequence[LeafSketch]) -> Likeness:
    """How alike names and descriptions are: mean cosine of word and of character TF-IDF, n x n in [0, 1]."""
    texts = [normalise(leaf.spoken) or "." for leaf in leaves]
    total = np.zeros((len(texts), len(texts)))
    for kind in ({"analyzer": str.split}, {"analyzer": "char_wb", "ngram_range": (3, 5)}):
        vectors = TfidfVectorizer(**kind).fit_transform(texts)
        total += (vectors @ vectors.T).toarray()
    return total / 2


def merge_near_duplicates(sketch: Sketch, max_leaves: int) -> Sketch:
    """Merge the two leaves most alike, again and again, while they are the same or there are too many leaves.

    The leaf with more example sessions keeps its name and description; keywords and examples become both's.
    """
    leaves = list(sketch.leaves)
    while len(leaves) > MIN_LEAVES:
        likeness = np.triu(likeness_of_leaves(leaves), k=1)
        first, second = divmod(int(likeness.argmax()), len(leaves))
        if likeness[first, second] < SAME and len(leaves) <= max_leaves:
            break
        leaves[first] = _merged(leaves[first], leaves[second])
        del leaves[second]
    return Sketch(sketch.groups, tuple(leaves))


def merge_same_names(leaves: Sequence[LeafSketch]) -> list[LeafSketch]:
    """Leaves of one name, whatever its case, as one; each at the place of its first."""
    found: dict[str, LeafSketch] = {}
    for leaf in leaves:
        name = leaf.name.lower()
        found[name] = _merged(found[name], leaf) if name in found else leaf
    return list(found.values())


def _merged(first: LeafSketch, second: LeafSketch) -> LeafSketch:
    """The leaf with more example sessions, with the keywords and examples of both."""
    kept, gone = sorted((first, second), key=lambda leaf: (-len(leaf.examples), leaf.name))
    return replace(
        kept,
        keywords=tuple(dict.fromkeys((*kept.keywords, *gone.keywords)))[:MAX_KEYWORDS],
        examples=tuple(dict.fromkeys((*kept.examples, *gone.examples))),
        is_sensitive=kept.is_sensitive or gone.is_sensitive,
    )
