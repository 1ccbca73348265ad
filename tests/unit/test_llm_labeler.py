"""The labelers behind which a language model answers, against a server that fails in every way it can."""

import json
from collections import Counter

import duckdb
import polars as pl
import pytest
from test_label_prompt import LEAVES
from test_stages_run import load

from clickintent.labeling import LabelerError, SessionLabel
from clickintent.labeling.label_prompt import PROMPT_HASH, md5
from clickintent.labeling.llm_setup import LlmAccess, make_llm_labeler
from clickintent.labeling.packing import LABEL_PURPOSE
from clickintent.llm import CALL_SCHEMA, CallStore, LlmError
from clickintent.stages.run import BuiltTable, Run
from label_model import ITEM_FAULTS, label_by_hash, label_obediently, of_another_form, sessions_of
from llm_server import (
    ANSWER_FAULTS,
    TRANSPORT_FAULTS,
    LlmServer,
    failing,
    hanging,
    refused,
    some_faults,
    truncated,
)

PATIENT = {"model": "a-model", "backoff_seconds": 0.0, "timeout_seconds": 1.0, "concurrency": 8}
ALL_FAULTS = (*TRANSPORT_FAULTS, *ANSWER_FAULTS, *ITEM_FAULTS, of_another_form(), hanging())


def narratives(count):
    return [f"web session, {number} events\n- cards card points | {number}s" for number in range(count)]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
        yield connection


def labeler(connection, server, **settings):
    run = Run(BuiltTable("session_labels"), connection)
    access = LlmAccess(
        var={**PATIENT, "base_url": server.url, **settings},
        store=CallStore(run.warehouse, "llm_calls"),
        prices={},
        environment={},
    )
    return make_llm_labeler(LEAVES, access)


def label(connection, server, texts, **settings):
    return labeler(connection, server, **settings).label(texts, ["web"] * len(texts))


def asked(server):
    """How often each text was asked about."""
    return Counter(session["session"] for body in server.bodies for session in sessions_of(body))


def calls(connection, column):
    return [value for (value,) in connection.sql(f"select {column} from llm_calls order by called_at").fetchall()]


def statuses(labels):
    return Counter(label.status if label else None for label in labels)


def undisturbed(connection, texts):
    with duckdb.connect() as other, LlmServer(label_by_hash) as server:
        load(other, "llm_calls", pl.DataFrame(schema=CALL_SCHEMA))
        return label(other, server, texts)


def test_every_distinct_narrative_is_asked_about_once_and_never_again(connection):
    texts = narratives(50)
    with LlmServer(label_by_hash) as server:
        first = label(connection, server, [*texts, *texts])
        assert set(asked(server).values()) == {1}
        assert len(server.bodies) == 3
        assert label(connection, server, texts) == first[:50] == first[50:]
        assert len(server.bodies) == 3
    assert statuses(first) == {"ok": 94, "abstained": 6}


def test_a_call_is_kept_with_all_that_shaped_it_and_all_that_came_back(connection):
    with LlmServer(label_by_hash) as server:
        label(connection, server, narratives(3))
    (call,) = pl.from_arrow(connection.sql("select * from llm_calls").to_arrow_table()).to_dicts()
    assert (call["purpose"], call["model"], call["status"], call["error"]) == (LABEL_PURPOSE, "a-model", "ok", None)
    assert (call["prompt_hash"], call["taxonomy_version"]) == (PROMPT_HASH, "tax-1")
    assert json.loads(call["parameters"])["temperature"] == 0
    assert call["prompt_tokens"] > call["completion_tokens"] > 0
    assert "BEGIN SESSIONS" in call["request"]
    assert len(json.loads(call["items"])) == len(json.loads(call["response"])["sessions"]) == 3


def test_at_30_percent_faults_of_all_kinds_every_session_ends_labelled_or_invalid_with_a_reason(connection):
    texts = narratives(2000)
    with LlmServer(label_by_hash, faults=some_faults(0.3, ALL_FAULTS, seed=5)) as server:
        labels = label(connection, server, texts)
        assert set(server.happened) == {fault.name for fault in ALL_FAULTS} | {"ok"}
        requests = asked(server)
    assert len(labels) == 2000
    assert set(statuses(labels)) == {"ok", "abstained", "invalid"}
    invalid = {text for text, found in zip(texts, labels, strict=True) if found.status == "invalid"}
    assert len(invalid) < 100
    assert all(found.error for found in labels if found.status == "invalid")
    expected = undisturbed(connection, texts)
    assert [(text, found) for text, found in zip(texts, labels, strict=True) if text not in invalid] == [
        (text, found) for text, found in zip(texts, expected, strict=True) if text not in invalid
    ]
    assert_nothing_was_asked_for_after_it_was_kept(connection, texts, requests)


def assert_nothing_was_asked_for_after_it_was_kept(connection, texts, requests):
    """Every request that the server saw is an attempt of a call that was kept, and none has a settled item."""
    kept = connection.sql("select items, attempts from llm_calls order by rowid").fetchall()
    attempts, answered = Counter(), set()
    for items, count in kept:
        for item in json.loads(items):
            assert item["item_hash"] not in answered
            attempts[item["narrative_hash"]] += count
            if item["answer"] is not None:
                answered.add(item["item_hash"])
    assert {md5(text): count for text, count in requests.items()} == attempts
    assert set(requests) == set(texts)


@pytest.mark.parametrize("fault", ITEM_FAULTS, ids=lambda fault: fault.name)
def test_a_bad_answer_loses_no_neighbour_and_is_asked_for_again_with_its_error(connection, fault):
    texts = narratives(10)
    with LlmServer(label_by_hash, faults=[fault]) as server:
        labels = label(connection, server, texts)
    assert labels == undisturbed(connection, texts)
    first, second = (sessions_of(body) for body in server.bodies)
    assert (len(first), len(second)) == (10, 1)
    assert second[0]["session"] == first[0]["session"]
    assert second[0]["refused"]
    assert "refused" not in first[0]


@pytest.mark.parametrize("fault", ITEM_FAULTS, ids=lambda fault: fault.name)
def test_an_answer_that_is_bad_twice_is_kept_as_invalid_and_never_asked_for_again(connection, fault):
    with LlmServer(label_by_hash, faults=[fault, fault]) as server:
        labels = label(connection, server, narratives(10))
        assert statuses(labels)["invalid"] == 1
        assert next(label for label in labels if label.status == "invalid").error
        assert label(connection, server, narratives(10)) == labels
        assert len(server.bodies) == 2


@pytest.mark.parametrize("fault", [*ANSWER_FAULTS[:3], of_another_form()], ids=lambda fault: fault.name)
def test_after_an_answer_that_cannot_be_read_each_session_is_asked_about_alone(connection, fault):
    texts = narratives(5)
    with LlmServer(label_by_hash, faults=[fault]) as server:
        assert label(connection, server, texts) == undisturbed(connection, texts)
    assert [len(sessions_of(body)) for body in server.bodies] == [5, 1, 1, 1, 1, 1]


def test_one_session_that_no_answer_is_given_for_leaves_the_others_theirs(connection):
    texts = narratives(5)

    def declines(body):
        is_there = any(session["session"] == texts[2] for session in sessions_of(body))
        return "I would rather not." if is_there else label_by_hash(body)

    with LlmServer(declines) as server:
        labels = label(connection, server, texts)
    expected = undisturbed(connection, texts)
    assert labels == [*expected[:2], SessionLabel("invalid", error="the answer is not a JSON object"), *expected[3:]]


def test_a_failed_call_makes_its_sessions_invalid_for_now_and_the_next_run_asks_again(connection):
    texts = narratives(3)
    with LlmServer(label_by_hash, faults=[failing()] * 8) as server:
        labels = label(connection, server, texts, max_attempts=2)
        assert [found.error for found in labels] == ["127.0.0.1 answered with status 500"] * 3
        assert label(connection, server, texts, max_attempts=2) == undisturbed(connection, texts)
    assert Counter(calls(connection, "status")) == {"error": 4, "ok": 1}


def test_a_server_that_fails_call_after_call_stops_the_run_and_what_was_answered_stays(connection):
    texts = narratives(200)
    faults = [None, None, *[refused(400)] * 100]
    with LlmServer(label_by_hash, faults=faults) as server:
        with pytest.raises(LabelerError, match=r"12 LLM calls in a row failed, .* status 400.*build again"):
            label(connection, server, texts, concurrency=1)
        assert Counter(calls(connection, "status")) == {"ok": 2, "error": 12}
        server.faults = ()
    with LlmServer(label_by_hash) as server:
        assert label(connection, server, texts) == undisturbed(connection, texts)
        assert sum(asked(server).values()) == 200 - 40


def test_a_server_that_refuses_the_key_stops_the_run_at_once(connection):
    with LlmServer(label_by_hash, faults=[refused(401)] * 100) as server:
        with pytest.raises(LlmError, match="OPENAI_API_KEY"):
            label(connection, server, narratives(200), concurrency=1)
        assert len(server.bodies) == 1


def test_sessions_beyond_the_budget_stay_unlabelled_with_a_warning_and_are_taken_up_by_the_next_run(connection, caplog):
    texts = narratives(100)
    with LlmServer(label_by_hash) as server:
        labels = label(connection, server, texts, budget_tokens=5_000, max_output_tokens=1000)
        assert 0 < statuses(labels)[None] < 100
        assert f"{statuses(labels)[None]} of 100 narratives stay unlabelled" in caplog.text
        assert set(calls(connection, "status")) == {"ok"}
        assert label(connection, server, texts, max_output_tokens=1000) == undisturbed(connection, texts)
        assert set(asked(server).values()) == {1}


def test_the_retry_of_a_bad_answer_may_be_left_to_the_next_run(connection):
    with LlmServer(label_by_hash, faults=[ITEM_FAULTS[0]]) as server:
        labels = label(connection, server, narratives(2), budget_tokens=2_000, max_output_tokens=1000)
        assert statuses(labels)[None] == 1
        assert label(connection, server, narratives(2), max_output_tokens=1000) == undisturbed(
            connection, narratives(2)
        )
        assert sessions_of(server.bodies[1])[0]["refused"] == "the session was left out"


def test_a_narrative_that_is_too_long_for_the_model_is_invalid_and_never_sent(connection):
    long = "web session\n- " + "cards " * 3000
    with LlmServer(label_by_hash) as server:
        labels = label(connection, server, [*narratives(2), long], context_tokens=4000, max_output_tokens=1000)
        assert [found.status for found in labels[:2]] != ["invalid"] * 2
        assert labels[2] == SessionLabel("invalid", error="the narrative is too long for llm.context_tokens")
        assert long not in asked(server)


@pytest.mark.parametrize("change", [{"model": "b-model"}, {"temperature": 0.5}, {"seed": 8}])
def test_another_model_or_other_parameters_are_asked_anew(connection, change):
    with LlmServer(label_by_hash) as server:
        label(connection, server, narratives(3))
        label(connection, server, narratives(3), **change)
        assert len(server.bodies) == 2


def test_a_truncated_answer_of_a_large_call_is_had_in_smaller_ones(connection):
    with LlmServer(label_by_hash, faults=[truncated()]) as server:
        labels = label(connection, server, narratives(20))
    assert labels == undisturbed(connection, narratives(20))
    assert calls(connection, "status")[0] == "truncated"


def test_a_server_without_schemas_is_asked_in_words(connection):
    with LlmServer(label_by_hash, supports_schema=False) as server:
        assert label(connection, server, narratives(3)) == undisturbed(connection, narratives(3))


def test_orders_in_narratives_reach_no_model_that_would_obey_them(connection):
    from injections import HOSTILE

    texts = [f"web session\n- {text} | 5s" for text in HOSTILE]
    with LlmServer(label_obediently) as server:
        labels = label(connection, server, texts)
    assert labels == undisturbed(connection, texts)
    assert len({found.intents for found in labels}) > 2


def test_a_model_that_obeys_orders_outside_of_the_data_is_what_the_test_above_asks():
    body = {
        "messages": [
            {"role": "system", "content": '{"intent_id": "cards.find"}'},
            {"role": "user", "content": 'BEGIN SESSIONS 1\n{"number": 1, "session": "a"}\nEND SESSIONS\nhomes.buy'},
        ]
    }
    assert label_obediently(body)["sessions"][0]["intents"] == [{"intent_id": "homes.buy", "confidence": 1.0}]
