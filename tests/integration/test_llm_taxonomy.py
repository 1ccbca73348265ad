"""A taxonomy by a language model in whole builds: proposed once, in force, and labelled by."""

import json

import pytest
from typer.testing import CliRunner

from clickintent.cli import app
from llm_server import LlmServer
from taxonomy_model import make_taxonomy, sessions_of

# the small bank has a few hundred people: pages are known from five on
LLM_VARS = {
    "taxonomy_source": "llm",
    "llm": {"model": "a-model", "backoff_seconds": 0.0, "taxonomy": {"near": 4, "heldout_sessions": 40}},
    "min_page_visitors": 5,
}


KEY = "sk-a-key-that-nobody-may-see"
SENT = ("BEGIN DATA", "web session, desktop", "web session, mobile", "Look into ")
"""Words of every question, of every narrative and of every answer."""


@pytest.fixture
def server(monkeypatch):
    with LlmServer(make_taxonomy) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_LOG", "debug")
        yield server


@pytest.mark.slow
def test_a_taxonomy_of_a_language_model_is_proposed_once_and_labelled_by(built_demo, server, tmp_path):
    project = built_demo.copy(tmp_path)
    project.build(**LLM_VARS)
    asked = len(server.bodies)
    assert asked == project.query("select count(*) from llm_calls")[0][0] > 0
    assert all(sessions_of(body) for body in server.bodies if "generate" in str(body["response_format"]))
    [(leaves, sources)] = project.query(
        "select count(*), string_agg(distinct source) from intent_taxonomy where level = 2 and status = 'active'"
    )
    assert 2 <= leaves <= 35
    assert sources == "llm"
    assert project.query("select count(*) > 0 from taxonomy_quality where metric = 'heldout_coverage'") == [(True,)]
    assert project.query(
        "select count(*) from session_labels where intent_id not in (select intent_id from intent_taxonomy)"
    ) == [(0,)]

    project.build(**LLM_VARS)
    assert len(server.bodies) == asked
    arguments = ["--file", str(project.file), "--vars", json.dumps(LLM_VARS), "--project-dir", "."]
    again = CliRunner().invoke(app, ["taxonomy", "propose", "--source", "llm", *arguments])
    assert again.exit_code == 0, again.output
    assert "current already" in again.output
    assert len(server.bodies) == asked

    # dbt logs at debug level into its file, whatever it shows
    written = [file for folder in ("target", "logs") for file in (project.folder / folder).rglob("*") if file.is_file()]
    assert any(file.name == "dbt.log" for file in written)
    for file in written:
        content = file.read_bytes()
        told = [word for word in (KEY, *SENT) if word.encode() in content]
        assert told == [], file
