"""A built file is found whatever schemas a project around the package has put its models into."""

import duckdb
import pytest

from clickintent.built_file import BuiltFileError, opened


def write(file, *statements):
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)
    return file


def test_tables_of_any_schema_are_found(tmp_path):
    file = write(
        tmp_path / "a.duckdb",
        "create schema main_clicks",
        """create schema "it's ""ours" """,
        "create table main_clicks.sessions as select 1 as a",
        """create table "it's ""ours".intent_distribution_daily as select 2 as b""",
    )
    with opened(file) as connection:
        assert connection.execute("select a, b from sessions, intent_distribution_daily").fetchall() == [(1, 2)]


def test_of_two_builds_that_in_main_is_meant(tmp_path):
    file = write(
        tmp_path / "a.duckdb",
        "create schema another",
        "create table another.sessions as select 1 as a",
        "create table sessions as select 2 as a",
    )
    with opened(file) as connection:
        assert connection.execute("select a from sessions").fetchall() == [(2,)]
        assert "another" not in connection.execute("select current_schemas(true)").fetchall()[0][0]


def test_two_builds_and_none_in_main_are_refused(tmp_path):
    file = write(
        tmp_path / "a.duckdb",
        "create schema one",
        "create schema two",
        "create table one.sessions as select 1 as a",
        "create table two.sessions as select 2 as a",
    )
    with pytest.raises(BuiltFileError, match="one and two: give each target a file of its own"), opened(file):
        pass
