"""What DuckDB's profiler tells of one statement: which tables it read, how much of them, and what it wrote."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PROFILED = (
    "OPERATOR_NAME",
    "OPERATOR_TYPE",
    "OPERATOR_CARDINALITY",
    "OPERATOR_ROWS_SCANNED",
    "EXTRA_INFO",
)
# dbt's own steps on the way to a table
_INTERMEDIATE = re.compile(r"__dbt_(tmp|backup)|dbt_temp", re.IGNORECASE)
_TEMPORARY_TABLE = re.compile(r"create\s+(or\s+replace\s+)?temp(orary)?\s+table", re.IGNORECASE)
_CREATE_TABLE = {"CREATE_TABLE_AS", "BATCH_CREATE_TABLE_AS"}
_INSERT = {"INSERT", "BATCH_INSERT"}


@dataclass
class Work:
    """What a model's statements did together.

    Attributes:
        scanned: Rows that scans touched, by table, in whole row groups: what no bound kept from being read. A table
            that is read twice counts twice.
        written: Rows that were put into tables that stay.
        deleted: Rows that were taken out of them.
        cpu_seconds: CPU time of the whole process, user and system.
        wall_seconds: Time that went by.
    """

    scanned: dict[str, int] = field(default_factory=dict)
    written: int = 0
    deleted: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    def add_statement(self, sql: str, profile: Mapping[str, Any]) -> None:
        """Adds one statement."""
        for operator in _operators(profile):
            kind, rows = operator.get("operator_type", ""), _rows_in(operator)
            if kind == "TABLE_SCAN":
                table, scanned = _scan(operator)
                if table is not None:
                    self.scanned[table] = self.scanned.get(table, 0) + scanned
            elif kind in _INSERT or (kind in _CREATE_TABLE and not _TEMPORARY_TABLE.search(sql)):
                self.written += rows
            elif kind == "DELETE_OPERATOR":
                self.deleted += rows


def _operators(profile: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in profile.get("children", []):
        yield child
        yield from _operators(child)


def _rows_in(operator: Mapping[str, Any]) -> int:
    """Rows that came into an operator that writes; what comes out of it is a count."""
    return sum(_rows_out(child) for child in operator.get("children", []))


def _rows_out(operator: Mapping[str, Any]) -> int:
    """Rows that an operator gives; of these two the profiler tells none."""
    children = operator.get("children", [])
    if operator.get("operator_type") == "CTE":
        # its definition, then what reads it
        return _rows_out(children[-1])
    if operator.get("operator_type") == "UNION":
        return sum(_rows_out(child) for child in children)
    return int(operator.get("operator_cardinality", 0))


def _scan(operator: Mapping[str, Any]) -> tuple[str | None, int]:
    """The table that a scan reads, and its rows; no table where it reads what dbt puts down on the way."""
    table = str(operator.get("extra_info", {}).get("Table", ""))
    rows = int(operator.get("operator_rows_scanned", 0))
    if not table or not rows or table.startswith('"temp".') or _INTERMEDIATE.search(table):
        return None, 0
    # database.schema.table: models are in one schema, the source in another
    return table.split(".", 1)[-1].removeprefix("main."), rows
