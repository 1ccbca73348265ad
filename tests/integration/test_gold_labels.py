"""Gold labels in whole builds: they judge, they set the labeler's margin, and a wrong one is told in a sentence."""

import duckdb
import pytest

from clickintent.review import read_queue


def add_gold(project, *rows):
    with duckdb.connect(str(project.file)) as connection:
        connection.executemany("insert into gold_labels values (?, ?, ?, 'me', timestamp '2026-03-01', null)", rows)


GOLD = 60


@pytest.fixture(scope="module")
def reviewed(built_demo, tmp_path_factory):
    """The demo with 60 labelled sessions, of which a person gave three in four the leaf that the labeler gave them."""
    project = built_demo.copy(tmp_path_factory.mktemp("gold"))
    labelled = project.query(
        f"select session_id, intent_id from session_labels where status = 'ok' and rank = 1 order by 1 limit {GOLD}"
    )
    assert len(labelled) == GOLD
    gold = ["none" if number % 4 == 0 else leaf for number, (_, leaf) in enumerate(labelled)]
    add_gold(project, *((key, leaf, "random") for (key, _), leaf in zip(labelled, gold, strict=True)))
    project.run("--select", "label_quality")
    return project


def test_a_review_finds_sessions_of_each_kind_in_a_build(built_demo):
    taxonomy, queue = read_queue(built_demo.file, [], random_count=5, per_leaf=1)
    assert [session.shown_because for session in queue[:6]] == ["random"] * 5 + ["low_margin"]
    assert {session.shown_because for session in queue} == {"random", "low_margin", "disagreeing"}
    assert all(session.narrative.startswith(("web", "app")) for session in queue)
    named = {leaf for session in queue for leaf, _ in session.labels}
    assert named <= set(taxonomy.leaf_ids)


def test_gold_labels_become_figures_with_intervals(reviewed):
    rows = reviewed.query(
        "select value, low, high, n from label_quality where judged = 'labels' and metric = 'agreement' "
        "and channel = 'all' and language = 'all'"
    )
    ((value, low, high, n),) = rows
    assert (value, n) == (0.75, GOLD)
    assert low < value < high
    channels = reviewed.query("select distinct channel from label_quality where metric = 'kappa'")
    assert {channel for (channel,) in channels} == {"all", "web", "app"}
    assert reviewed.query("select value from label_quality where metric = 'usable_random'") == [(GOLD,)]


@pytest.mark.slow
def test_a_build_after_a_review_labels_by_the_margin_that_gold_asks_for(reviewed, tmp_path):
    relabelled = reviewed.copy(tmp_path)
    relabelled.run("--select", "session_labels")
    model = "select distinct model from session_labels"
    assert len(relabelled.query(model)) == 1
    assert relabelled.query(model) != reviewed.query(model)
    answered = "select count(*) from session_labels where status = 'ok' and rank = 1"
    assert 0 < relabelled.query(answered)[0][0] < reviewed.query(answered)[0][0]
    again = relabelled.content("session_labels")
    relabelled.run("--select", "session_labels")
    assert relabelled.content("session_labels").equals(again)


def test_wrong_gold_labels_are_told_in_sentences(built_demo, tmp_path):
    project = built_demo.copy(tmp_path)
    (session, another) = (key for (key,) in project.query("select session_id from sessions order by 1 limit 2"))
    add_gold(
        project,
        (session, "none", "random"),
        (session, "none", "random"),
        (another, "cards.nonsense", "random"),
        ("0" * 32, "none", "because"),
        ("typed by hand", "none", "random"),
    )
    told = project.dbt("test", "--select", "gold_labels")
    assert told.returncode == 1
    for sentence in (
        f"session {session} in 2 rows: keep one.",
        f"session {another}: the intent 'cards.nonsense' is no leaf of the taxonomy",
        "shown_because is 'because'; use random only where nobody chose the session",
        f"there is no session {'0' * 32}",
        "has the session_id 'typed by hand': give the 32 digits",
    ):
        assert sentence in told.stdout
    assert "ERROR=1" in told.stdout
    assert "WARN=1" in told.stdout


def test_without_gold_labels_label_quality_is_empty_and_every_test_of_both_passes(built_demo):
    assert built_demo.query("select count(*) from label_quality") == [(0,)]
    assert "ERROR=0" in built_demo.succeed("test", "--select", "gold_labels", "label_quality")
