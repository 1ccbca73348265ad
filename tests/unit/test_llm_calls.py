"""The store of calls: what was paid for survives, and is not asked for again."""

import json

import duckdb
import pytest
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from clickintent.llm import CALL_SCHEMA, CallItem, CallStore, LlmSettings, hash_of, prompt_hash
from clickintent.warehouse import WarehouseError, open_warehouse
from llm_requests import SCHEMA, ask, create_call_table, request
from llm_server import LlmServer, declined

KEY = ("gpt-4.1-mini", LlmSettings().parameters, "tax-1", "prompt-1")


@pytest.fixture
def connection(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        create_call_table(connection)
        yield connection


@pytest.fixture(params=["connection", "cursor of dbt"])
def session(request, connection):
    return connection if request.param == "connection" else DuckDBCursorWrapper(connection.cursor())


@pytest.fixture
def store(session):
    return CallStore(open_warehouse(session), "llm_calls")


def outcome(fault=None, number=0):
    with LlmServer(faults=[fault]) as server:
        [asked], _ = ask(server, [request(number)])
    return asked


def append(store, items, *, fault=None, taxonomy_version="tax-1", prompt="prompt-1", number=0):
    called = outcome(fault, number)
    store.append(called, items, prompt_hash=prompt, taxonomy_version=taxonomy_version)
    return called


def test_a_call_is_kept_when_the_build_that_made_it_fails(session, store, connection):
    session.execute("begin")
    session.execute("create table of_the_build as select 1 as x")
    append(store, [CallItem("item-1", "narrative-1", {"labels": []})])
    session.execute("rollback")
    assert connection.execute("select count(*) from llm_calls").fetchone() == (1,)


def test_a_call_is_found_by_the_build_that_made_it_although_its_transaction_is_older(session, store):
    session.execute("begin")
    session.execute("select * from llm_calls")
    append(store, [CallItem("item-1", "narrative-1", "an answer")])
    assert store.answers(*KEY) == {"item-1": "an answer"}
    session.execute("rollback")


def test_a_row_tells_all_about_its_call(store, connection):
    called = append(store, [CallItem("item-1", "narrative-1", {"a": 1}), CallItem("item-2", "narrative-2")])
    row = connection.execute("select * from llm_calls").pl().row(0, named=True)
    assert list(row) == list(CALL_SCHEMA)
    assert row["call_hash"] == called.call_hash == request().call_hash(LlmSettings())
    assert json.loads(row["request"])["messages"] == list(request().messages)
    assert row["response"] == called.text
    assert json.loads(row["items"]) == [
        {"item_hash": "item-1", "narrative_hash": "narrative-1", "answer": {"a": 1}, "error": None},
        {"item_hash": "item-2", "narrative_hash": "narrative-2", "answer": None, "error": None},
    ]
    assert (row["status"], row["error"], row["attempts"]) == ("ok", None, 1)
    assert (row["cost_usd"], row["called_at"]) == (called.cost_usd, called.called_at)


def test_an_item_without_an_accepted_answer_is_no_answer(store):
    append(store, [CallItem("item-1"), CallItem("item-2", answer="yes")])
    append(store, [CallItem("item-3")], fault=declined())
    assert store.answers(*KEY) == {"item-2": "yes"}


def test_the_latest_answer_of_an_item_counts(store):
    append(store, [CallItem("item-1", answer="old")])
    append(store, [CallItem("item-1", answer="new")])
    assert store.answers(*KEY) == {"item-1": "new"}


@pytest.mark.parametrize("position", range(4), ids=["model", "parameters", "taxonomy", "prompt"])
def test_an_answer_counts_only_where_all_that_shapes_it_is_the_same(store, position):
    append(store, [CallItem("item-1", answer="yes")])
    other = list(KEY)
    other[position] = "another"
    assert store.answers(*other) == {}


def test_calls_that_name_no_taxonomy_find_each_other(store):
    append(store, [CallItem("item-1", answer="yes")], taxonomy_version=None)
    assert store.answers(KEY[0], KEY[1], None, KEY[3]) == {"item-1": "yes"}
    assert store.answers(*KEY) == {}


def test_what_was_erased_is_no_answer(store, connection):
    append(store, [CallItem("item-1", answer="yes")])
    connection.execute("update llm_calls set request = null, response = null, items = null")
    assert store.answers(*KEY) == {}


def test_the_table_of_a_model_is_the_one_that_its_hook_announces(session):
    warehouse = open_warehouse(session)
    session.execute("""set variable clickintent_table_llm_calls = '"memory"."main"."llm_calls"'""")
    assert warehouse.announced_table("llm_calls") == '"memory"."main"."llm_calls"'
    with pytest.raises(WarehouseError, match=r"add the pre-hook announce_table\('other'\)"):
        warehouse.announced_table("other")


def test_no_two_lists_of_texts_share_a_hash_by_running_together():
    assert hash_of("ab", "c") != hash_of("a", "bc")
    assert prompt_hash(["a"], SCHEMA) != prompt_hash(["a"], {**SCHEMA, "title": "another"})
