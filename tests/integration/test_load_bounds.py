"""Of a table with load times a build reads what was loaded since, and all of it where a model starts from nothing."""

import json
from collections.abc import Iterator

import pytest
from arrivals import Arrivals, event

OLD = [event(f"old {number}", loaded_at="2026-01-01 12:00:00") for number in range(3)]
NEW = event("new", loaded_at="2026-03-10 12:00:00")
READERS = ("stg_events", "quarantined_events", "consent_withdrawals", "ingestion_audit")


def held(arrivals: Arrivals) -> list[str]:
    """Ids of the rows that `source_events` holds."""
    return arrivals.ids("source_events")


def scan_filters(arrivals: Arrivals) -> list[str]:
    """What the scan of the source's table leaves out when `source_events` is read."""

    def scans(node: dict) -> Iterator[dict]:
        if "raw_events" in node.get("extra_info", {}).get("Table", ""):
            yield node
        for child in node["children"]:
            yield from scans(child)

    plan = arrivals.execute("explain (format json) select * from source_events where verdict = 'accepted'")[0][1]
    (scan,) = [scan for root in json.loads(plan) for scan in scans(root)]
    filters = scan["extra_info"].get("Filters", [])
    return [filters] if isinstance(filters, str) else filters


@pytest.mark.parametrize(
    ("load_type", "read"),
    [
        ("timestamp", ["new", "newer"]),
        pytest.param("timestamptz", ["new", "newer"], marks=pytest.mark.slow),
        pytest.param("date", ["new", "newer"], marks=pytest.mark.slow),
        # text may be a time of any form: it has to be parsed
        pytest.param("varchar", ["new", "newer", "old 0", "old 1", "old 2"], marks=pytest.mark.slow),
    ],
)
def test_loads_before_the_window_are_not_parsed_again(arrivals, load_type, read):
    arrivals.of_relation([*OLD, NEW], load_type).build()
    assert held(arrivals) == ["new", "old 0", "old 1", "old 2"]
    arrivals.insert(event("newer", loaded_at="2026-03-11 12:00:00"))
    arrivals.build()
    assert held(arrivals) == read
    if load_type == "timestamp":
        # DuckDB knows that there are no other times, and leaves the rest of the condition out
        assert scan_filters(arrivals) == ["(loaded_at >= '2026-03-06 00:00:00'::TIMESTAMP)"]
    assert arrivals.ids() == ["new", "newer", "old 0", "old 1", "old 2"]
    assert arrivals.failing_tests() == []
    assert arrivals.same_as(arrivals.refreshed())


def test_what_is_no_time_of_a_load_is_read_at_every_build(arrivals):
    """Rows whose load time is a placeholder may have changed, as those without one."""
    placeholders = [event("never"), event("epoch", loaded_at="1970-01-01"), event("ages", loaded_at="2999-01-01")]
    arrivals.of_relation([*OLD, NEW, *placeholders], "timestamp").build()
    arrivals.insert(event("epoch too", loaded_at="1970-01-01"))
    arrivals.build()
    assert held(arrivals) == ["ages", "epoch", "epoch too", "never", "new"]
    assert "epoch too" in arrivals.ids()
    assert arrivals.same_as(arrivals.refreshed())


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_first_moment_of_a_window_is_read_in_every_time_zone(arrivals, zone):
    """The window of 10 March begins on 7 March at midnight, UTC; a session compares by its own clock."""
    edges = [event("first", loaded_at="2026-03-07 00:00:00+00"), event("no time", loaded_at="1989-12-31 23:59:59+00")]
    arrivals.of_relation([*OLD, event("new", loaded_at="2026-03-10 12:00:00+00")], "timestamptz").build()
    arrivals.insert(*edges, event("before", loaded_at="2026-03-06 23:59:59+00"))
    arrivals.build()
    assert arrivals.ids() == ["first", "new", "no time", "old 0", "old 1", "old 2"]
    asked = "select event_id from source_events where is_to_read order by 1"
    assert arrivals.execute(f"set TimeZone = '{zone}'; {asked}") == [("first",), ("new",), ("no time",)]


def test_a_model_that_starts_from_nothing_has_all_rows_or_says_what_it_lacks(arrivals):
    refusal = event("no", has_consent="false", loaded_at="2026-01-02")
    broken = event("bad", event_at="soon", loaded_at="2026-01-02")
    arrivals.of_relation([*OLD, refusal, broken, NEW], "timestamp").build()
    arrivals.build()
    assert held(arrivals) == ["new"]
    before = {name: arrivals.content(name) for name in READERS}
    for reader in READERS:
        with pytest.raises(AssertionError, match=r"select (it|what comes before it) as well"):
            arrivals.build("--full-refresh", select=(reader,))
        assert arrivals.content(reader) == before[reader]

        arrivals.execute(f"alter table {reader} rename to put_away")
        with pytest.raises(AssertionError, match="select it as well"):
            arrivals.build(select=(reader,))
        arrivals.execute(f"alter table put_away rename to {reader}")

    for reader in READERS:
        arrivals.execute(f"drop table {reader}")
    arrivals.build()
    assert {name: arrivals.content(name) for name in READERS} == before

    # one dbt run a model: the view that is built while a reader is missing is whole, and nobody is refused
    arrivals.execute("drop table quarantined_events")
    arrivals.build(select=("source_events",))
    arrivals.build(select=("quarantined_events",))
    assert arrivals.content("quarantined_events") == before["quarantined_events"]


def test_another_window_is_not_read_through_the_view_of_the_last_build(arrivals):
    arrivals.of_relation([*OLD, NEW], "timestamp").build()
    arrivals.build()
    arrivals.insert(event("late", loaded_at="2026-02-20"))
    arrivals.vars["load_lookback_hours"] = 60 * 24
    readers = ("load_windows", "batches_to_read", *READERS)
    with pytest.raises(AssertionError, match="select it as well"):
        arrivals.build(select=readers)
    arrivals.build(select=(*readers, "source_events"))
    assert "late" in arrivals.ids()


def test_what_no_day_can_tell_bounds_nothing(arrivals):
    everything = ["new", "old 0", "old 1", "old 2"]
    arrivals.of_relation([*OLD, NEW], "timestamp").build()
    for hours in (24 * 365 * 50, 24 * 365 * 3000):  # before a clock can have shown it, and before our era
        arrivals.vars["load_lookback_hours"] = hours
        arrivals.build()
        assert held(arrivals) == everything
    del arrivals.vars["load_lookback_hours"]

    arrivals.vars |= {"backfill_from": "0001-01-01", "backfill_to": "9999-12-31"}
    arrivals.build()
    assert held(arrivals) == everything
    del arrivals.vars["backfill_from"], arrivals.vars["backfill_to"]

    arrivals.build()
    assert held(arrivals) == ["new"]
    # a batch by another name than its day, that is to be read again, as a source of one's own may have it
    arrivals.execute("update ingestion_audit set load_batch = 'batch 17' where load_batch = '2026-01-01'")
    arrivals.build()
    assert held(arrivals) == everything


def test_a_backfill_reads_the_loads_of_its_days(arrivals):
    arrivals.of_relation([*OLD, NEW], "timestamp").build()
    arrivals.insert(
        event("missed", loaded_at="2026-02-03 00:00:00"),
        event("missed, at the end", loaded_at="2026-02-05 11:59:59"),
        event("not asked for", loaded_at="2026-02-08"),
        event("epoch too", loaded_at="1970-01-01", event_at="2026-02-03"),
    )
    arrivals.vars |= {"backfill_from": "2026-02-03", "backfill_to": "2026-02-05 12:00:00"}
    arrivals.build()
    assert held(arrivals) == ["epoch too", "missed", "missed, at the end"]
    (condition,) = scan_filters(arrivals)
    assert "2026-02-02" in condition
    assert "2026-02-07" in condition
    assert arrivals.ids() == ["epoch too", "missed", "missed, at the end", "new", "old 0", "old 1", "old 2"]
