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

    def register(self, name: str, function: BatchFunction, inputs: Mapping[str, str], returns: str) -> None:
        """Make a batch function callable from SQL as `name`; registering again replaces it.

        Args:
            name: of the function in SQL.
            function: gets batches whose columns are named as in `inputs`.
            inputs: argument name -> SQL type, in order.
            returns: SQL type of the result.
        """
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
