"""Overrides applied to a taxonomy: every row has its effect, had it before, or is refused by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from clickintent.taxonomy.changes import Change
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.overrides import ENDS, Override
from clickintent.taxonomy.reading import GROUP_LEVEL, LEAF_LEVEL, MAX_LEAVES, MIN_LEAVES, Intent, Taxonomy

EMPTY_GROUP: Final = "no leaf is left in the group"


def apply_overrides(
    base: Taxonomy, overrides: Sequence[Override], former_ids: frozenset[str] = frozenset(), *, is_drafted: bool = False
) -> tuple[Taxonomy, tuple[Change, ...]]:
    """The taxonomy that overrides make of a base.

    A merge or retirement whose intent is gone already, as earlier versions tell, has been done and has no effect.

    Args:
        base: the taxonomy as it was written or drafted.
        overrides: rows of `read_overrides`.
        former_ids: every id that any version so far has used.
        is_drafted: whether the base was drafted after a taxonomy with overrides, so that it may hold what rows
            'add' and 'split' made then.

    Returns:
        The taxonomy, and what the rows changed, with their reasons.

    Raises:
        TaxonomyError: a row cannot be applied; the message names it and says what to do.
    """
    edit = _Edit({intent.intent_id: intent for intent in base.intents}, former_ids, is_drafted)
    group_ids = {group.intent_id for group in base.groups}
    # a group can be retired once the rows for its leaves have had their effect
    for row in sorted(overrides, key=lambda row: row.action == "retire" and row.intent_id in group_ids):
        _APPLY[row.action](edit, row)
    edit.drop_empty_groups()
    edit.check_most_leaves(overrides)
    return versioned(edit.intents.values()), tuple(edit.changes)


@dataclass
class _Edit:
    """A taxonomy being edited."""

    intents: dict[str, Intent]
    former_ids: frozenset[str]
    is_drafted: bool
    changes: list[Change] = field(default_factory=list)

    def find(self, row: Override, intent_id: str, level: int | None = None) -> Intent:
        """The intent that a row names, of the level it needs."""
        found = self.intents.get(intent_id)
        if found is None:
            raise row.error(self._not_there(intent_id))
        if level is not None and found.level != level:
            kinds = {GROUP_LEVEL: "a group", LEAF_LEVEL: "a leaf"}
            raise row.error(f"'{intent_id}' is {kinds[found.level]}; {row.action} needs {kinds[level]} there.")
        return found

    def is_done(self, row: Override) -> bool:
        return row.action in ENDS and row.intent_id not in self.intents and row.intent_id in self.former_ids

    def leaves(self, group: str | None = None) -> list[Intent]:
        return [i for i in self.intents.values() if i.is_leaf and (group is None or i.parent_intent_id == group)]

    def put(self, intent: Intent, texts: Mapping[str, Any]) -> Intent:
        self.intents[intent.intent_id] = replace(intent, **texts)
        return self.intents[intent.intent_id]

    def note(self, row: Override, into_intent_id: str | None = None) -> None:
        self.changes.append(Change(row.action, row.intent_id, into_intent_id, row.reason or "override"))

    def check_fewest_leaves(self, row: Override) -> None:
        count = len(self.leaves())
        if count < MIN_LEAVES:
            raise row.error(f"it would leave {count} leaves; a taxonomy has {MIN_LEAVES} at least: remove the row.")

    def check_most_leaves(self, overrides: Sequence[Override]) -> None:
        count = len(self.leaves())
        if count > MAX_LEAVES:
            row = next(row for row in reversed(overrides) if row.made_intent_id)
            raise row.error(f"it makes leaf number {count}; {MAX_LEAVES} is the most: merge or retire another one.")

    def merged_into(self, intent_id: str) -> str:
        """Where an intent has gone by the rows so far; itself where it is there."""
        merges = {change.intent_id: change.into_intent_id for change in self.changes if change.change == "merge"}
        while intent_id not in self.intents and (into := merges.get(intent_id)):
            intent_id = into
        return intent_id

    def drop_empty_groups(self) -> None:
        for group in [i for i in self.intents.values() if not i.is_leaf and not self.leaves(i.intent_id)]:
            del self.intents[group.intent_id]
            self.changes.append(Change("retire", group.intent_id, None, EMPTY_GROUP))

    def _not_there(self, intent_id: str) -> str:
        if intent_id in self.former_ids:
            return f"'{intent_id}' was an intent of an earlier taxonomy and is none of this one; remove the row."
        close = get_close_matches(intent_id, self.intents, n=1)
        hint = (
            f"did you mean '{close[0]}'?" if close else "`clickintent taxonomy list --intents` names those there are."
        )
        return f"there is no intent '{intent_id}'; {hint}"


def _add(edit: _Edit, row: Override) -> None:
    _require_new(edit, row, row.intent_id)
    parent = row.into_intent_id or None
    if row.intent_id in edit.intents:
        edit.put(edit.intents[row.intent_id], dict(row.texts))
        return
    if parent is not None:
        edit.find(row, parent, GROUP_LEVEL)
    level = GROUP_LEVEL if parent is None else LEAF_LEVEL
    edit.put(Intent(row.intent_id, parent, level, "", ""), dict(row.texts))
    edit.note(row)


def _split(edit: _Edit, row: Override) -> None:
    whole = edit.find(row, row.intent_id, LEAF_LEVEL)
    _require_new(edit, row, row.into_intent_id)
    texts: dict[str, Any] = dict(row.texts)
    taken = set(texts["keywords"])
    edit.put(whole, {"keywords": tuple(word for word in whole.keywords if word not in taken)})
    is_there = row.into_intent_id in edit.intents
    part = Intent(row.into_intent_id, whole.parent_intent_id, LEAF_LEVEL, "", "", is_sensitive=whole.is_sensitive)
    edit.put(edit.intents.get(row.into_intent_id, part), texts)
    if not is_there:
        edit.note(row, row.into_intent_id)


def _require_new(edit: _Edit, row: Override, intent_id: str) -> None:
    """Ids name one intent forever: what a row makes cannot be there, but by that row and a draft made after it."""
    if intent_id in edit.intents and not edit.is_drafted:
        raise row.error(f"there is an intent '{intent_id}' already; give the new one another id.")


def _describe(edit: _Edit, row: Override) -> None:
    before = edit.find(row, row.intent_id)
    if edit.put(before, dict(row.texts)) != before:
        edit.note(row)


def _move(edit: _Edit, row: Override) -> None:
    leaf = edit.find(row, row.intent_id, LEAF_LEVEL)
    edit.find(row, row.into_intent_id, GROUP_LEVEL)
    if leaf.parent_intent_id != row.into_intent_id:
        edit.put(leaf, {"parent_intent_id": row.into_intent_id})
        edit.note(row, row.into_intent_id)


def _merge(edit: _Edit, row: Override) -> None:
    if edit.is_done(row):
        return
    gone = edit.find(row, row.intent_id)
    into = edit.find(row, edit.merged_into(row.into_intent_id), gone.level)
    if gone.is_leaf:
        edit.put(into, _both(into, gone))
    else:
        for leaf in edit.leaves(gone.intent_id):
            edit.put(leaf, {"parent_intent_id": into.intent_id})
    _end(edit, row, gone.intent_id, into.intent_id)


def _both(into: Intent, gone: Intent) -> dict[str, Any]:
    """What finds the pages of a leaf finds those of the leaf that was merged into it, too."""
    keywords = (*into.keywords, gone.name.lower(), *gone.keywords)
    return {
        "keywords": tuple(dict.fromkeys(keywords)),
        "web_examples": tuple(dict.fromkeys((*into.web_examples, *gone.web_examples))),
        "app_examples": tuple(dict.fromkeys((*into.app_examples, *gone.app_examples))),
        "is_sensitive": into.is_sensitive or gone.is_sensitive,
    }


def _retire(edit: _Edit, row: Override) -> None:
    if edit.is_done(row):
        return
    gone = edit.find(row, row.intent_id)
    if not gone.is_leaf and edit.leaves(gone.intent_id):
        names = ", ".join(leaf.intent_id for leaf in edit.leaves(gone.intent_id))
        raise row.error(
            f"'{gone.intent_id}' is a group with leaves ({names}); move, merge or retire them, and it goes."
        )
    _end(edit, row, gone.intent_id, None)


def _end(edit: _Edit, row: Override, intent_id: str, into_intent_id: str | None) -> None:
    del edit.intents[intent_id]
    edit.note(row, into_intent_id)
    edit.check_fewest_leaves(row)


def _pin(edit: _Edit, row: Override) -> None:
    edit.find(row, row.intent_id)


_APPLY: Final[dict[str, Callable[[_Edit, Override], None]]] = {
    "add": _add,
    "split": _split,
    "rename": _describe,
    "describe": _describe,
    "move": _move,
    "merge": _merge,
    "retire": _retire,
    "pin": _pin,
}
