"""What `clickintent summary` says of a build, and of a file that holds none."""

import io
import json

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from clickintent.built_file import BuiltFileError
from clickintent.cli import app
from clickintent.summary import INTENTS_SHOWN, read_summary, render_summary

TABLES = """
create table stg_events as select * from range(1234);
create table quarantined_events as select * from range(5);
create table sessions as select range < 2 as is_bot from range(12);
create table session_intents as select range < 4 as is_abstained from range(10);
create table dim_intents as select 'cards.find' as intent_id, 'Find a card' as intent_name;
create table intent_distribution_daily (
    channel varchar, intent_id varchar, sessions bigint, converted_sessions bigint, abstained_sessions bigint
);
insert into intent_distribution_daily values
    ('web', 'cards.find', 3, 1, 0), ('web', 'cards.find', 3, 0, 3), ('app', null, 4, null, 4);
"""
EVALUATED = """
create table eval_labels as
select 'level_1' as task, model, 'all' as channel, metric, value::double as value
from (values
    ('session_intents', 'accuracy', {accuracy}), ('session_intents', 'coverage', {coverage}),
    ('session_intents, never abstaining', 'accuracy', 0.7),
    ('keyword match', 'accuracy', 0.5), ('oracle', 'accuracy', 0.95)
) as figures (model, metric, value)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "build.duckdb"


def write(file, *statements):
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)


def shown(file, width=200):
    """What a reader sees, each run of spaces as one."""
    console = Console(file=io.StringIO(), width=width)
    render_summary(read_summary(file), console)
    return " ".join(console.file.getvalue().split())


def test_counts_and_coverage_are_those_of_the_tables(file):
    write(file, TABLES)
    text = shown(file)
    assert "12 sessions from 1,234 events (5 more in quarantine); 2 sessions are bots." in text
    assert "60.0% of human sessions have an intent, the rest abstain." in text


def test_days_are_added_up_to_the_intents_of_each_channel(file):
    write(file, TABLES)
    text = shown(file)
    assert "Intents of web sessions" in text
    assert "│ Find a card │ 6 │ 100.0% │ ██████████ │ 16.7% │ 50% │" in text
    assert "Intents of app sessions" in text
    assert "│ none │ 4 │ 100.0% │ ██████████ │ 0.0% │ 100% │" in text


def test_the_intents_that_are_not_shown_are_counted(file):
    many = INTENTS_SHOWN + 3
    write(
        file, TABLES, f"insert into intent_distribution_daily select 'tv', 'tv.' || range, 1, 0, 0 from range({many})"
    )
    assert "│ 3 others │ 3 │ 20.0% │" in shown(file)


def test_a_build_without_sessions_is_summarised_too(file):
    write(file, TABLES, "delete from session_intents", "delete from sessions", "delete from intent_distribution_daily")
    text = shown(file)
    assert "0 sessions from 1,234 events" in text
    assert "none of human sessions have an intent" in text


def test_only_a_synthetic_bank_is_compared_with_a_truth(file):
    write(file, TABLES)
    assert "synthetic bank's truth" not in shown(file)
    write(file, EVALUATED.format(accuracy=0.8, coverage=0.6))
    assert (
        "level-1 intents are right for 80.0% of the 60% of sessions that have one. "
        "Over all sessions, best guesses included: 70.0% (keyword match 50.0%, best possible 95.0%)" in shown(file)
    )


def test_no_accuracy_is_shown_where_every_session_abstained(file):
    write(file, TABLES, EVALUATED.format(accuracy="'nan'::double", coverage=0))
    assert "level-1 intents are right" not in shown(file)


def test_what_people_say_of_the_labels_is_told_or_that_nobody_has_said_anything(file):
    write(file, TABLES)
    assert "labels" not in shown(file)
    quality = (
        "create table label_quality (judged text, metric text, channel text, language text, value double, low double"
    )
    write(file, f"{quality}, high double, n bigint)")
    assert "Nobody has checked the labels yet: `clickintent taxonomy review` collects gold labels." in shown(file)
    write(
        file,
        "insert into label_quality values ('labels', 'agreement', 'web', 'all', 0.1, 0, 0.2, 50), "
        "('student', 'agreement', 'all', 'all', 0.2, 0, 1, 100), "
        "('labels', 'agreement', 'all', 'all', 0.8, 0.71, 0.87, 100)",
    )
    told = "People agree with the labels of 80% of 100 random sessions (95% interval 71% to 87%): table label_quality."
    assert told in shown(file)


def test_the_file_to_open_next_is_named_whatever_its_path(tmp_path):
    folder = tmp_path / "[old] builds"
    folder.mkdir()
    write(folder / "build.duckdb", TABLES)
    assert f"The result is in {folder}/build.duckdb" in shown(folder / "build.duckdb")


def refusal(file):
    with pytest.raises(BuiltFileError) as refused:
        shown(file)
    return str(refused.value)


def test_a_missing_file_is_refused_and_not_created(file):
    assert f"There is no file {file}: run `dbt build` first" in refusal(file)
    assert not file.exists()


@pytest.mark.parametrize(
    ("statement", "missing"),
    [("drop table session_intents", "session_intents"), ("alter table sessions rename is_bot to robot", "is_bot")],
    ids=["a missing table", "a missing column"],
)
def test_a_build_that_is_not_complete_is_refused_by_what_it_lacks(file, statement, missing):
    write(file, TABLES, statement)
    message = refusal(file)
    assert f"The build in {file} is not complete: " in message
    assert missing in message
    assert message.endswith("Run `dbt build` again.")
    assert "\n" not in message


def test_a_file_that_is_no_database_is_refused(file):
    file.write_text("events")
    assert f"{file} cannot be read" in refusal(file)


def test_json_has_the_figures_and_quiet_leaves_nothing_else(file):
    write(file, TABLES)
    arguments = ["summary", "--file", str(file)]
    assert CliRunner().invoke(app, ["--quiet", *arguments]).output == ""
    figures = json.loads(CliRunner().invoke(app, ["--quiet", *arguments, "--json"]).output)
    assert (figures["sessions"], figures["answered"], figures["scored"]) == (12, 6, 10)
    assert [intent["sessions"] for intent in figures["intents"]] == [6, 4]
    assert CliRunner().invoke(app, arguments).output != ""
