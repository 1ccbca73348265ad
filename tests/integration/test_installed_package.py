"""The package as somebody installs it, and the dbt project as somebody else's project has it."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.dashboard.places import published_file
from conftest import DBT, ROOT, SHORT_TRAINING


def succeed(*command, folder, **environment):
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DBT_PROFILES_DIR")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**variables, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from the source distribution, so that whatever that one lacks is missing here."""
    out = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "build", "--outdir", out, ROOT, folder=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the wheel, which sees what it depends on in this one and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    succeed(python, "-m", "pip", "install", "--no-deps", "--quiet", wheel, folder=folder)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    dbt = folder / "bin" / "dbt"
    dbt.write_text(f'#!/bin/sh\nexec "{python}" -c "from dbt.cli.main import cli; cli()" "$@"\n')
    dbt.chmod(0o755)
    where = succeed(python, "-c", "import clickintent; print(clickintent.__file__)", folder=folder)
    assert Path(where.strip()).is_relative_to(folder)
    return folder / "bin"


@pytest.mark.slow
def test_the_wheel_has_the_whole_dbt_project_and_no_tests_or_secrets_of_the_checkout(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = [
        path
        for folder in ("models", "python_models", "macros", "seeds", "analyses", "tests/generic", "tests/singular")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".sql", ".py", ".yml", ".csv"}
    ]
    assert len(wanted) > 200
    assert {f"clickintent/dbt_project/{path.relative_to(ROOT)}" for path in wanted} <= names
    assert "clickintent/dbt_project/dbt_project.yml" in names
    assert not [name for name in names if "profiles" in name and "starter" not in name]
    assert not [name for name in names if name.endswith((".duckdb", ".duckdb.wal")) or "/unit/" in name]


@pytest.mark.slow
def test_a_project_from_init_builds_somebody_elses_events(installed, tmp_path):
    bank = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "bank"), "--people", "600", "--days", "30"])
    assert bank.exit_code == 0, bank.output
    # under the names that Google Analytics gives, to be told from them
    duckdb.execute(
        f"copy (select visitor_id as user_pseudo_id, event_at as event_timestamp, event_type as event_name, "
        f"page_url as page_location, page_title, channel from '{tmp_path}/bank/events/*.parquet') "
        f"to '{tmp_path}/export.csv'"
    )
    clickintent, dbt = installed / "clickintent", installed / "dbt"
    said = succeed(clickintent, "init", "shop", "--events", "export.csv", folder=tmp_path, COLUMNS="200")
    assert "visitor_id is your user_pseudo_id" in said
    shop = tmp_path / "shop"
    succeed(dbt, "deps", folder=shop)
    found = json.loads(succeed(clickintent, "doctor", "--json", folder=shop))
    assert {finding["name"]: finding["verdict"] for finding in found if finding["verdict"] != "good"} == {
        "build": "warning"
    }
    stated = json.dumps({**SHORT_TRAINING, "min_page_visitors": 5})
    succeed(dbt, "build", "--exclude-resource-type", "test", "unit_test", "--vars", stated, folder=shop)
    figures = json.loads(succeed(clickintent, "summary", "--json", folder=shop))
    assert figures["sessions"] > 400
    assert figures["answered"] > 0.5 * figures["scored"]
    assert {intent["channel"] for intent in figures["intents"]} == {"web", "app"}
    found = json.loads(succeed(clickintent, "doctor", "--json", folder=shop))
    assert {finding["verdict"] for finding in found} == {"good"}


@pytest.mark.slow
def test_the_example_project_has_schemas_of_its_own_and_switches_folders_off(tmp_path):
    example = tmp_path / "example"
    shutil.copytree(
        ROOT / "examples" / "bank_project", example, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages")
    )
    packages = (example / "packages.yml").read_text()
    (example / "packages.yml").write_text(packages.replace("- local: ../..", f"- local: {ROOT}"))
    succeed(DBT, "deps", folder=example)
    succeed(DBT, "build", "--exclude-resource-type", "unit_test", folder=example)
    file = example / "clickintent.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = dict(
            connection.execute(
                "select table_name, table_schema from information_schema.tables where table_name not like '%__dbt_tmp%'"
            ).fetchall()
        )
        weeks = connection.execute("select count(*) from weekly_needs where sessions > 0").fetchone()
        renamed = connection.execute(
            "select intent_name from main_bi.dim_intents where intent_id = 'cards.find_new_card'"
        ).fetchone()
    copy = published_file(file)
    with duckdb.connect(str(copy), read_only=True) as connection:
        for table in ("dim_intents", "intent_trends_daily", "mapped_sessions", "model_registry", "review_queue"):
            assert connection.execute(f"select count(*) > 0 from {table}").fetchone() == (True,), table
        assert connection.execute("select count(*) from encoder_drift").fetchone() == (0,)
        assert connection.execute("select has_encoder_drift from dashboard_settings").fetchone() == (False,)
    assert tables["sessions"] == "main_clicks"
    assert tables["intent_distribution_daily"] == "main_bi"
    assert not [name for name in tables if name.startswith(("tile_", "customer_emb"))]
    assert weeks[0] > 3
    assert renamed == ("Choose a credit card",)
    summary = CliRunner().invoke(app, ["summary", "--file", str(file), "--json"])
    assert json.loads(summary.output)["sessions"] > 0, summary.output
    person = (
        duckdb.connect(str(file), read_only=True)
        .execute("select customer_id from main_clicks.sessions where customer_id is not null order by 1 limit 1")
        .fetchone()[0]
    )
    where = CliRunner().invoke(app, ["where", "--customer", person, "--file", str(file), "--json"])
    theirs = {finding["table"] for finding in json.loads(where.output) if finding["is_theirs"]}
    assert {"main_clicks.sessions", "main_clicks.stg_events", "main_bi.journeys"} <= theirs
