"""Page text as hashed words and sub-words, so that a page never seen in training has a meaning at once.

Sub-words follow fastText (Bojanowski et al. 2017, arXiv 1607.04606, section 3.2): character n-grams of each
word between boundary marks, hashed into a fixed number of buckets.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NGRAM_SIZES = (3, 4)
# Whole words carry the topic; n-grams carry word families and misspellings. Equal votes as groups.
WORD_SHARE = 0.5
# Words beyond this many say little about a page, and one long title should not cost as much as many.
MAX_WORDS = 32

_WORD = re.compile(r"[^\W_]+")
_CAMEL_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class HashedTexts:
    """Texts as bags of buckets, flat: text i owns `buckets[offsets[i]:offsets[i + 1]]`.

    Attributes:
        buckets: int64[tokens], bucket of each distinct word and n-gram.
        weights: float32[tokens], the share of each token in its text; a text with words sums to 1.
        offsets: int64[texts + 1].
    """

    buckets: NDArray[np.int64]
    weights: NDArray[np.float32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, rows: NDArray[np.int64]) -> "HashedTexts":
        """The bags of some texts, in the order of `rows` (int64[k])."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        source = np.repeat(self.offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return HashedTexts(self.buckets[source], self.weights[source], offsets)

    def dropped(self, share: float, random: np.random.Generator) -> "HashedTexts":
        """The same bags with about `share` of their tokens silent."""
        kept = random.random(len(self.weights)) >= share
        return HashedTexts(self.buckets, self.weights * kept.astype(np.float32), self.offsets)

    def told_apart_by(self) -> tuple[NDArray[np.int64], ...]:
        """What differs where the texts do."""
        return self.buckets, self.offsets


def page_key_text(page_key: str) -> str:
    """Words of a path or screen name, lower case: '/home-loans/fixedRate' -> 'home loans fixed rate'."""
    return " ".join(_WORD.findall(_CAMEL_BORDER.sub(" ", page_key))).lower()


def hash_texts(texts: Sequence[str | None], buckets: int) -> HashedTexts:
    """Hash the distinct words and n-grams of each text; an empty or null text is an empty bag.

    Args:
        texts: page texts; case does not matter.
        buckets: size of the hash space.
    """
    seen_words: dict[str, list[int]] = {}
    flat: list[int] = []
    weights: list[float] = []
    offsets = [0]
    for text in texts:
        words = list(dict.fromkeys(_WORD.findall((text or "").lower())))[:MAX_WORDS]
        grams: list[int] = []
        for word in words:
            if word not in seen_words:
                seen_words[word] = [bucket_of(gram, buckets) for gram in _ngrams(word)]
            grams += seen_words[word]
        flat += [bucket_of(f"w:{word}", buckets) for word in words] + grams
        word_share = WORD_SHARE if grams else 1.0
        weights += [word_share / max(len(words), 1)] * len(words) + [(1 - word_share) / max(len(grams), 1)] * len(grams)
        offsets.append(len(flat))
    return HashedTexts(
        np.asarray(flat, dtype=np.int64),
        np.asarray(weights, dtype=np.float32),
        np.asarray(offsets, dtype=np.int64),
    )


def bucket_of(token: str, buckets: int) -> int:
    """A bucket in [0, buckets) that is the same on every machine and version, unlike Python's `hash`."""
    return zlib.crc32(token.encode()) % buckets


def _ngrams(word: str) -> Iterable[str]:
    marked = f"<{word}>"
    for size in NGRAM_SIZES:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]
