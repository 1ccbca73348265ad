"""How much of a table a delete of one day's rows touches, with and without a bound of time.

A stand-in for Snowflake's micro-partitions: DuckDB keeps the least and the greatest value of each column for every row
group of up to 122,880 rows, and skips row groups by them, as Snowflake does with micro-partitions.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.incremental_day.arrivals import FIRST_DAY
from benchmarks.incremental_day.statements import PROFILED, Work


@dataclass(frozen=True)
class _Table:
    name: str
    key: str
    time: str


TABLES = (
    _Table("stg_events", "event_id", "event_at"),
    _Table("placed_events", "event_id", "event_time"),
    _Table("sessions", "session_id", "started_at"),
    _Table("session_sequences", "session_id", "started_at"),
)

# Copies beside the table as it was built: how rows would lie with a cluster key on time, and how with none
ORDERS = {"in order of time": "{table.time}", "in no order": "hash({table.key})"}


def measure_deletes(file: Path, day: int) -> list[dict[str, Any]]:
    """Rows of the row groups that deletes of a day touch; each is rolled back.

    Args:
        file: A built file.
        day: Which day's rows are deleted; day 0 is the first.

    Returns:
        One dict for each table, order of rows and kind of delete: rows there, touched and deleted.
    """
    with duckdb.connect(str(file)) as connection:
        connection.execute("pragma enable_profiling = 'no_output'")
        connection.execute(f"set custom_profiling_settings = '{json.dumps(dict.fromkeys(PROFILED, 'true'))}'")
        found = []
        for table in TABLES:
            found += [told | {"order": "as it was built"} for told in _deletes(connection, table, table.name, day)]
            for order, sorted_by in ORDERS.items():
                copied = f"select {table.key}, {table.time} from {table.name} order by {sorted_by.format(table=table)}"  # noqa: S608
                connection.execute(f"create table ordered as {copied}")
                found += [told | {"order": order} for told in _deletes(connection, table, "ordered", day)]
                connection.execute("drop table ordered")
    return found


def _deletes(connection: duckdb.DuckDBPyConnection, table: _Table, name: str, day: int) -> Iterator[dict[str, Any]]:
    first, end = (f"timestamp '{FIRST_DAY + timedelta(days=number):%Y-%m-%d}'" for number in (day, day + 1))
    within = f"held.{table.time} >= {first} and held.{table.time} < {end}"
    chosen = f"select {table.key}, {table.time} from {table.name} as held where {within}"  # noqa: S608 - our own names
    connection.execute(f"create or replace temp table changes as {chosen}")
    by_key = f"held.{table.key} = changes.{table.key}"
    conditions = {
        "by key": by_key,
        "by key and time": f"{by_key} and held.{table.time} = changes.{table.time}",
        "by key, time and days named": f"{by_key} and held.{table.time} = changes.{table.time} and {within}",
    }
    rows = connection.execute(f"select count(*) from {name}").fetchall()[0][0]  # noqa: S608
    for kind, condition in conditions.items():
        connection.execute("begin")
        connection.execute(f"delete from {name} as held using changes where {condition}")  # noqa: S608
        work = Work()
        work.add_statement("", json.loads(connection.get_profiling_information()))
        connection.execute("rollback")
        yield {
            "table": table.name,
            "delete": kind,
            "rows": rows,
            "rows_touched": work.scanned.get(name, 0),
            "rows_deleted": work.deleted,
        }
