"""The seeds that a review writes: gold labels and corrections of the taxonomy, each answer at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

GOLD_COLUMNS: Final = ("session_id", "intent_id", "shown_because", "reviewed_by", "reviewed_at", "note")
_OVERRIDE_COLUMNS: Final = ("action", "intent_id", "name", "reason")
"""Columns of `taxonomy_overrides` that a review fills; it leaves the others empty."""


class SeedError(ValueError):
    """A seed that cannot be read or added to; the message says what to do."""


@dataclass(frozen=True, slots=True)
class GoldLabel:
    """One row of `seeds/gold_labels.csv`."""

    session_id: str
    intent_id: str
    shown_because: str
    reviewed_by: str
    reviewed_at: datetime
    note: str = ""


def read_gold(path: Path) -> pl.DataFrame:
    """The gold labels of a seed, as text.

    Raises:
        SeedError: there is no such file, or its columns are others.
    """
    columns, rows = _read(path, GOLD_COLUMNS)
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").select(GOLD_COLUMNS)


def add_gold(path: Path, label: GoldLabel) -> None:
    """Add a gold label to a seed.

    Raises:
        SeedError: there is no such file, its columns are others, or the session has a label in it.
    """
    columns, rows = _read(path, GOLD_COLUMNS)
    place = columns.index("session_id")
    if any(row[place] == label.session_id for row in rows):
        raise SeedError(f"{path} has session {label.session_id} already: change its row there.")
    cells = {
        "session_id": label.session_id,
        "intent_id": label.intent_id,
        "shown_because": label.shown_because,
        "reviewed_by": label.reviewed_by,
        "reviewed_at": f"{label.reviewed_at:%Y-%m-%d %H:%M:%S}",
        "note": " ".join(label.note.split()),
    }
    _write(path, columns, [*rows, [cells.get(column, "") for column in columns]])


def add_override(path: Path, action: str, intent_id: str, *, name: str = "", reason: str = "") -> None:
    """Add a correction of the taxonomy to a seed; one of the same action and intent is replaced.

    Args:
        path: `taxonomy_overrides.csv`.
        action: 'rename' or 'retire'.
        intent_id: the intent.
        name: its new name.
        reason: why.

    Raises:
        SeedError: there is no such file, or its columns are others.
    """
    columns, rows = _read(path, _OVERRIDE_COLUMNS)
    cells = {"action": action, "intent_id": intent_id, "name": name, "reason": " ".join(reason.split())}
    kept = [
        row for row in rows if (row[columns.index("action")], row[columns.index("intent_id")]) != (action, intent_id)
    ]
    _write(path, columns, [*kept, [cells.get(column, "") for column in columns]])


def _read(path: Path, needed: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SeedError(
            f"There is no file {path}: run the command where dbt_project.yml is, or name the folder with --seeds."
        ) from error
    columns, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    missing = [column for column in needed if column not in columns]
    if missing:
        raise SeedError(
            f"{path} lacks the column(s) {', '.join(missing)}: its first line should name {','.join(needed)}."
        )
    uneven = [row for row in rows if len(row) != len(columns)]
    if uneven:
        raise SeedError(f"{path} has a row of {len(uneven[0])} cells and not {len(columns)}: {','.join(uneven[0])}")
    return columns, rows


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    # a whole file takes the place of the old one: a kill leaves one or the other
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text.getvalue(), encoding="utf-8")
    beside.replace(path)
