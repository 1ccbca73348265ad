"""In another project metrics and exposures keep out of the way until they are asked for (docs/metrics.md)."""

import os
import subprocess

import pytest

from conftest import DBT, HOST_PROJECT, ROOT

pytestmark = pytest.mark.slow

ASKED_FOR = """
semantic-models: {clickintent: {+enabled: true}}
metrics: {clickintent: {+enabled: true}}
saved-queries: {clickintent: {+enabled: true}}
exposures: {clickintent: {+enabled: true}}
"""
OUR_CALENDAR = "models: {clickintent: {semantic: {clickintent_days: {+enabled: true}}}}\n"

# a host that happens to have thought of the same names, and has a calendar
SAME_NAMES = """
models:
  - name: host_days
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
semantic_models:
  - name: human_sessions
    model: ref('host_sessions')
    defaults: {agg_time_dimension: session_day}
    entities: [{name: human_session, type: primary, expr: id}]
    dimensions: [{name: session_day, type: time, type_params: {time_granularity: day}}]
    measures: [{name: session_count, agg: sum, expr: "1"}]
metrics:
  - {name: human_sessions, label: Sessions, type: simple, type_params: {measure: session_count}}
"""
KINDS = ("metric", "semantic_model", "saved_query", "exposure")


@pytest.fixture
def host(tmp_path):
    """Lists what a project that installs this one has of metrics and the like, given its YAML."""

    def listed(project: str, models: str | None) -> set[str]:
        (tmp_path / "dbt_project.yml").write_text(project)
        (tmp_path / "packages.yml").write_text(f"packages: [{{local: {ROOT}}}]\n")
        if models:
            (tmp_path / "models").mkdir()
            (tmp_path / "models" / "host_days.sql").write_text("select date '2026-01-01' as date_day")
            (tmp_path / "models" / "host_sessions.sql").write_text("select 1 as id, date '2026-01-01' as session_day")
            (tmp_path / "models" / "host.yml").write_text(models)
        kinds = [word for kind in KINDS for word in ("--resource-type", kind)]
        environment = {**os.environ, "DBT_PROFILES_DIR": str(ROOT / "profiles"), "CLICKINTENT_DUCKDB": "host.duckdb"}
        for arguments in (["deps"], ["--quiet", "ls", *kinds]):
            command = [str(DBT), "--no-use-colors", *arguments]
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout[-3000:]
        return {line for line in done.stdout.splitlines() if ":" in line}

    return listed


def test_names_of_the_host_do_not_clash_with_ours(host):
    assert host(HOST_PROJECT, SAME_NAMES) == {"metric:host.human_sessions", "semantic_model:host.human_sessions"}


def test_a_host_can_ask_for_metrics_and_exposures(host):
    found = host(HOST_PROJECT + ASKED_FOR + OUR_CALENDAR, None)
    assert {"metric:clickintent.human_sessions", "saved_query:clickintent.journeys_by_intent"} <= found
    assert {"semantic_model:clickintent.human_sessions", "exposure:clickintent.dashboard_intents"} <= found
