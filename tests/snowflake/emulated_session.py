"""A Snowpark local-testing session over the tables of fakesnow.

What runs where: the text of every query that a Python model writes goes to fakesnow over Snowflake's protocol, and so
does every table that is read or written. What is done with the rows in data frames (casts, the vectorized table
function, unions) is done by Snowpark's local testing, in this process, which hands all rows to a table function as one
partition. Local testing alone knows no SQL text, fakesnow alone runs no Python.
"""

import re
import tempfile
import uuid
from functools import cached_property
from pathlib import Path

import polars as pl
import pyarrow as pa
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import DataFrame, DataFrameWriter, Session
from snowflake.snowpark import types as snowpark_types

_NTZ = snowpark_types.TimestampType(snowpark_types.TimestampTimeZone.NTZ)
# the numbers that Snowflake's protocol gives to types; fakesnow calls arrays variants
_TYPES = {
    0: snowpark_types.LongType(),
    1: snowpark_types.DoubleType(),
    2: snowpark_types.StringType(),
    3: snowpark_types.DateType(),
    4: _NTZ,
    5: snowpark_types.ArrayType(),
    8: _NTZ,
    10: snowpark_types.ArrayType(),
    11: snowpark_types.BinaryType(),
    13: snowpark_types.BooleanType(),
}


class EmulatedQuery:
    """What `session.sql` and `session.table` give: rows of fakesnow, in local testing for all but reading them."""

    def __init__(self, session: Session, connection, text: str) -> None:
        self._session, self._connection, self._text = session, connection, text

    @property
    def queries(self) -> dict[str, list[str]]:
        """The text, as Snowpark's data frames tell theirs."""
        return {"queries": [self._text], "post_actions": []}

    @property
    def schema(self) -> snowpark_types.StructType:
        return snowpark_types.StructType(
            [snowpark_types.StructField(told.name, _type_of(told)) for told in self._described]
        )

    def to_arrow(self) -> pa.Table:
        with self._connection.cursor() as cursor:
            return cursor.execute(self._text).fetch_arrow_all(force_return_table=True)

    def collect(self) -> list[tuple]:
        with self._connection.cursor() as cursor:
            try:
                return cursor.execute(self._text).fetchall()
            except ProgrammingError as error:
                # getvariable() gives null for a variable that nobody set
                if "Session variable" in str(error):
                    return [(None,)]
                raise

    def __getattr__(self, name: str):
        return getattr(self._local, name)

    @cached_property
    def _described(self):
        with self._connection.cursor() as cursor:
            return cursor.describe(self._text)

    @cached_property
    def _local(self):
        from clickintent.warehouse.snowpark import _read

        rows = _read(self)
        return self._session.create_dataframe(rows.rows(), schema=self.schema)


def emulated_session(connection, record=None) -> Session:
    """A local-testing session whose tables are those of a connection to fakesnow.

    Args:
        connection: of Snowflake's connector; its session holds the variables that pre-hooks set.
        record: called with the text of every query.
    """
    session = Session.builder.config("local_testing", True).create()

    def sql(query: str, params=None) -> EmulatedQuery:
        if record:
            record(query)
        # fakesnow keeps variables by replacing them in the text, and knows no function that asks for them
        text = re.sub(r"getvariable\('(\w+)'\)", r"$\1", query)
        for value in params or ():
            text = text.replace("?", _literal(value), 1)
        return EmulatedQuery(session, connection, text)

    local_save = DataFrameWriter.save_as_table

    def save_as_table(writer: DataFrameWriter, table_name: str, *, mode=None, **options) -> None:
        if writer._dataframe.session is not session:
            local_save(writer, table_name, mode=mode, **options)
            return
        write_table(connection, table_name, writer._dataframe, mode or writer._save_mode.value)

    local_queries = DataFrame.queries

    def queries(frame: DataFrame) -> dict[str, list[str]]:
        if frame.session is not session:
            return local_queries.fget(frame)
        # Snowpark uploads rows of this process to a temporary table as well, and tells a query of that
        name = f"uploaded_{uuid.uuid4().hex}"
        write_table(connection, name, frame, "create")
        return {"queries": [f"select * from {name}"], "post_actions": []}

    DataFrame.queries = property(queries)
    session.sql = sql
    session.table = lambda name: EmulatedQuery(session, connection, f"select * from {name}")
    DataFrameWriter.save_as_table = save_as_table
    return session


def write_table(connection, name: str, frame, mode: str) -> None:
    """Write a local-testing data frame into a table of fakesnow."""
    kinds = {field.name.strip('"'): field.datatype for field in frame.schema.fields}
    rows = pl.DataFrame(
        [tuple(row) for row in frame.collect()],
        schema={column: _polars_type(kind) for column, kind in kinds.items()},
        orient="row",
        strict=False,
    )
    arrays = [column for column, kind in kinds.items() if isinstance(kind, snowpark_types.ArrayType)]
    # local testing has no null among doubles
    write_rows(connection, name, rows.fill_nan(None), mode, arrays=arrays)


def write_rows(connection, name: str, rows: pl.DataFrame, mode: str, *, arrays=()) -> None:
    """Write rows into a table of fakesnow, through a file that both processes see.

    Args:
        connection: of Snowflake's connector.
        name: of the table.
        rows: names of columns as Snowflake has them.
        mode: 'append', or else the table is made anew.
        arrays: columns that hold JSON text of arrays.
    """
    selected = ", ".join(
        f'parse_json("{name}") as "{name}"' if name in arrays else f'"{name}"' for name in rows.columns
    )
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        file = Path(folder) / "rows.parquet"
        rows.write_parquet(file)
        query = f"select {selected} from read_parquet('{file}')"
        if mode == "append":
            names = ", ".join(f'"{column}"' for column in rows.columns)
            cursor.execute(f"insert into {name} ({names}) {query}")
        else:
            cursor.execute(f"create or replace table {name} as {query}")


def _type_of(told) -> snowpark_types.DataType:
    return snowpark_types.DoubleType() if told.type_code == 0 and told.scale else _TYPES[told.type_code]


def _polars_type(kind: snowpark_types.DataType):
    if isinstance(kind, snowpark_types.TimestampType):
        return pl.Datetime("us")
    return {
        snowpark_types.LongType: pl.Int64,
        snowpark_types.DoubleType: pl.Float64,
        snowpark_types.BooleanType: pl.Boolean,
        snowpark_types.DateType: pl.Date,
        snowpark_types.BinaryType: pl.Binary,
    }.get(type(kind), pl.String)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(value)
