"""Reading a taxonomy: from rows to checked intents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from clickintent.taxonomy.rows import TaxonomyError, plain_rows

MIN_LEAVES: Final = 2
"""With a single leaf there is nothing to tell apart."""

MAX_LEAVES: Final = 35
"""The public contract's limit: more leaves than this no person keeps apart and no chart shows."""

GROUP_LEVEL: Final = 1
LEAF_LEVEL: Final = 2
_STATUSES: Final = ("active", "proposed", "retired")
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Intent:
    """One row of the taxonomy: a group (level 1) or a leaf (level 2); `excludes` says what does not belong to it."""

    intent_id: str
    parent_intent_id: str | None
    level: int
    name: str
    description: str
    keywords: tuple[str, ...] = ()
    web_examples: tuple[str, ...] = ()
    app_examples: tuple[str, ...] = ()
    is_sensitive: bool = False
    status: str = "active"
    excludes: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether sessions are labelled with it; groups only hold leaves."""
        return self.level == LEAF_LEVEL


@dataclass(frozen=True)
class Taxonomy:
    """A checked taxonomy: every leaf is active and belongs to an active group.

    Attributes:
        version: as the table `intent_taxonomy` names it, such as 'tax-0123456789ab'; None for rows that are not
            from that table.
        groups: active level-1 intents, ordered by id.
        leaves: active level-2 intents, ordered by id.
    """

    version: str | None
    groups: tuple[Intent, ...]
    leaves: tuple[Intent, ...]

    @cached_property
    def leaf_ids(self) -> tuple[str, ...]:
        """Ids of the active leaves, ordered."""
        return tuple(leaf.intent_id for leaf in self.leaves)

    @cached_property
    def intents(self) -> tuple[Intent, ...]:
        """Active groups and then leaves, each ordered by id."""
        return (*self.groups, *self.leaves)

    @cached_property
    def _by_id(self) -> Mapping[str, Intent]:
        return {intent.intent_id: intent for intent in self.intents}

    def intent(self, intent_id: str) -> Intent:
        """Look an active intent up.

        Raises:
            KeyError: the taxonomy has no active intent of that id.
        """
        if intent_id not in self._by_id:
            raise KeyError(f"taxonomy {self.version or 'without a version'} has no active intent '{intent_id}'")
        return self._by_id[intent_id]

    def parent_of(self, intent_id: str) -> str:
        """Return the level-1 id an intent belongs to; a group belongs to itself.

        Raises:
            KeyError: the taxonomy has no active intent of that id.
        """
        intent = self.intent(intent_id)
        return intent.parent_intent_id or intent.intent_id


def read_taxonomy(frame: pl.DataFrame) -> Taxonomy:
    """Read and check a two-level taxonomy.

    Args:
        frame: one row per intent with intent_id, parent_intent_id (null or empty at level 1), level (1 or 2),
            name, description; optionally keywords, web_examples, app_examples (each separated by '; '), excludes,
            is_sensitive, status ('active' when absent), and taxonomy_version, the same in every row. Rows that
            are not active are checked as rows and then left out.

    Returns:
        The active groups and leaves.

    Raises:
        TaxonomyError: ids are missing or repeated, a level, flag or status is unknown, an active leaf has no
            active group, a name or description is empty, there is more than one version, or there are fewer than
            `MIN_LEAVES` or more than `MAX_LEAVES` active leaves. The message names the row and what to do.
    """
    intents = [_read_row(number, row) for number, row in enumerate(plain_rows(frame), start=1)]
    return make_taxonomy(intents, _version(frame))


def make_taxonomy(intents: Sequence[Intent], version: str | None = None) -> Taxonomy:
    """Check intents as a whole.

    Args:
        intents: of one version, in any order; those that are not active are left out.
        version: its name, None where it has none yet.

    Raises:
        TaxonomyError: as `read_taxonomy` does, less what is told of a row alone.
    """
    repeated = sorted(intent_id for intent_id, n in Counter(i.intent_id for i in intents).items() if n > 1)
    if repeated:
        raise TaxonomyError(
            f"intent_id {', '.join(map(repr, repeated))} appears more than once; an id names one "
            "intent forever: give the newer row an id of its own."
        )
    active = sorted((i for i in intents if i.status == "active"), key=lambda i: i.intent_id)
    groups = tuple(i for i in active if i.level == GROUP_LEVEL)
    leaves = tuple(i for i in active if i.level == LEAF_LEVEL)
    _check_parents(groups, leaves, intents)
    if not MIN_LEAVES <= len(leaves) <= MAX_LEAVES:
        raise TaxonomyError(
            f"the taxonomy has {len(leaves)} active level-2 intents; it needs {MIN_LEAVES} to {MAX_LEAVES}: "
            "merge or retire some, or add what is missing."
        )
    return Taxonomy(version=version, groups=groups, leaves=leaves)


def _version(frame: pl.DataFrame) -> str | None:
    """The one version that the rows name, None if they name none."""
    if "taxonomy_version" not in frame.columns:
        return None
    versions: list[str] = frame["taxonomy_version"].unique().drop_nulls().sort().to_list()
    if len(versions) > 1:
        raise TaxonomyError(
            f"the rows are of {len(versions)} taxonomy versions ({', '.join(versions)}); read one version at a time."
        )
    return versions[0] if versions else None


def _read_row(number: int, row: Mapping[str, str]) -> Intent:
    """Check one row on its own; `number` counts from 1 without the header."""
    intent_id = row["intent_id"]
    where = f"taxonomy row {number} ('{intent_id}')"
    if not intent_id:
        raise TaxonomyError(
            f"taxonomy row {number} ('{row['name']}') has no intent_id; give it a stable, readable one."
        )
    if row["level"] not in {str(GROUP_LEVEL), str(LEAF_LEVEL)}:
        raise TaxonomyError(f"{where} has level '{row['level']}'; use 1 for a group and 2 for a leaf.")
    if row["is_sensitive"] not in _BOOLEANS:
        raise TaxonomyError(f"{where} has is_sensitive '{row['is_sensitive']}'; use true or false.")
    if row["status"] not in _STATUSES:
        raise TaxonomyError(f"{where} has status '{row['status']}'; use one of {', '.join(_STATUSES)}.")
    for column in ("name", "description"):
        if not row[column]:
            raise TaxonomyError(f"{where} has no {column}; people and labelers read it: write one.")
    level = int(row["level"])
    parent = row["parent_intent_id"] or None
    if level == GROUP_LEVEL and parent is not None:
        raise TaxonomyError(
            f"{where} is a group (level 1) but has the parent '{parent}'; empty the parent or use level 2."
        )
    if level == LEAF_LEVEL and parent is None:
        raise TaxonomyError(f"{where} is a leaf (level 2) without parent_intent_id; name its group.")
    return Intent(
        intent_id=intent_id,
        parent_intent_id=parent,
        level=level,
        name=row["name"],
        description=row["description"],
        keywords=split_phrases(row["keywords"]),
        web_examples=split_phrases(row["web_examples"]),
        app_examples=split_phrases(row["app_examples"]),
        is_sensitive=_BOOLEANS[row["is_sensitive"]],
        status=row["status"],
        excludes=row["excludes"],
    )


def _check_parents(groups: Sequence[Intent], leaves: Sequence[Intent], intents: Sequence[Intent]) -> None:
    group_ids = {group.intent_id for group in groups}
    known = {intent.intent_id: intent for intent in intents}
    for leaf in leaves:
        parent = leaf.parent_intent_id or ""
        if parent in group_ids:
            continue
        if parent not in known:
            trouble = "which does not exist: add it as a level-1 row or correct the id"
        elif known[parent].level != GROUP_LEVEL:
            trouble = "which is itself a leaf: name a level-1 row"
        else:
            trouble = f"which is {known[parent].status}: move or retire the leaf, or make the group active"
        raise TaxonomyError(f"leaf '{leaf.intent_id}' has the parent '{parent}', {trouble}.")


def split_phrases(text: str) -> tuple[str, ...]:
    """Phrases of a cell that holds several, separated by ';'."""
    return tuple(phrase for part in text.split(";") if (phrase := part.strip()))
