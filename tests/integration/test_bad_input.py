"""Bad input gives a right result or one clear sentence, and never loses a row."""

import gzip
import json
import re

import polars as pl
import pytest
from arrivals import event

COLUMNS = {
    "event_id": "e",
    "visitor_id": "v1",
    "event_at": "2026-03-01T10:00:00Z",
    "event_type": "page_view",
    "page_url": "/mortgages/rates",
}


def write_csv(project, rows: list[dict], name: str = "events.csv") -> None:
    path = project.folder / name
    pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String)).write_csv(path)
    project.vars |= {"event_source": "generic", "events_path": str(path)}


def test_an_empty_source_builds(project):
    write_csv(project, [])
    project.build()
    assert project.query("select count(*) from sessions") == [(0,)]


@pytest.mark.slow
def test_one_event_becomes_one_session_embedded_by_an_untrained_version(project):
    write_csv(project, [COLUMNS])
    project.build()
    assert project.query("select event_count, page_view_count from sessions") == [(1, 1)]
    assert project.query(
        "select round(list_inner_product(embedding::float[], embedding::float[]), 3) from session_embeddings"
    ) == [(1.0,)]
    metrics = json.loads(project.query("select metrics from session_encoder")[0][0])
    assert metrics["is_trained"] is False
    assert project.query("select is_abstained, probability, intent_id from session_intents") == [(True, 0.0, None)]


def refusal_of(arrivals) -> str:
    """What a build says that stops."""
    with pytest.raises(AssertionError) as refused:
        arrivals.build()
    return " ".join(str(refused.value).split())


def test_a_missing_file_is_named(arrivals):
    arrivals.of_files("parquet")
    assert re.search(r"events_path '.*[*]\.parquet' matches no file", refusal_of(arrivals))


def test_a_column_that_is_not_there_is_named_with_those_that_are(arrivals):
    arrivals.of_files().write("a.csv", event("a"))
    arrivals.vars["event_columns"] = {"visitor_id": "client_id"}
    message = refusal_of(arrivals)
    assert "maps visitor_id to 'client_id'" in message
    assert "The columns there are: event_id, visitor_id, event_at, loaded_at, page_url" in message


def test_an_unknown_contract_column_is_named_with_those_of_the_contract(arrivals):
    arrivals.of_files().write("a.csv", event("a"))
    arrivals.vars["event_columns"] = {"user": "visitor_id"}
    message = refusal_of(arrivals)
    assert "'user', which is not a column of the event contract" in message
    assert "visitor_id" in message


def test_a_source_without_time_is_refused(arrivals):
    (arrivals.of_files().events / "a.csv").write_text("visitor_id,page_url\nv1,/a\n")
    assert "The generic source needs event_at" in refusal_of(arrivals)


def test_csv_lines_with_too_few_or_too_many_fields_are_not_lost(arrivals):
    (arrivals.of_files().events / "a.csv").write_text(
        "event_id,visitor_id,event_at,event_type,page_url\n"
        "whole,v1,2026-03-01T10:00:00Z,page_view,/a\n"
        "long,v2,2026-03-01T10:00:00Z,page_view,/b,and,more\n"
        "short,v1\n"
    )
    arrivals.build()
    assert arrivals.ids() == ["long", "whole"]
    assert arrivals.execute("select event_id, reason from quarantined_events") == [("short", "missing_timestamp")]


def test_a_thousand_malformed_rows_are_quarantined_with_their_text(arrivals):
    bad = [event(f"bad-{number}", event_at=f"day {number}") for number in range(1000)]
    arrivals.of_files().write("a.csv", event("good"), *bad)
    arrivals.build()
    assert arrivals.ids() == ["good"]
    assert arrivals.execute("select reason, count(*) from quarantined_events group by 1") == [("bad_timestamp", 1000)]
    ((raw,),) = arrivals.execute("select raw from quarantined_events where event_id = 'bad-7'")
    assert json.loads(raw)["event_at"] == "day 7"


def test_every_time_format_reads_as_the_same_moment(arrivals):
    """A dbt unit test of source_events has more forms; here they pass through a file and its columns."""
    forms = {
        "ISO with an offset": "2026-03-01T10:00:00+02:00",
        "seconds": "1772352000",
        "milliseconds": "1772352000000",
        "microseconds": "1772352000000000",
        "nanoseconds": "1772352000000000000",
    }
    arrivals.of_files().write("a.csv", *(event(name, event_at=text) for name, text in forms.items()))
    arrivals.build()
    read = dict(arrivals.execute("select event_id, event_at::varchar from stg_events"))
    assert read == dict.fromkeys(forms, "2026-03-01 08:00:00")


def test_gzipped_csv_json_parquet_and_a_relation_read_alike(arrivals):
    rows = [event("a"), event("b", event_at="2026-03-01T10:00:00+02:00", note='Zürich, "quoted"')]
    written = arrivals.write("events.csv", *rows)
    (arrivals.events / "events.csv.gz").write_bytes(gzip.compress(written.read_bytes()))
    json_file = arrivals.write("events.json", *rows)
    arrivals.write("events.parquet", *rows)
    contents = []

    def read_it() -> None:
        arrivals.build("--full-refresh")
        contents.append(arrivals.execute("select * exclude (load_batch) from stg_events order by event_id"))

    for ending in ("csv", "csv.gz", "json", "parquet"):
        arrivals.of_files(ending)
        read_it()
    arrivals.vars |= {"events_path": None, "events_relation": f"read_json('{json_file}')"}
    read_it()
    assert len(contents[0]) == 2
    assert all(content == contents[0] for content in contents)


@pytest.mark.slow
def test_a_visitor_with_100_000_events_is_cut_into_capped_sessions(project):
    rows = pl.DataFrame({"number": range(100_000)}).select(
        event_id=pl.format("e{}", "number"),
        visitor_id=pl.lit("busy"),
        event_at=(pl.lit(1_772_352_000) + pl.col("number") * 7).cast(pl.String),
        event_type=pl.lit("page_view"),
        page_url=pl.format("/page/{}", pl.col("number") % 50),
    )
    rows.write_parquet(project.folder / "events.parquet")
    project.vars |= {"event_source": "generic", "events_path": str(project.folder / "events.parquet")}
    project.build()
    counts = project.query("select event_count, count(*) from sessions group by 1")
    assert counts == [(2000, 50)]
    assert project.query("select max(len(page_keys)), min(truncated_count) from session_sequences") == [(64, 1936)]
