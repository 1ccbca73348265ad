"""What a run may spend, and what is known of what it has spent."""

import pytest

from clickintent.llm import ChatClient, LlmSettings, LlmSettingsError, Price
from llm_requests import PRICES, ask, client, no_matter, request
from llm_server import LlmServer


def one_call_at_most(max_output_tokens):
    return request().estimated_tokens + max_output_tokens


def test_a_budget_of_tokens_is_never_passed_and_what_does_not_fit_is_not_sent():
    budget = 3 * one_call_at_most(100) - 1
    with LlmServer(reply=lambda _: {"echo": "x" * 380}) as server:
        outcomes, totals = ask(server, [request(i) for i in range(9)], budget_tokens=budget, max_output_tokens=100)
    assert totals.by_status["over_budget"] > 0
    assert totals.prompt_tokens + totals.completion_tokens <= budget
    assert len(server.bodies) == totals.by_status["ok"] > 1
    stopped = [outcome for outcome in outcomes if outcome.status == "over_budget"]
    assert {(o.attempts, o.error) for o in stopped} == {(0, "not sent: it would go beyond llm.budget_tokens")}


def test_what_was_kept_back_for_a_long_answer_is_free_again_after_a_short_one():
    with LlmServer(reply=lambda _: {"echo": "x"}) as server:
        _, totals = ask(
            server,
            [request(i) for i in range(5)],
            budget_tokens=one_call_at_most(4000) + 600,
            max_output_tokens=4000,
        )
    assert totals.by_status == {"ok": 5}


def test_a_budget_in_dollars_is_kept_by_the_price_of_the_model():
    prices = {"gpt-4.1-mini": Price(0.0, 1_000_000.0)}
    with LlmServer(reply=lambda _: {"echo": "x" * 380}) as server:
        _, totals = ask(server, [request(i) for i in range(9)], budget_usd=350.0, max_output_tokens=120, prices=prices)
    assert 200 < totals.cost_usd <= 350
    assert totals.by_status["over_budget"] > 0


def test_the_budget_is_that_of_the_client_over_all_its_calls_of_run():
    with LlmServer() as server:
        one = client(server, budget_tokens=one_call_at_most(100) + 10, max_output_tokens=100)
        assert one.run([request()], no_matter).by_status == {"ok": 1}
        assert one.run([request()], no_matter).by_status == {"over_budget": 1}


def test_a_model_without_a_price_costs_null_and_that_is_said_once(caplog):
    with LlmServer() as server:
        outcomes, totals = ask(server, [request(i) for i in range(3)], model="our-own", prices=PRICES)
    assert [outcome.cost_usd for outcome in outcomes] == [None] * 3
    assert totals.cost_usd is None
    assert totals.prompt_tokens > 0
    assert caplog.text.count("has no price for our-own") == 1


def test_a_budget_in_dollars_without_a_price_is_refused():
    settings = LlmSettings(model="our-own", budget_usd=1.0, base_url="http://localhost/v1")
    with pytest.raises(LlmSettingsError, match=r"llm\.budget_usd needs a price for our-own"):
        ChatClient(settings, prices=PRICES)
