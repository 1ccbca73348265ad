"""Stable ids: what a new draft has in common with the taxonomy in force keeps its id there.

Leaves are matched by the sessions that both assign and by what is said of them, one to one, so that the whole fits best
(Hungarian method: Kuhn 1955). An id that was ever used is never given to something else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped,unused-ignore]
from sklearn.feature_extraction.text import TfidfVectorizer

from clickintent.labeling.leaf_matching import normalise
from clickintent.taxonomy.changes import Assignment
from clickintent.taxonomy.reading import Intent, Taxonomy

SESSIONS_WEIGHT: Final = 0.7
"""Weight of the sessions in common beside what is said of two intents: words change with who writes them."""

SAME_INTENT: Final = 0.4
"""Fewest points, of 1, of a pair that is one intent: well over half of the sessions, or half of them and like words."""

_Points = npt.NDArray[np.float64]


def keep_ids(
    draft: Taxonomy,
    before: Taxonomy,
    sessions_before: Assignment,
    sessions_draft: Assignment,
    *,
    taken: Iterable[str] = (),
    pinned: Collection[str] = (),
    max_leaves: int,
) -> tuple[Intent, ...]:
    """A draft's intents under the ids that they have in the taxonomy so far; new ones get ids never used before.

    Args:
        draft: the new taxonomy, with ids of its own.
        before: the taxonomy so far.
        sessions_before: n leaves of `before`, of a sample of sessions; None where none was clear.
        sessions_draft: n leaves of `draft` of the same sessions.
        taken: every id that any version has used.
        pinned: leaves of `before` that stay, with their name and description.
        max_leaves: most leaves; where pinned ones make more, the new leaves with the fewest sessions give way.

    Returns:
        Intents that make a taxonomy.
    """
    leaves = match_intents(draft.leaves, before.leaves, sessions_draft, sessions_before)
    groups = match_intents(
        draft.groups,
        before.groups,
        [None if leaf is None else draft.parent_of(leaf) for leaf in sessions_draft],
        [None if leaf is None else before.parent_of(leaf) for leaf in sessions_before],
    )
    used = {*taken, *(intent.intent_id for intent in before.intents)}
    ids = groups | leaves
    for intent in draft.intents:
        if intent.intent_id not in ids:
            ids[intent.intent_id] = unused_id(intent.intent_id, used)
            used.add(ids[intent.intent_id])
    kept = {ids[i.intent_id]: _renumbered(i, ids) for i in draft.intents}
    sessions = {ids[leaf]: sum(session == leaf for session in sessions_draft) for leaf in draft.leaf_ids}
    _keep_pinned(kept, before, pinned)
    return _at_most(kept, max_leaves, pinned, sessions)


def match_intents(
    new: Sequence[Intent], old: Sequence[Intent], sessions_new: Assignment, sessions_old: Assignment
) -> dict[str, str]:
    """New id to old id of the pairs that are one intent."""
    if not new or not old:
        return {}
    likeness = likeness_of([*map(spoken, new), *map(spoken, old)])[: len(new), len(new) :]
    points = _points(new, old, sessions_new, sessions_old, likeness)
    rows, columns = linear_sum_assignment(-points)
    return {
        new[row].intent_id: old[column].intent_id
        for row, column in zip(rows, columns, strict=True)
        if points[row, column] >= SAME_INTENT
    }


def likeness_of(texts: Sequence[str]) -> _Points:
    """Cosine of word TF-IDF between n texts, n x n in [0, 1]; 0 with a text without words."""
    if not any(texts):
        return np.zeros((len(texts), len(texts)))
    vectors = TfidfVectorizer(analyzer=str.split).fit_transform(texts)
    likeness: _Points = (vectors @ vectors.T).toarray()
    return likeness


def spoken(intent: Intent) -> str:
    """All that is said of an intent, as normalised words."""
    phrases = (*intent.keywords, *intent.web_examples, *intent.app_examples)
    return normalise(" ".join((intent.name, intent.description, *phrases)))


def unused_id(wanted: str, used: Collection[str]) -> str:
    """The id, or it with the first number that nothing has ever been called by."""
    number, found = 2, wanted
    while found in used:
        found, number = f"{wanted}_{number}", number + 1
    return found


def _points(
    new: Sequence[Intent], old: Sequence[Intent], sessions_new: Assignment, sessions_old: Assignment, likeness: _Points
) -> _Points:
    """Share of their sessions that two intents have in common (Jaccard), and likeness; the latter alone without any."""
    row = {intent.intent_id: number for number, intent in enumerate(new)}
    column = {intent.intent_id: number for number, intent in enumerate(old)}
    common = np.zeros((len(new), len(old)))
    of_new, of_old = np.zeros(len(new)), np.zeros(len(old))
    for now, then in zip(sessions_new, sessions_old, strict=True):
        if now in row:
            of_new[row[now]] += 1
        if then in column:
            of_old[column[then]] += 1
        if now in row and then in column:
            common[row[now], column[then]] += 1
    either = of_new[:, None] + of_old[None, :] - common
    shared = common / np.where(either > 0, either, 1)
    weight = np.where(either > 0, SESSIONS_WEIGHT, 0.0)
    return weight * shared + (1 - weight) * likeness


def _renumbered(intent: Intent, ids: Mapping[str, str]) -> Intent:
    parent = intent.parent_intent_id
    return replace(
        intent, intent_id=ids[intent.intent_id], parent_intent_id=None if parent is None else ids.get(parent, parent)
    )


def _keep_pinned(kept: dict[str, Intent], before: Taxonomy, pinned: Collection[str]) -> None:
    """Pinned intents with their name and description; where the draft has none of them, as they were."""
    for intent_id in sorted(pinned):
        pin = before.intent(intent_id)
        if intent_id in kept:
            kept[intent_id] = replace(
                kept[intent_id], name=pin.name, description=pin.description, is_sensitive=pin.is_sensitive
            )
            continue
        kept[intent_id] = pin
        if pin.parent_intent_id is not None and pin.parent_intent_id not in kept:
            kept[pin.parent_intent_id] = before.intent(pin.parent_intent_id)


def _at_most(
    kept: dict[str, Intent], max_leaves: int, pinned: Collection[str], sessions: Mapping[str, int]
) -> tuple[Intent, ...]:
    leaves = [intent_id for intent_id, intent in kept.items() if intent.is_leaf and intent_id not in pinned]
    surplus = sum(intent.is_leaf for intent in kept.values()) - max_leaves
    for intent_id in sorted(leaves, key=lambda leaf: (sessions.get(leaf, 0), leaf))[: max(surplus, 0)]:
        del kept[intent_id]
    parents = {intent.parent_intent_id for intent in kept.values()}
    return tuple(intent for intent in kept.values() if intent.is_leaf or intent.intent_id in parents)
