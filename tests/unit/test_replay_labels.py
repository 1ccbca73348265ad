"""The replay labeler: what a language model answered in a recorded build, looked up and judged in the same way."""

import duckdb
import polars as pl
import pytest
from test_stages_labels import TAXONOMY
from test_stages_llm_labels import SESSIONS, label, labels, prepare, undisturbed
from test_stages_run import load

from clickintent.labeling import LabelerError, write_recording
from clickintent.llm import CALL_SCHEMA
from label_model import label_by_hash, without_the_first
from llm_server import LlmServer


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def record(connection, path):
    calls = pl.from_arrow(connection.sql("select * from llm_calls").to_arrow_table())
    return write_recording(calls, path)


@pytest.fixture
def recording(connection, tmp_path):
    """Of a build with the labeler openai; the labels are gone from the warehouse."""
    with LlmServer(label_by_hash) as server:
        label(connection, server.url)
    record(connection, tmp_path / "recorded.parquet")
    connection.execute("drop table session_labels; delete from llm_calls")
    return str(tmp_path / "recorded.parquet")


def replay(connection, path, **llm):
    return label(connection, labeler="replay", replay=path, **llm)


def test_a_replay_gives_the_labels_of_the_recorded_build_without_a_server(connection, recording):
    replay(connection, recording)
    assert labels(connection, "labeler").equals(undisturbed("labeler"))
    assert set(labels(connection)["labeler"]) == {"replay"}
    assert connection.sql("select count(*) from llm_calls").fetchone() == (0,)
    assert replay(connection, recording) == 0


def test_a_replay_does_not_depend_on_the_settings_of_today(connection, recording):
    replay(connection, recording, model="another", temperature=1.0)
    assert labels(connection, "labeler").equals(undisturbed("labeler"))


def test_a_session_that_was_not_recorded_is_an_error_that_says_how_many_and_what_to_do(connection, recording):
    load(connection, "intent_taxonomy", TAXONOMY.with_columns(taxonomy_version=pl.lit("tax-2")))
    with pytest.raises(LabelerError, match=r"no answer for 52 of 52 narratives under taxonomy tax-2.*replay_missing"):
        replay(connection, recording)


def test_a_session_that_was_not_recorded_is_abstained_from_where_the_var_says_so(connection, recording):
    connection.execute(f"update session_narratives set narrative = 'web session' where session_id = '{SESSIONS[0]}'")
    replay(connection, recording, replay_missing="abstain")
    first, *others = labels(connection, "labeler", "narrative_hash").rows(named=True)
    assert (first["session_id"], first["status"]) == (SESSIONS[0], "abstained")
    expected = undisturbed("labeler", "narrative_hash").filter(pl.col("session_id") != SESSIONS[0])
    assert others == expected.rows(named=True)


def test_a_recorded_answer_outside_the_taxonomy_is_no_answer(connection, recording):
    calls = pl.read_parquet(recording)
    calls.with_columns(pl.col("items").str.replace_all("homes.buy", "evil.leaf", literal=True)).write_parquet(recording)
    with pytest.raises(LabelerError, match=r"no answer for \d+ of 52"):
        replay(connection, recording)


def test_what_was_invalid_in_the_recorded_build_is_so_in_the_replay(connection, tmp_path):
    with LlmServer(label_by_hash, faults=[without_the_first()] * 2) as server:
        label(connection, server.url, concurrency=1)
    expected = labels(connection, "labeler")
    record(connection, tmp_path / "recorded.parquet")
    connection.execute("drop table session_labels")
    replay(connection, str(tmp_path / "recorded.parquet"))
    assert labels(connection, "labeler").equals(expected)
    assert "invalid" in set(expected["status"])


def test_a_recording_holds_the_calls_of_the_model_that_was_asked_last(connection, tmp_path):
    with LlmServer(label_by_hash) as server:
        label(connection, server.url, model="b-model")
        label(connection, server.url)
    kept = record(connection, tmp_path / "recorded.parquet")
    assert set(kept["model"]) == {"a-model"}
    assert connection.sql("select count(distinct model) from llm_calls").fetchone() == (2,)


def test_calls_of_several_models_in_one_file_are_refused(connection, recording):
    calls = pl.read_parquet(recording)
    pl.concat([calls, calls.with_columns(model=pl.lit("b-model"))]).write_parquet(recording)
    with pytest.raises(LabelerError, match=r"calls of 2 combinations.*labels record"):
        replay(connection, recording)


@pytest.mark.parametrize(
    ("llm", "told"),
    [
        ({"replay": None}, "set llm.replay to the Parquet file"),
        ({"replay": "nowhere.parquet"}, r"nowhere.parquet \(llm.replay\) cannot be read"),
        ({"replay": 7}, "llm.replay is 7"),
        ({"replay": "x", "replay_missing": "guess"}, "llm.replay_missing is 'guess'.*error, abstain"),
    ],
)
def test_a_replay_without_a_recording_says_what_is_missing(connection, llm, told):
    with pytest.raises(LabelerError, match=told):
        label(connection, labeler="replay", **llm)


def test_a_file_that_is_no_recording_is_refused(connection, tmp_path):
    path = tmp_path / "other.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(LabelerError, match="cannot be read"):
        replay(connection, str(path))
    pl.DataFrame(schema=CALL_SCHEMA).write_parquet(path)
    with pytest.raises(LabelerError, match="holds no labeling calls"):
        replay(connection, str(path))
