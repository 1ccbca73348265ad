"""The LLM client against a server that fails in every way we know: nothing is lost, and nothing asked for twice."""

import json
import signal
import threading
import time

import pytest

from clickintent.llm import ChatClient, LlmServerError, LlmSettings
from llm_requests import KEY, PRICES, QUESTION, SCHEMA, ask, client, no_matter, request
from llm_server import (
    ANSWER_FAULTS,
    TRANSPORT_FAULTS,
    LlmServer,
    declined,
    failing,
    filtered,
    hanging,
    not_json,
    rate_limited,
    refused,
    some_faults,
    truncated,
    wrong_model,
)


def test_an_answer_comes_with_its_tokens_its_price_and_the_model_that_gave_it():
    with LlmServer() as server:
        [outcome], totals = ask(server)
    assert (outcome.status, outcome.error, outcome.attempts) == ("ok", None, 1)
    assert outcome.answer == {"echo": f"{QUESTION} 0"} == json.loads(outcome.text)
    assert (outcome.model, outcome.answered_by) == ("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14")
    assert outcome.prompt_tokens > 0
    assert outcome.cost_usd == outcome.prompt_tokens + 2 * outcome.completion_tokens
    assert (totals.cost_usd, totals.attempts, totals.by_status) == (outcome.cost_usd, 1, {"ok": 1})


def test_what_is_sent_is_strict_and_carries_the_key_and_the_settings():
    with LlmServer() as server:
        ask(server, temperature=0.5, seed=11, max_output_tokens=99)
    [body] = server.bodies
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "echo", "strict": True, "schema": SCHEMA},
    }
    assert (body["model"], body["temperature"], body["seed"], body["max_tokens"]) == ("gpt-4.1-mini", 0.5, 11, 99)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=lambda fault: fault.name)
def test_a_transport_fault_costs_one_retry(fault):
    with LlmServer(faults=[fault]) as server:
        [outcome], _ = ask(server)
    assert (outcome.status, outcome.attempts) == ("ok", 2)
    assert server.happened == [fault.name, "ok"]


def test_half_a_character_in_an_answer_which_no_table_takes_makes_it_invalid():
    with LlmServer(lambda _: '{"echo": "\\ud83d"}') as server:
        [outcome], _ = ask(server)
    assert (outcome.status, outcome.answer, outcome.text) == ("invalid", None, '{"echo": "\\ud83d"}')


def test_half_a_character_in_what_a_server_sends_is_read_as_a_question_mark():
    with LlmServer(lambda _: '{"echo": "\ud83d"}') as server:
        [outcome], _ = ask(server)
    assert (outcome.status, outcome.text) == ("ok", '{"echo": "?"}')


def test_a_server_that_hangs_is_asked_again_after_the_timeout():
    with LlmServer(faults=[hanging()]) as server:
        [outcome], _ = ask(server, timeout_seconds=2.0)
    assert (outcome.status, outcome.attempts) == ("ok", 2)


def test_attempts_end_and_the_outcome_says_why():
    with LlmServer(faults=[failing(503)] * 9) as server:
        [outcome], totals = ask(server, max_attempts=3)
    assert (outcome.status, outcome.attempts) == ("error", 3)
    assert outcome.error == "127.0.0.1 answered with status 503"
    assert len(server.bodies) == 3 == totals.attempts


def test_retry_after_is_waited_for_by_the_whole_run():
    with LlmServer(faults=[rate_limited(retry_after="1")], seconds=0.1) as server:
        outcomes, _ = ask(server, [request(i) for i in range(8)], concurrency=2)
    assert sum(outcome.attempts for outcome in outcomes) == 9
    # those beside it and those on their way when it was told; alone, the other slot would have sent all within a second
    assert sum(at < server.times[0] + 1 for at in server.times) <= 4


def test_a_server_that_wants_a_long_pause_ends_the_call():
    with LlmServer(faults=[rate_limited(retry_after="1000")]) as server:
        [outcome], _ = ask(server)
    assert (outcome.status, outcome.attempts) == ("error", 1)
    assert "asks to wait 1000 seconds" in outcome.error


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (not_json(), "invalid"),
        (truncated(), "truncated"),
        (declined(), "refused"),
        (filtered(), "refused"),
        (wrong_model(), "wrong_model"),
        (wrong_model("gpt-4.1-mini-preview"), "wrong_model"),
        (refused(400, code="context_length_exceeded"), "too_long"),
        (refused(400, code="content_filter"), "refused"),
        (refused(418), "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_what_would_fail_again_is_not_sent_again(fault, status):
    with LlmServer(faults=[fault]) as server:
        [outcome], _ = ask(server)
    assert (outcome.status, outcome.attempts, outcome.answer) == (status, 1, None)
    assert outcome.error
    assert len(server.bodies) == 1


def test_a_deployment_may_be_answered_by_a_model_of_another_name_that_is_told():
    with LlmServer(faults=[wrong_model("gpt-4o-2024-08-06")] * 2) as server:
        [told], _ = ask(server, model="our-deployment", answers_as="gpt-4o", prices={})
        [other], _ = ask(server, model="our-deployment", answers_as="gpt-4.1", prices={})
    assert (told.status, other.status) == ("ok", "wrong_model")


def test_an_object_in_a_fence_is_an_answer():
    with LlmServer(reply=lambda _: '```json\n{"echo": "hi"}\n```') as server:
        [outcome], _ = ask(server)
    assert outcome.answer == {"echo": "hi"}


@pytest.mark.parametrize(
    "fault",
    [
        refused(401, code="invalid_api_key"),
        refused(403),
        refused(404, code="model_not_found"),
        rate_limited(code="insufficient_quota"),
    ],
    ids=["key", "right", "model", "credit"],
)
def test_what_every_call_would_meet_stops_the_run_after_its_outcome(fault):
    outcomes = []
    with LlmServer(faults=[fault] * 9) as server, pytest.raises(LlmServerError, match="The LLM calls stop here: "):
        client(server, concurrency=1).run([request(i) for i in range(9)], outcomes.append)
    assert [outcome.status for outcome in outcomes] == ["error"]
    assert len(server.bodies) == 1


def test_a_server_that_is_not_there_stops_the_run():
    with LlmServer() as server:
        closed = server.url
    settings = LlmSettings(base_url=closed, backoff_seconds=0.001, max_attempts=2)
    outcomes = []
    with pytest.raises(LlmServerError, match=r"no connection to 127.0.0.1: is llm.base_url right\?"):
        ChatClient(settings, prices=PRICES).run([request()], outcomes.append)
    assert outcomes[0].attempts == 2


def test_a_server_without_json_schema_is_asked_for_json_objects_with_the_schema_in_words(caplog):
    with LlmServer(supports_schema=False) as server:
        outcomes, _ = ask(server, [request(i) for i in range(3)], concurrency=1)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 3
    assert [body["response_format"]["type"] for body in server.bodies] == ["json_schema", *["json_object"] * 3]
    instructions = server.bodies[-1]["messages"][1]
    assert instructions["role"] == "system"
    assert json.dumps(SCHEMA, sort_keys=True) in instructions["content"]
    assert caplog.text.count("refuses json_schema") == 1


def test_a_server_without_any_format_is_asked_in_words():
    with LlmServer(supports_schema=False, supports_json=False) as server:
        outcomes, _ = ask(server, [request(i) for i in range(2)], concurrency=1)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 2
    assert "response_format" not in server.bodies[-1]
    assert len(server.bodies) == 4


@pytest.mark.parametrize(("name", "instead"), [("max_tokens", "max_completion_tokens"), ("temperature", None)])
def test_a_parameter_that_the_model_refuses_is_renamed_or_left_out(name, instead):
    with LlmServer(refuses={name: f"Unsupported parameter: '{name}'"}) as server:
        outcomes, _ = ask(server, [request(i) for i in range(2)], concurrency=1)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 2
    assert [name in body for body in server.bodies] == [True, False, False]
    assert instead is None or server.bodies[-1][instead] == 4096


def test_calls_in_flight_at_a_change_of_form_are_sent_again_in_the_new_one():
    with LlmServer(supports_schema=False, refuses={"seed": "no 'seed'"}, seconds=0.02) as server:
        outcomes, _ = ask(server, [request(i) for i in range(12)], concurrency=6)
    assert {outcome.status for outcome in outcomes} == {"ok"}


def test_a_refusal_that_only_quotes_the_request_leaves_the_form_as_it_is():
    # the server's words hold the whole request, and with it the name of every parameter
    with LlmServer(faults=[refused(400)] * 9) as server:
        [outcome], _ = ask(server)
        assert outcome.status == "error"
        server._faults = iter([None] * 9)
        before = len(server.bodies)
        again = client(server)
        again.run([request()], no_matter)
    assert server.bodies[before]["response_format"]["type"] == "json_schema"


def test_a_refusal_in_every_form_gives_up_nothing_for_the_calls_that_follow():
    quoting = refused(400)
    with LlmServer(faults=[*[quoting] * 7, None]) as server:
        outcomes, _ = ask(server, [request(i) for i in range(2)], concurrency=1)
    assert [outcome.status for outcome in outcomes] == ["error", "ok"]
    last = server.bodies[-1]
    assert (last["response_format"]["type"], "seed" in last, "max_tokens" in last) == ("json_schema", True, True)


def test_outcomes_arrive_one_at_a_time_in_the_thread_of_the_caller_while_others_are_in_flight():
    threads = []
    lock = threading.Lock()
    is_in_flight, may_end = threading.Event(), threading.Event()

    def reply(body):
        question = body["messages"][-1]["content"]
        if question != f"{QUESTION} 0":
            is_in_flight.set()
            may_end.wait(30)
        return {"echo": question}

    def take(_):
        assert lock.acquire(blocking=False)
        # another call is asked and cannot end before this outcome was looked at
        assert is_in_flight.wait(10)
        may_end.set()
        threads.append(threading.get_ident())
        lock.release()

    with LlmServer(reply) as server:
        client(server, concurrency=4).run([request(i) for i in range(12)], take)
    assert set(threads) == {threading.get_ident()}
    assert len(threads) == 12


def test_no_more_calls_are_in_flight_than_the_settings_allow():
    with LlmServer(seconds=0.2) as server:
        ask(server, [request(i) for i in range(9)], concurrency=3)
    assert server.most_at_once == 3


def test_requests_are_taken_only_as_there_is_room_for_them():
    taken = []

    def requests():
        for i in range(20):
            taken.append(i)
            yield request(i)

    seen = []
    with LlmServer() as server:
        client(server, concurrency=2).run(requests(), lambda outcome: seen.append((len(seen), len(taken))))
    assert all(asked <= answered + 3 for answered, asked in seen)


def test_requests_that_follow_from_an_outcome_are_sent_too():
    def retry_once(outcome):
        seen.append(outcome.request.payload)
        return [request(outcome.request.payload + 100)] if outcome.request.payload < 3 else None

    seen = []
    with LlmServer() as server:
        totals = client(server).run([request(i) for i in range(5)], retry_once)
    assert sorted(seen) == [0, 1, 2, 3, 4, 100, 101, 102]
    assert totals.outcomes == 8


def no_thread_is_left():
    return not any(thread.name == "clickintent-llm" for thread in threading.enumerate())


def test_an_error_of_the_caller_stops_the_run_and_reaches_the_caller():
    def fail(_):
        raise RuntimeError("the disk is full")

    with LlmServer(seconds=0.05) as server, pytest.raises(RuntimeError, match="the disk is full"):
        client(server, concurrency=2).run((request(i) for i in range(50)), fail)
    assert len(server.bodies) <= 3
    assert no_thread_is_left()


def test_a_keyboard_interrupt_stops_the_run_while_calls_hang():
    main = threading.main_thread().ident
    has_stopped = threading.Event()
    with LlmServer(faults=[hanging()] * 4) as server:

        def interrupt():
            # on a busy machine calls take their time to begin
            while len(server.bodies) < 4:
                time.sleep(0.05)
            # a signal that meets a library's callback is swallowed there: whoever pressed the keys presses them again
            while not has_stopped.is_set():
                signal.pthread_kill(main, signal.SIGINT)
                has_stopped.wait(5.0)

        def run():
            try:
                client(server, timeout_seconds=60.0).run([request(i) for i in range(4)], no_matter)
            finally:
                has_stopped.set()

        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            run()
        interrupter.join()
    assert no_thread_is_left()


def test_every_request_has_one_outcome_under_a_storm_of_faults():
    storm = some_faults(0.3, (*TRANSPORT_FAULTS, *ANSWER_FAULTS), seed=4)
    with LlmServer(faults=storm) as server:
        outcomes, totals = ask(server, [request(i) for i in range(300)])
    assert [outcome.request.payload for outcome in outcomes] == list(range(300))
    assert totals.attempts == len(server.bodies)
    # what was answered well is not asked for again
    assert len(server.answered) == totals.by_status["ok"]
    assert {"ok", "invalid", "truncated", "refused", "wrong_model"} == set(totals.by_status)
