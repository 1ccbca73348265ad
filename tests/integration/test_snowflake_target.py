"""The project as it is read for the target `snowflake`: what dbt writes down of it, and how its tables are kept."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD": "hunter-password",
    "DBT_ENV_SECRET_SNOWFLAKE_TOKEN": "hunter-token",
    "DBT_ENV_SECRET_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "hunter-passphrase",
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory) -> Path:
    """What `dbt parse --target snowflake` writes, with every secret set, and account and user."""
    folder = tmp_path_factory.mktemp("parsed")
    inherited = {name: value for name, value in os.environ.items() if "SNOWFLAKE" not in name}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "parse", "--target", "snowflake", "--no-partial-parse"),
            *("--profiles-dir", "profiles", "--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        env=inherited | SECRETS | {"SNOWFLAKE_ACCOUNT": "org-account", "SNOWFLAKE_USER": "somebody"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "hunter" not in done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def models(parsed) -> dict:
    """Name -> node of every model."""
    nodes = json.loads((parsed / "target" / "manifest.json").read_text())["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def test_no_secret_is_in_what_dbt_writes(parsed):
    written = [file for file in parsed.rglob("*") if file.is_file()]
    assert len(written) > 2
    assert [file.name for file in written if b"hunter" in file.read_bytes()] == []


def test_tables_that_no_build_can_make_again_are_permanent_and_no_others(models):
    kept = {
        name
        for name, model in models.items()
        if model["config"].get("full_refresh") is False and "evaluation_fit" not in model["tags"]
    }
    permanent = {name for name, model in models.items() if model["config"].get("transient") is False}
    assert permanent == kept


def test_cluster_keys_are_columns_of_their_tables(models):
    clustered = {name: model for name, model in models.items() if model["config"].get("cluster_by")}
    assert "stg_events" in clustered
    missing = [
        f"{name}.{column}"
        for name, model in clustered.items()
        for key in model["config"]["cluster_by"]
        if (column := re.sub(r"^to_date\((\w+)\)$", r"\1", key)) not in model["columns"]
    ]
    assert missing == []


def test_a_python_model_with_cluster_keys_has_the_hook_that_sets_them(models):
    hooked = {
        name
        for name, model in models.items()
        if any("cluster_python_table" in hook["sql"] for hook in model["config"]["post-hook"])
    }
    clustered = {
        name for name, model in models.items() if model["language"] == "python" and model["config"].get("cluster_by")
    }
    assert hooked == clustered != set()
