"""An incremental build equals a full refresh and the rules themselves, for any order of arrival, and rewrites no more.

Hypothesis draws the schedules; all of them arrive together over five builds, and a sixth brings nothing. More of them:
`HYPOTHESIS_PROFILE=thorough pytest tests/exactness`, which draws new ones every time.
"""

import os
from dataclasses import replace

import pytest
import schedules
from schedules import BUILDS, CASES, CONVERSION, IDLE_MINUTES, MAX_EVENTS, MAX_HOURS, RULES
from warehouse import Warehouse, append_to_relation, write_files

from exactness import REFERENCE, REFRESH, REWRITTEN, SHUFFLED, Run, run

DRAWN = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 200

VARS = {
    "event_source": "generic",
    "events_relation": "raw_events",
    "idle_minutes": IDLE_MINUTES,
    "session_max_events": MAX_EVENTS,
    "session_max_hours": MAX_HOURS,
    "conversion_events": [CONVERSION],
    "max_dwell_seconds": RULES.max_dwell_seconds,
    "link_visitors": True,
    "as_of": str(RULES.clock),
}


@pytest.fixture(scope="module")
def streams() -> list[schedules.Schedule]:
    return [*schedules.by_hand(), *schedules.drawn(DRAWN)]


@pytest.fixture(
    scope="module",
    params=[
        "relation",
        pytest.param("files", marks=pytest.mark.slow),
        pytest.param("campaigns split", marks=pytest.mark.slow),
    ],
)
def built(request: pytest.FixtureRequest, streams: list[schedules.Schedule], tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("exactness")
    if request.param == "files":
        files = {"events_relation": None, "events_path": str(folder / "events" / "*.parquet")}
        return run(streams, Warehouse(folder, VARS | files), write_files, RULES)
    if request.param == "campaigns split":
        rules = replace(RULES, split_on_campaign=True)
        return run(streams, Warehouse(folder, VARS | {"split_on_campaign": True}), append_to_relation, rules)
    return run(streams, Warehouse(folder, VARS), append_to_relation, RULES)


def hold(broken: str) -> None:
    assert broken == "", f"\n{broken}"


def test_the_schedules_hold_every_case(streams):
    assert CASES - set().union(*map(schedules.cases_of, streams)) == set()


def test_every_build_says_what_the_rules_say(built):
    hold(built.broken(REFERENCE))


def test_five_builds_equal_a_full_refresh(built):
    hold(built.broken(REFRESH))


def test_the_order_of_rows_and_the_number_of_threads_change_nothing(built):
    hold(built.broken(SHUFFLED))


def test_rows_that_did_not_change_are_not_written_again(built):
    hold(built.broken(REWRITTEN))


def test_a_build_without_news_writes_nothing(built):
    assert {table: count for (build, table), count in built.written.items() if build == BUILDS and count} == {}


def test_every_build_wrote_something(built):
    for build in range(1, BUILDS):
        assert built.written[build, "placed_events"] > 0
        assert built.written[build, "sessions"] > 0
