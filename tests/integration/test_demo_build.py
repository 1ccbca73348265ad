"""The whole job on a small demo bank."""

import json
import shutil

import duckdb
import pytest

from clickintent.dashboard.places import published_file
from clickintent.dashboard.published import PUBLISHED_TABLES
from clickintent.stages.intent_classifier import NO_CLASSIFIER

PUBLIC_TABLES = [
    "stg_events",
    "ingestion_audit",
    "session_events",
    "sessions",
    "session_features",
    "session_sequences",
    "pages",
    "page_embeddings",
    "session_embedding_versions",
    "session_embeddings",
    "session_encoder",
    "intent_classifier",
    "model_registry",
    "session_narratives",
    "taxonomy_versions",
    "intent_taxonomy",
    "taxonomy_quality",
    "session_clusters",
    "session_strata",
    "label_strata",
    "label_sample",
    "session_labels",
    "session_intents",
    "session_intent_scores",
    "dim_intents",
    "intent_distribution_daily",
    "intent_trends_daily",
    "intent_visitors",
    "intent_flows",
    "journey_outcomes",
    "session_map_sample",
    "session_map",
    "session_neighbours",
    "mapped_sessions",
    "mapped_session_events",
    "mapped_session_scores",
    "quarantine_reasons",
    "data_freshness",
    "dashboard_settings",
    "session_histories",
    "customer_embeddings",
    "tile_impressions",
    "tile_propensities",
    "tile_ranking_examples",
    "encoder_drift",
    "intent_truth",
    "eval_labels",
    "eval_taxonomy",
    "eval_distillation",
]


@pytest.mark.parametrize("table", PUBLIC_TABLES)
def test_the_demo_fills_every_public_table(built_demo, table):
    assert built_demo.query(f"select count(*) from {table}")[0][0] > 0


def test_every_human_session_is_embedded_and_scored_from_its_present_content(built_demo):
    stale = built_demo.query(
        f"""
        select count(*) from sessions
        left join session_embeddings as embeddings using (session_id)
        left join session_intents as intents using (session_id)
        where not is_bot and (
            embeddings.content_hash is distinct from sessions.content_hash
            or intents.content_hash is distinct from sessions.content_hash
            or intents.classifier_version = '{NO_CLASSIFIER}'
        )
        """
    )
    assert stale == [(0,)]


def test_a_session_begins_and_ends_with_its_events(built_demo):
    wrong = built_demo.query(
        """
        select count(*) from sessions
        inner join (
            select session_id, min(event_at) as first_at, max(event_at) as last_at, count(*) as event_count
            from session_events inner join stg_events using (event_id) group by 1
        ) as events using (session_id)
        where (started_at, ended_at, sessions.event_count) is distinct from (first_at, last_at, events.event_count)
        """
    )
    assert wrong == [(0,)]


def test_bots_are_kept_in_sessions_and_left_out_of_everything_that_learns(built_demo):
    assert built_demo.query("select count(*) from sessions where is_bot")[0][0] > 0
    for table in ("session_embeddings", "session_narratives", "session_labels", "session_intents"):
        found = built_demo.query(
            f"select count(*) from {table} semi join sessions on sessions.session_id = {table}.session_id and is_bot"
        )
        assert found == [(0,)], table


def test_rows_in_are_accounted_for_and_the_demo_has_each_kind(built_demo):
    totals = built_demo.query(
        "select sum(row_count), sum(accepted_count), sum(duplicate_count), sum(quarantined_count), sum(refused_count) "
        "from ingestion_audit"
    )[0]
    assert totals[0] == sum(totals[1:]) == built_demo.query("select count(*) from demo_events")[0][0]
    assert min(totals) > 0
    assert built_demo.query("select sum(erased_count) from ingestion_audit") == [(0,)]


def test_no_temporary_table_is_left_behind(built_demo):
    assert [table for table in built_demo.tables() if "__dbt_" in table] == []


def test_a_copy_of_the_file_under_another_name_answers_every_view(built_demo, tmp_path):
    copied = tmp_path / "published.duckdb"
    shutil.copy(built_demo.file, copied)
    with duckdb.connect(str(copied), read_only=True) as connection:
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        assert ("session_intents",) in views
        for (view,) in views:
            assert connection.execute(f"select count(*) from {view}").fetchone()[0] > 0, view


def test_a_build_publishes_what_the_dashboard_reads_as_it_is_in_the_build(built_demo):
    with duckdb.connect(str(published_file(built_demo.file)), read_only=True) as connection:
        for table in PUBLISHED_TABLES:
            built = built_demo.query(f"select count(*) from {table}")
            assert connection.execute(f"select count(*) from {table}").fetchall() == built, table
        assert connection.execute("select count(*) > 0 from review_queue").fetchall() == [(True,)]
        ((command, tests, is_whole),) = connection.execute("select command, tests, is_whole from build_run").fetchall()
    assert command == "build"
    assert tests > 500
    assert is_whole


def test_the_map_shows_each_session_of_the_sample_with_its_neighbours(built_demo):
    unmapped = "select session_id from session_map_sample except select session_id from mapped_sessions"
    assert built_demo.query(unmapped) == []
    of_each = "select session_id, count(*) as count from session_neighbours group by session_id"
    assert built_demo.query(f"select min(count), max(count) from ({of_each})") == [(5, 5)]


def test_no_session_of_a_sensitive_intent_is_on_the_map_unless_a_use_is_named(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    sensitive = (
        "select count(*) > 0 from session_map_sample inner join session_intents using (session_id) "
        "inner join dim_intents using (intent_id) where is_sensitive"
    )
    with duckdb.connect(str(project.file)) as connection:
        ((leaf,),) = connection.execute(
            "select intent_id from session_intents group by 1 order by count(*) desc limit 1"
        ).fetchall()
        connection.execute(f"update dim_intents set is_sensitive = true where intent_id = '{leaf}'")
    assert project.query(sensitive) == [(False,)]
    project.run("--select", "session_map_sample", sensitive_intents_for="offering help")
    assert project.query(sensitive) == [(True,)]


def test_no_model_outside_evaluation_depends_on_the_truth(built_demo):
    manifest = json.loads((built_demo.folder / "target" / "manifest.json").read_text())
    truth = {"demo_truth_events", "demo_truth", "demo_intent_map"}
    for name in truth:
        assert any(node["name"] == name for node in manifest["nodes"].values()), f"{name} is gone: mend this test"
    readers = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and any(parent.split(".")[-1] in truth for parent in node["depends_on"]["nodes"])
    }
    assert readers == {"demo_truth", "intent_truth", "eval_labels", "eval_taxonomy", "eval_tile_needs"}
    truth_readers = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and any(parent.split(".")[-1] == "intent_truth" for parent in node["depends_on"]["nodes"])
    }
    assert truth_readers == {"eval_distillation", "eval_learning_curve", "judged_sessions"}
    eval_readers = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and any(
            parent.split(".")[-1].startswith(("eval_", "judged_sessions")) for parent in node["depends_on"]["nodes"]
        )
    }
    assert {name for name in eval_readers if not name.startswith("eval_")} == set()


def test_a_plain_build_fits_nothing_for_an_evaluation(built_demo):
    manifest = json.loads((built_demo.folder / "target" / "manifest.json").read_text())
    fits = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "evaluation_fit" in node["tags"]
    }
    assert {"eval_encoder", "eval_classifier"} <= fits
    assert fits.isdisjoint(built_demo.tables())


def test_dbt_unit_tests_pass(built_demo):
    assert "ERROR=0" in built_demo.succeed("test", "--select", "test_type:unit")


def test_a_second_build_changes_nothing(built_demo, tmp_path):
    again = built_demo.copy(tmp_path)
    again.build()
    assert again.tables() == built_demo.tables()
    for table in built_demo.tables():
        without = ("evaluated_at",) if table.startswith("eval_") else ()
        assert again.content(table, without).equals(built_demo.content(table, without)), table


@pytest.mark.slow
def test_an_empty_run_trains_nothing_calls_nothing_and_deletes_nothing(built_demo, tmp_path):
    emptied = built_demo.copy(tmp_path)
    emptied.build("--empty")
    kept = [
        "demo_events",
        "stg_events",
        "quarantined_events",
        "placed_events",
        "sessions",
        "session_features",
        "session_sequences",
        "session_encoder",
        "page_embeddings",
        "session_embedding_versions",
        "session_narratives",
        "taxonomy_versions",
        "session_clusters",
        "session_strata",
        "label_strata",
        "label_sample",
        "session_labels",
        "intent_classifier",
        "session_intent_predictions",
        "session_map",
        "session_neighbours",
        "customer_embedding_changes",
        "tile_running_embeddings",
    ]
    for table in kept:
        assert emptied.content(table).equals(built_demo.content(table)), table
    emptied.build()
    for table in built_demo.tables():
        without = ("evaluated_at",) if table.startswith("eval_") else ()
        assert emptied.content(table, without).equals(built_demo.content(table, without)), table


@pytest.mark.slow
def test_an_empty_run_on_an_empty_file_trains_nothing(project):
    project.build("--empty")
    assert project.query("select count(*) from session_encoder") == [(0,)]
    assert project.query("select count(*) from session_labels") == [(0,)]


@pytest.mark.slow
def test_another_bank_is_refused_until_a_full_refresh(built_demo, tmp_path):
    other = built_demo.copy(tmp_path)
    other.vars["demo"] = {**other.vars["demo"], "seed": 99}
    refused = other.dbt("run", "--select", "demo_events")
    assert refused.returncode == 1
    assert "run `dbt build --full-refresh`" in refused.stdout
