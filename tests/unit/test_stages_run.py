"""What every stage may rely on of a run; with a stand-in for dbt that the tests of the stages share."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest

from clickintent.stages.run import BuiltTable, Run

SCHEMA = {"id": pl.String, "rank": pl.Int64, "vector": pl.Array(pl.Float32, 2), "made_at": pl.Datetime("us")}
ROW = {"id": "a", "rank": 1, "vector": [1.0, 2.0], "made_at": datetime(2026, 3, 1)}


@dataclass
class StandInDbt:
    """The two things a stage asks of the object that dbt passes to `model`."""

    this: str
    is_incremental: bool


def build(connection, table, stage, *, key, is_full_refresh=False):
    """Build a table as dbt builds an incremental Python model; returns how many rows the stage handed over.

    Args:
        stage: called with a Run, returns a relation.
        key: the model's unique_key.
    """
    exists = connection.sql(f"select 1 from information_schema.tables where table_name = '{table}'").fetchone()
    is_incremental = bool(exists) and not is_full_refresh
    relation = stage(Run(StandInDbt(table, is_incremental), connection))
    relation.create(f"{table}__new")
    written = connection.table(f"{table}__new").count("*").fetchone()[0]
    if is_incremental:
        connection.execute(f"delete from {table} where {key} in (select {key} from {table}__new)")
        connection.execute(f"insert into {table} by name select * from {table}__new")
    else:
        connection.execute(f"create or replace table {table} as select * from {table}__new")
    connection.execute(f"drop table {table}__new")
    return written


def load(connection, table, frame):
    """A frame as a table."""
    connection.register("loaded_frame", frame.to_arrow())
    connection.execute(f"create or replace table {table} as select * from loaded_frame")
    connection.unregister("loaded_frame")


def empty_run(connection):
    """What the pre-hook of a model does under `dbt build --empty`."""
    connection.execute("set variable clickintent_is_empty = true")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def first_build(connection):
    return Run(StandInDbt("results", is_incremental=False), connection)


def next_build(connection):
    return Run(StandInDbt("results", is_incremental=True), connection)


def test_rows_come_back_to_the_next_build_with_their_types(connection):
    first_build(connection).rows(pl.DataFrame([ROW], schema=SCHEMA), SCHEMA).create("results")
    known = next_build(connection).known_rows(SCHEMA)
    assert dict(known.schema) == SCHEMA
    assert known.to_dicts() == [ROW]


def test_a_model_built_anew_knows_no_rows_even_where_its_table_holds_some(connection):
    first_build(connection).rows(pl.DataFrame([ROW], schema=SCHEMA), SCHEMA).create("results")
    anew = first_build(connection)
    assert anew.known_rows(SCHEMA).is_empty()
    assert anew.warehouse.read(f"select id from {anew.known(SCHEMA)} as known").is_empty()


def test_the_known_rows_of_a_model_built_anew_can_stand_in_a_join(connection):
    run = first_build(connection)
    known = run.known(SCHEMA)
    query = (
        f"select a.id, known.id as known_id from (select 'a' as id) as a left join {known} as known on known.id = a.id"
    )
    assert run.warehouse.read(query).rows() == [("a", None)]


def test_rows_are_written_in_the_columns_order_and_types_of_the_schema(connection):
    frame = pl.DataFrame(
        {"rank": [1], "extra": ["left out"], "id": ["a"], "vector": [[1, 2]], "made_at": [datetime(2026, 3, 1)]}
    )
    relation = first_build(connection).rows(frame, SCHEMA)
    assert relation.columns == list(SCHEMA)
    assert [str(kind) for kind in relation.types] == ["VARCHAR", "BIGINT", "FLOAT[2]", "TIMESTAMP"]


def test_a_column_that_is_missing_from_the_rows_is_an_error(connection):
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="vector"):
        first_build(connection).rows(pl.DataFrame({"id": ["a"], "rank": [1]}), SCHEMA)


def test_nothing_has_every_column_and_no_row(connection):
    relation = first_build(connection).nothing(SCHEMA)
    assert relation.columns == list(SCHEMA)
    assert relation.fetchall() == []


def test_the_time_of_a_run_is_utc_without_a_zone_as_every_timestamp_is(connection):
    now = first_build(connection).now
    assert now.tzinfo is None
    assert abs(datetime.now(UTC).replace(tzinfo=None) - now) < timedelta(minutes=1)


def test_an_empty_run_says_so(connection):
    assert not first_build(connection).is_empty
    empty_run(connection)
    assert first_build(connection).is_empty


def test_a_command_writes_to_a_table_under_its_model_s_name_and_a_build_where_its_hook_says(connection):
    assert Run(BuiltTable("results"), connection).table("llm_calls") == "llm_calls"
    connection.execute("set variable clickintent_table_llm_calls = 'there.llm_calls'")
    assert next_build(connection).table("llm_calls") == "there.llm_calls"


def test_two_models_name_their_functions_apart(connection):
    names = {
        Run(StandInDbt(table, is_incremental=True), connection).own_function("pool")
        for table in ('"file"."main"."one"', '"file"."main"."other"')
    }
    assert names == {"pool_for_one", "pool_for_other"}
