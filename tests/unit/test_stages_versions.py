"""Which model version is in force, and when an encoder is trained: once, or when told."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from unittest.mock import patch

import duckdb
import polars as pl
import pytest
from test_encoder_synthetic import simulate
from test_stages_run import build, empty_run, load

from clickintent.encoder import EncoderConfig, load_encoder
from clickintent.stages import session_encoder
from clickintent.stages.session_encoder import fit_session_encoder
from clickintent.stages.versions import (
    VERSION_SCHEMA,
    VersionError,
    current_version,
    previous_version,
    with_candidate,
    with_current,
    with_promoted,
)

FIRST_DAY, SECOND_DAY, THIRD_DAY = datetime(2026, 3, 1), datetime(2026, 3, 2), datetime(2026, 3, 3)
NO_VERSIONS = pl.DataFrame(schema=VERSION_SCHEMA)

ENOUGH = 40  # sessions, for these tests
SYNTHETIC = simulate(3 * ENOUGH, seed=4)
SEQUENCES = SYNTHETIC.sequences.with_columns(
    pl.col("started_at").dt.replace_time_zone(None), pl.col("event_values").cast(pl.List(pl.Float64)), is_bot=False
)


def version(name, **columns):
    return {
        "version": name,
        "trained_rows": 10,
        "trained_from": None,
        "trained_to": None,
        "config": "{}",
        "metrics": "{}",
        "weights": b"weights",
        **columns,
    }


def in_order(*names):
    """A version table into which versions came one after another."""
    known = NO_VERSIONS
    for name in names:
        known = with_current(known, version(name), approved_by="a test", at=FIRST_DAY)
    return known


def statuses(known):
    return dict(known.sort("version").select("version", "status").rows())


def test_the_first_version_is_in_force():
    known = in_order("enc-1")
    assert dict(known.schema) == VERSION_SCHEMA
    assert statuses(known) == {"enc-1": "current"}


def test_a_new_version_retires_the_one_before_and_exactly_one_is_in_force():
    assert statuses(in_order("enc-1", "enc-2", "enc-3")) == {
        "enc-1": "retired",
        "enc-2": "retired",
        "enc-3": "current",
    }


def test_a_version_made_again_replaces_its_own_row():
    assert statuses(in_order("enc-1", "enc-2", "enc-1")) == {"enc-1": "current", "enc-2": "retired"}


def test_a_version_in_force_that_is_made_again_keeps_its_approval():
    known = with_current(in_order("enc-1"), version("enc-1", trained_rows=11), approved_by="another", at=SECOND_DAY)
    row = current_version(known)
    assert (row["approved_by"], row["approved_at"]) == ("a test", FIRST_DAY)
    assert (row["trained_rows"], row["trained_at"]) == (11, SECOND_DAY)


def test_a_candidate_waits_without_approval_and_the_version_in_force_stays():
    known = with_candidate(in_order("enc-1"), version("enc-2"), at=SECOND_DAY)
    assert statuses(known) == {"enc-1": "current", "enc-2": "candidate"}
    candidate = known.row(by_predicate=pl.col("version") == "enc-2", named=True)
    assert (candidate["approved_by"], candidate["approved_at"]) == (None, None)


def test_where_nothing_is_in_force_a_candidate_comes_into_force_as_the_first_version():
    row = current_version(with_candidate(NO_VERSIONS, version("enc-1"), at=FIRST_DAY))
    assert (row["version"], row["approved_by"], row["approved_at"]) == ("enc-1", "first version", FIRST_DAY)


@pytest.mark.parametrize("again", ["enc-1", "enc-2"], ids=["retired", "in force"])
def test_a_candidate_that_is_a_version_of_before_keeps_its_status_and_its_approval(again):
    known = in_order("enc-1", "enc-2")
    after = with_candidate(known, version(again), at=SECOND_DAY)
    assert statuses(after) == statuses(known)
    assert after["approved_by"].to_list() == ["a test", "a test"]


def test_a_candidate_stays_a_candidate_when_another_version_comes_into_force():
    waiting = with_candidate(in_order("enc-1"), version("enc-2"), at=FIRST_DAY)
    known = with_current(waiting, version("enc-3"), approved_by="a test", at=SECOND_DAY)
    assert statuses(known) == {"enc-1": "retired", "enc-2": "candidate", "enc-3": "current"}


def test_a_promoted_candidate_is_in_force_alone_and_says_who_let_it_and_when():
    waiting = with_candidate(in_order("enc-1"), version("enc-2"), at=FIRST_DAY)
    known = with_promoted(waiting, "enc-2", approved_by="a person", at=SECOND_DAY)
    assert statuses(known) == {"enc-1": "retired", "enc-2": "current"}
    row = current_version(known)
    assert (row["approved_by"], row["approved_at"], row["trained_at"]) == ("a person", SECOND_DAY, FIRST_DAY)
    assert dict(known.schema) == VERSION_SCHEMA


def test_a_version_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(VersionError, match=r"no version enc-9\. .* enc-1"):
        with_promoted(in_order("enc-1"), "enc-9", approved_by="a person", at=SECOND_DAY)


def test_a_version_in_force_is_not_promoted_again():
    with pytest.raises(VersionError, match=r"enc-1 is in force already: a test approved it at 2026-03-01"):
        with_promoted(in_order("enc-1"), "enc-1", approved_by="a person", at=SECOND_DAY)


def test_the_version_before_is_the_one_whose_time_in_force_ended_last_and_never_a_candidate():
    known = NO_VERSIONS
    for name, day in (("enc-2", FIRST_DAY), ("enc-1", SECOND_DAY), ("enc-3", THIRD_DAY)):
        known = with_current(known, version(name), approved_by="a test", at=day)
    known = with_candidate(known, version("enc-4"), at=THIRD_DAY)
    assert previous_version(known)["version"] == "enc-1"
    back = with_promoted(known, "enc-1", approved_by="a person", at=datetime(2026, 3, 4))
    assert previous_version(back)["version"] == "enc-3"


def test_without_a_version_before_there_is_nothing_to_go_back_to():
    with pytest.raises(VersionError, match="enc-1 is the first one in force"):
        previous_version(with_candidate(in_order("enc-1"), version("enc-2"), at=FIRST_DAY))


def test_retiring_a_version_changes_nothing_else_of_its_row():
    before = in_order("enc-1")
    after = with_current(before, version("enc-2"), approved_by="another", at=SECOND_DAY)
    assert after.filter(pl.col("version") == "enc-1").drop("status").equals(before.drop("status"))


def test_a_version_says_who_approved_it_and_when():
    row = current_version(with_current(NO_VERSIONS, version("enc-1"), approved_by="a person", at=SECOND_DAY))
    assert row["approved_by"] == "a person"
    assert row["approved_at"] == row["trained_at"] == SECOND_DAY
    assert row["weights"] == b"weights"


def test_without_a_version_in_force_there_is_none():
    assert current_version(NO_VERSIONS) is None
    assert current_version(in_order("enc-1").with_columns(status=pl.lit("candidate"))) is None


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "session_sequences", SEQUENCES.head(ENOUGH))
        yield connection


def fit(connection, **arguments):
    """One build of `session_encoder`; returns how many rows it wrote."""
    sources = connection.table("session_sequences"), connection.table("pages")
    arguments = {"steps": 1, "min_training_sessions": ENOUGH, **arguments}

    def stage(run):
        return fit_session_encoder(run, *sources, **arguments)

    return build(connection, "session_encoder", stage, key="version")


def registered(connection):
    """Rows of `session_encoder` with their metrics, the one in force first."""
    rows = connection.sql("select * from session_encoder order by status, version").pl().to_dicts()
    return [{**row, "metrics": json.loads(row["metrics"])} for row in rows]


def test_an_encoder_is_trained_where_there_is_no_version(connection):
    assert fit(connection) == 1
    (row,) = registered(connection)
    assert (row["status"], row["approved_by"]) == ("current", "first version")
    assert row["metrics"]["is_trained"]
    assert row["metrics"]["steps"] == 1
    assert 0 < row["trained_rows"] < ENOUGH
    assert load_encoder(row["weights"], row["config"]).config.min_training_sessions == ENOUGH


def test_a_trained_encoder_is_left_alone_whatever_arrives(connection):
    fit(connection)
    before = registered(connection)
    load(connection, "session_sequences", SEQUENCES)
    assert fit(connection) == 0
    assert registered(connection) == before


def untrained_with_enough_sessions_since(connection, **arguments):
    """An untrained version in force, and as many sessions as it takes to train; returns the rows of the next build."""
    fit(connection, min_training_sessions=ENOUGH + 1, **arguments)
    load(connection, "session_sequences", SEQUENCES.head(ENOUGH + 1))
    return fit(connection, min_training_sessions=ENOUGH + 1, **arguments)


def test_an_untrained_encoder_is_left_alone_while_there_are_too_few_sessions(connection):
    fit(connection, min_training_sessions=ENOUGH + 1)
    (untrained,) = registered(connection)
    assert (untrained["status"], untrained["metrics"]["is_trained"]) == ("current", False)
    assert fit(connection, min_training_sessions=ENOUGH + 1) == 0


def test_the_first_trained_encoder_after_an_untrained_one_waits_for_approval_and_is_made_once(connection, caplog):
    assert untrained_with_enough_sessions_since(connection) == 2
    candidate, untrained = registered(connection)
    assert (candidate["status"], candidate["metrics"]["is_trained"]) == ("candidate", True)
    assert (untrained["status"], untrained["metrics"]["is_trained"]) == ("current", False)
    assert f"clickintent models promote {candidate['version']}" in caplog.text
    load(connection, "session_sequences", SEQUENCES)
    assert fit(connection) == 0


def test_a_trained_encoder_that_somebody_went_back_from_is_not_made_once_more(connection):
    untrained_with_enough_sessions_since(connection, is_demo=True)
    connection.execute("update session_encoder set status = if(status = 'current', 'retired', 'current')")
    load(connection, "session_sequences", SEQUENCES)
    assert fit(connection) == 0
    assert fit(connection, is_demo=True) == 0


def test_in_the_demo_the_first_trained_encoder_comes_into_force_by_itself(connection):
    assert untrained_with_enough_sessions_since(connection, is_demo=True) == 2
    trained, untrained = registered(connection)
    assert (trained["status"], trained["approved_by"]) == ("current", "first version with enough sessions")
    assert (untrained["status"], untrained["metrics"]["is_trained"]) == ("retired", False)


def test_retrain_never_trains_no_second_version(connection):
    assert untrained_with_enough_sessions_since(connection, retrain="never") == 0
    (row,) = registered(connection)
    assert not row["metrics"]["is_trained"]


def test_a_version_says_of_which_channels_its_sessions_were(connection):
    fit(connection)
    (row,) = registered(connection)
    by_channel = dict(SEQUENCES.head(ENOUGH).group_by("channel").len().iter_rows())
    assert row["metrics"]["sessions_by_channel"] == by_channel


def test_robots_do_not_count_towards_enough_sessions_nor_are_they_trained_on(connection):
    robots = SEQUENCES.tail(ENOUGH).with_columns(is_bot=True)
    load(connection, "session_sequences", pl.concat([SEQUENCES.head(ENOUGH - 1), robots]))
    fit(connection)
    assert fit(connection) == 0
    (row,) = registered(connection)
    assert not row["metrics"]["is_trained"]
    assert row["metrics"]["sessions"] == ENOUGH - 1


def test_retrain_always_adds_a_version_and_retires_the_one_before(connection):
    fit(connection)
    (first,) = registered(connection)
    load(connection, "session_sequences", SEQUENCES)
    assert fit(connection, retrain="always") == 2
    second, retired = registered(connection)
    assert (second["status"], second["approved_by"]) == ("current", "var retrain: always")
    assert (retired["version"], retired["status"]) == (first["version"], "retired")
    assert second["version"] != first["version"]


@pytest.mark.parametrize(
    "arguments",
    [{"min_training_sessions": ENOUGH + 1}, {"max_training_sessions": ENOUGH - 1}, {"steps": 0}],
    ids=["too few sessions", "a sample too small", "no steps"],
)
def test_an_untrained_encoder_never_takes_the_place_of_a_trained_one(connection, caplog, arguments):
    fit(connection)
    before = registered(connection)
    assert fit(connection, retrain="always", **arguments) == 0
    assert registered(connection) == before
    assert f"{before[0]['version']} stays in force" in caplog.text


def test_the_encoder_reads_as_many_events_as_the_sequences_keep(connection, caplog):
    fit(connection, max_events=64)
    assert fit(connection, max_events=100) == 0
    assert "reads the last 64 events of a session, session_sequences keeps 100" in caplog.text
    fit(connection, max_events=100, retrain="always")
    current, _ = registered(connection)
    assert load_encoder(current["weights"], current["config"]).config.max_events == 100


def test_retraining_on_the_same_sessions_gives_the_same_version_and_no_second_row(connection):
    fit(connection)
    (first,) = registered(connection)
    assert fit(connection, retrain="always") == 1
    (again,) = registered(connection)
    assert (again["version"], again["status"]) == (first["version"], "current")


def test_no_more_sessions_are_read_than_the_most_to_train_on(connection):
    load(connection, "session_sequences", SEQUENCES)
    fit(connection, max_training_sessions=ENOUGH)
    (row,) = registered(connection)
    assert row["metrics"]["sessions"] == ENOUGH


@pytest.mark.parametrize("retrain", ["propose", "always", "never"])
def test_nothing_is_trained_in_an_empty_run(connection, retrain):
    empty_run(connection)
    assert fit(connection, retrain=retrain) == 0
    assert registered(connection) == []


def test_an_unknown_retrain_is_refused_with_what_is_known(connection):
    refused = partial(fit, connection, retrain="sometimes")
    with pytest.raises(ValueError, match=r"'sometimes'.*'propose', 'always' and 'never'"):
        refused()


KILLED_BUILD = """
import os, signal, sys
from test_stages_versions import build_in_file

def kill_at_the_fifth(step):
    if step == 5:
        os.kill(os.getpid(), signal.SIGKILL)

build_in_file(sys.argv[1], kill_at_the_fifth)
"""


def build_in_file(file, after_step):
    """A build of `session_encoder` in a file, of six steps, with a checkpoint at every second one."""

    @contextmanager
    def progress(_title):
        yield lambda step, *_: after_step(step)

    config = partial(EncoderConfig, evaluate_every=2, batch_sessions=16)
    with (
        patch.object(session_encoder, "EncoderConfig", config),
        patch.object(session_encoder, "training_progress", progress),
        duckdb.connect(file) as connection,
    ):
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "session_sequences", SEQUENCES)
        fit(connection, steps=6)
        return registered(connection)


def test_a_build_that_was_killed_while_it_trained_goes_on_and_leaves_nothing_behind(tmp_path):
    file = tmp_path / "events.duckdb"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BUILD, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    steps = []
    (resumed,) = build_in_file(file, steps.append)
    assert steps == [5, 6]  # the last checkpoint was made after the fourth
    (undisturbed,) = build_in_file(tmp_path / "another.duckdb", lambda step: None)
    assert resumed["version"] == undisturbed["version"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another.duckdb", "events.duckdb"]
