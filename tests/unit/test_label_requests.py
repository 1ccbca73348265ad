"""`clickintent labels grow`: which sessions are asked for, and what is refused."""

import duckdb
import polars as pl
import pytest
from test_cli import one_sentence, run
from test_stages_run import load

from clickintent.built_file import BuiltFileError
from clickintent.label_requests import LabelRequestError, request_uncertain_sessions

# session, best leaf, margin, narrative
SESSIONS = [
    ("cards closest", "cards.find", 0.01, "n1"),
    ("cards close", "cards.find", 0.02, "n2"),
    ("cards sure", "cards.find", 0.90, "n3"),
    ("homes closest", "homes.buy", 0.20, "n4"),
    ("homes sure", "homes.buy", 0.80, "n5"),
    ("reads like cards closest", "cards.find", 0.015, "n1"),
    ("in the sample", "cards.find", 0.0, "n6"),
    ("reads like one in the sample", "homes.buy", 0.0, "n6"),
    ("asked for before", "homes.buy", 0.0, "n7"),
    ("reads like one labelled once", "homes.buy", 0.0, "n8"),
]
SCORES = pl.DataFrame(
    [
        (session, rank, leaf if rank == 1 else "other", (1 + margin) / 2 if rank == 1 else (1 - margin) / 2)
        for session, leaf, margin, _ in SESSIONS
        for rank in (1, 2)
    ],
    schema=["session_id", "rank", "intent_id", "probability"],
    orient="row",
)
NARRATIVES = pl.DataFrame(
    [(session, narrative) for session, _, _, narrative in SESSIONS], ["session_id", "narrative_hash"], orient="row"
)
REQUESTS = pl.DataFrame({"session_id": "asked for before", "reason": "uncertain", "requested_by": "a"}).with_columns(
    requested_at=pl.lit("2026-03-01").str.to_datetime()
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        load(connection, "session_intent_scores", SCORES)
        load(connection, "session_narratives", NARRATIVES)
        load(connection, "label_sample", pl.DataFrame({"session_id": ["in the sample"]}))
        load(connection, "session_labels", pl.DataFrame({"narrative_hash": ["n8"]}))
        load(connection, "label_requests", REQUESTS)
    return path


def execute(file, statement):
    with duckdb.connect(str(file)) as connection:
        return connection.execute(statement).fetchall()


def asked_for(file, sessions):
    return request_uncertain_sessions(file, sessions, by="J. Doe")["session_id"].to_list()


def test_the_closest_calls_come_first_and_are_spread_over_the_leaves(file):
    assert asked_for(file, 3) == ["cards closest", "homes closest", "cards close"]


def test_what_is_asked_for_stands_in_the_table_with_who_and_why(file):
    asked_for(file, 2)
    rows = execute(
        file, "select session_id, reason, requested_by from label_requests order by requested_at, session_id"
    )
    assert rows == [
        ("asked for before", "uncertain", "a"),
        ("cards closest", "uncertain", "J. Doe"),
        ("homes closest", "uncertain", "J. Doe"),
    ]


def test_asked_again_the_next_ones_come(file):
    asked_for(file, 2)
    assert asked_for(file, 2) == ["cards close", "homes sure"]


def test_nothing_is_asked_for_that_is_labelled_or_asked_for_or_reads_like_it(file):
    chosen = asked_for(file, 100)
    assert sorted(chosen) == ["cards close", "cards closest", "cards sure", "homes closest", "homes sure"]
    with pytest.raises(LabelRequestError, match="reads like one that is labelled or asked for"):
        asked_for(file, 1)


def test_the_margin_is_how_far_the_best_intent_is_ahead(file):
    chosen = request_uncertain_sessions(file, 2, by="a")
    assert chosen["margin"].to_list() == pytest.approx([0.01, 0.20])
    assert chosen["intent_id"].to_list() == ["cards.find", "homes.buy"]


def test_an_intent_without_a_runner_up_is_ahead_by_all_its_probability(file):
    execute(file, "delete from session_intent_scores where rank = 2 and session_id = 'cards close'")
    chosen = request_uncertain_sessions(file, 3, by="a")
    assert dict(chosen.select("session_id", "margin").iter_rows())["cards close"] == pytest.approx(0.51)


def test_without_a_classifier_there_is_nothing_to_be_unsure_of(file):
    execute(file, "delete from session_intent_scores")
    with pytest.raises(LabelRequestError, match=r"no classifier.*label_share.*dbt build"):
        asked_for(file, 1)


@pytest.mark.parametrize(("sessions", "by", "told"), [(0, "a", "at least one"), (-5, "a", "-5"), (1, " ", "--by")])
def test_asking_for_nothing_or_by_nobody_is_refused(file, sessions, by, told):
    with pytest.raises(LabelRequestError, match=told):
        request_uncertain_sessions(file, sessions, by=by)
    assert execute(file, "select count(*) from label_requests") == [(1,)]


def test_a_build_from_before_there_were_requests_says_to_build_again(file):
    execute(file, "drop table label_requests")
    with pytest.raises(BuiltFileError, match=r"not complete.*label_requests.*`dbt build` again"):
        asked_for(file, 1)


def test_the_command_tells_how_many_of_which_intent_and_what_comes_next(file):
    result = run("labels", "grow", "--sessions", 3, "--by", "J. Doe", "--file", file)
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines() if "." in line][:2] == [
        ["│", "cards.find", "│", "2", "│", "0.020", "│"],
        ["│", "homes.buy", "│", "1", "│", "0.200", "│"],
    ]
    assert "3 sessions are asked for." in result.stdout
    assert "Next: `dbt build`" in result.stdout


def test_the_command_says_where_there_are_fewer_than_wanted(file):
    result = run("labels", "grow", "--sessions", 1000, "--by", "J. Doe", "--file", file)
    assert "5 sessions are asked for, all that there are of the 1,000 wanted." in result.stdout


def test_the_command_refuses_in_one_sentence(file, tmp_path):
    assert "--sessions" in one_sentence(run("labels", "grow", "--sessions", 0, "--by", "a", "--file", file))
    missing = run("labels", "grow", "--sessions", 1, "--by", "a", "--file", tmp_path / "none.duckdb")
    assert "run `dbt build` first" in one_sentence(missing)
