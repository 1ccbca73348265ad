"""How well a page's words fit each leaf of the taxonomy, by word and character TF-IDF.

Every leaf is a set of phrases (its name, its keywords, its examples, its description). A line is compared
with each phrase and with the leaf as a whole; words no leaf knows count against the line, so that a page of
another trade that shares one word with a bank does not pass for a banking page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.preprocessing import normalize

from clickintent.labeling.page_words import split_words, word_set
from clickintent.taxonomy import Intent

Scores = npt.NDArray[np.float32]

_STOP_WORDS: Final = word_set(
    "a an the of for and or to in on at by with from as is are be it its this that your my our you we us i "
    "www com html index http https en default aspx page title welcome screen fragment tab"
)
"""Words of any title on any site; few on purpose, since 'find', 'pay' and 'about' tell intents apart."""

_TOKEN = re.compile(r"[^\W_]+")
_PHRASE_EDGE: Final = "|"
_PLACEHOLDER = re.compile(r"<[a-z]+>")
_SHORT_WORD: Final = 3
"""Words up to this length keep their final s: 'gas', 'bus', 'cds'."""

_CHAR_FEATURES: Final = 2**18
"""Hash buckets of character n-grams; a taxonomy has some 10,000 distinct ones, so collisions are rare."""

_CHUNK_LINES: Final = 2048
"""Lines scored at a time; 2,048 lines by 1,000 phrases of float64 stay at 16 MB."""


class LeafMatcher:
    """Scores lines of page words against the leaves of one taxonomy.

    Args:
        leaves: n leaves, in the order of the score columns.
        word_share: weight of words in the score, the rest goes to characters.
        phrase_share: weight of the best phrase in the word score, the rest goes to the leaf as a whole.
        unknown_word_weight: weight of a word no leaf knows, as a share of the rarest known word's.
    """

    def __init__(
        self, leaves: Sequence[Intent], *, word_share: float, phrase_share: float, unknown_word_weight: float
    ) -> None:
        self._word_share = word_share
        self._phrase_share = phrase_share
        phrases = [[normalise(text) for text in phrases_of(leaf)] for leaf in leaves]
        self._first_phrase = np.cumsum([0, *(len(texts) for texts in phrases)])[:-1]
        flat = [text for texts in phrases for text in texts]
        documents = [f" {_PHRASE_EDGE} ".join(texts) for texts in phrases]

        self._words = CountVectorizer(analyzer=_word_terms, dtype=np.float32)
        usage = self._words.fit_transform(documents)
        self._word_idf = _inverse_document_frequency(usage)
        self._unknown_square = float((unknown_word_weight * self._word_idf.max()) ** 2)
        # A leaf's terms weigh by how many of its phrases use them: most phrases of one leaf say 'refinance'.
        usage.data = 1.0 + np.log(usage.data)
        self._leaf_words = normalize(_weigh(usage, self._word_idf))
        self._phrase_words = normalize(_weigh(self._words.transform(flat), self._word_idf))

        self._chars = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            n_features=_CHAR_FEATURES,
            alternate_sign=False,
            norm=None,
            binary=True,
            dtype=np.float32,
        )
        self._char_idf = _inverse_document_frequency(self._chars.transform(documents))
        self._phrase_chars = normalize(_weigh(self._chars.transform(flat), self._char_idf))

    def score(self, lines: Sequence[str]) -> Scores:
        """Score m lines of page words.

        Args:
            lines: page words as a narrative shows them.

        Returns:
            float32[m, n] in [0, 1]; a row of zeros for a line that shares nothing with any leaf.
        """
        texts = [normalise(line) for line in lines]
        chunks = [self._score_chunk(texts[i : i + _CHUNK_LINES]) for i in range(0, len(texts), _CHUNK_LINES)]
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self._first_phrase)), dtype=np.float32)

    def _score_chunk(self, texts: Sequence[str]) -> Scores:
        words = _weigh(self._words.transform(texts), self._word_idf)
        known = self._words.vocabulary_
        unknown = np.array([sum(word not in known for word in set(text.split())) for text in texts])
        squares = np.asarray(words.multiply(words).sum(axis=1)).ravel() + unknown * self._unknown_square
        words = _weigh(words, 1.0 / np.sqrt(np.where(squares > 0, squares, 1.0))[:, None])
        by_phrase = self._best_phrase(words @ self._phrase_words.T)
        by_leaf = (words @ self._leaf_words.T).toarray()
        chars = normalize(_weigh(self._chars.transform(texts), self._char_idf))
        by_chars = self._best_phrase(chars @ self._phrase_chars.T)
        by_words = self._phrase_share * by_phrase + (1.0 - self._phrase_share) * by_leaf
        scores: Scores = self._word_share * by_words + (1.0 - self._word_share) * by_chars
        return scores.astype(np.float32)

    def _best_phrase(self, similarities: csr_matrix) -> Scores:
        best: Scores = np.maximum.reduceat(similarities.toarray(), self._first_phrase, axis=1)
        return best


def normalise(text: str) -> str:
    """Lower-case words in the singular, without fillers and placeholders; CamelCase and paths are split."""
    tokens = _TOKEN.findall(_PLACEHOLDER.sub(" ", split_words(text)).replace("'", ""))
    return " ".join(_singular(token) for token in tokens if token not in _STOP_WORDS)


def _singular(word: str) -> str:
    if len(word) <= _SHORT_WORD or word.endswith(("ss", "us", "is")) or not word.endswith("s"):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def phrases_of(leaf: Intent) -> list[str]:
    """Everything a taxonomy says of a leaf, phrase by phrase; never empty."""
    return [leaf.name, leaf.description, *leaf.keywords, *leaf.web_examples, *leaf.app_examples]


def _word_terms(text: str) -> list[str]:
    """Words and pairs of neighbours; no pair crosses from one phrase into the next."""
    phrases = [phrase.split() for phrase in text.split(_PHRASE_EDGE)]
    return [word for words in phrases for word in words] + [
        f"{first} {second}" for words in phrases for first, second in pairwise(words)
    ]


def _inverse_document_frequency(documents: csr_matrix) -> Scores:
    """Smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1, as scikit-learn defines it."""
    frequency = np.bincount(documents.indices, minlength=documents.shape[1])
    weights: Scores = (np.log((1.0 + documents.shape[0]) / (1.0 + frequency)) + 1.0).astype(np.float32)
    return weights


def _weigh(matrix: csr_matrix, weights: npt.NDArray[np.floating[Any]]) -> csr_matrix:
    """Multiply columns (weights of one dimension) or rows (weights as a column) of a sparse matrix."""
    return matrix.multiply(weights).tocsr()
