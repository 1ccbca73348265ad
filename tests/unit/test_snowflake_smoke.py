"""The comparisons of the smoke test, on a DuckDB file: they pass on what the literals were made of, and can fail."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import sqlglot
from test_cli import one_sentence, run

from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.snowflake.naming import Place
from clickintent.snowflake.smoke import VARS, Observed, compare, function_checks, literals, observe, report
from clickintent.snowflake.smoke_run import build_command, smoke_of_file

EXPECTED = literals()


def failed(**changes):
    return [check.name for check in compare(EXPECTED, replace(EXPECTED, **changes)) if not check.is_passed]


def test_a_build_is_equal_to_itself():
    assert all(check.is_passed for check in compare(EXPECTED, EXPECTED))
    assert EXPECTED.session_count >= EXPECTED.embedding_count > 1000
    assert len(EXPECTED.intents) > 5
    assert sum(EXPECTED.intents.values()) == EXPECTED.embedding_count
    assert sum(EXPECTED.sessions_by_day.values()) <= EXPECTED.embedding_count


def test_each_difference_is_found_by_its_check():
    day = next(iter(EXPECTED.sessions_by_day))
    first, *others = EXPECTED.embedding_checksum
    leaf = max(EXPECTED.intents, key=EXPECTED.intents.get)
    assert failed(session_count=1) == ["sessions"]
    assert failed(session_ids_md5="0" * 32) == ["md5 of session ids"]
    assert failed(sessions_by_day={**EXPECTED.sessions_by_day, day: 0}) == ["sessions by day and channel"]
    assert failed(sessions_by_day={**EXPECTED.sessions_by_day, "2027-01-01 web": 1}) == ["sessions by day and channel"]
    assert failed(embedding_count=1) == ["embedded sessions"]
    assert failed(embedding_checksum=[first + 2e-5, *others]) == ["checksum of embeddings"]
    assert failed(embedding_checksum=[first + 5e-6, *others]) == []
    assert failed(intents={**EXPECTED.intents, leaf: 0}) == ["sessions by level-1 intent"]
    assert failed(intents={**EXPECTED.intents, leaf: EXPECTED.intents[leaf] - 2}) == []


def built(path, swapped=False):
    """A file with two sessions, whose vectors may have changed places."""
    vectors = [[1.0] + [0.0] * 63, [0.0, 1.0] + [0.0] * 62]
    with duckdb.connect(str(path)) as connection:
        ids = ["1" * 32, "e" * 32]
        connection.execute("create table sessions (session_id varchar)")
        connection.execute("create table session_embeddings (session_id varchar, embedding float[64])")
        connection.execute("create table session_intents (session_id varchar, is_abstained boolean, intent_l1 varchar)")
        connection.execute("create table intent_distribution_daily (day date, channel varchar, sessions bigint)")
        for session, vector in zip(ids, vectors[::-1] if swapped else vectors, strict=True):
            connection.execute("insert into sessions values (?)", [session])
            connection.execute("insert into session_embeddings values (?, ?)", [session, vector])
        connection.execute("insert into session_intents values (?, true, 'a'), (?, false, 'b')", ids)
        connection.execute(
            "insert into intent_distribution_daily values ('2026-03-01', 'web', 1), ('2026-03-01', 'web', 1)"
        )
    return path


def test_a_file_is_observed_and_vectors_that_changed_places_are_noticed(tmp_path):
    found = smoke_of_file(built(tmp_path / "one.duckdb"))
    assert (found.session_count, found.sessions_by_day) == (2, {"2026-03-01 web": 2})
    assert found.intents == {"abstained": 1, "b": 1}
    assert Observed.read(found.written) == found
    swapped = smoke_of_file(built(tmp_path / "other.duckdb", swapped=True))
    assert [check.name for check in compare(found, swapped) if not check.is_passed] == ["checksum of embeddings"]


def test_rows_as_snowflakes_connector_gives_them_are_the_same(tmp_path):
    """Arrays as JSON text, sums as decimals."""
    with duckdb.connect(str(built(tmp_path / "one.duckdb")), read_only=True) as connection:

        def rows(sql):
            found = connection.execute(sql.replace("ANALYTICS.BI.", "")).to_arrow_table().to_pylist()
            return [{**row, "embedding": json.dumps(row["embedding"])} if "embedding" in row else row for row in found]

        assert observe(rows, Place("analytics", "bi").named) == smoke_of_file(tmp_path / "one.duckdb")


def test_functions_are_held_against_the_tables_they_answer_for():
    good = {"embedding": "[1.0, 0.0]", "own_embedding": "[1.0, 0.000001]", "intent_id": "a", "own_intent": "a"}
    asked = []

    def rows(*answers):
        return lambda sql: asked.append(sql) or [good | answer for answer in answers]

    def passed(*answers):
        return [check.is_passed for check in function_checks(rows(*answers), str, list(SEQUENCE_INPUTS))]

    assert passed({}) == [True, True]
    assert passed({}, {"own_embedding": "[1.0, 0.1]"}) == [False, True]
    assert passed({"own_intent": "b"}) == [True, False]
    assert passed() == [False, False]
    (parsed,) = sqlglot.parse(asked[0], dialect="snowflake")
    assert isinstance(parsed, sqlglot.exp.Select)


def test_the_command_reports_and_fails_where_something_differs(tmp_path):
    out = tmp_path / "report.md"
    result = run("snowflake", "smoke", "--file", built(tmp_path / "other.duckdb"), "--out", out)
    assert result.exit_code == 1
    assert "0 of 6 checks passed" in out.read_text()
    assert f"| sessions | {EXPECTED.session_count} | 2 | **differs** |" in out.read_text()


def test_what_is_recorded_is_what_is_compared(tmp_path):
    recorded = run("snowflake", "smoke", "--file", built(tmp_path / "one.duckdb"), "--record")
    assert Observed.read(recorded.stdout) == smoke_of_file(tmp_path / "one.duckdb")
    assert "name it by --file" in one_sentence(run("snowflake", "smoke", "--record"))


def test_a_report_names_what_it_ran_on_and_every_check():
    text = report(compare(EXPECTED, EXPECTED), {"Snowflake": "9.1", "region": "AWS_EU_CENTRAL_1"})
    assert text.startswith("# clickintent on Snowflake: 6 of 6 checks passed")
    assert "- region: AWS_EU_CENTRAL_1" in text
    assert text.count("| ok |") == 6


def test_the_build_is_the_small_demo_without_a_training():
    command = build_command("snowflake", Path(), Path("profiles"))
    assert command[1:4] == ["build", "--target", "snowflake"]
    assert json.loads(command[-1]) == VARS
    assert VARS["encoder_training_steps"] == 0


@pytest.mark.slow
def test_the_literals_are_what_a_build_of_the_small_demo_holds(tmp_path):
    import os
    import subprocess

    command = build_command("duckdb", Path(), Path("profiles"))
    selected = ["--select", "+intent_distribution_daily", "+session_embeddings", "+session_intents"]
    quick = ["--exclude-resource-type", "unit_test", "test", "--target-path", str(tmp_path / "target")]
    environment = {**os.environ, "CLICKINTENT_DUCKDB": str(tmp_path / "smoke.duckdb")}
    done = subprocess.run([*command, *selected, *quick], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    checks = compare(EXPECTED, smoke_of_file(tmp_path / "smoke.duckdb"))
    assert [check for check in checks if not check.is_passed] == []
