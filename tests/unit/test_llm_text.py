"""What an LLM was sent of a person goes; the call, its hash and its cost stay."""

import hashlib
import json

import duckdb
import pytest

from clickintent.privacy.llm_text import blank, find_call_texts

HERS = "web session, 1 event\n- cards"
HIS = "web session, 1 event\n- loans"
RARE = "web session, 1 event\n- appeal of smith"
RARE_AS_SENT = "web session, 1 event\n- (rare page)"


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def item(narrative: str, answer: str | None = "borrow") -> dict:
    return {"item_hash": md5(narrative)[:6], "narrative_hash": md5(narrative), "answer": answer}


@pytest.fixture
def connection():
    """Her session is asked for; his is another's; a third one has a page that few have seen."""
    with duckdb.connect() as connection:
        connection.execute("create table asked_sessions as select 'hers' as session_id")
        connection.execute("create table page_audience (page_key varchar, text varchar, is_known boolean)")
        connection.execute("insert into page_audience values ('/cards', 'cards', true), ('/loans', 'loans', true)")
        connection.execute("create table event_type_audience (event_type varchar, is_known boolean)")
        connection.execute("create table session_narratives (session_id varchar, narrative varchar)")
        connection.executemany(
            "insert into session_narratives values (?, ?)", [("hers", HERS), ("his", HIS), ("third", RARE)]
        )
        connection.execute("create table session_labels (session_id varchar, narrative_hash varchar)")
        yield connection


def call(connection, name: str, items: list[dict], request: str = "text") -> None:
    connection.execute(
        "create table if not exists llm_calls "
        "(call_hash varchar, request varchar, response varchar, items varchar, error varchar, cost_usd double)"
    )
    connection.execute(
        "insert into llm_calls values (?, ?, 'answer', ?, 'answer is no leaf', 0.5)", [name, request, json.dumps(items)]
    )


def after(connection) -> dict[str, tuple[str | None, list]]:
    """Call -> its request, and the answers of its items."""
    blank(connection, find_call_texts(connection))
    assert find_call_texts(connection) == []
    rows = connection.execute("select call_hash, request, items, response, error, cost_usd from llm_calls").fetchall()
    for _, request, _, response, error, cost in rows:
        assert (request is None) == (response is None) == (error is None)
        assert cost == 0.5
    return {name: (request, [each["answer"] for each in json.loads(items)]) for name, request, items, *_ in rows}


def test_text_with_a_narrative_of_theirs_goes_and_answers_of_others_in_it_stay(connection):
    call(connection, "both", [item(HERS), item(HIS)])
    call(connection, "his", [item(HIS)])
    assert after(connection) == {"both": (None, [None, "borrow"]), "his": ("text", ["borrow"])}


def test_an_answer_stays_where_somebody_else_has_the_same_narrative(connection):
    connection.execute("insert into session_narratives values ('another', ?)", [HERS])
    call(connection, "shared", [item(HERS)])
    assert after(connection) == {"shared": (None, ["borrow"])}


def test_an_answer_about_all_narratives_of_a_call_goes_with_a_narrative_of_theirs(connection):
    whole = {"item_hash": "draft", "narrative_hash": None, "answer": {"intents": ["cards"]}}
    call(connection, "with hers", [whole, item(HERS, None), item(HIS, None)])
    call(connection, "with his alone", [whole, item(HIS, None)])
    assert after(connection) == {
        "with hers": (None, [None, None, None]),
        "with his alone": ("text", [{"intents": ["cards"]}, None]),
    }


def test_a_narrative_that_no_session_has_any_more_goes_since_nobody_can_say_whose_it_was(connection):
    former = "web session, 1 event\n- before it went on"
    call(connection, "former", [item(former), item(HIS)])
    call(connection, "without an answer", [item(former, None), item(HIS)])
    assert after(connection) == {"former": (None, [None, "borrow"]), "without an answer": (None, [None, "borrow"])}


def test_a_narrative_is_known_as_it_was_sent_and_as_it_was_labelled(connection):
    connection.execute("insert into session_labels values ('his', ?)", [md5("as it was labelled")])
    call(connection, "sent", [item(RARE_AS_SENT)])
    call(connection, "labelled", [item("as it was labelled")])
    assert after(connection) == {"sent": ("text", ["borrow"]), "labelled": ("text", ["borrow"])}


def test_the_answer_to_a_whole_question_goes_with_its_text_since_it_tells_of_each_session_in_it(connection):
    whole = {"item_hash": "question", "narrative_hash": None, "answer": {"sessions": [{"number": 1, "leaf": "L1"}]}}
    call(connection, "hers", [whole, item(HERS, None), item(HIS, None)])
    call(connection, "his", [whole, item(HIS, None)])
    found = after(connection)
    assert found["hers"] == (None, [None, None, None])
    assert found["his"] == ("text", [whole["answer"], None])


@pytest.mark.parametrize("written", [HERS, json.dumps(HERS)])
def test_a_call_that_lists_no_narratives_is_read(connection, written):
    call(connection, "hers", [], request=f"Name the intents of: {written}")
    call(connection, "his", [], request=f"Name the intents of: {HIS}")
    assert after(connection) == {"hers": (None, []), "his": (f"Name the intents of: {HIS}", [])}


def test_without_calls_there_is_nothing_to_find(connection):
    assert find_call_texts(connection) == []
