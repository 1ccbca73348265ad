"""A source of one's own, in a project that has this one as a package: the example of docs/sources/README.md."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from conftest import DBT, HOST_PROJECT, ROOT

pytestmark = pytest.mark.slow

EXAMPLE = re.search(r"   ```sql\n(.*?)   ```", (ROOT / "docs" / "sources" / "README.md").read_text(), re.DOTALL)[1]
VARS = {"event_source": "matomo", "source_settings": {"matomo": {}}, "as_of": "2026-04-01 00:00:00"}
READER = """
{{ config(materialized='incremental', unique_key='event_id') }}
select event_id, loaded_at from {{ ref('clickintent', 'source_events') }}
"""
SOURCE = "sources: [{name: matomo, schema: matomo, tables: [{name: link_visit_action}]}]"


@pytest.fixture
def build(tmp_path) -> Callable[[str], None]:
    """Builds the host's file from its own model, given its SQL."""
    (tmp_path / "dbt_project.yml").write_text(HOST_PROJECT)
    (tmp_path / "packages.yml").write_text(f"packages: [{{local: {ROOT}}}]\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "matomo.yml").write_text(SOURCE)

    def dbt(*arguments: str) -> None:
        environment = {**os.environ, "DBT_PROFILES_DIR": str(ROOT / "profiles"), "CLICKINTENT_DUCKDB": "host.duckdb"}
        command = [str(DBT), "--no-use-colors", *arguments, "--vars", json.dumps(VARS)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]

    def built(model: str) -> None:
        (tmp_path / "models" / "stg_matomo__events.sql").write_text(model)
        if not (tmp_path / "dbt_packages").exists():
            dbt("deps")
        dbt("build", "--exclude-resource-type", "unit_test", "test", "--select", "+ingestion_audit", "package:host")

    return built


def arrive(file: Path, *rows: tuple[int, str]) -> None:
    """Actions by id and time of load."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema if not exists matomo")
        connection.execute("""
            create table if not exists matomo.link_visit_action (
                idlink_va bigint, server_time timestamp, idvisitor varchar, url varchar, title varchar,
                loaded_at timestamp
            )
        """)
        for number, loaded_at in rows:
            connection.execute(
                "insert into matomo.link_visit_action values (?, ?::timestamp, 'v', '/a', 'A', ?::timestamp)",
                [number, loaded_at, loaded_at],
            )


@pytest.mark.parametrize(
    ("model", "reader", "read"),
    [
        (EXAMPLE, None, ["2", "3"]),
        # a model from before there was such a column
        (re.sub(r" *-- only if .*\n.*native_load_time_of.*\n", "", EXAMPLE), None, ["1", "2", "3"]),
        # nobody knows how far another model has read
        (EXAMPLE, READER, ["1", "2", "3"]),
    ],
    ids=["with native_loaded_at", "without", "with another reader"],
)
def test_a_source_of_ones_own_is_read_by_its_loads(build, tmp_path, model, reader, read):
    file = tmp_path / "host.duckdb"
    if reader:
        (tmp_path / "models" / "host_events.sql").write_text(reader)
    arrive(file, (1, "2026-01-01"), (2, "2026-03-10"))
    build(model)
    arrive(file, (3, "2026-03-11"))
    build(model)
    with duckdb.connect(str(file), read_only=True) as connection:
        ids = "select list(event_id order by event_id) from"
        assert connection.execute(f"{ids} stg_events").fetchone() == (["1", "2", "3"],)
        assert connection.execute(f"{ids} source_events").fetchone() == (read,)
