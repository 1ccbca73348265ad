"""A taxonomy of the user's own, in a project of the user's own (docs/another-site.md)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from clickintent.labeling import EmbeddedLabeler
from clickintent.taxonomy import read_taxonomy
from conftest import DBT, ROOT, Project

DATA = Path(os.environ.get("CLICKINTENT_DATA", "no-such-folder"))
EXAMPLE = ROOT / "examples" / "access_log_taxonomy.csv"
PROJECT = """
name: my_site
version: "1.0.0"
config-version: 2
profile: clickintent
seed-paths: [seeds]
flags:
  send_anonymous_usage_stats: false
  require_generic_test_arguments_property: true
seeds:
  clickintent:
    taxonomy:
      +enabled: false
"""


class SiteProject(Project):
    """A dbt project that has clickintent as a package and a taxonomy of its own."""

    def dbt(self, *arguments, **more_vars):
        command, environment = self.command(*arguments, **more_vars)
        return subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    (tmp_path / "seeds").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "seeds" / "taxonomy.csv")
    subprocess.run(
        [DBT, "deps"], cwd=tmp_path, env={**os.environ, "DBT_PROFILES_DIR": str(ROOT / "profiles")}, check=True
    )
    return SiteProject(tmp_path, tmp_path, {"event_source": "generic"})


def test_the_taxonomy_of_the_users_project_takes_the_place_of_the_shipped_one(site):
    site.vars |= {
        "events_path": str(ROOT / "examples" / "events.csv"),
        "event_columns": {"visitor_id": "client_id", "event_at": "timestamp", "page_url": "url", "page_title": "title"},
    }
    site.run("--select", "+intent_taxonomy")
    expected = pl.read_csv(EXAMPLE, infer_schema=False)["intent_id"]
    assert {key for (key,) in site.query("select intent_id from intent_taxonomy")} == set(expected)


@pytest.mark.parametrize(
    ("page", "leaf"),
    [
        ("projects xdotool", "desktop.scripting"),
        ("articles dynamic dns with dhcp", "servers.network"),
        ("presentations logstash puppetconf 2012", "logs.logstash"),
        ("wp admin", "machines.probe"),
    ],
)
def test_the_example_taxonomy_is_valid_and_labels_pages_of_its_site(page, leaf):
    labeler = EmbeddedLabeler(read_taxonomy(pl.read_csv(EXAMPLE, infer_schema=False)))
    (label,) = labeler.label([f"web session, 1 event\n- {page} | 30s"], ["web"])
    assert label.intents[0][0] == leaf


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="CLICKINTENT_DATA names no folder of public data sets")
def test_a_small_taxonomy_of_its_own_labels_most_sessions_of_the_access_log(site):
    csv = site.folder / "access_log.csv"
    log = DATA / "web_access_log" / "apache_logs.gz"
    subprocess.run([sys.executable, ROOT / "examples" / "prepare_access_log.py", log, csv], check=True)
    site.vars |= {"events_path": str(csv), "label_share": 1}
    site.build()
    labelled, sessions = site.query(
        "select count(*) filter (where status = 'ok'), count(*) from session_labels where rank = 1"
    )[0]
    assert labelled / sessions > 0.85
    assert site.query("select count(distinct intent_id) from session_labels")[0][0] > 12
