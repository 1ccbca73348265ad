"""DuckDB: the embedded default."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from clickintent.warehouse.interface import BatchFunction, Relation, Session, WarehouseError

EMPTY_RUN_VARIABLE = "clickintent_is_empty"  # set by the macro announce_run before each Python model
TABLE_VARIABLE = "clickintent_table_"  # and the name of a model, set by the macro announce_table

# counted per process: a name of an earlier warehouse on the same connection would replace its frame
_frame_numbers = count(1)


class DuckDBWarehouse:
    """A DuckDB connection, or the cursor that dbt-duckdb wraps around one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def is_empty_run(self) -> bool:
        """True under `dbt build --empty`."""
        return bool(self._told(f"select getvariable('{EMPTY_RUN_VARIABLE}')"))

    @property
    def file(self) -> Path | None:
        """The file of the database in use; None where it is in memory."""
        path = self._told("select path from duckdb_databases() where database_name = current_database()")
        return Path(str(path)) if path else None

    def announced_table(self, model: str) -> str:
        """The name that a pre-hook left in a variable of the session."""
        table = self._told(f"select getvariable('{TABLE_VARIABLE}{model}')")
        if table is None:
            raise WarehouseError(f"Nobody says where the model {model} is: add the pre-hook announce_table('{model}').")
        return str(table)

    def sql(self, relation: Relation) -> str:
        """A parenthesised query for a relation, or for the name of a table."""
        if isinstance(relation, duckdb.DuckDBPyRelation):
            return f"({relation.sql_query()})"
        return f"(select * from {relation})"

    def read(self, query: str) -> pl.DataFrame:
        """The rows of a query, all in memory."""
        frame = pl.from_arrow(self._session.execute(query).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def register(self, name: str, function: BatchFunction, inputs: Mapping[str, str], returns: str) -> None:
        """Make a batch function callable from SQL as an Arrow UDF of at most 2,048 rows a call."""
        names = list(inputs)

        def call(*columns: pa.Array) -> pa.Array:
            arrays = [_as_array(column) for column in columns]
            return function(pa.RecordBatch.from_arrays(arrays, names=names))

        # DuckDB counts a function's parameters by its signature
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        # not registered yet is no error, and DuckDB offers no question for it
        with suppress(duckdb.InvalidInputException):
            self._session.remove_function(name)
        self._session.create_function(name, call, list(inputs.values()), returns, type="arrow", null_handling="special")

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
        """A lazy relation that calls the function, registered by its name, as an Arrow UDF."""
        fields = ", ".join(f"{output} {kind}" for output, kind in outputs.items())
        (only, *others) = outputs.values()
        returns = only if not others else f"struct({fields})"
        self.register(name, function, inputs, f"{returns}[]" if is_exploded else returns)
        called = f"{name}({', '.join(inputs)})"
        kept = ", ".join(self.quoted(column) for column in columns if column not in outputs)
        made = "clickintent_made" if not others else "clickintent_made.{}"
        shown = ", ".join(made.format(column) + f" as {column}" if column in outputs else column for column in columns)
        # in order, so that the same rows make the same batches
        return self.query(
            f"""
            select {shown}
            from (
                select {kept}, {f"unnest({called})" if is_exploded else called} as clickintent_made
                from (select * from ({query}) as rows_to_map order by {", ".join(key)}) as rows_in_order
            ) as mapped
            """
        )

    def combine(self, relations: Sequence[Relation]) -> Relation:
        """All rows of the relations."""
        return self.query(" union all ".join(f"select * from {self.sql(relation)}" for relation in relations))

    def list_length(self, column: str) -> str:
        """SQL of the number of elements of a list."""
        return f"len({column})"

    def collected(self, expression: str, order_by: str, *, is_list: bool = False) -> str:
        """SQL of an aggregate that lists values in an order."""
        del is_list  # a list of lists is made as any other
        return f"list({expression} order by {order_by})"

    def joined_text(self, expression: str, separator: str, order_by: str) -> str:
        """SQL of an aggregate that joins texts in an order."""
        return f"string_agg({expression}, '{separator}' order by {order_by})"

    def quoted(self, column: str) -> str:
        """The name in quotes; DuckDB compares names without regard to case."""
        return f'"{column}"'

    def query(self, query: str) -> Relation:
        """A lazy relation: it runs when dbt writes it."""
        return self._session.query(query)

    def relation(self, frame: pl.DataFrame) -> Relation:
        """A relation over a frame's rows, which stay registered for as long as the connection."""
        name = f"clickintent_frame_{next(_frame_numbers)}"
        self._session.register(name, frame.to_arrow())
        return self._session.query(f"select * from {name}")

    def replace_rows(self, table: str, key: str, frame: pl.DataFrame) -> None:
        """Write rows into a table, each in the place of the one with its key, in one transaction."""
        new = f"clickintent_frame_{next(_frame_numbers)}"
        self._session.register(new, frame.to_arrow())
        self._session.execute("begin")
        try:
            self._session.execute(f"delete from {table} where {key} in (select {key} from {new})")
            self._session.execute(f"insert into {table} by name select * from {new}")
            self._session.execute("commit")
        except duckdb.Error:
            self._session.execute("rollback")
            raise
        finally:
            self._session.unregister(new)

    def _told(self, query: str) -> object:
        """The one value of a query; read to its end, for a function cannot be replaced while a result is open."""
        rows = self._session.execute(query).fetchall()
        return rows[0][0] if rows else None

    @contextmanager
    def _own_cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Looks into the schemas that the session looks into: a cursor starts without them."""
        path = str(self._told("select current_setting('search_path')"))
        with closing(self._session.cursor()) as own:
            own.execute("set search_path = '" + path.replace("'", "''") + "'")
            yield own

    def append_rows(self, table: str, frame: pl.DataFrame) -> None:
        """Add rows on a cursor of its own, which commits by itself."""
        with self._own_cursor() as own:
            own.register("new_rows", frame.to_arrow())
            own.execute(f"insert into {table} by name select * from new_rows")

    def read_committed(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of a query on a cursor of its own."""
        with self._own_cursor() as own:
            frame = pl.from_arrow(own.execute(query, list(parameters)).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        return frame


def _as_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
