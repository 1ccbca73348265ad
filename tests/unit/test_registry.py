"""Versions in a file: trained as candidates, promoted and taken back by people, and what is refused."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import duckdb
import polars as pl
import pytest
from test_cli import one_sentence, run
from test_stages_classifier import EMBEDDINGS, LABELLED, LABELS, LEAVES, TAXONOMY
from test_stages_run import load
from test_stages_versions import ENOUGH, SEQUENCES, SYNTHETIC, fit

from clickintent import built_file, registry
from clickintent.built_file import BuiltFileError, opened
from clickintent.classifier import ClassifierConfig, train_classifier
from clickintent.encoder import EncoderConfig
from clickintent.registry import promote, read_card, read_versions, roll_back, train_candidate
from clickintent.stages import session_encoder
from clickintent.stages.intent_classifier import soft_targets
from clickintent.stages.run import BuiltTable, Run
from clickintent.stages.session_encoder import with_told_intents
from clickintent.stages.versions import VERSION_SCHEMA, VersionError

CONFIG = EncoderConfig(steps=1, min_training_sessions=ENOUGH)
TRAINING = ["--steps", "2", "--min-sessions", str(ENOUGH)]


@pytest.fixture(scope="module")
def first_build(tmp_path_factory):
    """A file with one encoder in force, trained in a build."""
    path = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        load(connection, "pages", SYNTHETIC.pages)
        load(connection, "session_sequences", SEQUENCES.head(ENOUGH))
        fit(connection)
    return path


@pytest.fixture
def file(first_build, tmp_path):
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(first_build.read_bytes())
    return path


def execute(file, statement):
    with duckdb.connect(str(file)) as connection:
        return connection.execute(statement).fetchall()


def status_of(file):
    return dict(execute(file, "select version, status from session_encoder"))


def candidate(file):
    return train_candidate(file, replace(CONFIG, steps=2))["version"]


def current(file):
    return next(version for version, status in status_of(file).items() if status == "current")


# -- training ----------------------------------------------------------------------------------------------------------


def test_training_registers_a_candidate_and_leaves_the_version_in_force_alone(file):
    (before,) = execute(file, "select * from session_encoder")
    row = train_candidate(file, replace(CONFIG, steps=2))
    assert (row["status"], row["approved_by"], row["approved_at"]) == ("candidate", None, None)
    assert row["trained_rows"] > 0
    assert before in execute(file, "select * from session_encoder")
    assert status_of(file)[row["version"]] == "candidate"


def test_training_as_a_build_did_gives_its_version_which_keeps_its_approval(file):
    (before,) = execute(file, "select version, status, approved_by, approved_at from session_encoder")
    assert train_candidate(file, CONFIG)["version"] == before[0]
    assert execute(file, "select version, status, approved_by, approved_at from session_encoder") == [before]


def test_where_nothing_is_in_force_what_is_trained_comes_into_force(file):
    execute(file, "delete from session_encoder")
    row = train_candidate(file, CONFIG)
    assert (row["status"], row["approved_by"]) == ("current", "first version")


def test_training_wants_enough_human_sessions_and_says_how_many_there_are(file):
    of_one = "where session_id = (select min(session_id) from session_sequences)"
    execute(file, f"update session_sequences set is_bot = true {of_one}")
    with pytest.raises(VersionError, match=rf"{ENOUGH - 1} sessions.*{ENOUGH} sessions.*--min-sessions"):
        train_candidate(file, CONFIG)


def test_a_trained_encoder_reads_as_many_events_as_the_sequences_keep(file):
    longest = CONFIG.max_events + 3
    lists = ("page_keys", "event_types", "dwell_seconds", "gap_seconds", "hours", "weekdays", "event_values")
    sets = ", ".join(f"{name} = list_transform(range({longest}), lambda i: {name}[1])" for name in lists)
    of_one = "where session_id = (select max(session_id) from session_sequences)"
    execute(file, f"update session_sequences set {sets} {of_one}")
    assert json.loads(train_candidate(file, CONFIG)["config"])["max_events"] == longest


class Build:
    """Another process that has the file open to write, until it is told to let go."""

    def __init__(self, file):
        holds_it = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([sys.executable, "-c", holds_it, str(file)], **pipes)
        self.process.stdout.readline()
        assert self.process.poll() is None, "the build could not open the file"

    def let_go(self):
        self.process.communicate()


def test_the_file_is_free_while_the_training_lasts_and_awaited_at_its_end(file, monkeypatch):
    builds = []

    def train_while_a_build_begins(*arguments):
        builds.append(Build(file))
        return original(*arguments)

    original = registry.train_version
    monkeypatch.setattr(registry, "train_version", train_while_a_build_begins)
    monkeypatch.setattr(built_file.time, "sleep", lambda _: builds.pop().let_go())
    chosen = candidate(file)
    assert status_of(file)[chosen] == "candidate"
    assert builds == []


def test_a_killed_training_goes_on_where_it_was_and_leaves_nothing_behind(file, monkeypatch):
    config = replace(CONFIG, steps=3, evaluate_every=1)
    steps = []

    @contextmanager
    def progress(_title):
        def report(step, _steps, _losses):
            steps.append(step)
            if steps == [1, 2]:
                raise KeyboardInterrupt

        yield report

    monkeypatch.setattr(session_encoder, "training_progress", progress)
    with pytest.raises(KeyboardInterrupt):
        train_candidate(file, config)
    assert list(status_of(file)) == [current(file)]
    train_candidate(file, config)
    assert steps == [1, 2, 2, 3]
    assert list(file.parent.iterdir()) == [file]


def test_the_command_writes_a_card_beside_the_file_and_says_how_to_promote(file):
    result = run("train", "--file", file, *TRAINING)
    assert result.exit_code == 0
    (card,) = (file.parent / "model_cards").iterdir()
    version = card.stem
    assert status_of(file)[version] == "candidate"
    assert card.read_text() == run("models", "card", version, "--file", file).stdout
    assert f"clickintent models promote {version}" in result.stdout


def test_the_cards_may_be_kept_elsewhere(file, tmp_path):
    assert run("train", "--file", file, *TRAINING, "--cards", tmp_path / "kept" / "here").exit_code == 0
    assert len(list((tmp_path / "kept" / "here").glob("enc-*.md"))) == 1
    assert not (tmp_path / "model_cards").exists()


# -- promotion and rollback --------------------------------------------------------------------------------------------


def test_a_promotion_records_who_and_when_and_retires_the_version_before(file):
    before, chosen = current(file), candidate(file)
    row = promote(file, "session_encoder", chosen, by=" J. Doe ")
    assert (row["status"], row["approved_by"]) == ("current", "J. Doe")
    assert row["approved_at"] > row["trained_at"]
    assert status_of(file) == {before: "retired", chosen: "current"}


def test_a_rollback_goes_to_the_version_before_and_a_second_one_returns(file):
    before, chosen = current(file), candidate(file)
    promote(file, "session_encoder", chosen, by="J. Doe")
    row = roll_back(file, "session_encoder", by="On call")
    assert (row["version"], row["approved_by"]) == (before, "On call")
    assert status_of(file) == {before: "current", chosen: "retired"}
    assert roll_back(file, "session_encoder", by="On call")["version"] == chosen


def test_nothing_is_written_where_nobody_is_named(file):
    chosen = candidate(file)
    with pytest.raises(VersionError, match="--by"):
        promote(file, "session_encoder", chosen, by=" ")
    assert status_of(file)[chosen] == "candidate"


def test_a_version_that_this_clickintent_cannot_load_does_not_come_into_force(file):
    chosen = candidate(file)
    execute(file, f"update session_encoder set weights = 'damaged'::blob where version = '{chosen}'")
    with pytest.raises(VersionError, match=rf"{chosen} cannot come into force: .*safetensors"):
        promote(file, "session_encoder", chosen, by="J. Doe")
    assert status_of(file)[chosen] == "candidate"


def test_who_promotes_is_the_login_name_if_not_said(file, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "jdoe")
    assert run("models", "promote", candidate(file), "--file", file).exit_code == 0
    assert execute(file, "select approved_by from session_encoder where status = 'current'") == [("jdoe",)]


def test_a_machine_without_login_names_asks_for_one(file, monkeypatch):
    def nobody():
        raise OSError("no user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert "--by" in one_sentence(run("models", "promote", candidate(file), "--file", file))


# -- classifiers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def classifiers(file):
    """Two classifiers for the encoder in force, and one for another."""
    encoder = current(file)
    labelled = EMBEDDINGS.head(LABELLED)
    rows = []
    for name, version, seed in (("before", encoder, 1), ("now", encoder, 2), ("other encoder", "enc-other", 1)):
        fitted = train_classifier(
            labelled["embedding"].to_numpy(),
            labelled["channel"].to_list(),
            soft_targets(LABELS, labelled["session_id"].to_list(), LEAVES),
            [str(row) for row in range(LABELLED)],
            LEAVES,
            ClassifierConfig(seed=seed, epochs=1),
            encoder_version=version,
            taxonomy_version="tax-1",
        )
        rows.append(
            {
                **dict.fromkeys(VERSION_SCHEMA),
                "version": f"cls-{name}",
                "status": "current" if name == "now" else "retired",
                "trained_at": datetime(2026, 3, 1),
                "config": fitted.config,
                "metrics": json.dumps(fitted.metrics),
                "weights": fitted.weights,
                "approved_by": "a test",
                "approved_at": datetime(2026, 3, 2 if name == "now" else 1),
            }
        )
    with duckdb.connect(str(file)) as connection:
        load(connection, "intent_classifier", pl.DataFrame(rows, schema=VERSION_SCHEMA))
        load(connection, "intent_taxonomy", TAXONOMY)
        connection.execute(
            "create view encoder_versions_in_use as "
            "select version, status = 'current' as is_current from session_encoder where status <> 'candidate'"
        )
    return file


def test_a_classifier_for_the_encoder_in_force_is_promoted_like_an_encoder(classifiers):
    promote(classifiers, "intent_classifier", "cls-before", by="J. Doe")
    assert dict(execute(classifiers, "select version, status from intent_classifier")) == {
        "cls-before": "current",
        "cls-now": "retired",
        "cls-other encoder": "retired",
    }


def test_a_classifier_for_another_encoder_is_refused_with_what_is_in_force(classifiers):
    with pytest.raises(VersionError, match=rf"encoder enc-other and .*in force are {current(classifiers)} and tax-1"):
        promote(classifiers, "intent_classifier", "cls-other encoder", by="J. Doe")


# -- lists, cards and refusals -----------------------------------------------------------------------------------------


def test_the_list_shows_every_version_with_status_figures_and_approval(file):
    before, chosen = current(file), candidate(file)
    promote(file, "session_encoder", chosen, by="J. Doe [risk]")
    shown = run("models", "list", "--file", file).stdout
    told = (before, chosen, "retired", "current", "by first version", "by J. Doe [risk]", "hidden page, ten guesses")
    assert [text for text in told if text not in shown] == []
    assert read_versions(file, "session_encoder")["version"].to_list() == [chosen, before]


def test_a_model_without_a_version_is_told_so(file):
    execute(file, "create table intent_classifier as select * from session_encoder where false")
    result = run("models", "list", "--model", "classifier", "--file", file)
    assert (result.exit_code, "no version yet" in result.stdout) == (0, True)


def test_a_card_is_made_of_the_stored_row(file):
    version = current(file)
    card = read_card(file, version)
    assert card.startswith(f"# session_encoder {version}")
    assert "**In force.**" in card


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["promote", "enc-none"], "There is no version enc-none. Those that there are, the latest first: enc-"),
        (["promote", "cls-1"], "cls-1 is a version of intent_classifier, and not of session_encoder: say --model"),
        (["card", "enc-none"], "There is no version enc-none."),
        (["rollback"], "There is no earlier version to go back to"),
        (["list", "--model", "classifier"], "is not complete: Catalog Error: Table with name intent_classifier"),
    ],
    ids=["unknown version", "other model", "unknown card", "no version before", "no table"],
)
def test_a_refusal_says_what_was_wrong_in_one_sentence_and_changes_nothing(file, command, told):
    before = execute(file, "select * from session_encoder")
    assert told in one_sentence(run("models", *command, "--file", file))
    assert execute(file, "select * from session_encoder") == before


@pytest.mark.parametrize(
    "command",
    [
        ["train"],
        ["models", "list"],
        ["models", "promote", "enc-1"],
        ["models", "rollback"],
        ["models", "card", "enc-1"],
    ],
    ids=" ".join,
)
def test_a_missing_file_is_named_and_not_made(tmp_path, command):
    file = tmp_path / "none.duckdb"
    assert f"There is no file {file}" in one_sentence(run(*command, "--file", file))
    assert not file.exists()


def test_numbers_that_make_no_encoder_are_refused_before_anything_is_read(file):
    assert "steps is -1" in one_sentence(run("train", "--file", file, "--steps", "-1"))


def test_a_file_that_a_build_writes_to_is_not_written_to(file):
    build = Build(file)
    with pytest.raises(BuiltFileError, match="is a build writing to it"), opened(file, is_writing=True):
        pass
    build.let_go()


# -- intents across channels -------------------------------------------------------------------------------------------


def tell_intents(file):
    """Labels of two labelers and intents of a classifier, of leaves in force and of one that is not."""
    ids = [row[0] for row in execute(file, "select session_id from session_sequences order by session_id")]
    with duckdb.connect(str(file)) as connection:
        leaves = {"intent_id": ["a.one", "a.two", "a.gone"], "status": ["active", "active", "retired"]}
        load(connection, "intent_taxonomy", pl.DataFrame({**leaves, "level": 2, "taxonomy_version": "tax-1"}))
        labels = [
            (ids[0], "a.one", 1, "ok"),
            (ids[0], "a.two", 2, "ok"),
            (ids[1], "a.one", 1, "ok"),
            (ids[1], "a.two", 1, "ok"),  # of another labeler
            (ids[2], None, 1, "abstained"),
            (ids[3], "a.gone", 1, "ok"),
        ]
        names = ["session_id", "intent_id", "rank", "status"]
        load(
            connection,
            "session_labels",
            pl.DataFrame(labels, schema=names, orient="row").with_columns(taxonomy_version=pl.lit("tax-1")),
        )
        scored = [(session_id, "a.two", number == 4) for number, session_id in enumerate(ids)]
        load(
            connection,
            "session_intents",
            pl.DataFrame(scored, schema=["session_id", "intent_id", "is_abstained"], orient="row").with_columns(
                taxonomy_version=pl.lit("tax-1")
            ),
        )
    return ids


def test_intents_are_told_by_the_label_and_else_by_the_classifier_where_it_does_not_abstain(file):
    ids = tell_intents(file)
    with opened(file) as connection:
        run = Run(BuiltTable("session_encoder"), connection)
        told = with_told_intents(run, pl.DataFrame({"session_id": [*ids[:6], "unknown"]}))
    # two labelers that disagree leave it to the classifier
    assert told["told_intent"].to_list() == ["a.one", "a.two", "a.two", "a.two", None, "a.two", None]


def test_an_encoder_is_trained_on_intents_of_two_channels_and_on_nothing_less(file):
    tell_intents(file)
    row = train_candidate(file, replace(CONFIG, steps=2), is_told_intents=True)
    assert json.loads(row["metrics"])["intents_across_channels"] == 1
    assert row["version"] != train_candidate(file, replace(CONFIG, steps=2))["version"]
    assert "made sessions of one intent alike" in read_card(file, row["version"])
    execute(file, "update session_sequences set channel = 'web'")
    with pytest.raises(VersionError, match="none of them in two channels"):
        train_candidate(file, replace(CONFIG, steps=2), is_told_intents=True)
