"""What a stage knows of the dbt run it is part of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import polars as pl

from clickintent.warehouse import BatchFunction, Relation, Session, Warehouse, open_warehouse

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

    def map_rows(
        self,
        name: str,
        query: str,
        function: BatchFunction,
        *,
        inputs: Mapping[str, str],
        outputs: Mapping[str, str],
        schema: Schema,
        key: Sequence[str] | None = None,
        is_exploded: bool = False,
    ) -> Relation:
        """Hand back to dbt a query's rows with what a batch function says of each; see `Warehouse.map_rows`.

        Args:
            name: of the function; several of one model differ by it.
            query: gives the inputs and the columns of `schema` that are not outputs.
            function: of batches.
            inputs: argument -> type.
            outputs: column that the function makes -> type.
            schema: whose columns the result has, in order.
            key: columns that tell the rows apart; None is the first of the schema.
            is_exploded: whether the function gives a list for each row, and the result has a row for each element.
        """
        return self.warehouse.map_rows(
            self.own_function(name),
            query,
            function,
            inputs=inputs,
            outputs=outputs,
            columns=list(schema),
            key=key or list(schema)[:1],
            is_exploded=is_exploded,
        )

    def own_function(self, name: str) -> str:
        """A name for a function in SQL that no other model registers: two at once would be in each other's way."""
        model = re.sub(r"\W", "", self._this.rsplit(".", 1)[-1])
        return f"{name}_for_{model}"

    def known(self, schema: Schema) -> str:
        """A parenthesised query for the rows this model holds already; none where it is built anew."""
        if self._is_incremental:
            return self.warehouse.sql(self._this)
        nulls = ", ".join(f"cast(null as varchar) as {self.warehouse.quoted(name)}" for name in schema)
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
