"""What arrives in parts gives what arrives at once, and nothing paid for is lost."""

import os
import signal
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from clickintent.demo import DemoBank, simulate

ROOT = Path(__file__).resolve().parents[2]
MAPPING = {"event_source": "generic"}
# column -> table -> its key
CHANGES, EXAMPLES = "customer_id, valid_from", "session_id, impression_id, tile_id"
ROUNDED = {
    "embedding": {
        "session_embedding_versions": "session_id, encoder_version",
        "page_embeddings": "page_key, encoder_version",
        "tile_running_embeddings": "session_id, impression_id",
        "customer_embedding_changes": CHANGES,
        "tile_ranking_examples": EXAMPLES,
    },
    "web_embedding": {"customer_embedding_changes": CHANGES, "tile_ranking_examples": EXAMPLES},
    "app_embedding": {"customer_embedding_changes": CHANGES, "tile_ranking_examples": EXAMPLES},
    "running_embedding": {"tile_ranking_examples": EXAMPLES},
    "probabilities": {"session_intent_predictions": "session_id"},
    "intent_l1_probability": {"session_intent_predictions": "session_id"},
    "expected_sessions": {
        "intent_distribution_daily": "day, source, site_id, channel, auth_state, device_type, intent_id",
        "intent_trends_daily": "day, source, site_id, channel, auth_state, device_type, campaign, intent_id",
    },
    # a session whose two best leaves are as good as equal may be counted at the other one
    **{name: {"eval_distillation": "task, model, segment, metric"} for name in ("value", "low", "high")},
}
# a tie of two leaves moves a share by a session
TOLERANCE = {"expected_sessions": 1e-3, "value": 0.01, "low": 0.01, "high": 0.01}
# Its students are trained on embeddings whose last digits depend on the batch.
TRAINED_ANEW = {"eval_learning_curve"}
# sessions that point apart pool to a short vector, whose rounding counts for more at unit length
TOLERANCE_OF_CUSTOMERS, TOLERANCE_OF_OTHERS = 1e-4, 1e-5
# Times of computing are not part of the result.
VOLATILE = ("newest_at", "embedded_at", "scored_at", "fitted_at", "drawn_at", "labeled_at", "evaluated_at")


@pytest.fixture(scope="module")
def raw_events() -> pl.DataFrame:
    return simulate(DemoBank(people=1200, days=20, seed=5)).events


def arrive(project, name: str, events: pl.DataFrame) -> None:
    folder = project.folder / "events"
    folder.mkdir(exist_ok=True)
    events.write_parquet(folder / f"{name}.parquet")
    project.vars |= MAPPING | {"events_path": str(folder / "*.parquet")}


def assert_same(project, other) -> None:
    """Row for row; numbers that come out of matrix products to 1e-5, since their rounding depends on the batch."""
    assert project.tables() == other.tables()
    for table in sorted({*project.tables()} - TRAINED_ANEW):
        rounded = [name for name, tables in ROUNDED.items() if table in tables]
        ours, theirs = (side.content(table, (*VOLATILE, *rounded)) for side in (project, other))
        assert ours.equals(theirs), f"{table}: {ours.height} and {theirs.height} rows"
        for name in rounded:
            assert_close(table, name, project, other)


def assert_close(table: str, column: str, project, other) -> None:
    query = f"select {column} from {table} where {column} is not null order by {ROUNDED[column][table]}"
    ours, theirs = (np.hstack([[], *(np.ravel(value) for (value,) in side.query(query))]) for side in (project, other))
    assert len(ours) == len(theirs)
    assert len(ours) or table.startswith("tile_")  # hardly any running session was loaded when a tile was shown
    is_pooled = "customer_embedding_changes" in ROUNDED[column] and table in (
        "customer_embedding_changes",
        "tile_ranking_examples",
    )
    tolerance = TOLERANCE.get(column, TOLERANCE_OF_CUSTOMERS if is_pooled else TOLERANCE_OF_OTHERS)
    assert (np.isnan(ours.astype(float)) == np.isnan(theirs.astype(float))).all(), (table, column)
    difference = np.abs(ours.astype(float) - theirs.astype(float))
    assert np.nanmax(difference, initial=0) < tolerance, (table, column)


def test_three_arrivals_equal_a_full_refresh_and_models_are_kept(project, raw_events, tmp_path_factory):
    thirds = raw_events.with_columns(day=pl.col("loaded_at").dt.ordinal_day())
    first, second = thirds["day"].quantile(0.6), thirds["day"].quantile(0.8)
    project.vars["label_share"] = 1.0  # so few sessions: all of them, or there is no classifier at first
    arrive(project, "a", raw_events.filter(thirds["day"] <= first))
    project.run()
    versions = project.content("session_encoder"), project.content("intent_classifier")
    assert (versions[0].height, versions[1].height) == (1, 1)
    arrive(project, "b", raw_events.filter((thirds["day"] > first) & (thirds["day"] <= second)))
    project.run()
    # a late load: committed after a newer one, with a part of it seen before
    arrive(project, "c", raw_events.filter(thirds["day"] > second - 1))
    project.build()

    refreshed = project.copy(tmp_path_factory.mktemp("refreshed"))
    refreshed.run("--full-refresh")

    assert_same(project, refreshed)
    assert refreshed.content("session_encoder").equals(versions[0])
    assert refreshed.content("intent_classifier").equals(versions[1])
    assert project.query("select count(*) from stg_events")[0][0] > 5_000


def view(event_id: str, minute: int) -> dict[str, str]:
    at = f"2026-03-01T09:{minute:02d}:00Z"
    return {"event_id": event_id, "visitor_id": "v1", "event_at": at, "event_type": "page_view", "page_url": "/cards"}


@pytest.mark.slow
def test_sessions_that_a_late_event_joins_leave_no_orphan_anywhere(project):
    arrive(project, "a", pl.DataFrame([view("first", 0), view("second", 50)]))
    project.run()
    assert project.query("select count(*) from sessions") == [(2,)]
    arrive(project, "b", pl.DataFrame([view("bridge", 25)]))
    project.build()
    assert project.query("select event_count from sessions") == [(3,)]
    for table in (
        "session_features",
        "session_sequences",
        "session_embedding_versions",
        "session_narratives",
        "session_intents",
    ):
        assert project.query(f"select count(*) from {table}") == [(1,)], table


@pytest.mark.slow
def test_a_wider_file_adds_no_event_without_an_id_twice(project):
    rows = pl.DataFrame(
        {"visitor_id": ["v1", "v2"], "event_at": ["2026-03-01T10:00:00Z"] * 2, "page_url": ["/a", "/b"]}
    )
    arrive(project, "a", rows)
    project.run("--select", "+sessions")
    arrive(project, "b", rows.head(1).with_columns(page_url=pl.lit("/c"), page_title=pl.lit("C"), extra=pl.lit(1)))
    project.run("--select", "+sessions")
    assert project.query("select visitor_id, event_count from sessions order by 1") == [("v1", 2), ("v2", 1)]


@pytest.mark.slow
def test_a_broken_load_time_does_not_stop_what_arrives_after_it(project):
    row = {"visitor_id": "v1", "event_at": "2026-03-01T10:00:00Z", "page_url": "/a"}
    broken = [
        row | {"event_id": "loaded far ahead", "loaded_at": "2099-01-01T00:00:00Z"},
        row | {"event_id": "happened far ahead, never loaded", "event_at": "2099-01-01T00:00:00Z", "loaded_at": None},
    ]
    arrive(project, "a", pl.DataFrame([row | {"event_id": "first", "loaded_at": "2026-03-01T11:00:00Z"}, *broken]))
    project.run("--select", "+stg_events", "+quarantined_events")
    assert project.query("select event_id, reason from quarantined_events") == [
        ("happened far ahead, never loaded", "future_timestamp")
    ]
    late = datetime.now(UTC).isoformat()
    arrive(project, "b", pl.DataFrame([row | {"event_id": "after", "loaded_at": late}]))
    project.run("--select", "+stg_events", "+quarantined_events")
    assert ("after",) in project.query("select event_id from stg_events")


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        "model main.stg_events",
        "model main.placed_events",
        "model main.session_encoder",
        "model main.label_strata",
        "model main.label_sample",
        "model main.session_labels",
        "model main.session_intent_predictions",
    ],
)
def test_a_killed_build_is_healed_by_the_next(built_demo, tmp_path, moment):
    killed = replace(built_demo, folder=tmp_path, vars=dict(built_demo.vars))
    kill_at(killed, moment)
    killed.build()
    assert killed.tables() == built_demo.tables()
    for table in built_demo.tables():
        without = (*VOLATILE, "trained_at", "proposed_at", "approved_at", "metrics")
        assert killed.content(table, without).equals(built_demo.content(table, without)), table


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["model main.sessions", "model main.session_narratives"])
def test_a_killed_incremental_build_that_merges_sessions_leaves_no_orphan(project, moment):
    arrive(project, "a", pl.DataFrame([view("first", 0), view("second", 50)]))
    project.run()
    arrive(project, "b", pl.DataFrame([view("bridge", 25)]))
    kill_at(project, moment)
    project.build()
    assert project.query("select event_count from sessions") == [(3,)]
    for table in ("session_features", "session_sequences", "session_embedding_versions", "session_narratives"):
        assert project.query(f"select count(*) from {table}") == [(1,)], table


def kill_at(project, moment: str) -> None:
    """Start a build and kill it, with all its threads, as soon as it has begun the model."""
    command, environment = project.command("build")
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    seen = next((line for line in process.stdout if "START" in line and f"{moment} " in line), None)
    assert seen, f"the build never came to {moment}"
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
