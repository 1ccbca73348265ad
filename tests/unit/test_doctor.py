"""`clickintent doctor`: what keeps a build from running is told, with what to do, and sets the exit code."""

import json
import shutil
from importlib.metadata import version

import duckdb
import pytest
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.doctor import Finding, examination
from clickintent.doctor.duckdb_file import examine_file
from clickintent.starter import write_starter


@pytest.fixture
def folder(tmp_path):
    """A starter project whose package is linked as `dbt deps` does it."""
    write_starter(tmp_path / "shop", "shop")
    return tmp_path / "shop"


def examined(folder, file, monkeypatch, dbt_fails="", adapter="duckdb"):
    """Findings by name; dbt itself, which is slow, answers as told."""

    def dbt(name, command, *_):
        failed = command[0] == dbt_fails
        finding = Finding(name, "bad" if failed else "good", " ".join(command), "mend it" if failed else "")
        return finding, f"adapter type: {adapter}"

    monkeypatch.setattr(examination, "_dbt", dbt)
    return {finding.name: finding for finding in examination.examine(folder, file)}


def test_a_folder_without_a_project_is_told_how_to_get_one(tmp_path, monkeypatch):
    found = examined(tmp_path, tmp_path / "a.duckdb", monkeypatch)
    assert found["project"].verdict == "bad"
    assert "clickintent init" in found["project"].advice
    assert "profile" not in found


def test_packages_that_are_not_there_are_told(folder, monkeypatch):
    found = examined(folder, folder / "a.duckdb", monkeypatch)
    assert (found["project"].verdict, found["project"].advice) == ("bad", "Run `dbt deps`.")


def with_package(folder):
    package = folder / "dbt_packages" / "clickintent"
    package.mkdir(parents=True)
    (package / "dbt_project.yml").write_text("name: clickintent\nvars: {event_source: demo}\n")


@pytest.mark.parametrize(("command", "name"), [("debug", "profile"), ("compile", "source")])
def test_what_dbt_refuses_is_bad(folder, monkeypatch, command, name):
    with_package(folder)
    assert examined(folder, folder / "a.duckdb", monkeypatch)[name].verdict == "good"
    found = examined(folder, folder / "a.duckdb", monkeypatch, dbt_fails=command)
    assert found[name].verdict == "bad"
    assert ("source" in found) == (name == "source")


def test_a_file_is_looked_at_where_the_warehouse_is_one(folder, monkeypatch):
    with_package(folder)
    assert "build" in examined(folder, folder / "a.duckdb", monkeypatch)
    assert "build" not in examined(folder, folder / "a.duckdb", monkeypatch, adapter="snowflake")


def test_another_version_than_the_package_wants_is_bad(monkeypatch):
    monkeypatch.setattr(examination, "version", lambda name: "0.1" if name == "duckdb" else version(name))
    found = {finding.name: finding for finding in examination._versions()}
    assert found["duckdb"].verdict == "bad"
    assert "pip install 'duckdb" in found["duckdb"].advice
    assert {finding.verdict for name, finding in found.items() if name != "duckdb"} == {"good"}


def test_a_file_that_is_no_build_is_bad(tmp_path):
    file = tmp_path / "a.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table sessions (session_id varchar)")
    (_, build) = examine_file(file)
    assert build.verdict == "bad"
    assert "is not complete" in build.found


def test_the_empty_file_that_dbt_makes_is_no_build_yet(tmp_path):
    file = tmp_path / "a.duckdb"
    duckdb.connect(str(file)).close()
    (_, build) = examine_file(file)
    assert (build.verdict, build.advice) == ("warning", "Run `dbt build`.")


def test_a_folder_that_is_not_there_is_bad(tmp_path):
    (found,) = examine_file(tmp_path / "nowhere" / "a.duckdb")
    assert (found.name, found.verdict) == ("folder", "bad")


def test_no_build_yet_is_no_reason_not_to_build(tmp_path):
    assert [finding.verdict for finding in examine_file(tmp_path / "a.duckdb")] == ["good", "warning"]


def test_little_room_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    folder, _ = examine_file(tmp_path / "a.duckdb")
    assert folder.verdict == "warning"


def test_the_exit_code_says_whether_a_build_can_run(tmp_path):
    result = CliRunner().invoke(app, ["doctor", "--project-dir", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert {"name", "verdict", "found", "advice"} == set(json.loads(result.output)[0])
