"""Public event sets, through the documented commands and with a taxonomy of their own (docs/real-data.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CLICKINTENT_DATA", "no-such-folder"))
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="CLICKINTENT_DATA names no folder of public data sets"),
]


def assert_sound(project) -> None:
    """The public contract, as far as it can be told from one build."""
    assert project.query("select count(*) - count(distinct event_id) from stg_events") == [(0,)]
    assert project.query("select (select count(*) from session_events) - (select count(*) from stg_events)") == [(0,)]
    assert project.query(
        "select count(*) from sessions left join session_embeddings as e using (session_id) "
        "where not is_bot and e.content_hash is distinct from sessions.content_hash"
    ) == [(0,)]
    assert project.query(
        "select (select sum(sessions) from intent_distribution_daily) - (select count(*) from session_intents)"
    ) == [(0,)]
    gaps = project.query("select max(seconds_since_previous) from session_events")[0][0]
    assert gaps <= 1800


def assert_drafted(project) -> None:
    """The site's own sessions gave a taxonomy that labels many of them, and not all alike.

    The training of these builds is too short for more; docs/real-data.md has the figures of a whole one.
    """
    leaves = project.query("select count(*) from intent_taxonomy where status = 'active' and level = 2")[0][0]
    assert 2 <= leaves <= 35
    shares = project.query(
        "select count(*) / (select count(*) from session_intents) from session_intents where not is_abstained "
        "group by intent_id"
    )
    assert sum(share for (share,) in shares) > 0.3
    assert max(share for (share,) in shares) < 0.8 * sum(share for (share,) in shares)
    assert project.query("select count(*) > 0 from journeys") == [(True,)]


def test_app_onboarding_straight_from_its_gzipped_csv(project):
    project.vars |= {
        "event_source": "generic",
        "events_path": str(DATA / "app_onboarding" / "events.csv.gz"),
        "event_columns": {
            "event_type": "event_name",
            "event_at": "event_timestamp",
            "visitor_id": "user_pseudo_id",
        },
        "event_defaults": {"channel": "app"},
        "conversion_events": ["passed"],
        "taxonomy_source": "clusters",
    }
    project.build()
    assert_sound(project)
    assert_drafted(project)
    assert project.query("select count(*), count(distinct visitor_id) from stg_events")[0][0] == 30_943
    converted = project.query(
        "select count(distinct visitor_id) filter (where is_converted), count(distinct visitor_id) from sessions"
    )
    assert converted[0][0] / converted[0][1] == pytest.approx(0.6, abs=0.15)


def test_web_access_log_after_its_preparation(project):
    csv = project.folder / "access_log.csv"
    subprocess.run(
        [
            sys.executable,
            ROOT / "examples" / "prepare_access_log.py",
            DATA / "web_access_log" / "apache_logs.gz",
            csv,
        ],
        check=True,
    )
    project.vars |= {"event_source": "generic", "events_path": str(csv), "taxonomy_source": "clusters"}
    project.build()
    assert_sound(project)
    assert_drafted(project)
    bots, sessions = project.query("select count(*) filter (where is_bot), count(*) from sessions")[0]
    assert 0.05 < bots / sessions < 0.8
    googlebot = project.query("select count(*) from sessions where not is_bot and visitor_id ilike '%googlebot%'")
    assert googlebot == [(0,)]


def test_shop_sessions_have_intents_of_their_own(project):
    project.vars |= {
        "event_source": "generic",
        "events_path": str(DATA / "shop_sessions" / "events.csv.gz"),
        "event_columns": {"event_type": "event", "event_at": "timestamp", "visitor_id": "user_id"},
        "event_defaults": {"channel": "web"},
        "taxonomy_source": "clusters",
    }
    project.build()
    assert_sound(project)
    assert_drafted(project)
    assert project.query("select count(*), count(distinct visitor_id) from sessions") == [(3605, 600)]
