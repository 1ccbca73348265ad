"""Labels of a language model in whole builds: a server of our own is asked once, and its recording says the same."""

import json

import pytest
from typer.testing import CliRunner

from clickintent.cli import app
from label_model import label_by_hash, sessions_of
from llm_server import LlmServer

# the small bank has a few hundred people: pages are known from five on
LLM_VARS = {"labeler": "openai", "llm": {"model": "a-model", "backoff_seconds": 0.0}, "min_page_visitors": 5}


@pytest.fixture
def server(monkeypatch):
    with LlmServer(label_by_hash) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        yield server


@pytest.mark.slow
def test_a_build_labelled_by_a_language_model_pays_once_and_is_replayed_from_its_recording(
    built_demo, server, tmp_path
):
    project = built_demo.copy(tmp_path)
    ((embedded,),) = project.query("select count(distinct session_id) from session_labels")

    project.build(**LLM_VARS)
    asked = [session["session"] for body in server.bodies for session in sessions_of(body)]
    assert len(asked) == len(set(asked)) > 100
    ((labelled, kinds, models),) = project.query(
        "select count(distinct session_id), count(distinct intent_id), any_value(model) from session_labels "
        "where labeler = 'openai'"
    )
    assert labelled == embedded
    assert kinds > 20
    assert models.startswith("a-model#")
    paid = len(server.bodies)
    assert project.query("select count(*) from llm_calls") == [(paid,)]

    first = project.content("session_labels")
    project.run("--select", "session_labels", **LLM_VARS)
    assert len(server.bodies) == paid
    assert project.content("session_labels").equals(first)

    recording = tmp_path / "labels.parquet"
    record = ["labels", "record", "--out", str(recording), "--file", str(project.file)]
    assert CliRunner().invoke(app, record).exit_code == 0
    replay_folder = tmp_path / "replay"
    replay_folder.mkdir()
    replayed = built_demo.copy(replay_folder)
    replay = {**LLM_VARS, "labeler": "replay", "llm": {"replay": str(recording)}}
    replayed.run("--select", "page_audience", "event_type_audience", "session_labels", **replay)
    without = ("labeler", "labeled_at")
    assert replayed.content("session_labels", without).equals(project.content("session_labels", without))
    assert replayed.query("select distinct labeler from session_labels") == [("replay",)]
    assert len(server.bodies) == paid


def test_no_key_and_no_text_that_was_sent_is_in_the_logs_or_artifacts_of_a_build(
    built_demo, server, tmp_path, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    project = built_demo.copy(tmp_path)
    project.run("--debug", "--select", "llm_prices", "session_labels", **LLM_VARS)
    assert "Bearer sk-very-secret" in server.headers[0].values()
    texts = [
        path.read_text(errors="replace")
        for path in tmp_path.rglob("*")
        if path.suffix in {".log", ".json", ".sql", ".py"}
    ]
    assert len(texts) > 3
    sent = sessions_of(server.bodies[0])[0]["session"].split("\n")[1]
    for secret in ("sk-very-secret", sent, "BEGIN SESSIONS", json.dumps(sent)[1:-1]):
        assert not any(secret in text for text in texts), secret
