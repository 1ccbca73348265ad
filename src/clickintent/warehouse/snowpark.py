"""Snowflake, through the Snowpark session that dbt hands to a Python model in its stored procedure.

Rows travel to Snowflake as text and are cast there: text means the same in a data frame that is uploaded, in what a
function returns, and in local testing. A list is JSON in it, bytes are hexadecimal digits.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import polars as pl
import pyarrow as pa
from snowflake.snowpark import Column, DataFrame
from snowflake.snowpark import types as snowpark_types
from snowflake.snowpark.functions import col, lit, parse_json, to_array, to_binary, when_matched, when_not_matched

from clickintent.sequence_inputs import LIST_TYPES
from clickintent.warehouse.column_types import arrow_type
from clickintent.warehouse.interface import BatchFunction, Relation, Session, WarehouseError
from clickintent.warehouse.scored_partition import score_partition

if TYPE_CHECKING:
    from snowflake.snowpark.types import DataType

EMPTY_RUN_VARIABLE: Final = "CLICKINTENT_IS_EMPTY"
TABLE_VARIABLE: Final = "CLICKINTENT_TABLE_"
IMPORTS_VARIABLE: Final = "CLICKINTENT_IMPORTS"
PACKAGES_VARIABLE: Final = "CLICKINTENT_PACKAGES"
"""Variables of the session, set by the macros announce_run and announce_table before each Python model."""

PARTITION_ROWS: Final = 8_192
"""A partition holds about so many rows: enough to pay for loading the weights, few enough for a worker's memory."""
HASH_DIGITS: Final = 4
"""Most hexadecimal digits that name a partition: 65,536 of them."""
BUCKET: Final = "CLICKINTENT_BUCKET"

_ARRAYS: Final = (snowpark_types.ArrayType, snowpark_types.VariantType, snowpark_types.VectorType)


class SnowparkWarehouse:
    """A Snowpark session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def is_empty_run(self) -> bool:
        """True under `dbt build --empty`."""
        return self._told(EMPTY_RUN_VARIABLE) == "true"

    @property
    def file(self) -> Path | None:
        """None: nothing lies beside the tables, so that a training that is killed begins again."""
        return None

    def announced_table(self, model: str) -> str:
        """The name that a pre-hook left in a variable of the session."""
        table = self._told(f"{TABLE_VARIABLE}{model.upper()}")
        if not table:
            raise WarehouseError(f"Nobody says where the model {model} is: add the pre-hook announce_table('{model}').")
        return table

    def sql(self, relation: Relation) -> str:
        """A parenthesised query for a data frame of one query, or for the name of a table.

        Raises:
            WarehouseError: the data frame takes more than one query, which no query can stand for.
        """
        if isinstance(relation, str):
            return f"(select * from {relation})"
        queries = relation.queries["queries"]
        if len(queries) != 1:
            raise WarehouseError(
                f"A data frame of {len(queries)} queries cannot stand in another query: hand over what dbt.ref gave."
            )
        return f"({queries[0]})"

    def read(self, query: str) -> pl.DataFrame:
        """The rows of a query, all in memory; names in lower case, arrays as lists."""
        return _read(self._session.sql(query))

    def query(self, query: str) -> Relation:
        """A lazy data frame: it runs when dbt writes it."""
        return self._session.sql(query)

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
        """A lazy data frame of a vectorized table function, which Snowflake runs on all workers, by partitions.

        Partitions are made by a hash of the key. The function travels as a pickle, which a worker process reads once;
        its package comes from the stage that the model itself was imported from.
        """
        del name  # Snowpark names a temporary function itself
        kept = [column for column in columns if column not in outputs]
        needed = [f"cast({column} as array) as {column}" for column in inputs if inputs[column].endswith("]")]
        needed += [self.quoted(column) for column in [*kept, *inputs] if not inputs.get(column, "").endswith("]")]
        rows = self._session.sql(
            f"""
            select {", ".join(dict.fromkeys(needed))}, left(md5({key[0]}), {self._bucket_digits(query)}) as {BUCKET}
            from ({query}) as rows_to_map
            """
        )
        types = {field.name: field.datatype for field in rows.schema.fields}
        scored = rows.group_by(BUCKET).apply_in_pandas(
            partial(
                score_partition,
                function=function,
                inputs=dict(inputs),
                outputs=list(outputs),
                columns=list(columns),
                key=list(key),
                is_exploded=is_exploded,
            ),
            output_schema=snowpark_types.StructType(
                [snowpark_types.StructField(self.quoted(column), snowpark_types.StringType()) for column in columns]
            ),
            **self._of_function(),
        )
        return scored.select(
            [
                _from_text(
                    # a table function's text is of no declared length, and a variant in local testing
                    col(self.quoted(column)).cast(snowpark_types.StringType()),
                    _snowpark_type(arrow_type(outputs[column])) if column in outputs else types[column.upper()],
                ).as_(self.quoted(column))
                for column in columns
            ]
        )

    def combine(self, relations: Sequence[Relation]) -> Relation:
        """All rows of the data frames."""
        first, *others = relations
        for other in others:
            first = first.union_all(other)
        return first

    def list_length(self, column: str) -> str:
        """SQL of the number of elements of an array."""
        return f"array_size({column})"

    def collected(self, expression: str, order_by: str, *, is_list: bool = False) -> str:
        """SQL of an aggregate that makes an array, in an order; it drops nulls, and no array holds a vector."""
        value = f"cast({expression} as array)" if is_list else expression
        return f"array_agg({value}) within group (order by {order_by})"

    def joined_text(self, expression: str, separator: str, order_by: str) -> str:
        """SQL of an aggregate that joins texts in an order."""
        return f"listagg({expression}, '{separator}') within group (order by {order_by})"

    def quoted(self, column: str) -> str:
        """The name in quotes and in upper case, as Snowflake stores names without quotes."""
        return f'"{column.upper()}"'

    def relation(self, frame: pl.DataFrame) -> Relation:
        """A data frame over a frame's rows, uploaded to a temporary table where there are many."""
        types = {name: _snowpark_type(kind) for name, kind in zip(frame.columns, _arrow_types(frame), strict=True)}
        texts = frame.select(_to_text(pl.col(name), kind).alias(name) for name, kind in frame.schema.items())
        # a column of nulls alone has no type of its own in an upload
        told = [name for name in frame.columns if texts[name].null_count() < texts.height]
        if told:
            uploaded = self._session.create_dataframe(
                pd.DataFrame({name.upper(): texts[name].to_list() for name in told}, dtype=object)
            )
        else:
            uploaded = self._session.create_dataframe(
                [[None]] * frame.height,
                schema=snowpark_types.StructType([snowpark_types.StructField("NOTHING", snowpark_types.StringType())]),
            )
        null = lit(None).cast(snowpark_types.StringType())
        return uploaded.select(
            [
                _from_text(col(self.quoted(name)) if name in told else null, kind).as_(self.quoted(name))
                for name, kind in types.items()
            ]
        )

    def replace_rows(self, table: str, key: str, frame: pl.DataFrame) -> None:
        """Write rows into a table, each in the place of the one with its key, in one statement."""
        target, new = self._session.table(table), self.relation(frame)
        values = {self.quoted(column): new[self.quoted(column)] for column in frame.columns}
        target.merge(
            new,
            target[self.quoted(key)] == new[self.quoted(key)],
            [when_matched().update(values), when_not_matched().insert(values)],
        )

    def append_rows(self, table: str, frame: pl.DataFrame) -> None:
        """Add rows in a statement of its own, which commits by itself: dbt opens no transaction around a model here."""
        self.relation(frame).write.mode("append").save_as_table(table, column_order="name")

    def read_committed(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of a query; it sees what `append_rows` committed."""
        return _read(self._session.sql(query, params=list(parameters)))

    def _told(self, variable: str) -> str:
        """What a pre-hook said; an empty text where it did not."""
        (row,) = self._session.sql(f"select getvariable('{variable}') as told").collect()
        return row[0] or ""

    def _of_function(self) -> dict[str, list[str]]:
        """Packages and imports of the model, for the functions that it makes."""
        told = {"packages": self._told(PACKAGES_VARIABLE), "imports": self._told(IMPORTS_VARIABLE)}
        return {name: values.split(",") for name, values in told.items() if values}

    def _bucket_digits(self, query: str) -> int:
        """Digits of a hash that cut the rows of a query into partitions of about `PARTITION_ROWS`."""
        rows = self.read(f"select count(*) as row_count from ({query}) as rows_to_map").item()
        if rows <= PARTITION_ROWS:
            return 0
        return min(HASH_DIGITS, math.ceil(math.log(rows / PARTITION_ROWS, 16)))


def _read(frame: DataFrame) -> pl.DataFrame:
    """All rows of a data frame; what Snowflake keeps as a number comes as an integer or a double."""
    arrays = {field.name.strip('"') for field in frame.schema.fields if isinstance(field.datatype, _ARRAYS)}
    read = pl.from_arrow(frame.to_arrow())
    assert isinstance(read, pl.DataFrame)
    return read.select(_decoded(column, is_array=column.name in arrays) for column in read.iter_columns())


def _decoded(column: pl.Series, *, is_array: bool) -> pl.Series:
    name = column.name.lower()
    if is_array and column.dtype == pl.String:
        kind = pl.Series(pa.array([], arrow_type(LIST_TYPES[name]))).dtype if name in LIST_TYPES else None
        return _lists(column, kind).alias(name)
    if isinstance(column.dtype, pl.Decimal):
        column = column.cast(pl.Float64 if column.dtype.scale else pl.Int64)
    elif column.dtype.is_signed_integer():
        column = column.cast(pl.Int64)
    elif column.dtype == pl.Datetime("ns"):
        column = column.cast(pl.Datetime("us"))
    return column.alias(name)


def _lists(column: pl.Series, kind: pl.DataType | None) -> pl.Series:
    """JSON texts as lists; of a kind, or else of what the first of them hold."""
    if not isinstance(kind, pl.Array):
        return column.str.json_decode(kind)
    return column.str.json_decode(pl.List(kind.inner)).cast(kind)


def _arrow_types(frame: pl.DataFrame) -> list[pa.DataType]:
    return list(frame.head(0).to_arrow().schema.types)


def _to_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.List | pl.Array):
        return _json_lists(column, kind)
    if kind == pl.Binary:
        return column.bin.encode("hex")
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
    return column.cast(pl.String)


def _json_lists(column: pl.Expr, kind: pl.List | pl.Array) -> pl.Expr:
    """Lists as JSON texts."""
    listed = column.cast(pl.List(kind.inner))
    encoded = pl.struct(v=listed).struct.json_encode()
    # {"v":[...]} without the wrapper
    return pl.when(column.is_not_null()).then(encoded.str.slice(5).str.head(-1))


def _from_text(text: Column, kind: "DataType") -> Column:
    """A column of a type from its text."""
    if isinstance(kind, _ARRAYS):
        return to_array(parse_json(text))
    if isinstance(kind, snowpark_types.BinaryType):
        return to_binary(text, "HEX")
    return text.cast(kind)


_OF_ARROW: Final[tuple[tuple[Callable[[pa.DataType], bool], "DataType"], ...]] = (
    (pa.types.is_nested, snowpark_types.ArrayType()),
    (pa.types.is_timestamp, snowpark_types.TimestampType(snowpark_types.TimestampTimeZone.NTZ)),
    (pa.types.is_integer, snowpark_types.LongType()),
    (pa.types.is_floating, snowpark_types.DoubleType()),
    (pa.types.is_boolean, snowpark_types.BooleanType()),
    (pa.types.is_date, snowpark_types.DateType()),
    (pa.types.is_binary, snowpark_types.BinaryType()),
    (pa.types.is_large_binary, snowpark_types.BinaryType()),
    (pa.types.is_binary_view, snowpark_types.BinaryType()),
)


def _snowpark_type(kind: pa.DataType) -> "DataType":
    """The type of a stored column; arrays say nothing of their elements."""
    return next((stored for is_such, stored in _OF_ARROW if is_such(kind)), snowpark_types.StringType())
