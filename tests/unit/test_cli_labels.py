"""`clickintent labels`: the estimate is what a build would send, and a recording is what it got."""

import duckdb
import polars as pl
import pytest
from test_cli import one_sentence, run
from test_stages_llm_labels import SESSIONS, label, labels, prepare, undisturbed

from clickintent.llm import CALL_SCHEMA
from clickintent.project_vars import ProjectVarsError, read_project_vars
from clickintent.stages.label_estimate import estimate_labels
from clickintent.stages.run import BuiltTable, Run
from clickintent.stages.session_labels import LABEL_SCHEMA
from label_model import label_by_hash
from llm_server import LlmServer

LLM = {"model": "a-model"}


@pytest.fixture
def file(tmp_path):
    """A build that has labelled nothing."""
    path = tmp_path / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        prepare(connection)
        connection.register("none", pl.DataFrame(schema=LABEL_SCHEMA).to_arrow())
        connection.execute("create table session_labels as select * from none")
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("vars: {llm: {model: a-model}}")
    return tmp_path


def figures(file, llm=LLM):
    with duckdb.connect(str(file)) as connection:
        return estimate_labels(Run(BuiltTable("session_labels"), connection), llm)


def build(file, server, **llm):
    with duckdb.connect(str(file)) as connection:
        label(connection, server.url, **llm)
        return connection.sql("select count(*), sum(prompt_tokens), sum(completion_tokens) from llm_calls").fetchone()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["labels"], ["estimate", "record"]),
        (
            ["labels", "estimate"],
            ["Nothing is sent", "--vars", "--project-dir", "Example: clickintent labels estimate"],
        ),
        (["labels", "record"], ["--out", "Example: clickintent labels record"]),
    ],
    ids=["labels", "estimate", "record"],
)
def test_help_tells_what_a_command_does_with_its_options_and_an_example(command, told):
    result = run(*command, "--help")
    assert [text for text in told if text not in result.stdout] == []


def test_an_estimate_counts_what_a_build_then_sends(file):
    expected = figures(file)
    assert (expected.sessions, expected.withheld, expected.narratives) == (60, 8, 52)
    with LlmServer(label_by_hash) as server:
        calls, prompt_tokens, completion_tokens = build(file, server)
    assert expected.calls == calls
    # the server counts four bytes a token and no schema
    assert 1.0 <= expected.prompt_tokens / prompt_tokens < 1.4
    assert 0.7 < expected.completion_tokens / completion_tokens < 1.5
    assert expected.cost_usd == pytest.approx((expected.prompt_tokens + 2 * expected.completion_tokens) / 1e6)


def test_what_is_labelled_is_estimated_no_more_and_what_is_answered_is_not_counted_as_a_call(file):
    with LlmServer(label_by_hash) as server:
        build(file, server)
    assert (figures(file).sessions, figures(file).withheld, figures(file).narratives) == (8, 8, 0)
    with duckdb.connect(str(file)) as connection:
        connection.execute("delete from session_labels")
    found = figures(file)
    assert (found.sessions, found.narratives, found.cached, found.calls) == (60, 52, 52, 0)
    assert (found.prompt_tokens, found.completion_tokens, found.cost_usd) == (0, 0, 0)


def test_a_model_without_a_price_is_estimated_in_tokens_alone(file):
    found = figures(file, {"model": "b-model"})
    assert found.cost_usd is None
    assert found.prompt_tokens > 0


def test_a_batch_costs_half_where_it_is_large_enough_to_be_one(file, monkeypatch):
    assert figures(file, {**LLM, "batch": True}).cost_usd == figures(file).cost_usd
    monkeypatch.setattr("clickintent.stages.label_estimate.FEWEST_IN_BATCH", 2)
    assert figures(file, {**LLM, "batch": True}).cost_usd == pytest.approx(figures(file).cost_usd / 2)


def test_sessions_outside_of_the_sample_are_not_estimated(file):
    with duckdb.connect(str(file)) as connection:
        connection.execute("delete from label_sample where session_id > ?", [SESSIONS[9]])
    assert figures(file).sessions == 10


@pytest.mark.parametrize(("limits", "stops"), [({"budget_tokens": 100}, True), ({"budget_usd": 100.0}, False)])
def test_an_estimate_says_whether_the_budget_is_enough(file, limits, stops):
    assert figures(file, {**LLM, **limits}).is_over_budget == stops


def test_the_command_tells_the_estimate_with_the_vars_of_the_project(file, folder):
    result = run("labels", "estimate", "--file", file, "--project-dir", folder)
    assert result.exit_code == 0
    for told in ("a-model", "60", "distinct narratives of the others", "USD", "completion tokens a narrative"):
        assert told in result.stdout
    assert "stops it before the end" not in result.stdout


def test_vars_of_the_command_line_have_the_last_word(file, folder):
    stated = "{llm: {model: b-model, budget_tokens: 10}}"
    result = run("labels", "estimate", "--file", file, "--project-dir", folder, "--vars", stated)
    for told in ("b-model", "no price in seeds/llm_prices.csv", "stops it before the end"):
        assert told in result.stdout


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("{llm: {modle: x}}", "llm.modle is no setting"),
        ("[", "is no YAML"),
        ("llm", "is no list of names and values"),
    ],
)
def test_a_wrong_var_is_one_sentence(file, folder, stated, told):
    result = run("labels", "estimate", "--file", file, "--project-dir", folder, "--vars", stated)
    assert told in one_sentence(result)


def test_a_folder_without_a_project_is_one_sentence(file, tmp_path):
    assert "--project-dir" in one_sentence(run("labels", "estimate", "--file", file, "--project-dir", tmp_path))


def test_vars_of_the_package_in_a_project_of_ones_own_hold_where_the_project_says_nothing(tmp_path):
    package = tmp_path / "dbt_packages" / "clickintent"
    package.mkdir(parents=True)
    (package / "dbt_project.yml").write_text("vars: {label_share: 0.25, labeler: embedded, as_of: null}")
    (tmp_path / "dbt_project.yml").write_text("vars: {as_of: today, clickintent: {label_share: 0.5}, other: {a: 1}}")
    found = read_project_vars(tmp_path, "{labeler: openai}")
    assert found == {"label_share": 0.5, "labeler": "openai", "as_of": "today", "other": {"a": 1}}


def test_a_project_without_vars_has_none(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: mine")
    assert read_project_vars(tmp_path) == {}
    with pytest.raises(ProjectVarsError, match="no YAML"):
        read_project_vars(tmp_path, "{a: ")


def test_a_recording_that_the_command_wrote_gives_the_same_labels_again(file, tmp_path):
    with LlmServer(label_by_hash) as server:
        calls, *_ = build(file, server)
    out = tmp_path / "recorded.parquet"
    result = run("labels", "record", "--out", out, "--file", file)
    assert result.exit_code == 0
    assert f"{calls} calls of a-model in {out}" in result.stdout
    with duckdb.connect(str(file)) as connection:
        connection.execute("delete from session_labels; delete from llm_calls")
        label(connection, labeler="replay", replay=str(out))
        assert labels(connection, "labeler").equals(undisturbed("labeler"))


def test_a_build_without_llm_labels_has_nothing_to_record(file, tmp_path):
    out = tmp_path / "recorded.parquet"
    assert "labeler: openai" in one_sentence(run("labels", "record", "--out", out, "--file", file))
    assert not out.exists()


def test_a_file_of_an_earlier_version_is_told_to_be_built_again(file, folder, tmp_path):
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table llm_calls")
    for command in (["record", "--out", tmp_path / "x.parquet"], ["estimate", "--project-dir", folder]):
        assert "Run `dbt build` again" in one_sentence(run("labels", *command, "--file", file))


def test_calls_are_recorded_as_they_are_kept(file, tmp_path):
    with LlmServer(label_by_hash) as server:
        build(file, server)
    run("labels", "record", "--out", tmp_path / "x.parquet", "--file", file)
    assert pl.read_parquet(tmp_path / "x.parquet").schema == pl.Schema(CALL_SCHEMA)
