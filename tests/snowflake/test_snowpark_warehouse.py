"""The seam to Snowpark: what a query, a frame and a batch function may rely on.

Queries run on fakesnow and data frames in Snowpark's local testing; nothing here ran on a live account.
"""

import json
from datetime import datetime
from types import SimpleNamespace

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from emulated_session import emulated_session, write_table
from snowflake.snowpark import Session
from snowflake.snowpark.types import ArrayType, BinaryType, LongType, StringType, TimestampType

from clickintent.warehouse import WarehouseError, open_warehouse, scored_partition
from clickintent.warehouse import snowpark as seam
from clickintent.warehouse.snowpark import SnowparkWarehouse

EVERY_TYPE = pl.DataFrame(
    {
        "id": ["a", 'b\'s "quote" \\ back', None],
        "number": [9_007_199_254_740_993, None, -1],
        "share": [0.1, None, 1e-7],
        "is_told": [True, None, False],
        "loaded_at": [datetime(2026, 3, 1, 8, 0, 0, 5), None, datetime(2026, 3, 1)],
        "weights": [b"\x00\xff", None, b""],
        "page_keys": [["/a", None, 'b"c'], None, []],
        "embedding": [[0.1] * 64, None, [1.0] * 64],
        "never": [None, None, None],
        "group": ["x", "y", "z"],
    },
    schema_overrides={"embedding": pl.Array(pl.Float32, 64), "never": pl.Datetime("us")},
)


@pytest.fixture
def connection(emulator):
    with emulator.connect() as connection:
        yield connection


@pytest.fixture
def warehouse(connection):
    return open_warehouse(emulated_session(connection))


@pytest.fixture
def stored(connection, warehouse):
    write_table(connection, "stored", warehouse.relation(EVERY_TYPE), "create")
    return "stored"


def test_a_session_of_snowpark_is_known(warehouse):
    assert isinstance(warehouse, SnowparkWarehouse)
    assert warehouse.file is None


def test_what_is_handed_over_is_read_as_it_was(warehouse, stored):
    assert warehouse.read(f"select * from {stored}").sort("number").rows() == EVERY_TYPE.sort("number").rows()


def test_columns_are_stored_in_types_of_their_own(warehouse):
    kinds = {field.name: type(field.datatype) for field in warehouse.relation(EVERY_TYPE).schema.fields}
    assert kinds["EMBEDDING"] is kinds["PAGE_KEYS"] is ArrayType
    assert (kinds["WEIGHTS"], kinds["LOADED_AT"], kinds["NUMBER"], kinds["ID"]) == (
        BinaryType,
        TimestampType,
        LongType,
        StringType,
    )


def test_no_rows_have_every_column(warehouse):
    relation = warehouse.relation(EVERY_TYPE.clear())
    assert [name.strip('"').lower() for name in relation.columns] == EVERY_TYPE.columns
    assert relation.collect() == []


def test_lists_that_are_stored_have_the_type_that_the_models_say_even_where_none_tells_it(warehouse):
    read = warehouse.read("select parse_json('[null]') as dwell_seconds, parse_json('[1, 2]') as other")
    assert read.schema == {"dwell_seconds": pl.List(pl.Float64), "other": pl.List(pl.Int64)}


def test_what_hooks_say_is_read_from_variables(connection, warehouse):
    connection.cursor().execute("set clickintent_is_empty = 'true'")
    connection.cursor().execute("set clickintent_table_llm_calls = 'a.b.llm_calls'")
    assert warehouse.is_empty_run
    assert warehouse.announced_table("llm_calls") == "a.b.llm_calls"


def test_rows_that_are_appended_stay_when_the_session_ends(emulator, connection, warehouse, stored):
    warehouse.append_rows(stored, EVERY_TYPE.select("group", "id").head(1))
    with emulator.connect() as another:
        rows = another.cursor().execute(f"select id, number from {stored} where \"GROUP\" = 'x' order by 2").fetchall()
    assert sorted(rows, key=str) == [("a", 9_007_199_254_740_993), ("a", None)]


def test_what_was_appended_is_read_with_parameters(warehouse, stored):
    rows = warehouse.read_committed(f"select id from {stored} where id = ? and number is not null", ['b\'s "quote"'])
    assert rows.is_empty()
    assert warehouse.read_committed(f'select id from {stored} where "GROUP" = ?', ["x"]).rows() == [("a",)]


def test_rows_are_replaced_by_key_in_one_statement():
    warehouse = open_warehouse(Session.builder.config("local_testing", True).create())
    warehouse.relation(pl.DataFrame({"name": ["a", "b"], "number": [1, 1]})).write.save_as_table("versions")
    warehouse.replace_rows("versions", "name", pl.DataFrame({"number": [2, 2], "name": ["b", "c"]}))
    rows = warehouse._session.table("versions").sort("NAME").collect()
    assert [(row["NAME"], int(row["NUMBER"])) for row in rows] == [("a", 1), ("b", 2), ("c", 2)]


def test_a_data_frame_of_several_queries_cannot_stand_in_a_query(warehouse):
    uploaded = SimpleNamespace(queries={"queries": ["create temp table x", "select * from x"]})
    with pytest.raises(WarehouseError, match="2 queries"):
        warehouse.sql(uploaded)


def described(batch: pa.RecordBatch) -> pa.Array:
    """How long each list is, and in which place of its batch a row stands."""
    lengths = pc.list_value_length(batch["page_keys"])
    places = pa.array(range(batch.num_rows), pa.int64())
    return pa.StructArray.from_arrays([lengths.cast(pa.int64()), places], ["length", "place"])


def map_described(warehouse, query):
    return warehouse.map_rows(
        "described",
        query,
        described,
        inputs={"page_keys": "varchar[]"},
        outputs={"length": "bigint", "place": "bigint"},
        columns=["id", "length", "loaded_at", "place"],
        key=["id"],
    )


def written(connection, warehouse, relation) -> pl.DataFrame:
    write_table(connection, "mapped", relation, "create")
    return warehouse.read("select * from mapped")


def test_a_function_adds_its_columns_in_place_and_sees_batches_in_the_order_of_the_key(connection, warehouse, stored):
    query = f"select id, loaded_at, page_keys from {stored} where id is not null and page_keys is not null union all "
    query += "select 'Z', null, parse_json('[1]') union all select '0', null, null"
    rows = written(connection, warehouse, map_described(warehouse, query))
    assert rows.columns == ["id", "length", "loaded_at", "place"]
    assert rows.sort("id").rows() == [
        ("0", None, None, 0),
        ("Z", 1, None, 1),
        ("a", 3, datetime(2026, 3, 1, 8, 0, 0, 5), 2),
    ]


def test_no_row_of_many_batches_is_lost(connection, warehouse, monkeypatch):
    monkeypatch.setattr(scored_partition, "BATCH_ROWS", 64)
    ids = [f"{n:04}" for n in range(1000)]
    numbers = pl.DataFrame({"id": ids, "page_keys": [["/"] * (n % 3) for n in range(1000)]})
    numbers = numbers.with_columns(loaded_at=pl.lit(None, pl.Datetime("us")))
    write_table(connection, "many", warehouse.relation(numbers), "create")
    rows = written(connection, warehouse, map_described(warehouse, "select * from many")).sort("id")
    assert rows["id"].to_list() == ids
    assert rows["length"].to_list() == [n % 3 for n in range(1000)]
    assert rows["place"].to_list() == [n % 64 for n in range(1000)]


def test_partitions_hold_about_as_many_rows_as_they_should(warehouse, monkeypatch):
    """Local testing hands all rows over as one partition, so the query that cuts them is looked at."""
    monkeypatch.setattr(seam, "PARTITION_ROWS", 100)
    few, many = (f"select column1 as id from values {', '.join(f'({n})' for n in range(size))}" for size in (100, 1700))
    assert (warehouse._bucket_digits(few), warehouse._bucket_digits(many)) == (0, 2)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_worker_takes_arrays_as_lists_and_as_text(as_text):
    lists = [["a", None], None, []]
    rows = pd.DataFrame(
        {"ID": ["c", "a", "b"], "PAGE_KEYS": [json.dumps(x) if x is not None and as_text else x for x in lists]}
    )
    scored = scored_partition.score_partition(
        rows,
        described,
        {"page_keys": "varchar[]"},
        ["length", "place"],
        ["place", "id", "length"],
        ["id"],
        is_exploded=False,
    )
    assert scored.to_dict("list") == {"PLACE": ["0", "1", "2"], "ID": ["a", "b", "c"], "LENGTH": [None, "0", "2"]}


def test_an_empty_partition_gives_no_rows():
    rows = pd.DataFrame({"ID": [], "PAGE_KEYS": []})
    scored = scored_partition.score_partition(
        rows, described, {"page_keys": "varchar[]"}, ["length", "place"], ["place", "id"], ["id"], is_exploded=False
    )
    assert list(scored.columns) == ["PLACE", "ID"]
    assert scored.empty


def test_an_exploding_function_gives_a_row_for_each_element(connection, warehouse):
    def counted(batch: pa.RecordBatch) -> pa.Array:
        return pa.array([list(range(n)) for n in batch["n"].to_pylist()], pa.list_(pa.int64()))

    relation = warehouse.map_rows(
        "counted",
        "select 'a' as id, 2 as n union all select 'b', 0 union all select 'c', 1",
        counted,
        inputs={"n": "bigint"},
        outputs={"counted": "bigint"},
        columns=["id", "counted"],
        key=["id"],
        is_exploded=True,
    )
    assert written(connection, warehouse, relation).sort("id", "counted").rows() == [("a", 0), ("a", 1), ("c", 0)]


def test_relations_are_combined(connection, warehouse):
    both = warehouse.combine([warehouse.relation(pl.DataFrame({"id": [name]})) for name in ("a", "b")])
    assert written(connection, warehouse, both)["id"].sort().to_list() == ["a", "b"]


def test_lists_and_texts_are_collected_in_an_order(warehouse):
    aggregates = [
        warehouse.joined_text("v", ",", "n"),
        warehouse.collected("v", "n"),
        warehouse.list_length("parse_json('[1, 2]')"),
    ]
    query = f"select {', '.join(aggregates)} from (select 'a' as v, 2 as n union all select 'b', 1) as t"
    assert warehouse.read(query).row(0) == ("b,a", ["b", "a"], 2)
