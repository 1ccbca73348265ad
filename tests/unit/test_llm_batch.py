"""Batches: submitted by one build, collected by a later one, paid for once."""

import json
from dataclasses import replace

import duckdb
import pytest

from clickintent.llm import (
    BatchClient,
    CallItem,
    CallStore,
    LlmServerError,
    LlmSettings,
    Price,
)
from clickintent.warehouse import open_warehouse
from llm_requests import PRICES, client, create_call_table, request
from llm_server import LlmServer, failing, refused, reset, wrong_model

KEY = ("gpt-4.1-mini", LlmSettings().parameters, None, "prompt-1")


@pytest.fixture
def store(call_table):
    return CallStore(open_warehouse(call_table), "llm_calls")


@pytest.fixture
def call_table():
    with duckdb.connect() as connection:
        create_call_table(connection)
        yield connection


class Build:
    """One build that submits and collects, and writes down what comes."""

    def __init__(self, server, store, **settings):
        self.store = store
        self.outcomes = []
        self.batches = BatchClient(client(server, **settings))

    def keep(self, outcome):
        self.outcomes.append(outcome)
        answer = outcome.answer and outcome.answer["echo"]
        items = [CallItem(f"item-{outcome.request.text[-20:]}", answer=answer)]
        self.store.append(outcome, items, prompt_hash=KEY[3])

    def submit(self, numbers):
        requests = [request(number) for number in numbers]
        return self.batches.submit(requests, self.keep, known_batches=self.store.batch_ids())

    def collect(self):
        return self.batches.collect(self.store.waiting(*KEY), self.keep)

    def statuses(self):
        return [outcome.status for outcome in self.outcomes]


def well(server):
    return lambda _, body: (200, server.completion(body, None))


def test_a_batch_is_submitted_by_one_build_and_collected_by_a_later_one(store):
    with LlmServer() as server:
        first = Build(server, store)
        assert first.submit(range(4)).by_status == {"ok": 1, "submitted": 3}
        # the batch takes its time
        second = Build(server, store)
        assert second.collect().waiting == 3
        assert second.outcomes == []
        server.batches.finish(well(server))
        third = Build(server, store)
        collected = third.collect()
        assert (collected.waiting, collected.totals.by_status) == (0, {"ok": 3})
        assert {outcome.answer["echo"][-1] for outcome in third.outcomes} == {"1", "2", "3"}
        assert {outcome.batch_id for outcome in third.outcomes} == {"batch-1"}
        assert Build(server, store).collect().totals.outcomes == 0
    assert len(server.bodies) == 1


def test_the_first_request_is_asked_at_once_so_that_the_batch_has_a_form_that_the_server_takes(store):
    with LlmServer(supports_schema=False, refuses={"max_tokens": "no 'max_tokens'"}) as server:
        Build(server, store).submit(range(3))
        bodies = [call["body"] for call in server.batches.requests("batch-1")]
    assert [body["response_format"] for body in bodies] == [{"type": "json_object"}] * 2
    assert all("max_completion_tokens" in body for body in bodies)


def test_a_batch_costs_half_of_the_price_table(store):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(2))
        server.batches.finish(well(server))
        build.collect()
    at_once, _, in_batch = build.outcomes
    assert at_once.cost_usd == 2 * in_batch.cost_usd > 0


def test_the_payload_of_a_waiting_request_is_its_items(store):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(2))
        [waiting] = store.waiting(*KEY)
    assert waiting.request.text == request(1).text
    assert waiting.request.call_hash(LlmSettings()) == request(1).call_hash(LlmSettings())
    assert [type(item) for item in waiting.request.payload] == [CallItem]


def test_a_build_that_died_before_it_wrote_its_batch_down_has_not_paid_for_nothing(store):
    def die(outcome):
        if outcome.status == "submitted":
            raise KeyboardInterrupt

    with LlmServer() as server:
        with pytest.raises(KeyboardInterrupt):
            BatchClient(client(server)).submit([request(i) for i in range(3)], die)
        assert list(server.batches.made) == ["batch-1"]
        Build(server, store).submit(range(3))
        assert list(server.batches.made) == ["batch-1"]
        # what is written down is no foundling: the same requests again are a batch of their own
        Build(server, store).submit(range(3))
        assert list(server.batches.made) == ["batch-1", "batch-2"]


@pytest.mark.parametrize("is_late", [False, True], ids=["before its effect", "after its effect"])
def test_a_transport_fault_costs_a_retry_and_never_a_second_batch(store, is_late):
    # the third request about batches creates one
    faults = [None, None, replace(reset(), is_late=is_late), failing(503)]
    with LlmServer(batch_faults=faults) as server:
        assert Build(server, store).submit(range(3)).by_status == {"ok": 1, "submitted": 2}
    assert len(server.batches.made) == 1


def test_what_comes_back_bad_is_an_error_of_its_own_call(store):
    def answer(custom_id, body):
        number = body["messages"][-1]["content"][-1]
        good = server.completion(body, None)
        return {
            "1": (200, good),
            "2": (400, {"error": {"message": "no: " + json.dumps(body)}}),
            "3": None,
            "4": (200, {"hello": "visitor"}),
            "5": (200, wrong_model().bend(good)),
        }[number]

    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(6))
        server.batches.finish(answer)
        build.outcomes.clear()
        build.collect()
    told = {outcome.request.messages[-1]["content"][-1]: outcome for outcome in build.outcomes}
    assert {number: outcome.status for number, outcome in told.items()} == {
        "1": "ok",
        "2": "error",
        "3": "error",
        "4": "error",
        "5": "wrong_model",
    }
    assert told["2"].error == "it came back with status 400"
    assert told["3"].error == "its batch ended without an answer to it"


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_ends_badly_ends_its_calls(store, status):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(3))
        server.batches.finish(lambda *_: None, status)
        assert build.collect().totals.by_status == {"error": 2}
        assert store.waiting(*KEY) == []


def test_a_batch_that_the_server_has_forgotten_ends_its_calls(store):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(2))
        server.batches.made.clear()
        assert build.collect().totals.by_status == {"error": 1}
        assert build.outcomes[-1].error == "its batch is gone from the server without an answer to it"


def test_the_files_of_a_collected_batch_are_deleted_from_the_server(store):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(3))
        server.batches.finish(lambda _, body: (200 if "1" in body["messages"][-1]["content"] else 500, {}))
        build.collect()
    assert server.batches.files == {}
    assert len(server.batches.deleted) == 3


def test_requests_that_follow_from_collected_ones_are_returned_to_be_submitted(store):
    with LlmServer() as server:
        build = Build(server, store)
        build.submit(range(2))
        server.batches.finish(well(server))
        collected = build.batches.collect(store.waiting(*KEY), lambda outcome: [request(9)])
    assert [again.payload for again in collected.follow_ups] == [9]


def test_a_budget_holds_for_what_is_submitted(store):
    at_most = request().estimated_tokens + 100
    with LlmServer(reply=lambda _: {"echo": "x" * 380}) as server:
        totals = Build(server, store, budget_tokens=3 * at_most, max_output_tokens=100).submit(range(9))
        assert totals.by_status == {"ok": 1, "submitted": 2, "over_budget": 6}
        assert len(server.batches.requests("batch-1")) == 2


def test_large_submissions_are_several_batches(store, monkeypatch):
    monkeypatch.setattr("clickintent.llm.batch.MOST_REQUESTS", 2)
    with LlmServer() as server:
        Build(server, store).submit(range(6))
        sizes = [len(server.batches.requests(batch_id)) for batch_id in server.batches.made]
    assert sizes == [2, 2, 1]


def test_a_server_without_batches_stops_the_run_in_a_sentence(store):
    with LlmServer(batch_faults=[refused(404)]) as server, pytest.raises(LlmServerError, match="status 404"):
        Build(server, store, prices={**PRICES, "other": Price(1, 1)}).submit(range(3))
