"""The command line: help for every command, one sentence and exit code 1 for every mistake."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from clickintent.cli import app

SMALL_BANK = ["--people", "50", "--days", "5"]


def run(*arguments, columns=200):
    environment = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def one_sentence(result):
    """The message of a refusal, after checking that it is one line on standard error and nothing else."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    (line,) = result.stderr.splitlines()
    assert line.startswith("clickintent: ")
    return line.removeprefix("clickintent: ")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ([], ["Session embeddings and intent labels", "summary", "demo"]),
        (["train"], ["as a candidate", "--steps", "--seed", "--max-seconds", "--cards", "Example: clickintent train"]),
        (["models"], ["list", "promote", "rollback", "card"]),
        (["models", "promote"], ["--by", "login name", "--model", "Example: clickintent models promote"]),
        (["labels", "grow"], ["least sure of", "--sessions", "--by", "login name", "Example: clickintent labels grow"]),
        (["taxonomy"], ["list", "propose", "diff", "promote", "reject"]),
        (
            ["taxonomy", "propose"],
            ["as a proposal", "--source", "--max-intents", "Example: clickintent taxonomy"],
        ),
        (["summary"], ["what a build made", "--file", "CLICKINTENT_DUCKDB", "Example: clickintent summary"]),
        (["export"], ["Parquet", "--out", "--tables", "--since", "Example: clickintent export"]),
        (["snowflake"], ["deploy", "undeploy", "smoke"]),
        (["snowflake", "deploy"], ["--dry-run", "--packaged", "--openai", "Example: clickintent snowflake deploy"]),
        (["demo"], ["synthetic", "--out", "--people", "--seed", "--no-link", "--events", "Example: clickintent demo"]),
    ],
    ids=[
        "clickintent",
        "train",
        "models",
        "promote",
        "labels grow",
        "taxonomy",
        "propose",
        "summary",
        "export",
        "snowflake",
        "snowflake deploy",
        "demo",
    ],
)
def test_help_tells_what_a_command_does_with_its_options_and_an_example(command, told):
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert [text for text in told if text not in result.stdout] == []


def commands(group, path=()):
    """Every command below a group, with its path."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def test_every_command_has_an_example_of_itself():
    found = list(commands(typer.main.get_command(app)))
    assert len(found) > 15
    without = [path for path, command in found if f"Example: clickintent {' '.join(path)}" not in command.help]
    assert without == []


def test_without_a_command_the_help_is_shown():
    assert "Usage:" in run().output


def test_help_loads_none_of_the_heavy_libraries():
    code = (
        "import sys; from clickintent.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'polars', 'duckdb', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_summary_of_a_missing_file_says_what_to_do_unwrapped_in_a_narrow_terminal(tmp_path):
    file = tmp_path / "[none]" / "clickintent.duckdb"
    expected = f"There is no file {file}: run `dbt build` first, or point CLICKINTENT_DUCKDB at the file."
    assert one_sentence(run("summary", "--file", file, columns=40)) == expected


def test_the_file_may_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CLICKINTENT_DUCKDB", str(tmp_path / "from-the-environment.duckdb"))
    assert "from-the-environment.duckdb" in one_sentence(run("summary"))


def test_a_demo_writes_its_events_and_its_truth_and_says_they_are_synthetic(tmp_path):
    result = run("demo", "--out", tmp_path / "bank", *SMALL_BANK)
    assert result.exit_code == 0
    events = pl.read_parquet(tmp_path / "bank" / "events" / "*.parquet")
    truth = pl.read_parquet(tmp_path / "bank" / "truth" / "*.parquet")
    assert 0 < truth.height <= events.height
    assert set(truth["event_id"]) <= set(events["event_id"])
    assert f"{events.height:,} events of 50 people" in result.stdout
    assert "synthetic" in result.stdout


def test_a_demo_of_at_least_so_many_events_writes_as_many(tmp_path):
    assert run("demo", "--out", tmp_path, "--events", 100, "--days", 5).exit_code == 0
    assert pl.read_parquet(tmp_path / "events" / "*.parquet").height >= 100


@pytest.mark.parametrize("how_many", [SMALL_BANK, ["--events", "100"]], ids=["people", "events"])
def test_a_folder_that_already_holds_parts_is_refused_and_left_as_it_was(tmp_path, how_many):
    held = tmp_path / "events" / "part-00007.parquet"
    held.parent.mkdir()
    held.write_bytes(b"someone's events")
    message = one_sentence(run("demo", "--out", tmp_path, *how_many))
    assert message == f"{tmp_path} already holds Parquet files: choose another folder, or remove them."
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [held]
    assert held.read_bytes() == b"someone's events"


def test_a_demo_into_something_that_is_no_folder_is_refused(tmp_path):
    file = tmp_path / "bank"
    file.write_text("a file")
    assert str(file) in one_sentence(run("demo", "--out", file, *SMALL_BANK))


@pytest.mark.parametrize("numbers", [["--people", "0"], ["--days", "0"], ["--seed", "-1"], ["--events", "0"]])
def test_numbers_that_make_no_bank_are_refused_before_anything_is_written(tmp_path, numbers):
    out = tmp_path / "bank"
    assert numbers[0].removeprefix("--") in one_sentence(run("demo", "--out", out, *numbers))
    assert not out.exists()


def test_the_installed_command_is_this_app():
    command = Path(sys.executable).with_name("clickintent")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "summary" in done.stdout
