"""What a stage knows of the dbt run it is part of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import polars as pl

from clickintent.warehouse import Relation, Session, Warehouse, open_warehouse

Schema = dict[str, pl.DataType | type[pl.DataType]]


class DbtModel(Protocol):
    """What a run asks of the object that dbt passes to a Python model as `dbt`; dbt has no public type for it."""

    @property
    def this(self) -> object:
        """The table that the model owns; its name as text."""
        ...

    @property
    def is_incremental(self) -> bool:
        """Whether the table's rows stay."""
        ...


@dataclass(frozen=True)
class BuiltTable:
    """A table that dbt built, for a command that goes on with its rows where no dbt runs."""

    this: str
    is_incremental: bool = True


class Run:
    """A Python model being built: its warehouse, the table it owns, and the rows that table holds already.

    Args:
        dbt: the object dbt passes to `model`.
        session: the warehouse session dbt passes to `model`.
    """

    def __init__(self, dbt: DbtModel, session: Session) -> None:
        self.warehouse: Warehouse = open_warehouse(session)
        self._this = str(dbt.this)
        self._is_of_command = isinstance(dbt, BuiltTable)
        self._is_incremental = bool(dbt.is_incremental)
        self.is_empty = self.warehouse.is_empty_run
        self.now = datetime.now(UTC).replace(tzinfo=None)

    def source(self, relation: Relation) -> str:
        """A parenthesised query for a `dbt.ref`."""
        return self.warehouse.sql(relation)

    def table(self, name: str) -> str:
        """The name in the warehouse of a model, to be written to: the pre-hook `announce_table` tells it."""
        if self._is_of_command:
            return name
        return self.warehouse.announced_table(name)

    def own_function(self, name: str) -> str:
        """A name for a function in SQL that no other model registers: two at once would be in each other's way."""
        model = re.sub(r"\W", "", self._this.rsplit(".", 1)[-1])
        return f"{name}_for_{model}"

    def known(self, schema: Schema) -> str:
        """A parenthesised query for the rows this model holds already; none where it is built anew."""
        if self._is_incremental:
            return self.warehouse.sql(self._this)
        nulls = ", ".join(f"cast(null as varchar) as {name}" for name in schema)
        return f"(select {nulls} where 1 = 0)"

    def known_rows(self, schema: Schema) -> pl.DataFrame:
        """The rows this model holds already, in memory: for tables of a few versions."""
        if not self._is_incremental:
            return pl.DataFrame(schema=schema)
        return self.warehouse.read(f"select {', '.join(schema)} from {self._this}").cast(pl.Schema(schema))

    def rows(self, frame: pl.DataFrame, schema: Schema) -> Relation:
        """Hand rows back to dbt, in the columns and types of `schema`."""
        return self.warehouse.relation(frame.select(list(schema)).cast(pl.Schema(schema)))

    def nothing(self, schema: Schema) -> Relation:
        """Hand no rows back."""
        return self.rows(pl.DataFrame(schema=schema), schema)
