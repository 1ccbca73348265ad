"""What DuckDB's planner makes of the session layer: a plan that expects rows to multiply joins the wrong way round.

Ten million events then did not fit into 9 GB, while every row was right and a small file was built as fast as before.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

MODELS = ("placed_events", "sessions", "session_features", "session_sequences")
CHANGED = ("placed_events", "session_features", "session_sequences")


def _operators(plan: dict) -> Iterator[dict]:
    yield plan
    for child in plan["children"]:
        yield from _operators(child)


def _plans(project, target: Path) -> dict[str, dict]:
    compiled = {path.stem: path.read_text() for path in target.glob("compiled/*/models/*/*.sql")}
    with duckdb.connect(str(project.file)) as connection:
        return {
            name: json.loads(connection.execute(f"explain (format json) {sql}").fetchall()[0][1])[0]
            for name, sql in compiled.items()
        }


def _expected_rows(plan: dict) -> int:
    return int(plan["extra_info"]["Estimated Cardinality"])


@pytest.fixture(scope="module")
def first_build(built_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    project = built_demo.copy(folder)
    project.succeed("-q", "compile", "--full-refresh", "--select", *MODELS)
    return _plans(project, folder / "target")


@pytest.fixture(scope="module")
def next_build(built_demo, tmp_path_factory):
    """Of a build that finds the events and the sessions of some days changed."""
    folder = tmp_path_factory.mktemp("plans")
    project = built_demo.copy(folder)
    with duckdb.connect(str(project.file)) as connection:
        connection.execute(
            "update stg_events set content_hash = content_hash + 1 "
            "where event_at >= (select max(event_at) - interval 3 days from stg_events)"
        )
        connection.execute(
            "update sessions set content_hash = content_hash || '.' "
            "where started_at >= (select max(started_at) - interval 3 days from sessions)"
        )
    project.succeed("-q", "compile", "--select", *CHANGED)
    return _plans(project, folder / "target")


@pytest.mark.parametrize("model", MODELS)
def test_a_first_build_expects_no_more_rows_than_there_are_events(first_build, built_demo, model):
    events = built_demo.query("select count(*) from stg_events")[0][0]
    assert 0 < _expected_rows(first_build[model]) <= 2 * events


@pytest.mark.parametrize("model", CHANGED)
def test_a_later_build_expects_no_more_rows_than_there_are_events(next_build, built_demo, model):
    events = built_demo.query("select count(*) from stg_events")[0][0]
    assert 0 < _expected_rows(next_build[model]) <= 2 * events


@pytest.mark.parametrize("model", CHANGED)
def test_a_later_build_looks_up_events_in_sets_that_are_made_once(next_build, model):
    operators = list(_operators(next_build[model]))
    # a set is asked once for each distinct value, which takes all rows apart and together again: not for so many values
    apart = [operator["extra_info"] for operator in operators if operator["name"] == "LEFT_DELIM_JOIN"]
    assert len(operators) > 20
    assert [told["Conditions"] for told in apart if "page_hash" not in told["Conditions"]] == []
