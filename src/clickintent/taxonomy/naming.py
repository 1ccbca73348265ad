"""Clusters of sessions as intents: named and described by the terms that set them apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from clickintent.taxonomy.matching import unused_id
from clickintent.taxonomy.reading import GROUP_LEVEL, LEAF_LEVEL, Intent
from clickintent.taxonomy.terms import PAGE, PHRASE, WORD, SessionTerms

_LEAST_INFORMATION: Final = 0.01
"""Nats a session of a cluster tells by a term, below which the term sets nothing apart."""

_PRIOR_SESSIONS: Final = 1.0
"""Sessions like all others that a cluster is thought to have more, so that a term of few sessions counts little."""

_WIDER_SHARE: Final = 0.7
"""Two words are better than one of them alone where they tell as much, less this."""

_MIN_WORD_LENGTH: Final = 3
_MAX_NAME_LENGTH: Final = 60
_MAX_WORDS: Final = 12
_MAX_PHRASES: Final = 20
_MAX_EXAMPLES: Final = 6

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Portrait:
    """The terms of a cluster, the most telling first.

    Attributes:
        words, phrases: as a reader knows them; no word where no term sets the cluster apart.
        pages: page keys.
    """

    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


def portraits(terms: SessionTerms, labels: Labels, clusters: int) -> list[Portrait]:
    """What sets each of some clusters apart from all other sessions.

    A term counts by what it tells of a session (its part of the Kullback-Leibler divergence between the cluster's
    sessions and the others): frequent in the cluster, rare elsewhere.

    Args:
        terms: of n sessions.
        labels: cluster of each session, from 0; -1 for sessions of none.
        clusters: number of clusters.
    """
    found = []
    for cluster in range(clusters):
        is_in = labels == cluster
        inside = _shares(terms, is_in)
        outside = _shares(terms, ~is_in)
        telling = np.where(inside > outside, inside * np.log(np.where(inside > outside, inside / outside, 1.0)), 0.0)
        order = [int(t) for t in np.argsort(-telling, kind="stable") if telling[t] > _LEAST_INFORMATION]
        by_kind = {kind: [t for t in order if terms.terms[t][0] == kind] for kind in (WORD, PHRASE, PAGE)}
        words = _distinct([(terms.texts[t], float(telling[t])) for t in by_kind[WORD]])
        phrases = [terms.texts[t] for t in by_kind[PHRASE] if terms.texts[t] not in words]
        pages = [terms.texts[t] for t in by_kind[PAGE]]
        found.append(Portrait(tuple(words[:_MAX_WORDS]), tuple(phrases[:_MAX_PHRASES]), tuple(pages[:_MAX_EXAMPLES])))
    return found


def draft_intents(
    leaves: Sequence[Portrait],
    groups: Sequence[Portrait],
    group_of: Sequence[int],
    channels_of_page: Mapping[str, Collection[str]],
) -> tuple[list[Intent], list[str]]:
    """Intents of clusters, and the leaves' ids in the clusters' order.

    Args:
        leaves: portraits of the leaves, each with a word.
        groups: portraits of the groups.
        group_of: group of each leaf.
        channels_of_page: 'web' and 'app', where a page key is seen.
    """
    group_names, leaf_names = _names(groups), _names(leaves)
    group_ids = _ids(groups, [""] * len(groups))
    leaf_ids = _ids(leaves, [f"{group_ids[group]}." for group in group_of])
    intents = [
        Intent(group_id, None, GROUP_LEVEL, name, _described(portrait))
        for group_id, name, portrait in zip(group_ids, group_names, groups, strict=True)
    ]
    for leaf_id, name, portrait, group in zip(leaf_ids, leaf_names, leaves, group_of, strict=True):
        pages = {
            channel: tuple(page for page in portrait.pages if channel in channels_of_page[page])
            for channel in ("web", "app")
        }
        intents.append(
            Intent(
                leaf_id,
                group_ids[group],
                LEAF_LEVEL,
                name,
                _described(portrait),
                keywords=tuple(dict.fromkeys(map(_without_marks, (*portrait.words, *portrait.phrases)))),
                web_examples=pages["web"],
                app_examples=pages["app"],
            )
        )
    return intents, leaf_ids


def _shares(terms: SessionTerms, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Share of some sessions that have each term, drawn a little towards that of all."""
    count = np.asarray(terms.counts[chosen].sum(axis=0)).ravel()
    shares: npt.NDArray[np.float64] = (count + _PRIOR_SESSIONS * terms.share) / (chosen.sum() + _PRIOR_SESSIONS)
    return shares


def _distinct(words: Sequence[tuple[str, float]]) -> list[str]:
    """Words less those that say nothing beside another one that tells about as much or more.

    'loan' goes beside 'personal loan'; so does what is no word to a reader, such as '8'.
    """
    kept: list[str] = []
    for text, telling in words:
        parts = set(text.split())
        wider = (other for other, value in words if parts < set(other.split()) and value >= _WIDER_SHARE * telling)
        is_within = any(parts <= set(other.split()) for other in kept)
        is_word = any(len(part) >= _MIN_WORD_LENGTH and part.isalpha() for part in parts)
        if is_word and not is_within and next(wider, None) is None:
            kept.append(text)
    return kept


def _names(clusters: Sequence[Portrait]) -> list[str]:
    """A name each, of the first terms that share no word, and of another one where two would be named alike."""
    names: list[str] = []
    for portrait in clusters:
        first, *more = portrait.words
        apart = [text for text in more if not set(text.split()) & set(first.split())]
        options = [_name([first, second]) for second in (*apart, *more)] or [_name([first])]
        names.append(next((name for name in options if name not in names), unused_id(options[0], names)))
    return names


def _name(terms: Sequence[str]) -> str:
    text = _without_marks(", ".join(terms))
    if len(text) > _MAX_NAME_LENGTH:
        text = text[:_MAX_NAME_LENGTH].rsplit(" ", 1)[0].rstrip(",")
    return text[:1].upper() + text[1:]


def _described(portrait: Portrait) -> str:
    terms = [*portrait.words[:3], *portrait.phrases[:3]]
    return f"Sessions that are set apart by {_without_marks(', '.join(terms))}."


def _ids(clusters: Sequence[Portrait], prefixes: Sequence[str]) -> list[str]:
    """An id each, of the first term."""
    ids: list[str] = []
    for portrait, prefix in zip(clusters, prefixes, strict=True):
        slug = "_".join(re.findall(r"[^\W_]+", portrait.words[0].lower()))
        ids.append(unused_id(f"{prefix}{slug}", ids))
    return ids


def _without_marks(text: str) -> str:
    """Without the mark that separates phrases in a cell."""
    return text.replace(";", " ")
