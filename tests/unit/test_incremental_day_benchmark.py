import json
from typing import Any

import duckdb
import pytest
from benchmarks.incremental_day.rates import LOOKBACK_DAYS, STAGES, RatedRuns, predicted_cpu, rated_runs, rates
from benchmarks.incremental_day.statements import PROFILED, Work

ROWS = 1_000_000


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute(f"create table events as select range as event, range % 7 as kind from range({ROWS})")
        opened.execute("pragma enable_profiling = 'no_output'")
        opened.execute(f"set custom_profiling_settings = '{json.dumps(dict.fromkeys(PROFILED, 'true'))}'")
        yield opened


def work_of(connection: duckdb.DuckDBPyConnection, sql: str) -> Work:
    connection.execute(sql).fetchall()
    work = Work()
    work.add_statement(sql, json.loads(connection.get_profiling_information()))
    return work


def test_a_scan_counts_whole_row_groups_and_none_that_a_bound_skips(connection):
    found = work_of(connection, "create table found as select * from events where event < 10").scanned["events"]
    assert 10_000 < found <= 122_880


def test_a_table_read_twice_counts_twice(connection):
    both = "create table found as select event from events union all select kind from events"
    assert work_of(connection, both).scanned == {"events": 2 * ROWS}


@pytest.mark.parametrize(
    "query",
    [
        "select * from events where event < 10",
        "with few as materialized (select * from events where event < 10) select * from few",
        "select * from events where event < 4 union all select * from events where event between 20 and 25",
    ],
)
def test_rows_put_into_a_table_that_stays_are_written(connection, query):
    assert work_of(connection, f"create table found as {query}").written == 10
    assert work_of(connection, f"create temp table passing as {query}").written == 0
    assert work_of(connection, f"insert into found {query}").written == 10


def test_deleted_rows_are_those_that_a_delete_finds(connection):
    connection.execute("create temp table changes as select event from events where event < 5")
    found = work_of(connection, "delete from events as held using changes where held.event = changes.event")
    assert (found.deleted, found.written) == (5, 0)


def test_what_dbt_puts_down_on_the_way_is_not_read_from_a_table(connection):
    connection.execute("create table events__dbt_tmp as select * from events")
    assert work_of(connection, "insert into events select * from events__dbt_tmp").scanned == {}


def run(base_days: int, a_day: int, fixed: float, first: float, new: float, stored: float) -> dict[str, Any]:
    """A run whose model `pages` takes so many seconds, and as many microseconds an event.

    `stg_events` takes the same, and 10 microseconds for each event that a build looks back on.
    """
    events, history = a_day * 5, a_day * 5 * base_days
    looked_back = {"day": min(base_days, LOOKBACK_DAYS), "nothing": min(base_days + 1, LOOKBACK_DAYS)}
    seconds = {
        "first": fixed + first * history / 1e6,
        "day": fixed + (new * events + stored * history) / 1e6,
        "nothing": fixed + stored * (history + events) / 1e6,
    }
    return {
        "sessions_a_day": a_day,
        "base_days": base_days,
        "builds": {
            build: {
                "pages": {"cpu_seconds": told, "written": history + events},
                "stg_events": {"cpu_seconds": told + 10 * looked_back.get(build, 0) * events / 1e6},
                "session_encoder": {"cpu_seconds": 40.0 if build == "first" else 1.0},
            }
            for build, told in seconds.items()
        },
        "tables": {
            "raw.events": {"rows": history, "bytes": 60 * history},
            "pages": {"rows": history, "bytes": 9 * history},
        },
        "rows_after": {"pages": history + events},
    }


def test_rates_tell_new_rows_from_stored_ones_and_from_what_does_not_grow():
    short, long = (run(days, 100_000, fixed=3, first=40, new=25, stored=6) for days in (2, 8))
    told = rates(RatedRuns(short, long))
    pages = told["stages"]["pages"]
    assert (pages["first_us"], pages["new_us"], pages["lookback_us"], pages["stored_us"]) == (40, 25, 0, 6)
    assert (pages["stored_bytes"], pages["rebuilt_bytes"]) == (9, 9)
    assert (told["training_cpu_seconds"], told["raw_bytes_an_event"]) == (39, 60)


def test_rates_tell_what_is_looked_back_on_from_what_is_stored():
    runs = [run(days, 100_000, fixed=3, first=40, new=25, stored=6) for days in (12, 1, 5, 3)]
    rated = rated_runs(runs)
    assert [each["base_days"] for each in rated.all] == [1, 3, 5, 12]
    stages = rates(rated)["stages"]
    arrival = stages["arrival"]
    assert [arrival[f"{name}_us"] for name in ("first", "new", "lookback", "stored")] == [40, 25, 10, 6]
    assert stages["pages"]["lookback_us"] == 0
    for days in (2, 9):
        other = run(days, 100_000, fixed=3, first=40, new=25, stored=6)
        told = predicted_cpu(rates(rated), other, "day")["arrival"]
        assert told + 3 == pytest.approx(other["builds"]["day"]["stg_events"]["cpu_seconds"])


def test_two_histories_make_rates_where_no_more_were_measured():
    pair = [run(days, 100_000, fixed=3, first=40, new=25, stored=6) for days in (8, 2)]
    assert [each["base_days"] for each in rated_runs(pair).all] == [2, 8]
    assert rated_runs(pair[:1]) is None


def test_rates_say_what_a_larger_site_takes_beside_the_fixed_time():
    told = rates(RatedRuns(*(run(days, 100_000, fixed=3, first=40, new=25, stored=6) for days in (2, 8))))
    larger = run(5, 1_000_000, fixed=3, first=40, new=25, stored=6)
    assert predicted_cpu(told, larger, "day")["pages"] + 3 == pytest.approx(
        larger["builds"]["day"]["pages"]["cpu_seconds"]
    )


def test_rates_of_two_sites_are_refused():
    with pytest.raises(ValueError, match="same sessions a day"):
        rates(RatedRuns(run(2, 100, 0, 0, 0, 0), run(8, 200, 0, 0, 0, 0)))


def test_a_model_is_in_one_stage():
    models = [model for _, _, models in STAGES.values() for model in models]
    assert len(models) == len(set(models))
