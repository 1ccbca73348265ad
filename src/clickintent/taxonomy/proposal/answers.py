"""From a model's answer to a sketch: only what the schema has a place for, cleaned, within limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from clickintent.taxonomy.proposal.merging import merge_same_names
from clickintent.taxonomy.proposal.prompt import OTHER
from clickintent.taxonomy.proposal.sketch import (
    MAX_NAME,
    LeafSketch,
    SessionText,
    Sketch,
    clean,
    clean_keywords,
    clean_sentence,
)
from clickintent.taxonomy.reading import MIN_LEAVES

TOO_MANY: Final = 2
"""An answer of this many times the leaves that were asked for has lost its task; fewer surplus ones are merged."""

_LEAF_TEXTS: Final = ("key", "name", "description", "excludes")


class AnswerError(ValueError):
    """An answer that cannot be used; the message is told to the model, and holds none of its words."""


def read_sketch(
    answer: Mapping[str, Any],
    *,
    before: Mapping[str, LeafSketch],
    sessions: Sequence[SessionText],
    max_leaves: int,
    may_add: bool,
    must_keep_all: bool = False,
) -> Sketch:
    """The taxonomy in an answer.

    Args:
        answer: the JSON object; whatever it holds beside the schema's fields is passed over.
        before: leaves so far by key, whose examples a leaf that goes on from them keeps.
        sessions: those that the question showed, numbered from 1.
        max_leaves: that were asked for.
        may_add: whether leaves without a key are new ones, or none.
        must_keep_all: whether every key has to occur, and leaves of one name are one leaf.

    Raises:
        AnswerError: a field is missing or of another type, a key is unknown or occurs twice, two leaves or groups
            share a name, or there are far too few or too many leaves.
    """
    groups: dict[str, str] = {}
    leaves: list[LeafSketch] = []
    used: list[str] = []
    for group in _objects(answer, "groups"):
        name = clean(_text(group, "name"), MAX_NAME)
        if not name:
            raise AnswerError("a group has no name of plain words")
        if name.lower() in {other.lower() for other in groups}:
            raise AnswerError("two groups have the same name")
        groups[name] = clean_sentence(_text(group, "description"))
        for said in _objects(group, "leaves"):
            leaf = _leaf(said, name, before, sessions)
            key = _text(said, "key")
            if key:
                used.append(key)
            elif not may_add:
                raise AnswerError("a leaf has no key, and none may be added")
            leaves.append(leaf)
    if must_keep_all:
        _check_keys(used, before)
        leaves = merge_same_names(leaves)
    _check(leaves, used, max_leaves)
    return Sketch(groups, tuple(leaves))


def read_assignment(answer: Mapping[str, Any], keys: Collection[str], count: int) -> list[str | None]:
    """The key of each of n sessions, None for 'other'.

    Raises:
        AnswerError: a session is missing or answered twice, a number or a key is unknown.
    """
    found: dict[int, str | None] = {}
    for said in _objects(answer, "sessions"):
        number, key = said.get("number"), _text(said, "leaf")
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= count:
            raise AnswerError(f"a number is none of 1 to {count}")
        if number in found:
            raise AnswerError("a session is answered twice")
        if key != OTHER and key not in keys:
            raise AnswerError("a session has a leaf that is not in the taxonomy")
        found[number] = None if key == OTHER else key
    if len(found) < count:
        raise AnswerError(f"{count - len(found)} sessions are left out")
    return [found[number] for number in range(1, count + 1)]


def _leaf(
    said: Mapping[str, Any], group: str, before: Mapping[str, LeafSketch], sessions: Sequence[SessionText]
) -> LeafSketch:
    texts = {name: _text(said, name) for name in _LEAF_TEXTS}
    if texts["key"] and texts["key"] not in before:
        raise AnswerError("a key is none of those that were given")
    name, description = clean(texts["name"], MAX_NAME), clean_sentence(texts["description"])
    if not name or not description:
        raise AnswerError("a leaf has no name or no description of plain words")
    numbers, words = _list(said, "example_sessions"), _list(said, "keywords")
    if not all(isinstance(word, str) for word in words) or not isinstance(said.get("is_sensitive"), bool):
        raise AnswerError("keywords have to be texts, and is_sensitive true or false")
    earlier = before[texts["key"]].examples if texts["key"] else ()
    # numbers of nothing are passed over: an example is a help, and no part of the taxonomy
    shown = [sessions[n - 1] for n in numbers if isinstance(n, int) and 1 <= n <= len(sessions)]
    return LeafSketch(
        name,
        description,
        group,
        excludes=clean_sentence(texts["excludes"]),
        keywords=clean_keywords(words),
        is_sensitive=said["is_sensitive"],
        examples=tuple(dict.fromkeys((*earlier, *shown))),
    )


def _check_keys(used: Sequence[str], wanted: Collection[str]) -> None:
    if missing := set(wanted) - set(used):
        raise AnswerError(f"{len(missing)} keys are left out")


def _check(leaves: Sequence[LeafSketch], used: Sequence[str], max_leaves: int) -> None:
    if len(set(used)) < len(used):
        raise AnswerError("a key occurs twice")
    if len({leaf.name.lower() for leaf in leaves}) < len(leaves):
        raise AnswerError("two leaves have the same name")
    if not MIN_LEAVES <= len(leaves) <= TOO_MANY * max_leaves:
        raise AnswerError(f"there are {len(leaves)} leaves; {MIN_LEAVES} to {max_leaves} are asked for")


def _objects(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = _list(value, name)
    if not all(isinstance(one, Mapping) for one in found):
        raise AnswerError(f"{name} have to be objects")
    return found


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list):
        raise AnswerError(f"{name} has to be a list")
    return found


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise AnswerError(f"{name} has to be a text")
    return found
