"""Serve fakesnow with the tables of a DuckDB file in its database: `python serve_fakesnow.py PORT [FILE]`.

It runs in an environment of its own, since fakesnow wants a DuckDB of another version. Lists, structs and maps of the
file become JSON, which is what fakesnow keeps of ARRAY, OBJECT and VARIANT.
"""

import sys

import fakesnow.arrow
import fakesnow.server as fakesnow_server
import pyarrow as pa
import uvicorn

# not MAIN: `describe table` does not find the tables of the schema `main` that DuckDB has of its own
DATABASE, SCHEMA = "CLICKINTENT", "ANALYTICS"


def load(file: str) -> None:
    """Copy every table of the file; names become upper case, as Snowflake keeps them."""
    duck = fakesnow_server.shared_fs.connect(database=DATABASE, schema=SCHEMA)._duck_conn
    duck.execute(f"attach '{file}' as given (read_only)")
    columns: dict[str, list[str]] = {}
    for table, column, data_type in duck.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'given' and schema_name = 'main' order by table_name, column_index"
    ).fetchall():
        is_nested = data_type.endswith("]") or data_type.startswith(("MAP", "STRUCT"))
        value = f'cast(to_json("{column}") as json)' if is_nested else f'"{column}"'
        if data_type == "FLOAT":  # a FLOAT of Snowflake has 64 bits
            value = f'cast("{column}" as double)'
        columns.setdefault(table, []).append(f'{value} as "{column.upper()}"')
    for table, selected in columns.items():
        duck.execute(
            f'create table {DATABASE}.{SCHEMA}."{table.upper()}" as '
            f'select {", ".join(selected)} from given.main."{table}"'
        )
    duck.execute("detach given")


def times_with_nulls(times: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Times in Snowflake's form, null where they are: fakesnow hands a null over as 1970."""
    times = times.combine_chunks() if isinstance(times, pa.ChunkedArray) else times
    told = fakesnow_times(times.fill_null(0))
    return pa.StructArray.from_arrays(told.flatten(), fields=list(told.type), mask=times.is_null())


fakesnow_times = fakesnow.arrow.timestamp_to_sf_struct
fakesnow.arrow.timestamp_to_sf_struct = times_with_nulls


if __name__ == "__main__":
    port, *files = sys.argv[1:]
    for file in files:
        load(file)
    uvicorn.run(fakesnow_server.app, port=int(port), log_level="warning")
