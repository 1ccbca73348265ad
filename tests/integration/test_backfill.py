"""A backfill ends where a full refresh does, goes on where it was stopped, and says what to do when it cannot."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from clickintent.backfill import BackfillError, Plan, Progress, backfill, progress_file
from clickintent.cli import app

ROOT = Path(__file__).resolve().parents[2]
PLAN = Plan(date(2026, 1, 1), date(2026, 1, 10), chunk_days=4)


def silent(name: str, done: int, parts: int) -> None:
    """Nobody watches."""


class Dbt:
    """Remembers what it was asked for, and fails at the call of that number."""

    def __init__(self, fails_at: int = -1) -> None:
        self.calls: list[dict] = []
        self.fails_at = fails_at

    def __call__(self, arguments) -> None:
        if len(self.calls) == self.fails_at:
            raise BackfillError("dbt said no")
        self.calls.append(json.loads(arguments[list(arguments).index("--vars") + 1]))


def test_the_chunks_cover_each_day_once_and_a_plain_build_comes_last(tmp_path):
    dbt = Dbt()
    assert backfill(PLAN, Progress(tmp_path / "progress.json", PLAN), dbt, silent) == 4
    assert [(call.get("backfill_from"), call.get("backfill_to")) for call in dbt.calls] == [
        ("2026-01-01", "2026-01-05"),
        ("2026-01-05", "2026-01-09"),
        ("2026-01-09", "2026-01-10"),
        (None, None),
    ]


def test_what_failed_is_taken_up_again_and_what_is_done_is_not(tmp_path):
    path = tmp_path / "progress.json"
    with pytest.raises(BackfillError, match=r"dbt failed at 2026-01-05 to 2026-01-09.*\n.*dbt said no"):
        backfill(PLAN, Progress(path, PLAN), Dbt(fails_at=1), silent)
    dbt = Dbt()
    assert backfill(PLAN, Progress(path, PLAN), dbt, silent) == 3
    assert dbt.calls[0]["backfill_from"] == "2026-01-05"
    assert backfill(PLAN, Progress(path, PLAN), dbt, silent) == 0


def test_another_backfill_under_way_is_not_taken_for_this_one(tmp_path):
    path = tmp_path / "progress.json"
    Progress(path, PLAN).finish("2026-01-01 to 2026-01-05")
    with pytest.raises(BackfillError, match=r"another backfill, from 2026-01-01 to 2026-01-10.*--restart"):
        Progress(path, Plan(date(2026, 1, 1), date(2026, 2, 1), chunk_days=4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "2026-01-02", "--to", "2026-01-01"], "--from must be before --to"),
        (["--from", "2026-01-01", "--to", "2026-01-02", "--chunk-days", "0"], "at least one day"),
        (["--from", "2026-01-01", "--to", "2026-01-02", "--vars", "[1]"], "no list of names and values"),
    ],
)
def test_a_range_that_makes_no_sense_is_named(tmp_path, options, message):
    said = CliRunner().invoke(app, ["backfill", *options, "--file", str(tmp_path / "w.duckdb")])
    assert said.exit_code == 1
    assert message in said.output


# -- whole builds ------------------------------------------------------------------------------------------------------


def load(project, days: range) -> None:
    """Two visits a day, of events loaded on the day after, and some without a load time."""
    rows = [
        {
            "event_id": f"{day:02d}-{number}",
            "visitor_id": f"v{number % 2}",
            "event_at": f"2026-01-{day:02d} 23:{40 + number}:00",
            "loaded_at": None if number == 3 else f"2026-01-{day + 1:02d} 01:00:00",
            "page_url": f"/page/{number}",
        }
        for day in days
        for number in range(4)
    ]
    project.vars |= {"event_source": "generic", "events_relation": "raw_events"}
    with duckdb.connect(str(project.file)) as connection:
        frame = pl.DataFrame(rows).to_arrow()  # noqa: F841 - DuckDB finds it by name
        connection.execute("create table if not exists raw_events as from frame limit 0")
        connection.execute("insert into raw_events from frame")


def command(project, *options: str) -> list[str]:
    own = ["--", "--target-path", str(project.folder / "target"), "--log-path", str(project.folder / "logs")]
    return [
        *[str(Path(sys.executable).with_name("clickintent")), "backfill", "--file", str(project.file)],
        *["--from", "2026-01-01", "--to", "2026-01-22", *options, "--vars", json.dumps(project.vars), *own],
    ]


def assert_equals_a_refresh(project, folder) -> None:
    refreshed = project.copy(folder)
    refreshed.run("--full-refresh", "--select", "+ingestion_audit", "+session_features", "+session_sequences")
    for table in ("stg_events", "quarantined_events", "ingestion_audit", "sessions", "session_sequences"):
        assert project.content(table).equals(refreshed.content(table)), table
    assert project.query("select count(*) from stg_events") == [(80,)]


@pytest.mark.slow
def test_a_killed_backfill_goes_on_and_ends_equal_to_a_full_refresh(project, tmp_path_factory):
    """The newest rows are built first, as by a site that starts with today: the look-back never reaches the rest."""
    load(project, range(18, 21))
    project.run("--select", "+ingestion_audit", "+session_features", "+session_sequences")
    load(project, range(1, 18))
    project.run("--select", "+ingestion_audit")
    assert project.query("select count(*) < 40 from stg_events") == [(True,)]

    environment = {**os.environ, "DBT_PROFILES_DIR": str(ROOT / "profiles")}
    process = subprocess.Popen(command(project, "--chunk-days", "7"), cwd=ROOT, env=environment, start_new_session=True)
    while not progress_file(project.file).exists():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = json.loads(progress_file(project.file).read_text())["done"]
    assert done == ["2026-01-01 to 2026-01-08"]

    subprocess.run(command(project, "--chunk-days", "7"), cwd=ROOT, env=environment, check=True)
    assert_equals_a_refresh(project, tmp_path_factory.mktemp("refreshed"))
