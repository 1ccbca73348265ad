"""How fast requests go out, how long one waits, and what a token costs."""

import random
from datetime import UTC, datetime

import polars as pl
import pytest

from clickintent.llm import Price, price_of, read_prices
from clickintent.llm.limits import LONGEST_BACKOFF_SECONDS, Pace, backoff_seconds, retry_after_seconds
from clickintent.llm.prices import is_model
from llm_requests import ask, request
from llm_server import LlmServer

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def begins(pace, amounts, now=100.0):
    return [now + pace.wait_for(amount, now) for amount in amounts]


def test_no_minute_holds_more_than_its_limit_whatever_the_amounts_are():
    amounts = [random.Random(3).choice([1, 5, 40]) for _ in range(200)]
    starts = begins(Pace(60), amounts)
    for start in starts:
        within = [a for a, at in zip(amounts, starts, strict=True) if start <= at < start + 60]
        # the last of them may reach into the next minute
        assert sum(within) - within[-1] <= 60


def test_without_a_limit_nothing_waits():
    assert begins(Pace(None), [10_000] * 5) == [100.0] * 5


def test_time_that_passed_is_not_saved_up_for_a_burst():
    pace = Pace(60)
    assert pace.wait_for(1, 0.0) == 0.0
    assert [pace.wait_for(1, 1000.0) for _ in range(3)] == [0.0, 1.0, 2.0]


def test_what_was_taken_and_not_used_is_free_for_the_next():
    pace = Pace(60)
    pace.wait_for(30, 0.0)
    pace.give_back(20)
    assert pace.wait_for(1, 0.0) == 10.0


def test_a_pause_holds_for_all_that_follow():
    pace = Pace(60)
    pace.pause(50.0)
    assert begins(pace, [1, 1], now=0.0) == [50.0, 51.0]


def test_the_client_keeps_both_limits():
    with LlmServer() as server:
        ask(server, [request(i) for i in range(4)], requests_per_minute=600)
        apart = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    # a request may be late and its follower not: what counts is that all take their slots
    assert sum(apart) >= 3 * 0.1 - 0.05
    tokens = request().estimated_tokens + 100
    with LlmServer(counts_tokens=False) as server:
        ask(server, [request(i) for i in range(4)], tokens_per_minute=600 * tokens, max_output_tokens=100)
    assert server.times[-1] - server.times[0] >= 3 * 0.1 - 0.05


def test_back_off_doubles_with_jitter_and_has_an_end():
    chance = random.Random(1)
    waits = [[backoff_seconds(attempt, 1.0, chance) for _ in range(200)] for attempt in (1, 2, 3, 20)]
    for longest, some in zip((1, 2, 4, LONGEST_BACKOFF_SECONDS), waits, strict=True):
        assert longest / 2 <= min(some) < max(some) <= longest


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(headers, seconds):
    assert retry_after_seconds(headers, NOW) == seconds


def test_prices_are_read_from_rows_and_hold_for_dated_states_of_a_model():
    prices = read_prices(
        pl.DataFrame(
            {
                "model": ["gpt-4.1", "gpt-4.1-mini"],
                "usd_per_million_prompt_tokens": [2.0, 0.4],
                "usd_per_million_completion_tokens": [8, 2],
                "source": "list",
            }
        )
    )
    assert price_of("gpt-4.1-mini-2025-04-14", prices) == Price(0.4, 2.0)
    assert price_of("gpt-4.1-nano", prices) is None
    assert Price(0.4, 2.0).usd(1_000_000, 500_000) == 1.4


@pytest.mark.parametrize(
    ("answered", "asked", "same"),
    [
        ("gpt-4.1-mini", "gpt-4.1-mini", True),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", True),
        ("gpt-4-0613", "gpt-4", True),
        ("gpt-4.1-mini", "gpt-4.1", False),
        ("gpt-4.1", "gpt-4.1-mini", False),
        ("gpt-4.15", "gpt-4.1", False),
        ("gpt-4-32k", "gpt-4", False),
    ],
)
def test_a_dated_state_is_the_model_and_a_smaller_sister_is_not(answered, asked, same):
    assert is_model(answered, asked) is same
