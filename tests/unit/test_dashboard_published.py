"""The published copy: what is in it, when it changes, and that nobody waits for anybody."""

import json

import duckdb
import pytest
from tests.dashboard_copy import write_build
from typer.testing import CliRunner

from clickintent.built_file import BuiltFileError
from clickintent.cli import app
from clickintent.dashboard.data import query_copy
from clickintent.dashboard.places import published_file
from clickintent.dashboard.published import PUBLISHED_TABLES, BuildRun, NodeResult, publish, publish_from, renew
from clickintent.dashboard.registration import register_publishing

PASSED = BuildRun("build", 12, ())
FAILED_TEST = BuildRun("build", 12, (NodeResult("unique_sessions", "test", "fail", 3, "Got 3 results"),))
FAILED_MODEL = BuildRun("build", 4, (NodeResult("sessions", "model", "error", None, "no such column"),))


@pytest.fixture
def built(tmp_path):
    return write_build(tmp_path / "bank.duckdb")


def change(file, sql):
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)


def answer(file, sql):
    return query_copy(published_file(file))(sql).rows()


def test_a_copy_holds_what_the_dashboard_reads_and_names_no_visitor(built):
    publish(built, PASSED)
    held = {name for (name,) in answer(built, "select table_name from information_schema.tables")}
    assert held == {*PUBLISHED_TABLES, "review_queue", "build_results", "build_run"}
    columns = {name for (name,) in answer(built, "select column_name from information_schema.columns")}
    assert columns.isdisjoint({"visitor_id", "customer_id", "page_url", "page_title", "user_agent", "embedding", "raw"})


def test_an_open_copy_keeps_its_answers_and_the_next_reader_has_the_new_ones(built):
    publish(built, PASSED)
    before = query_copy(published_file(built))
    change(built, "delete from quarantine_reasons")
    publish(built, PASSED)
    assert before("select count(*) as n from quarantine_reasons").item() == 1
    assert answer(built, "select count(*) from quarantine_reasons") == [(0,)]
    assert sorted(path.name for path in built.parent.iterdir()) == ["bank.duckdb", "bank.published.duckdb"]


def test_a_reader_of_the_copy_keeps_no_build_from_writing(built):
    publish(built, PASSED)
    reader = query_copy(published_file(built))
    with duckdb.connect(str(built)) as writer:
        writer.execute("create table more as select 1 as one")
        publish_from(writer, "bank", published_file(built), PASSED)
    assert reader("select count(*) as n from dim_intents").item() == 3


def test_a_failed_test_is_told_beside_the_new_tables(built):
    publish(built, PASSED)
    change(built, "delete from quarantine_reasons")
    publish(built, FAILED_TEST)
    assert answer(built, "select node, status, failures from build_results") == [("unique_sessions", "fail", 3)]
    assert answer(built, "select count(*) from quarantine_reasons") == [(0,)]


def test_after_a_failed_model_the_tables_stay_and_the_failure_is_told(built):
    publish(built, PASSED)
    change(built, "delete from quarantine_reasons")
    publish(built, FAILED_MODEL)
    assert answer(built, "select node, status from build_results") == [("sessions", "error")]
    assert answer(built, "select is_whole from build_run") == [(False,)]
    assert answer(built, "select count(*) from quarantine_reasons") == [(1,)]


def test_publishing_by_hand_keeps_what_the_last_run_told(built):
    publish(built, FAILED_TEST)
    publish(built)
    assert answer(built, "select node from build_results") == [("unique_sessions",)]


def test_without_a_copy_before_a_failed_model_publishes_nothing(built):
    with pytest.raises(BuiltFileError, match="Nothing was published before"):
        publish(built, FAILED_MODEL)
    assert not published_file(built).exists()


def test_an_incomplete_build_is_refused_and_the_copy_stays(built):
    publish(built, PASSED)
    change(built, "drop table intent_flows")
    with pytest.raises(BuiltFileError, match="intent_flows missing: run `dbt build`"):
        publish(built, PASSED)
    assert answer(built, "select count(*) from intent_flows") == [(3,)]
    assert sorted(path.name for path in built.parent.iterdir()) == ["bank.duckdb", "bank.published.duckdb"]


def test_after_an_erasure_a_copy_is_made_anew_or_goes(built):
    assert renew(built) is None
    assert not published_file(built).exists()
    publish(built, PASSED)
    change(built, "delete from mapped_sessions")
    renew(built)
    assert answer(built, "select count(*) from mapped_sessions") == [(0,)]
    change(built, "drop table intent_flows")
    assert renew(built) is None
    assert not published_file(built).exists()


def test_after_an_erasure_a_copy_that_the_database_refuses_to_make_goes_as_well(built):
    publish(built, PASSED)
    change(built, "alter table session_labels drop column confidence")
    assert renew(built) is None
    assert not published_file(built).exists()


def test_sessions_to_review_are_those_without_a_gold_label(built):
    change(built, "insert into gold_labels select session_id from mapped_sessions order by session_id limit 2")
    publish(built, PASSED)
    assert answer(built, "select count(*) from review_queue semi join mapped_sessions using (session_id)")[0][0] > 0
    with duckdb.connect(str(built), read_only=True) as connection:
        gold = connection.execute("select session_id from gold_labels").fetchall()
    queued = answer(built, "select session_id from review_queue")
    assert set(gold).isdisjoint(queued)


def result(**changed):
    return {"node": "a", "kind": "test", "status": "fail", "failures": 2, "message": None, **changed}


def test_what_the_macro_tells_is_read_and_of_messages_only_dbts_own_words():
    own = "Got 2 results, configured to fail if != 0"
    of_the_database = (
        "Runtime Error in test a\n  Conversion Error: Could not convert string 'jane@doe.example' to INT32"
    )
    told = [result(message=own), result(message=of_the_database), result(message=f"{own}\n'jane@doe.example'")]
    run = BuildRun.from_json(json.dumps({"command": "build", "tests": 2, "results": told}))
    assert (run.tests, run.is_whole) == (2, True)
    assert [each.message for each in run.results] == [own, None, None]


def test_tables_of_several_schemas_are_published(built):
    change(
        built,
        "create schema main_bi; create schema main_clicks;"
        "create table main_bi.dim_intents as from dim_intents; drop table dim_intents;"
        "create table main_bi.intent_distribution_daily as select 1 as a;"
        "create table main_clicks.intent_trends_daily as from intent_trends_daily; drop table intent_trends_daily;",
    )
    publish(built, PASSED)
    assert answer(built, "select count(*) from dim_intents") == [(3,)]
    assert answer(built, "select count(*) > 0 from intent_trends_daily") == [(True,)]


def test_a_model_that_is_switched_off_is_an_empty_table_of_the_copy(built):
    with duckdb.connect(str(built)) as connection:
        there = query_columns(connection)
        connection.execute("drop table encoder_drift")
    publish(built, PASSED)
    assert answer(built, "select * from encoder_drift") == []
    assert there == set(answer(built, "select column_name from (describe encoder_drift)"))


def query_columns(connection):
    return set(connection.execute("select column_name from (describe encoder_drift)").fetchall())


def test_what_few_people_have_seen_is_rare_in_the_copy(built):
    change(
        built,
        "update mapped_session_events set event_type = 'jane_doe_clicked' where event_index = 1;"
        "update mapped_session_events set page_words = 'jane doe' where event_index = 2;"
        "update mapped_sessions set narrative = "
        "'web session, janes phone, 2 events, 1 min\n- page one | 30s\n- jane doe | 3s | jane_doe_clicked';"
        "update session_narratives set narrative = "
        "'web session, mobile, 2 events, 1 min\n- page one | 30s\n- jane doe | 3s | jane_doe_clicked'",
    )
    publish(built, PASSED)
    events = answer(built, "select distinct event_index, event_type, page_words from mapped_session_events order by 1")
    assert events == [(1, "(rare)", "page one"), (2, "page_view", "(rare)")]
    for table in ("mapped_sessions", "review_queue"):
        ((narrative,),) = answer(built, f"select distinct narrative from {table}")
        assert "jane" not in narrative
        assert "page one" in narrative
    assert b"jane" not in published_file(built).read_bytes()


def test_sessions_of_sensitive_intents_are_reviewed_in_the_copy_only_for_a_use(built):
    change(built, "update dim_intents set is_sensitive = true where intent_id = 'homes.buy'")
    sensitive = "select count(*) > 0 from review_queue where labels like '%homes.buy%' or student = 'homes.buy'"
    publish(built, PASSED)
    assert answer(built, sensitive) == [(False,)]
    assert answer(built, "select count(*) > 0 from review_queue") == [(True,)]
    change(built, "update dashboard_settings set sensitive_intents_for = 'offering help'")
    publish(built, PASSED)
    assert answer(built, sensitive) == [(True,)]


def test_what_goes_wrong_in_publishing_is_a_sentence_of_the_build_and_no_failure(built):
    change(built, "alter table mapped_session_events drop column event_type")
    with duckdb.connect(str(built)) as connection:
        register_publishing(connection)
        run = json.dumps({"command": "build", "tests": 0, "results": []})
        said = connection.execute("select clickintent_publish(?)", [run]).fetchone()[0]
    assert said.startswith("Not published for the dashboard.")
    assert "\n" not in said


def test_publishing_by_hand_says_where_unless_told_to_be_quiet(built):
    assert "Published:" in CliRunner().invoke(app, ["publish", "--file", str(built)]).output
    assert CliRunner().invoke(app, ["--quiet", "publish", "--file", str(built)]).output == ""


def test_a_link_to_a_file_has_the_files_copy(built, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.duckdb"
    link.symlink_to(built)
    assert publish(link, PASSED) == publish(built, PASSED) == built.with_name("bank.published.duckdb")


def test_a_missing_copy_and_one_of_another_version_say_what_to_run(built, tmp_path):
    with pytest.raises(BuiltFileError, match="run `dbt build`"):
        query_copy(tmp_path / "none.duckdb")
    publish(built, PASSED)
    with pytest.raises(BuiltFileError, match="of another version: run `dbt build`"):
        query_copy(published_file(built))("select * from table_of_tomorrow")
    (tmp_path / "text.duckdb").write_text("no database")
    with pytest.raises(BuiltFileError, match="cannot be read: run `clickintent publish`"):
        query_copy(tmp_path / "text.duckdb")
