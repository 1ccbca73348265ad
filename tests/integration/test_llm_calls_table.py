"""The table of calls as dbt makes it: there before anybody calls, and never made anew."""

import duckdb
import pytest

from clickintent.llm import CALL_SCHEMA, price_of, read_prices
from clickintent.stages.run import BuiltTable, Run
from integration.conftest import Project

CALLS = ("--select", "llm_calls", "llm_prices")


@pytest.fixture(scope="module")
def project(tmp_path_factory, parsed) -> Project:
    project = Project(tmp_path_factory.mktemp("calls"), parsed)
    project.build(*CALLS, "--empty")
    project.build(*CALLS)
    return project


def test_the_table_has_the_columns_and_types_that_are_written_to_it(project):
    with duckdb.connect(str(project.file)) as connection:
        rows = Run(BuiltTable("llm_calls"), connection).known_rows(CALL_SCHEMA)
    assert rows.is_empty()
    assert [name for (name,) in project.query("select column_name from (describe llm_calls)")] == list(CALL_SCHEMA)


@pytest.mark.slow
def test_calls_are_kept_by_every_build_and_by_a_full_refresh(project):
    with duckdb.connect(str(project.file)) as connection:
        connection.execute(
            "insert into llm_calls (call_hash, purpose, model, parameters, prompt_hash, items, status, prompt_tokens, "
            "completion_tokens, attempts, called_at) values ('c', 'label', 'm', '{}', 'p', '[]', 'ok', 1, 1, 1, "
            "timestamp '2026-03-01')"
        )
    for arguments in ((), ("--full-refresh",), ("--empty",)):
        project.build(*CALLS, *arguments)
        assert project.query("select call_hash from llm_calls") == [("c",)]


def test_the_default_model_has_a_price(project):
    with duckdb.connect(str(project.file)) as connection:
        prices = read_prices(connection.execute("select * from llm_prices").pl())
    price = price_of("gpt-4.1-mini", prices)
    assert price is not None
    assert 0 < price.usd_per_million_prompt_tokens < price.usd_per_million_completion_tokens
