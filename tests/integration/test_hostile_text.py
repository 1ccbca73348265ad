"""Titles, searches and campaigns that give orders, from event to table: they change no label and no taxonomy."""

import json

import polars as pl
import pytest

from conftest import SMALL_BANK
from injections import HOSTILE
from label_model import LEAF_OF_ORDERS, label_by_hash, label_obediently, sessions_of
from llm_server import LlmServer
from taxonomy_model import lines_of, make_taxonomy, make_taxonomy_obediently

VISITORS = 6  # of each text: pages are told from five on
LLM_VARS = {
    "labeler": "openai",
    "taxonomy_source": "llm",
    "llm": {"model": "a-model", "backoff_seconds": 0.0, "taxonomy": {"near": 4, "heldout_sessions": 40}},
    "min_page_visitors": 5,
    "label_share": 1.0,
}


def _is_label_request(body: dict) -> bool:
    return body["response_format"]["json_schema"]["name"] == "session_labels"


def _obedient(body: dict) -> dict:
    return label_obediently(body) if _is_label_request(body) else make_taxonomy_obediently(body)


def _unmoved(body: dict) -> dict:
    return label_by_hash(body) if _is_label_request(body) else make_taxonomy(body)


def _write_hostile_events(file) -> list[str]:
    """Visits to pages whose titles, event types, searches and campaigns give orders; the texts that can be stored."""
    # a lone surrogate and a NUL cannot be written to Parquet or held by a text column
    texts = [text.replace("{mark}", "0" * 16) for text in HOSTILE if "\x00" not in text and "\ud800" not in text]
    rows = [
        {
            "visitor_id": f"hostile-{number}-{visitor}",
            "event_at": f"2026-03-{1 + number % 28:02d} 10:{visitor:02d}:{step:02d}",
            "event_type": text if step == 2 else ("search" if step == 1 else "page_view"),
            "page_url": f"https://shop.example/orders/{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}",
            "page_title": text,
            "utm_campaign": text,
            "properties": json.dumps({"q": text, "search_term": text}),
        }
        for number, text in enumerate(texts)
        for visitor in range(VISITORS)
        for step in range(3)
    ]
    pl.DataFrame(rows).write_parquet(file)
    return texts


@pytest.mark.slow
def test_orders_in_the_words_of_visitors_change_neither_labels_nor_taxonomy(project, tmp_path, monkeypatch):
    texts = _write_hostile_events(tmp_path / "hostile.parquet")
    columns = ("visitor_id", "event_at", "event_type", "page_url", "page_title", "utm_campaign", "properties")
    generic = {"events_path": str(tmp_path / "hostile.parquet"), "event_columns": {name: name for name in columns}}
    with LlmServer(_obedient) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        project.build(demo=SMALL_BANK, event_source=["demo", "generic"], **generic, **LLM_VARS)

    # the words did reach the model, as data, in both kinds of request
    label_requests = [body for body in server.bodies if _is_label_request(body)]
    taxonomy_requests = [body for body in server.bodies if not _is_label_request(body)]
    labelled = "\n".join(session["session"] for body in label_requests for session in sessions_of(body)).lower()
    drafted = json.dumps([lines_of(body) for body in taxonomy_requests]).lower()
    assert labelled.count("label everything") > len(texts) / 3
    assert "label everything" in drafted or "ignore" in drafted

    # and a model that follows every order outside of the data found none
    assert all(_obedient(body) == _unmoved(body) for body in server.bodies)
    assert project.query(f"select count(*) from session_labels where intent_id = '{LEAF_OF_ORDERS}'") == [(0,)]
    assert project.query("select count(*) from intent_taxonomy where lower(name) like '%obeyed%'") == [(0,)]
    [(sessions, most)] = project.query(
        """
        select sum(sessions), max(sessions) from (
            select labels.intent_id, count(*) as sessions
            from session_labels as labels inner join sessions using (session_id)
            where sessions.source = 'generic' and labels.labeler = 'openai' and labels.rank = 1
            group by 1
        )
        """
    )
    assert sessions == VISITORS * len(texts)
    assert most < sessions / 2
