"""What a warehouse supplies to the Python models."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow as pa

Relation = Any
"""What `dbt.ref` gives and what a Python model returns: a DuckDB relation, a Snowpark data frame."""

Session = Any
"""What dbt passes to a Python model as `session`."""

BatchFunction = Callable[[pa.RecordBatch], pa.Array]
"""Rows in, one value per row out: pure, and the same whatever the batches are."""


class WarehouseError(RuntimeError):
    """A warehouse cannot do what was asked."""


class Warehouse(Protocol):
    """A session of a warehouse, as a Python model sees it."""

    @property
    def is_empty_run(self) -> bool:
        """True under `dbt build --empty`: train nothing, call nothing, write nothing."""
        ...

    @property
    def file(self) -> Path | None:
        """Where the warehouse is a file of this machine: that file. Unfinished work may be kept beside it."""
        ...

    def announced_table(self, model: str) -> str:
        """The name in the warehouse of a model that the pre-hook `announce_table` named.

        Raises:
            WarehouseError: none did.
        """
        ...

    def sql(self, relation: Relation) -> str:
        """A parenthesised query for what `dbt.ref` or `dbt.this` gave, to stand in a from clause."""
        ...

    def read(self, query: str) -> pl.DataFrame:
        """The rows of a query, all in memory: for samples and small tables."""
        ...

    def map_rows(
        self,
        name: str,
        query: str,
        function: BatchFunction,
        *,
        inputs: Mapping[str, str],
        outputs: Mapping[str, str],
        columns: Sequence[str],
        key: Sequence[str],
        is_exploded: bool = False,
    ) -> Relation:
        """A relation of a query's rows with what a batch function says of each: scored where the rows are.

        Args:
            name: of the function in SQL, where the warehouse needs one: no other model may use it.
            query: gives the inputs, and those columns of the result that are not outputs.
            function: gets batches whose columns are named as in `inputs`; it can be pickled. For one output it gives an
                array of it, for several a struct array with a field for each.
            inputs: argument -> type, as in `column_types`.
            outputs: column of the result that the function makes -> type.
            columns: of the result, in order.
            key: columns of the query that tell its rows apart. Batches are in their order, so that the same rows make
                the same batches: rounding depends on them.
            is_exploded: the function gives a list of outputs for each row, and the result has a row for each element.
        """
        ...

    def combine(self, relations: Sequence[Relation]) -> Relation:
        """The rows of one or more relations with the same columns, one after the other."""
        ...

    def list_length(self, column: str) -> str:
        """SQL of the number of elements of a list."""
        ...

    def collected(self, expression: str, order_by: str, *, is_list: bool = False) -> str:
        """SQL of an aggregate that lists values that are not null, in an order.

        Args:
            expression: of a value.
            order_by: expressions, separated by commas.
            is_list: whether each value is a list itself.
        """
        ...

    def joined_text(self, expression: str, separator: str, order_by: str) -> str:
        """SQL of an aggregate that joins texts, in an order; separators are plain, without quotes."""
        ...

    def quoted(self, column: str) -> str:
        """SQL of a column's name that may be a reserved word."""
        ...

    def query(self, query: str) -> Relation:
        """A lazy relation that a Python model may return."""
        ...

    def relation(self, frame: pl.DataFrame) -> Relation:
        """A relation over a frame's rows that a Python model may return."""
        ...

    def replace_rows(self, table: str, key: str, frame: pl.DataFrame) -> None:
        """Write rows into a table outside a dbt run: each takes the place of the one with its key, all of them or none.

        Args:
            table: name of the table.
            key: column that no two rows of the table share.
            frame: the rows, in columns named as the table's.
        """
        ...

    def append_rows(self, table: str, frame: pl.DataFrame) -> None:
        """Add rows to a table on a connection of its own: committed at once, they survive a failure of the build.

        Args:
            table: name of a table that was committed before this build's transaction began.
            frame: the rows, in columns named as the table's.
        """
        ...

    def read_committed(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of a query on a connection of its own: it sees what `append_rows` wrote since the build began.

        Args:
            query: with a '?' for each parameter.
            parameters: values in their order.
        """
        ...
