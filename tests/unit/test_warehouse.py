"""The seam to DuckDB: what a batch function and a frame may rely on, whatever the model."""

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clickintent.warehouse import WarehouseError, open_warehouse
from clickintent.warehouse.duckdb import EMPTY_RUN_VARIABLE


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def warehouse(connection):
    return open_warehouse(connection)


def test_a_database_in_a_file_knows_its_file_and_one_in_memory_has_none(tmp_path, warehouse):
    assert warehouse.file is None
    with duckdb.connect(tmp_path / "events.duckdb") as connection:
        assert open_warehouse(connection.cursor()).file == tmp_path / "events.duckdb"


def constant(value):
    return lambda batch: pa.array([value] * batch.num_rows, pa.int64())


def test_registering_a_function_again_replaces_it(warehouse):
    for value in (1, 2):
        warehouse.register("answer", constant(value), {"x": "bigint"}, "bigint")
    assert warehouse.read("select answer(7::bigint) as answer").item() == 2


def test_registering_again_works_right_after_a_question_about_the_run(warehouse):
    for value in (1, 2):
        assert not warehouse.is_empty_run
        warehouse.register("answer", constant(value), {"x": "bigint"}, "bigint")
    assert warehouse.read("select answer(7::bigint) as answer").item() == 2


def test_registering_again_may_change_arguments_and_result(warehouse):
    warehouse.register("answer", constant(1), {"x": "bigint"}, "bigint")
    warehouse.register("answer", lambda batch: batch["text"], {"x": "bigint", "text": "varchar"}, "varchar")
    assert warehouse.read("select answer(7::bigint, 'seven') as answer").item() == "seven"


def test_a_function_sees_every_row_of_many_batches_once_and_in_its_place(warehouse):
    sizes = []

    def double(batch):
        sizes.append(batch.num_rows)
        return pc.multiply(batch["x"], 2)

    warehouse.register("double", double, {"x": "bigint"}, "bigint")
    rows = warehouse.read("select range as x, double(range) as doubled from range(5000)")
    assert rows["doubled"].to_list() == [2 * x for x in rows["x"]]
    assert len(sizes) > 1
    assert sum(sizes) == 5000


def test_a_batch_names_its_columns_as_the_inputs_do_and_keeps_their_order(warehouse):
    seen = []

    def look(batch):
        seen.append(batch.schema.names)
        return pc.subtract(batch["minuend"], batch["subtrahend"])

    warehouse.register("less", look, {"minuend": "bigint", "subtrahend": "bigint"}, "bigint")
    assert warehouse.read("select less(9::bigint, 2::bigint) as x").item() == 7
    assert seen[0] == ["minuend", "subtrahend"]


def test_nulls_reach_the_function_and_come_back(warehouse):
    warehouse.register("is_missing", lambda batch: pc.is_null(batch["text"]), {"text": "varchar"}, "boolean")
    warehouse.register("same", lambda batch: batch["text"], {"text": "varchar"}, "varchar")
    rows = warehouse.read(
        "select is_missing(text) as is_missing, same(text) as same from (values ('here'), (null)) as t (text)"
    )
    assert rows.to_dict(as_series=False) == {"is_missing": [False, True], "same": ["here", None]}


def test_lists_arrive_as_lists_with_their_nulls_and_empties(warehouse):
    seen = []

    def count(batch):
        seen.extend(batch["words"].to_pylist())
        return pc.list_value_length(batch["words"])

    warehouse.register("word_count", count, {"words": "varchar[]"}, "integer")
    rows = warehouse.read(
        "select word_count(words) as n from (values (['a', null]), ([]::varchar[]), (null)) as t (words)"
    )
    assert seen == [["a", None], [], None]
    assert rows["n"].to_list() == [2, 0, None]


def test_vectors_of_64_floats_are_argument_and_result(connection, warehouse):
    def negate(batch):
        vectors = batch["vector"]
        return pa.FixedSizeListArray.from_arrays(pc.negate(vectors.flatten()), 64)

    warehouse.register("negate_vector", negate, {"vector": "float[64]"}, "float[64]")
    connection.execute(
        "create table vectors as select range as id, list_transform(range(64), i -> i + range)::float[64] as vector "
        "from range(3000)"
    )
    relation = warehouse.query("select id, negate_vector(vector) as vector from vectors")
    assert [str(kind) for kind in relation.types] == ["BIGINT", "FLOAT[64]"]
    rows = relation.pl()
    assert rows.filter(pl.col("id") == 2999)["vector"].to_list() == [[-float(i + 2999) for i in range(64)]]


def test_a_struct_of_lists_is_a_result(warehouse):
    kind = "struct(names varchar[], is_empty boolean)"

    def describe(batch):
        names = pa.array([[str(x)] * x for x in batch["x"].to_pylist()], pa.list_(pa.string()))
        return pa.StructArray.from_arrays([names, pc.equal(batch["x"], 0)], ["names", "is_empty"])

    warehouse.register("described", describe, {"x": "bigint"}, kind)
    rows = warehouse.read("select described(range) as d from range(3)")
    assert rows["d"].to_list() == [
        {"names": [], "is_empty": True},
        {"names": ["1"], "is_empty": False},
        {"names": ["2", "2"], "is_empty": False},
    ]


def test_an_error_in_a_function_names_what_went_wrong(warehouse):
    def fail(_):
        raise ValueError("the weights are for another page")

    warehouse.register("fail", fail, {"x": "bigint"}, "bigint")
    with pytest.raises(duckdb.Error, match="the weights are for another page"):
        warehouse.read("select fail(range) from range(3)")


@pytest.mark.parametrize(("setting", "expected"), [(None, False), ("false", False), ("true", True)])
def test_an_empty_run_is_what_the_variable_says(connection, warehouse, setting, expected):
    if setting is not None:
        connection.execute(f"set variable {EMPTY_RUN_VARIABLE} = {setting}")
    assert warehouse.is_empty_run is expected


@pytest.mark.parametrize("session", [None, object(), "duckdb"])
def test_an_unknown_session_is_refused_by_the_name_of_its_type(session):
    with pytest.raises(WarehouseError, match=f"{type(session).__name__}.*DuckDB"):
        open_warehouse(session)


def test_a_cursor_that_another_object_wraps_is_a_session(connection):
    class Wrapped:
        """As dbt-duckdb hands it over: everything is forwarded, the type is its own."""

        def __getattr__(self, name):
            return getattr(connection.cursor(), name)

    assert open_warehouse(Wrapped()).read("select 1 as one").item() == 1


def test_tables_and_relations_may_stand_in_a_from_clause(connection, warehouse):
    connection.execute("create table pages as select 'CardsHome' as page_key")
    for given in ("pages", connection.table("pages"), connection.sql("select * from pages where true")):
        assert warehouse.read(f"select * from {warehouse.sql(given)} as given").item() == "CardsHome"


def test_a_frame_keeps_its_types_and_nulls_as_a_relation(warehouse):
    frame = pl.DataFrame(
        {"id": ["a", None], "numbers": [[1.5, None], []], "vector": [[0.0] * 64] * 2, "weights": [b"\x00\xff", None]},
        schema={
            "id": pl.String,
            "numbers": pl.List(pl.Float64),
            "vector": pl.Array(pl.Float32, 64),
            "weights": pl.Binary,
        },
    )
    relation = warehouse.relation(frame)
    assert [str(kind) for kind in relation.types] == ["VARCHAR", "DOUBLE[]", "FLOAT[64]", "BLOB"]
    assert relation.pl().to_dicts() == frame.to_dicts()


def test_a_frame_without_rows_keeps_its_columns(warehouse):
    relation = warehouse.relation(pl.DataFrame(schema={"id": pl.String, "rank": pl.Int64}))
    assert relation.columns == ["id", "rank"]
    assert relation.fetchall() == []


def test_every_frame_survives_as_long_as_the_connection(connection):
    """Also after its warehouse is gone: dbt writes the relation when the model has returned."""
    relations = [open_warehouse(connection).relation(pl.DataFrame({"number": [number]})) for number in range(20)]
    assert [relation.fetchone()[0] for relation in relations] == list(range(20))


def test_a_query_runs_when_it_is_written_and_not_before(connection, warehouse):
    connection.execute("create table events as select 1 as id")
    relation = warehouse.query("select count(*) as n from events")
    connection.execute("insert into events values (2)")
    assert relation.fetchall() == [(2,)]


def test_rows_replace_those_of_their_keys_and_leave_the_others(connection, warehouse):
    connection.execute("create table versions as from (values ('a', 1), ('b', 1)) as known (name, number)")
    warehouse.replace_rows("versions", "name", pl.DataFrame({"number": [2, 2], "name": ["b", "c"]}))
    assert connection.execute("from versions order by name").fetchall() == [("a", 1), ("b", 2), ("c", 2)]


def test_rows_that_cannot_be_written_leave_the_table_as_it_was(connection, warehouse):
    connection.execute("create table versions as from (values ('a', 1)) as known (name, number)")
    with pytest.raises(duckdb.Error):
        warehouse.replace_rows("versions", "name", pl.DataFrame({"name": ["a"], "unknown": [2]}))
    assert connection.execute("from versions").fetchall() == [("a", 1)]
