"""What sessions are about, as terms that enough people have seen: words, page texts, event types, page keys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]

from clickintent.labeling.embedded import lines_of
from clickintent.labeling.leaf_matching import normalise
from clickintent.labeling.narratives import read_steps
from clickintent.labeling.page_words import split_words
from clickintent.labeling.scrubber import scrub

WORD: Final = "word"
PHRASE: Final = "phrase"
PAGE: Final = "page"

_MAX_KEY_LENGTH: Final = 100
"""Longer page keys say nothing to a reader."""

Term = tuple[str, str]
"""Kind and text: ('word', 'balance transfer'), ('phrase', 'cards balance transfer offer'), ('page', '/cards')."""


@dataclass(frozen=True)
class SessionTerms:
    """Which session has which term.

    Attributes:
        terms: t terms, ordered.
        texts: t texts as a reader knows them.
        counts: n sessions x t terms, 1 where a session has a term.
    """

    terms: tuple[Term, ...]
    texts: tuple[str, ...]
    counts: csr_matrix

    @cached_property
    def share(self) -> npt.NDArray[np.float64]:
        """Share of all sessions that have each term."""
        share: npt.NDArray[np.float64] = np.asarray(self.counts.mean(axis=0)).ravel()
        return share

    def is_kind(self, *kinds: str) -> npt.NDArray[np.bool_]:
        """Which terms are of these kinds."""
        return np.array([kind in kinds for kind, _ in self.terms], dtype=bool)


def read_terms(
    narratives: Sequence[str], page_keys: Sequence[Sequence[str]], visitors: Sequence[str], min_visitors: int
) -> SessionTerms:
    """Terms of n sessions; only those that at least `min_visitors` visitors have seen.

    Args:
        narratives: n texts of `write_narratives`: what a labeler sees, and so what can name an intent.
        page_keys: pages of n sessions.
        visitors: n visitors.
        min_visitors: fewest visitors of a term.
    """
    lines = [
        sorted({line for step in read_steps(text) for line, _ in lines_of(step) if normalise(line)})
        for text in narratives
    ]
    surfaces = _surfaces(lines)
    terms_of = {line: _line_terms(line) for line in {line for some in lines for line in some}}
    is_plain = {key: _is_plain(key) for key in {key for keys in page_keys for key in keys}}
    sessions = [
        {term for line in some for term in terms_of[line]} | {(PAGE, key) for key in keys if is_plain[key]}
        for some, keys in zip(lines, page_keys, strict=True)
    ]
    audience: defaultdict[Term, set[str]] = defaultdict(set)
    for terms, visitor in zip(sessions, visitors, strict=True):
        for term in terms:
            audience[term].add(visitor)
    seen = tuple(sorted(term for term, people in audience.items() if len(people) >= min_visitors))
    column = {term: number for number, term in enumerate(seen)}
    cells = [(row, column[term]) for row, terms in enumerate(sessions) for term in sorted(terms & column.keys())]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    counts = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(sessions), len(seen)))
    return SessionTerms(seen, tuple(_text(term, surfaces) for term in seen), counts)


def _line_terms(line: str) -> set[Term]:
    words = _once(normalise(line).split())
    pairs = [" ".join(pair) for pair in pairwise(words)]
    return {(PHRASE, " ".join(_once(line.split()))), *((WORD, text) for text in (*words, *pairs))}


def _once(words: Iterable[str]) -> list[str]:
    """Each word once: a page's path and title mostly say the same."""
    return list(dict.fromkeys(words))


def _surfaces(lines: Iterable[Iterable[str]]) -> dict[str, str]:
    """The spelling in which most lines have each normalised word."""
    spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in (line for some in lines for line in some):
        for word in split_words(line).split():
            spelt[normalise(word)][word] += 1
    return {word: min(counts, key=lambda text: (-counts[text], text)) for word, counts in spelt.items()}


def _text(term: Term, surfaces: dict[str, str]) -> str:
    kind, text = term
    return " ".join(surfaces.get(word, word) for word in text.split()) if kind == WORD else text


def _is_plain(key: str) -> bool:
    """Whether a page key can stand in a taxonomy: it names a page, and holds no identifier and no list mark."""
    return 1 < len(key) <= _MAX_KEY_LENGTH and ";" not in key and scrub(key) == key
