"""What became of each intent between two taxonomies, and how many sessions it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickintent.taxonomy.reading import GROUP_LEVEL, LEAF_LEVEL, Intent, Taxonomy

CHANGES: Final = ("add", "rename", "describe", "merge", "split", "move", "retire")
"""Kinds of change; a description, keywords or examples that changed alone are 'describe'."""

Assignment = Sequence[str | None]
"""A leaf per session of a sample, None where none was clear."""

_MOST: Final = 0.5
"""From this share of its sessions on, an intent's sessions have gone to another one, or come from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `into_intent_id` is what a merged intent went into, what was split off, or the new group.

    Attributes:
        session_share: share of the sampled sessions that it touches; None where there was no sample.
    """

    change: str
    intent_id: str
    into_intent_id: str | None
    reason: str
    session_share: float | None = None


def changes_between(
    before: Taxonomy,
    after: Taxonomy,
    sessions_before: Assignment = (),
    sessions_after: Assignment = (),
    stated: Iterable[Change] = (),
) -> tuple[Change, ...]:
    """Changes from one taxonomy to another, ordered by intent.

    An intent that is gone was merged where most of its sessions now have one other intent of its level, and is retired
    elsewhere; a new one was split off where most of its sessions had one other intent, and is added elsewhere.

    Args:
        before: the taxonomy so far.
        after: the new one; an id that both have means the same intent.
        sessions_before: n leaves of `before`, of a sample of sessions.
        sessions_after: n leaves of `after`, of the same sessions in the same order.
        stated: what is known of why; it goes before what the sessions tell.

    Returns:
        Each intent's changes; one intent may be renamed and moved at once.
    """
    flows = Counter(zip(sessions_before, sessions_after, strict=True))
    by_level = {LEAF_LEVEL: flows, GROUP_LEVEL: _group_flows(flows, before, after)}
    old, new = ({intent.intent_id: intent for intent in taxonomy.intents} for taxonomy in (before, after))
    told = {(change.change, change.intent_id): change for change in stated}
    told |= {("split", change.into_intent_id or ""): change for change in stated if change.change == "split"}
    found = [
        *(_ended(i, by_level[i.level], new, told) for intent_id, i in old.items() if intent_id not in new),
        *(_begun(i, by_level[i.level], old, told) for intent_id, i in new.items() if intent_id not in old),
        *(c for intent_id, intent in new.items() if intent_id in old for c in _edited(old[intent_id], intent, told)),
    ]
    shared = [replace(change, session_share=_share(change, flows, before, after)) for change in found]
    return tuple(sorted(shared, key=lambda change: (change.intent_id, CHANGES.index(change.change))))


_Told = dict[tuple[str, str], Change]
_Flows = Counter[tuple[str | None, str | None]]


def _group_flows(flows: _Flows, before: Taxonomy, after: Taxonomy) -> _Flows:
    grouped: _Flows = Counter()
    for (old, new), count in flows.items():
        grouped[old and before.parent_of(old), new and after.parent_of(new)] += count
    return grouped


def _ended(intent: Intent, flows: _Flows, new: dict[str, Intent], told: _Told) -> Change:
    for kind in ("merge", "retire"):
        if (kind, intent.intent_id) in told:
            return told[kind, intent.intent_id]
    went = Counter({after: n for (before, after), n in flows.items() if before == intent.intent_id})
    into, share = _main(went)
    if into in new:
        return Change("merge", intent.intent_id, into, f"{share:.0%} of its sessions now have '{into}'")
    return Change(
        "retire", intent.intent_id, None, "most of its sessions have no one intent now" if went else "it had no session"
    )


def _begun(intent: Intent, flows: _Flows, old: dict[str, Intent], told: _Told) -> Change:
    for kind in ("split", "add"):
        if (kind, intent.intent_id) in told:
            return told[kind, intent.intent_id]
    came = Counter({before: n for (before, after), n in flows.items() if after == intent.intent_id})
    origin, share = _main(came)
    if origin in old:
        reason = f"{share:.0%} of its sessions had '{origin}'"
        return Change("split", origin, intent.intent_id, reason)
    return Change(
        "add", intent.intent_id, None, "most of its sessions had no one intent" if came else "it has no session yet"
    )


def _edited(old: Intent, new: Intent, told: _Told) -> Iterable[Change]:
    if old.name != new.name:
        yield _told_or(told, Change("rename", new.intent_id, None, f"'{old.name}' is now '{new.name}'"))
    elif replace(old, parent_intent_id=new.parent_intent_id) != new:
        yield _told_or(told, Change("describe", new.intent_id, None, "what it is told by has changed"))
    if old.parent_intent_id != new.parent_intent_id:
        reason = f"from the group '{old.parent_intent_id}'"
        yield _told_or(told, Change("move", new.intent_id, new.parent_intent_id, reason))


def _told_or(told: _Told, change: Change) -> Change:
    stated = told.get((change.change, change.intent_id))
    return change if stated is None else replace(change, reason=stated.reason)


def _main(counts: Counter[str | None]) -> tuple[str | None, float]:
    """The intent that most of the sessions have, with their share; None where none has so many."""
    total = sum(counts.values())
    leaf, count = max(counts.items(), key=lambda item: (item[1], str(item[0])), default=(None, 0))
    share = count / total if total else 0.0
    return (leaf, share) if share >= _MOST else (None, 0.0)


def _share(change: Change, flows: _Flows, before: Taxonomy, after: Taxonomy) -> float | None:
    """Share of the sampled sessions that had the intent, or have it now where it is new."""
    total = sum(flows.values())
    if not total:
        return None
    began = {"add": change.intent_id, "split": change.into_intent_id}.get(change.change)
    if began is not None:
        leaves = _leaves_of(after, began)
        return sum(n for (_, leaf), n in flows.items() if leaf in leaves) / total
    leaves = _leaves_of(before, change.intent_id)
    return sum(n for (leaf, _), n in flows.items() if leaf in leaves) / total


def _leaves_of(taxonomy: Taxonomy, intent_id: str) -> set[str]:
    """A leaf, or the leaves of a group."""
    return {leaf.intent_id for leaf in taxonomy.leaves if intent_id in {leaf.intent_id, leaf.parent_intent_id}}
