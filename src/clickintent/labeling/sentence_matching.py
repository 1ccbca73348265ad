"""How well a page's words fit each leaf by a sentence model, alone or beside TF-IDF.

The model is the one that reads page text for the session encoder, where one is configured; it knows that 'home loan'
and 'mortgage' mean the same, which TF-IDF has to be told by keywords.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from clickintent.labeling.leaf_matching import Scores, normalise, phrases_of
from clickintent.taxonomy import Intent


class Matcher(Protocol):
    """Anything that says how well lines of page words fit the leaves of one taxonomy."""

    def score(self, lines: Sequence[str]) -> Scores:
        """float32[m, n] in [0, 1] for m lines and n leaves."""


class SentenceReader(Protocol):
    """A text model."""

    @property
    def name(self) -> str:
        """The model and what tells it from another of its name."""

    def read(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32[len(texts), dim] of unit length; zeros for an empty text."""


class SentenceMatcher:
    """Scores lines against leaves by the cosine of the nearest phrase, above what any leaf gets of the line.

    Sentence models find any two texts of one language alike to some degree. What a line has in common with all
    leaves says nothing of it, so its mean over the leaves counts as 0.

    Args:
        leaves: n leaves, in the order of the score columns.
        reader: the text model.
    """

    def __init__(self, leaves: Sequence[Intent], reader: SentenceReader) -> None:
        self._reader = reader
        phrases = [[normalise(text) for text in phrases_of(leaf)] for leaf in leaves]
        self._first_phrase = np.cumsum([0, *(len(texts) for texts in phrases)])[:-1]
        self._phrases = [text for texts in phrases for text in texts]

    @cached_property
    def _vectors(self) -> npt.NDArray[np.float32]:
        # not before there is something to score: a build in which nothing is new loads no model
        return self._reader.read(self._phrases)

    def score(self, lines: Sequence[str]) -> Scores:
        """Score m lines of page words; a row of zeros for a line without words.

        Returns:
            float32[m, n] in [0, 1].
        """
        if not lines:
            return np.zeros((0, len(self._first_phrase)), dtype=np.float32)
        similarities = self._reader.read([normalise(line) for line in lines]) @ self._vectors.T
        nearest = np.maximum.reduceat(similarities, self._first_phrase, axis=1)
        common = nearest.mean(axis=1, keepdims=True)
        above: Scores = np.clip((nearest - common) / np.maximum(1.0 - common, 1e-6), 0.0, 1.0).astype(np.float32)
        return above


class MatcherBlend:
    """A weighted mean of two matchers.

    Args:
        first: a matcher.
        second: another one for the same leaves.
        share: weight of the second, 0 to 1.
    """

    def __init__(self, first: Matcher, second: Matcher, share: float) -> None:
        self._first = first
        self._second = second
        self._share = share

    def score(self, lines: Sequence[str]) -> Scores:
        """float32[m, n] in [0, 1] for m lines and n leaves."""
        blended: Scores = (1.0 - self._share) * self._first.score(lines) + self._share * self._second.score(lines)
        return blended.astype(np.float32)
