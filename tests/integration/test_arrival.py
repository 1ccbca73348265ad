"""Each row that arrives is taken once and accounted for, in whatever files, loads and order it comes."""

import json
import os
from pathlib import Path

import pytest
from arrivals import event
from test_incremental import kill_at

# What a load time is in a table: text, which has to be parsed first, and what bounds a scan
LOAD_TYPES = ["timestamp", *(pytest.param(each, marks=pytest.mark.slow) for each in ("varchar", "timestamptz"))]


def hide_content(path: Path) -> None:
    """Another content of the same size and time: whoever reads the file now falls over it."""
    status = path.stat()
    path.write_bytes(b"\xff" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_file_is_read_when_it_is_new_or_has_grown_and_stays_when_it_is_gone(arrivals):
    arrivals.of_files()
    first = arrivals.write(
        "a.csv", event("a1"), event("a2"), event("no", has_consent="false"), event("bad", event_at="soon")
    )
    second = arrivals.write("b.csv", event("b1"), event("b1"), event("a1"))
    arrivals.write("empty.csv")
    arrivals.build()
    assert arrivals.audit() == {"a.csv": (4, 2, 0, 1, 1), "b.csv": (3, 1, 2, 0, 0), "empty.csv": (0, 0, 0, 0, 0)}

    hide_content(first)
    second.unlink()
    arrivals.write("c.csv", event("c1"))
    arrivals.build()
    assert arrivals.ids() == ["a1", "a2", "b1", "c1"]
    assert arrivals.execute("select load_batch from batches_to_read") == [(str(arrivals.events / "c.csv"),)]
    assert arrivals.audit() == {
        "a.csv": (4, 2, 0, 1, 1), "b.csv": (3, 1, 2, 0, 0), "c.csv": (1, 1, 0, 0, 0), "empty.csv": (0, 0, 0, 0, 0),
    }  # fmt: skip

    before = arrivals.execute("select rowid, event_id from stg_events where event_id <> 'c2' order by 1")
    written_at = (arrivals.events / "c.csv").stat().st_mtime
    grown = arrivals.write("c.csv", event("c1"), event("c2"), event("b1"), event(None), event(None))
    os.utime(grown, (written_at, written_at))  # the size alone tells
    arrivals.build()
    assert arrivals.audit()["c.csv"] == (5, 3, 2, 0, 0)
    assert arrivals.execute("select rowid, event_id from stg_events order by 1")[: len(before)] == before

    arrivals.build()
    assert arrivals.execute("select * from batches_to_read") == []
    os.utime(grown, (written_at + 60, written_at + 60))  # the time alone tells
    arrivals.build()
    assert arrivals.execute("select load_batch from batches_to_read") == [(str(grown),)]
    assert arrivals.failing_tests() == []


def test_a_changed_file_that_lost_a_row_turns_the_audit_red(arrivals):
    arrivals.of_files("parquet")
    arrivals.write("a.parquet", event("a1"), event("a2"))
    arrivals.build()
    assert arrivals.failing_tests() == []
    arrivals.write("a.parquet", event("a1"))
    arrivals.build()
    assert arrivals.audit() == {"a.parquet": (1, 2, 0, 0, 0)}
    assert [name.split("_")[0] for name in arrivals.failing_tests()] == ["accounts"]


@pytest.mark.slow
def test_a_file_reads_the_same_alone_and_beside_others(arrivals):
    """Types of JSON are told from its values, columns from all files: neither may leak into ids or quarantined rows."""
    arrivals.of_files("json")
    rows = [event(None, note=1.0), event("bad", event_at="soon")]
    (arrivals.events / "a.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    arrivals.build()
    (arrivals.events / "b.json").write_text(
        json.dumps(event(None, event_at="no time", note={"a": [1, None]}) | {"other": 1})
    )
    arrivals.build()
    assert arrivals.audit() == {"a.json": (2, 1, 0, 1, 0), "b.json": (1, 0, 0, 1, 0)}
    assert arrivals.same_as(arrivals.refreshed())


@pytest.mark.slow
def test_a_column_that_new_files_lack_is_null_and_one_that_no_file_has_is_named(arrivals):
    arrivals.of_files()
    arrivals.vars["event_columns"] = {"page_title": "note"}
    arrivals.write("a.csv", event("a1", note="Title"))
    arrivals.build()
    (arrivals.events / "b.csv").write_text("event_id,visitor_id,event_at,page_url\nb1,v,2026-03-01T10:00:00Z,/a\n")
    arrivals.build()
    assert arrivals.execute("select event_id, page_title from stg_events order by 1") == [("a1", "Title"), ("b1", None)]
    arrivals.vars["event_columns"] = {"page_title": "caption"}
    arrivals.write("c.csv", event("c1"))
    with pytest.raises(AssertionError, match="maps page_title to 'caption', which is not in the files"):
        arrivals.build()


def test_without_a_load_time_the_time_of_the_file_says_what_is_in_the_future(arrivals):
    """A build's clock would take the row at a later refresh."""
    arrivals.of_files()
    path = arrivals.write(
        "a.csv", event("next year", event_at="2021-03-01T10:00:00Z"), event("now", event_at="2020-03-01T10:00:00Z")
    )
    os.utime(path, (1_583_056_800, 1_583_056_800))  # 2020-03-01 10:00
    arrivals.build()
    assert arrivals.execute("select event_id, reason from quarantined_events") == [("next year", "future_timestamp")]
    assert arrivals.ids() == ["now"]


# -- relations ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("load_type", LOAD_TYPES)
def test_loads_of_a_relation_are_taken_out_of_order_and_counted_by_day(arrivals, load_type):
    """The look-back is 72 hours by whole days: of 10 March, from 7 March on."""
    rows = [
        event("a1", loaded_at="2026-03-10 12:00:00"),
        event("a2", loaded_at="2026-03-08 12:00:00"),
        event("old", loaded_at="2026-02-01 12:00:00"),
        event("skewed", loaded_at="2099-01-01 12:00:00"),
        event("never loaded", event_at="2026-03-08 12:00:00"),
        event("bad", event_at="soon", loaded_at="2026-03-10 12:00:00"),
    ]
    arrivals.of_relation(rows, load_type).build()
    arrivals.insert(
        event("late", loaded_at="2026-03-07 00:00:00"),
        event("too late", loaded_at="2026-03-06 23:59:59"),
        event("a1", loaded_at="2026-03-08 13:00:00"),  # displaces the row of 10 March
        event("old", loaded_at="2026-03-10 12:00:00", page_url="/b"),
        event("bad", loaded_at="2026-03-09 12:00:00"),  # corrects it
        event("never loaded too", event_at="2026-03-08 13:00:00"),
    )
    arrivals.build()
    assert arrivals.ids() == ["a1", "a2", "bad", "late", "never loaded", "never loaded too", "old", "skewed"]
    assert arrivals.audit() == {
        "2026-02-01": (1, 1, 0, 0, 0),
        "2026-03-07": (1, 1, 0, 0, 0),
        "2026-03-08": (2, 2, 0, 0, 0),
        "2026-03-08 (no load time)": (2, 2, 0, 0, 0),
        "2026-03-09": (1, 1, 0, 0, 0),
        "2026-03-10": (3, 0, 3, 0, 0),
        "2099-01-01": (1, 1, 0, 0, 0),
    }
    assert arrivals.failing_tests() == []
    arrivals.execute("delete from raw_events where event_id = 'too late'")
    assert arrivals.same_as(arrivals.refreshed())


@pytest.mark.slow
def test_a_batch_that_is_not_read_again_loses_rows_to_an_earlier_load(arrivals):
    arrivals.of_files()
    first = arrivals.write(
        "a.csv", event("x", loaded_at="2026-03-10"), event("y", event_at="soon", loaded_at="2026-03-10")
    )
    arrivals.build()
    hide_content(first)
    arrivals.write("b.csv", event("x", loaded_at="2026-03-09"), event("y", loaded_at="2026-03-11"))
    arrivals.build()
    assert arrivals.audit() == {"a.csv": (2, 0, 2, 0, 0), "b.csv": (2, 2, 0, 0, 0)}
    assert arrivals.failing_tests() == []


def test_a_source_row_that_vanished_turns_the_audit_red(arrivals):
    arrivals.of_relation([event("a", loaded_at="2026-03-10"), event("b", loaded_at="2026-03-10")])
    arrivals.build()
    arrivals.execute("delete from raw_events where event_id = 'a'")
    arrivals.build()
    assert arrivals.audit() == {"2026-03-10": (1, 2, 0, 0, 0)}
    assert [name.split("_")[0] for name in arrivals.failing_tests()] == ["accounts"]


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_a_row_deleted_by_hand_turns_a_test_red_and_is_read_again(arrivals):
    arrivals.of_files()
    first, second = arrivals.write("a.csv", event("a1"), event("a2")), arrivals.write("b.csv", event("b1"))
    arrivals.build()
    arrivals.execute("delete from stg_events where event_id in ('a1', 'b1')")
    assert arrivals.failing_tests() == ["accepted_events_are_those_counted"]
    second.unlink()
    arrivals.build()
    assert arrivals.ids() == ["a1", "a2"]
    for _ in range(2):  # a row whose file is gone is missed at every build
        assert arrivals.audit() == {"a.csv": (2, 2, 0, 0, 0), "b.csv": (1, 0, 0, 0, 0)}
        assert [name.split("_")[0] for name in arrivals.failing_tests()] == ["accounts"]
        arrivals.build()
    assert first.exists()


@pytest.mark.parametrize("load_type", LOAD_TYPES)
def test_a_day_with_a_row_deleted_by_hand_is_read_again_however_old(arrivals, load_type):
    rows = [event("old", loaded_at="2026-01-01"), event("new", loaded_at="2026-03-10")]
    arrivals.of_relation(rows, load_type).build()
    arrivals.execute("delete from stg_events where event_id = 'old'")
    arrivals.build()
    assert arrivals.ids() == ["new", "old"]
    assert arrivals.failing_tests() == []


ALL_BUT_CONSENT = (
    "batches_to_read",
    "stg_generic__events",
    "source_events",
    "stg_events",
    "quarantined_events",
    "ingestion_audit",
)


@pytest.mark.parametrize(
    "reached",
    [
        pytest.param(("+stg_events",), id="stg_events"),
        pytest.param(("+quarantined_events",), id="quarantined_events", marks=pytest.mark.slow),
        pytest.param(("+consent_withdrawals",), id="consent_withdrawals", marks=pytest.mark.slow),
        pytest.param(ALL_BUT_CONSENT, id="all but one reader", marks=pytest.mark.slow),
    ],
)
def test_a_build_of_a_part_leaves_the_file_to_be_read_again(arrivals, reached):
    """`x` moves from a.csv to b.csv in the build that ends early: both are read again, and counted once."""
    arrivals.of_files()
    arrivals.write("a.csv", event("x", loaded_at="2026-03-10"), event("a1"))
    arrivals.build()
    arrivals.write(
        "b.csv", event("x", loaded_at="2026-03-09"), event("bad", event_at="soon"), event("no", has_consent="false")
    )
    arrivals.build(select=reached)
    arrivals.build()
    assert arrivals.audit() == {"a.csv": (2, 1, 1, 0, 0), "b.csv": (3, 1, 0, 1, 1)}
    assert arrivals.failing_tests() == []
    assert arrivals.execute("select count(*) from consent_withdrawals where refused_at is not null") == [(1,)]
    assert arrivals.same_as(arrivals.refreshed())


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["stg_events", "quarantined_events", "ingestion_audit"])
def test_a_killed_build_is_healed_by_the_next_and_accounted_for(arrivals, project, moment):
    arrivals.of_files()
    arrivals.write("a.csv", event("x", loaded_at="2026-03-10"), event("a1"))
    arrivals.build()
    arrivals.write("b.csv", event("x", loaded_at="2026-03-09"), event("bad", event_at="soon"))
    project.vars = arrivals.vars
    kill_at(project, f"model main.{moment}")
    arrivals.build()
    assert arrivals.audit() == {"a.csv": (2, 1, 1, 0, 0), "b.csv": (2, 1, 0, 1, 0)}
    assert arrivals.failing_tests() == []
    assert arrivals.same_as(arrivals.refreshed())


@pytest.mark.slow
def test_after_a_full_refresh_that_ends_early_no_file_counts_as_read(arrivals):
    """By the new mapping `bad` has no visitor: no count changes by that, and only reading it again shows it."""
    arrivals.of_files()
    arrivals.write("a.csv", event("a1", note="v2"), event("bad", event_at="soon"))
    arrivals.build()
    arrivals.vars["event_columns"] = {"visitor_id": "note"}
    arrivals.build("--full-refresh", select=("+stg_events",))
    arrivals.build()
    assert arrivals.execute("select event_id, reason from quarantined_events") == [("bad", "missing_visitor")]
    assert arrivals.audit() == {"a.csv": (2, 1, 0, 1, 0)}
    assert arrivals.same_as(arrivals.refreshed())


def test_a_full_refresh_of_stg_events_alone_is_refused(arrivals):
    arrivals.of_files()
    arrivals.write("a.csv", event("a1"))
    arrivals.build()
    with pytest.raises(AssertionError, match="select what comes before it as well"):
        arrivals.build("--full-refresh", select=("stg_events",))
    assert arrivals.ids() == ["a1"]


def test_an_empty_run_reads_no_file_and_marks_none(arrivals):
    arrivals.of_files()
    arrivals.write("a.csv", event("a1"))
    arrivals.build("--empty")
    assert arrivals.audit() == {}
    arrivals.build()
    assert arrivals.audit() == {"a.csv": (1, 1, 0, 0, 0)}
    arrivals.build("--empty")
    assert arrivals.audit() == {"a.csv": (1, 1, 0, 0, 0)}
    assert arrivals.ids() == ["a1"]


def test_everything_that_reads_the_sources_comes_before_the_audit(arrivals):
    """Else a file could count as read that not all have read."""
    nodes = arrivals.manifest.nodes
    readers = {key for key, node in nodes.items() if "model.clickintent.source_events" in node.depends_on_nodes}
    models = {key for key in readers if nodes[key].resource_type == "model"} - {"model.clickintent.ingestion_audit"}
    assert models == {key for key in nodes["model.clickintent.ingestion_audit"].depends_on_nodes if key in models}
    assert "model.clickintent.stg_events" in models


# -- a file of the version before --------------------------------------------------------------------------------------

OLD_LAYOUT = """
    alter table stg_events drop column engaged_seconds;
    alter table stg_events drop column load_batch;
    alter table stg_events alter content_hash type varchar using md5(event_id || content_hash);
    update stg_events set page_key = 'by an old rule';
    alter table quarantined_events drop column load_batch;
    alter table quarantined_events alter content_hash type varchar using md5(event_id || content_hash);
    drop table ingestion_audit;
    create table ingestion_audit as
        select source, loaded_at::date as loaded_on, count(*) as row_count, count(*) as accepted_count,
            0 as duplicate_count, 0 as quarantined_count, 0 as refused_count
        from stg_events group by all;
    create table session_events_before as from session_events;
    drop view session_events;
    alter table session_events_before rename to session_events;
    alter table sessions drop column events_digest;
    update sessions set content_hash = md5(content_hash);
"""


@pytest.mark.parametrize("way", ["files", pytest.param("relation", marks=pytest.mark.slow)])
def test_what_the_version_before_built_is_taken_over(arrivals, way):
    sessions = ("+ingestion_audit", "+sessions")
    rows = [
        event("kept", loaded_at="2026-01-02"),
        event(None, loaded_at="2026-02-02"),
        event("never loaded"),
        event("bad", event_at="soon", loaded_at="2026-02-01"),
        event("no", has_consent="false"),
    ]
    if way == "files":
        arrivals.of_files().write("a.csv", *rows)
        gone = arrivals.write("gone.csv", event("gone"), event("gone, too", event_at="soon"))
    else:
        arrivals.of_relation([*rows, event("gone"), event("gone, too", event_at="soon")])
    arrivals.build(select=sessions)
    arrivals.execute(OLD_LAYOUT)
    if way == "files":
        gone.unlink()
    else:
        arrivals.execute("delete from raw_events where event_id like 'gone%'")
    arrivals.build(select=sessions)
    assert set(arrivals.ids()) > {"gone", "kept", "never loaded"}
    assert arrivals.ids("quarantined_events") == ["bad", "gone, too"]
    assert arrivals.execute("select page_key, count(*) from stg_events group by 1") == [("/a", 4)]
    assert arrivals.failing_tests() == []
    before = arrivals.content("stg_events")
    arrivals.build(select=sessions)
    assert arrivals.content("stg_events") == before

    refreshed = arrivals.refreshed()
    arrivals.execute("delete from stg_events where load_batch is null")
    arrivals.execute("delete from quarantined_events where load_batch is null")
    assert arrivals.same_as(refreshed)
