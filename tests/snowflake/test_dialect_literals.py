"""Macros give what Snowflake's documentation says, in the form for Snowflake and in that for DuckDB.

fakesnow runs on DuckDB, so that equal results of the two prove little: what both are held against are literals. dbt
compiles the cases in a project that has the macros alone, which takes seconds.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from emulator import ROOT

TESTS = ROOT / "tests" / "snowflake"
NOBODY = {"account": "none", "user": "none", "password": "none", "database": "none", "schema": "none"}
PROFILE = {
    "cases": {
        "target": "duckdb",
        "outputs": {"duckdb": {"type": "duckdb", "path": ":memory:"}, "snowflake": {"type": "snowflake"} | NOBODY},
    }
}


@dataclass(frozen=True)
class Case:
    """A macro at work: a query of one column and its values, as `dialect_cases.yml` has them."""

    macro: str
    query: str
    expected: list[object]
    written: str | None


def read_case(told: dict) -> Case:
    query = told.get("query")
    if query is None:
        rows = " union all ".join(f"select {place} as n, {given} as x" for place, given in enumerate(told["given"]))
        query = f"select {told['value']} as value from ({rows}) as given order by n"
    return Case(told["macro"], query, told["expected"], told.get("written"))


CASES = [read_case(told) for told in yaml.safe_load((TESTS / "dialect_cases.yml").read_text())]
NAMES = [case.macro for case in CASES]
ELSEWHERE = {
    "announce_run": "a session's variable, read by the warehouse of a Python model",
    "announce_table": "a session's variable, read by the warehouse of a Python model",
    "drop_python_temp_tables": "a statement, or none",
    "cluster_python_table": "a statement",
    "apply_changes": "statements; incremental builds are held against a full refresh",
    "event_lists": "a query of two tables; its rows are held against DuckDB's",
    "type_json": "a type",
    "list_event_files": "an error",
    "read_event_files": "an error",
    "relation_columns": "a question to the warehouse",
    "json_element": "stands in the case of json_elements",
    "json_map_name": "stands in the case of json_map_entries",
    "json_map_value": "stands in the case of json_map_entries",
    "ga4_keys": "lambdas, which fakesnow does not run as they are",
    "ga4_values": "as ga4_keys",
    "ga4_parameter": "as ga4_keys",
    "ga4_parameters": "as ga4_keys",
    "snowplow_context": "as ga4_keys",
}
"""Macros with a form for Snowflake that no case here is about, and why."""


def write_project(folder: Path, name: str, macros: Path, settings: dict) -> None:
    folder.mkdir()
    (folder / "macros").symlink_to(macros, target_is_directory=True)
    project = {
        "name": name,
        "version": "1.0.0",
        "config-version": 2,
        "profile": "cases",
        "flags": {"send_anonymous_usage_stats": False},
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project | settings))


def write_cases(folder: Path) -> None:
    (folder / "analyses").mkdir()
    for place, case in enumerate(CASES):
        (folder / "analyses" / f"case_{place}.sql").write_text(case.query)


def compile_cases(project: Path, target: str) -> list[str]:
    """The SQL of each case for a target; nothing is asked of a warehouse."""
    command = [sys.executable, "-m", "dbt.cli.main", "compile", "--target", target, "--target-path", f"target_{target}"]
    options = [
        "--profiles-dir",
        str(project.parent),
        "--no-introspect",
        "--no-populate-cache",
        "--no-partial-parse",
        "--quiet",
    ]
    told = subprocess.run([*command, *options], cwd=project, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    (compiled,) = (project / f"target_{target}" / "compiled").iterdir()
    return [(compiled / "analyses" / f"case_{place}.sql").read_text() for place in range(len(CASES))]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> dict[str, dict[str, str]]:
    """A case's macro to its SQL for DuckDB, for Snowflake, and for Snowflake with the overrides of the test project."""
    folder = tmp_path_factory.mktemp("dialects")
    (folder / "profiles.yml").write_text(json.dumps(PROFILE))
    own = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    overriding = yaml.safe_load((TESTS / "project" / "dbt_project.yml").read_text())
    write_project(folder / "alone", "clickintent", ROOT / "macros", {"vars": own})
    write_cases(folder / "alone")
    overridden = {
        "vars": overriding.get("vars", {}),
        "dispatch": overriding["dispatch"],
        "packages-install-path": "packages",
    }
    write_project(folder / "overriding", overriding["name"], TESTS / "project" / "macros", overridden)
    write_cases(folder / "overriding")
    (folder / "overriding" / "packages").mkdir()
    write_project(folder / "overriding" / "packages" / "clickintent", "clickintent", ROOT / "macros", {"vars": own})
    wanted = {
        "duckdb": ("alone", "duckdb"),
        "snowflake": ("alone", "snowflake"),
        "emulator": ("overriding", "snowflake"),
    }
    with ThreadPoolExecutor() as pool:
        made = pool.map(lambda one: compile_cases(folder / one[0], one[1]), wanted.values())
        return {form: dict(zip(NAMES, queries, strict=True)) for form, queries in zip(wanted, made, strict=True)}


@pytest.fixture(scope="module")
def connection(emulator):
    with emulator.connect() as connected:
        yield connected


def plain(value):
    """A value as both clients give it: an ARRAY of fakesnow is JSON text, a null timestamp the first moment of 1970."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str) and re.fullmatch(r"\[[^a-z]*(null|\"[a-z]\")?.*\]", value):
        return json.loads(value)
    if isinstance(value, datetime):
        return None if value.year == 1970 else value.replace(tzinfo=None)
    return value


def close_to(expected):
    return [pytest.approx(value, abs=1e-12) if isinstance(value, float) else value for value in expected]


def words(sql: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\( | \)", lambda found: found[0].strip(), re.sub(r"\s+", " ", sql))).strip()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_duckdb_gives_what_is_written(compiled, case):
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        found = [plain(value) for (value,) in connection.execute(compiled["duckdb"][case.macro]).fetchall()]
    assert found == close_to(case.expected)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_form_for_snowflake_gives_what_is_written(compiled, connection, case):
    cursor = connection.cursor().execute(compiled["emulator"][case.macro])
    assert [plain(value) for (value,) in cursor.fetchall()] == close_to(case.expected)


@pytest.mark.parametrize("case", [case for case in CASES if case.written], ids=lambda case: case.macro)
def test_a_form_that_is_overridden_is_what_is_written(compiled, case):
    assert words(case.written) in words(compiled["snowflake"][case.macro])


def test_what_is_not_overridden_runs_as_snowflake_is_given_it(compiled):
    overridden = [name for name in NAMES if compiled["snowflake"][name] != compiled["emulator"][name]]
    unwritten = [case.macro for case in CASES if case.macro in overridden and not case.written]
    assert unwritten == []


def test_every_macro_with_a_form_for_snowflake_is_tested():
    text = "".join(file.read_text() for file in (ROOT / "macros").glob("*.sql"))
    forms = set(re.findall(r"macro snowflake__(\w+)", text))
    tested = {case.macro.split()[0] for case in CASES}
    assert (forms - tested - set(ELSEWHERE), set(ELSEWHERE) - forms, set(ELSEWHERE) & tested) == (set(), set(), set())
