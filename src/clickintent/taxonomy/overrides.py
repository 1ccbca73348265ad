"""`seeds/taxonomy_overrides.csv`: what people correct in a taxonomy, read and checked row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from clickintent.taxonomy.reading import split_phrases
from clickintent.taxonomy.rows import TaxonomyError

OVERRIDE_COLUMNS: Final = (
    "action",
    "intent_id",
    "into_intent_id",
    "name",
    "description",
    "keywords",
    "web_examples",
    "app_examples",
    "excludes",
    "is_sensitive",
    "reason",
)
_TEXTS: Final = ("name", "description", "keywords", "web_examples", "app_examples", "excludes", "is_sensitive")
_DESCRIBING: Final = frozenset(_TEXTS) - {"name"}
_PHRASES: Final = frozenset({"keywords", "web_examples", "app_examples"})
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
ENDS: Final = frozenset({"merge", "retire"})
"""Actions after which the intent is no longer there."""

CREATES: Final = frozenset({"add", "split"})
"""Actions that make an intent."""


Text = str | bool | tuple[str, ...] | None
"""What a cell says: phrases for keywords and examples, true or false for is_sensitive, None for neither."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an action needs of its row beside action and intent_id, and what it can take more."""

    needs: frozenset[str]
    takes: frozenset[str]


ACTIONS: Final = {
    "add": Action(frozenset({"name", "description"}), frozenset({"into_intent_id", *_DESCRIBING})),
    "split": Action(frozenset({"into_intent_id", "name", "description", "keywords"}), _DESCRIBING),
    "rename": Action(frozenset({"name"}), frozenset({"description"})),
    "describe": Action(frozenset(), _DESCRIBING),
    "move": Action(frozenset({"into_intent_id"}), frozenset()),
    "merge": Action(frozenset({"into_intent_id"}), frozenset()),
    "retire": Action(frozenset(), frozenset()),
    "pin": Action(frozenset(), frozenset()),
}
"""In the order in which they apply, whatever the order of the rows."""


@dataclass(frozen=True, slots=True)
class Override:
    """One row of the seed. Texts that its cells leave out are not among `texts`."""

    action: str
    intent_id: str
    into_intent_id: str
    texts: tuple[tuple[str, Text], ...]
    reason: str

    @property
    def made_intent_id(self) -> str | None:
        """The intent that the row makes, None where it makes none."""
        if self.action not in CREATES:
            return None
        return self.intent_id if self.action == "add" else self.into_intent_id

    def error(self, trouble: str) -> TaxonomyError:
        """An error that names this row as it stands in the file."""
        row = ",".join((self.action, self.intent_id, self.into_intent_id)).rstrip(",")
        return TaxonomyError(f"seeds/taxonomy_overrides.csv, row '{row}': {trouble}")


def read_overrides(frame: pl.DataFrame) -> tuple[Override, ...]:
    """Read the seed and check what can be told without a taxonomy.

    Args:
        frame: rows with `OVERRIDE_COLUMNS`, as text or as dbt loaded them; empty cells are empty or null.

    Returns:
        The rows in the order in which they apply.

    Raises:
        TaxonomyError: an action is unknown, a cell is missing or has no meaning for its action, or two rows
            contradict each other. The message names the row and what to do.
    """
    order = list(ACTIONS)
    overrides = sorted(
        (_read_row(row) for row in frame.select(pl.col(OVERRIDE_COLUMNS).cast(pl.String).str.strip_chars()).to_dicts()),
        key=lambda row: (order.index(row.action), row.intent_id, row.into_intent_id),
    )
    _check_contradictions(overrides)
    return tuple(overrides)


def _read_row(cells: dict[str, str | None]) -> Override:
    row = {column: cells[column] or "" for column in OVERRIDE_COLUMNS}
    texts = tuple((column, _value(column, row[column])) for column in _TEXTS if row[column])
    override = Override(row["action"].lower(), row["intent_id"], row["into_intent_id"], texts, row["reason"])
    action = ACTIONS.get(override.action)
    if action is None:
        raise override.error(f"the action '{row['action']}' is unknown; use one of {', '.join(ACTIONS)}.")
    if not override.intent_id:
        raise override.error("intent_id is empty; name the intent that it is about.")
    missing = sorted(column for column in action.needs if not row[column])
    if missing:
        raise override.error(f"{override.action} needs {', '.join(missing)}; fill the cell.")
    filled = {column for column in ("into_intent_id", *_TEXTS) if row[column]}
    surplus = sorted(filled - action.needs - action.takes)
    if surplus:
        raise override.error(
            f"{override.action} has no use for {', '.join(surplus)}; empty the cell, or say it in a row of its own."
        )
    if override.action == "describe" and not texts:
        raise override.error("it describes nothing; fill a cell such as description or keywords.")
    if any(column == "is_sensitive" and value is None for column, value in texts):
        raise override.error(f"is_sensitive is '{row['is_sensitive']}'; use true or false.")
    return override


def _value(column: str, text: str) -> Text:
    if column == "is_sensitive":
        return _BOOLEANS.get(text.lower())
    return split_phrases(text) if column in _PHRASES else text


def _check_contradictions(overrides: Sequence[Override]) -> None:
    """Two rows that cannot both be meant are refused; the second one is named, with the first in the sentence."""
    for row, before in _pairs_on_one_intent(overrides):
        if row.action in ENDS or before.action in ENDS:
            raise row.error(
                f"'{row.intent_id}' is also in a row '{before.action}'; an intent that goes takes no other row: "
                "remove one of the two."
            )
        if row.action == before.action and (row.action != "split" or row.into_intent_id == before.into_intent_id):
            raise row.error(f"'{row.intent_id}' stands in two rows '{row.action}'; keep one.")
    made = Counter(row.made_intent_id for row in overrides if row.made_intent_id)
    gone = {row.intent_id: row for row in overrides if row.action in ENDS}
    for row in overrides:
        if row.made_intent_id and made[row.made_intent_id] > 1:
            raise row.error(f"two rows make '{row.made_intent_id}'; give one of them another id.")
        if row.action == "split" and row.into_intent_id in gone:
            raise row.error(f"another row makes '{row.into_intent_id}' go; remove one of the two.")
        if row.action in {"merge", "move"} and (end := gone.get(row.into_intent_id)) and end.action == "retire":
            raise row.error(f"'{row.into_intent_id}' is retired by another row; name an intent that stays.")
        if row.action == "merge":
            _check_cycle(row, gone)


def _pairs_on_one_intent(overrides: Iterable[Override]) -> Iterable[tuple[Override, Override]]:
    seen: dict[str, list[Override]] = {}
    for row in overrides:
        for before in seen.setdefault(row.intent_id, []):
            yield row, before
        seen[row.intent_id].append(row)


def _check_cycle(row: Override, gone: dict[str, Override]) -> None:
    if row.into_intent_id == row.intent_id:
        raise row.error("an intent cannot be merged into itself; name another one, or remove the row.")
    passed, follow = [row.intent_id], row.into_intent_id
    while follow in gone and gone[follow].action == "merge":
        passed.append(follow)
        if follow == gone[follow].into_intent_id or gone[follow].into_intent_id in passed:
            raise row.error(
                f"the merges go round in a circle: {' into '.join([*passed, gone[follow].into_intent_id])}; "
                "remove one of these rows."
            )
        follow = gone[follow].into_intent_id
