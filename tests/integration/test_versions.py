"""Versions in whole builds: a candidate changes nothing, a promotion scores, a rollback recomputes nothing."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

CLICKINTENT = Path(sys.executable).with_name("clickintent")

# What the versions are read by, from the encoder to the intents; without tests, for the sake of time.
SCORED = ("session_encoder", "encoder_versions_in_use", "page_embeddings", "session_embedding_versions")
PUBLISHED = ("session_embeddings", "intent_classifier", "session_intent_predictions", "session_intents")


def clickintent(project, *arguments: str) -> str:
    command = [str(CLICKINTENT), *arguments, "--file", str(project.file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def score(project) -> None:
    project.run("--select", *SCORED, *PUBLISHED)


def versions(project, model: str = "session_encoder") -> dict[str, str]:
    return dict(project.query(f"select version, status from {model}"))


@pytest.fixture(scope="module")
def promoted(built_demo, tmp_path_factory):
    """The demo with a second encoder, trained and promoted by command and scored: the project, first and second."""
    project = built_demo.copy(tmp_path_factory.mktemp("versions"))
    (first,) = versions(project)
    clickintent(project, "train", "--steps", "6", "--min-sessions", "200")
    (second,) = versions(project).keys() - {first}

    score(project)
    assert versions(project) == {first: "current", second: "candidate"}
    for table in (*SCORED[2:], *PUBLISHED):
        assert project.content(table).equals(built_demo.content(table)), f"a candidate changed {table}"

    clickintent(project, "models", "promote", second, "--by", "J. Doe")
    score(project)
    return project, first, second


def test_after_a_promotion_both_versions_are_stored_and_the_new_one_is_published(promoted, built_demo):
    project, first, second = promoted
    assert versions(project) == {first: "retired", second: "current"}
    sessions = project.query("select count(*) from sessions where not is_bot")[0][0]
    stored = project.query("select encoder_version, count(*) from session_embedding_versions group by 1")
    assert dict(stored) == {first: sessions, second: sessions}
    published = project.query("select encoder_version, count(*) from session_embeddings group by 1")
    assert published == [(second, sessions)]
    registered = project.query(f"select approved_by, is_current from model_registry where version = '{second}'")
    assert registered == [("J. Doe", True)]


def test_the_classifier_follows_the_encoder_that_was_promoted(promoted):
    project, _, second = promoted
    ((config,),) = project.query("select config from intent_classifier where status = 'current'")
    assert json.loads(config)["encoder_version"] == second
    assert project.query("select distinct encoder_version from session_intents") == [(second,)]


def test_a_rollback_recomputes_nothing_that_is_stored_and_publishes_the_version_before(promoted, built_demo, tmp_path):
    project, first, second = promoted
    back = project.copy(tmp_path)
    stored = {table: back.content(table) for table in ("session_embedding_versions", "page_embeddings")}
    trained = back.content("intent_classifier", ("status", "approved_by", "approved_at"))

    clickintent(back, "models", "rollback", "--by", "On call")
    score(back)

    assert versions(back) == {first: "current", second: "retired"}
    for table, before in stored.items():
        assert back.content(table).equals(before), f"{table} was computed again"  # embedded_at and all
    assert back.content("session_embeddings").equals(built_demo.content("session_embeddings"))
    assert back.content("intent_classifier", ("status", "approved_by", "approved_at")).equals(trained)
    intents = ("session_id", "intent_id", "encoder_version", "classifier_version", "is_abstained")
    ours, theirs = (side.content("session_intents").select(intents) for side in (back, built_demo))
    assert ours.equals(theirs)


def test_nothing_that_is_built_reads_the_report_of_drift(built_demo):
    manifest = json.loads((built_demo.folder / "target" / "manifest.json").read_text())
    assert any(node["name"] == "encoder_drift" for node in manifest["nodes"].values())
    readers = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "model.clickintent.encoder_drift" in node["depends_on"]["nodes"]
    ]
    assert readers == []


# -- outside the demo --------------------------------------------------------------------------------------------------


def visit(project, visitors: range, page: str, day: int) -> None:
    """A session of two events for each visitor, in a file of its own."""
    rows = [
        {
            "event_id": f"{day}-{visitor}-{minute}",
            "visitor_id": f"v{visitor}",
            "event_at": f"2026-03-{day:02d}T10:{minute:02d}:00Z",
            "page_url": f"/{page}/{visitor % 3}",
        }
        for visitor in visitors
        for minute in (0, 1)
    ]
    folder = project.folder / "events"
    folder.mkdir(exist_ok=True)
    pl.DataFrame(rows).write_csv(folder / f"{day}.csv")
    project.vars |= {"event_source": "generic", "events_path": str(folder / "*.csv")}


@pytest.mark.slow
def test_a_site_that_outgrows_untrained_weights_gets_a_candidate_and_is_warned_of_drift_after_it(project):
    project.vars |= {"min_training_sessions": 20}
    models = ("+session_embeddings", "+encoder_drift")
    visit(project, range(10), "cards", day=1)
    project.run("--select", *models)
    (untrained,) = versions(project)
    assert project.query("select count(*) from encoder_drift") == [(0,)]

    visit(project, range(10, 40), "cards", day=2)
    project.run("--select", *models)
    (candidate,) = versions(project).keys() - {untrained}
    assert versions(project) == {untrained: "current", candidate: "candidate"}
    assert project.query("select distinct encoder_version from session_embeddings") == [(untrained,)]
    assert "**Candidate.**" in clickintent(project, "models", "card", candidate)

    clickintent(project, "models", "promote", candidate, "--by", "J. Doe")
    visit(project, range(40, 540), "crypto", day=3)
    project.run("--select", *models)
    assert project.query("select distinct encoder_version from session_embeddings") == [(candidate,)]
    told = project.query(
        "select channel, session_count, page_event_count, new_page_event_share, embedding_shift > 0 from encoder_drift "
        "order by channel"
    )
    assert told == [("all", 500, 1000, 1.0, True), ("web", 500, 1000, 1.0, True)]
    assert "WARN=1 ERROR=0" in project.succeed("test", "--select", "encoder_drift,test_name:encoder_drift")
