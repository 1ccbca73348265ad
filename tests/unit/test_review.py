"""Which sessions a person is shown, what becomes of the answers, and the walk through them in the terminal."""

import csv
import hashlib
from datetime import datetime

import duckdb
import numpy as np
import polars as pl
import pytest
from test_cli import one_sentence
from test_stages_run import load
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.review import GOLD_COLUMNS, GoldLabel, SeedError, add_gold, add_override, choose_sessions, read_gold

IDS = [hashlib.md5(f"session {number}".encode()).hexdigest() for number in range(2000)]
LEAVES = ["cards.find", "cards.pay", "homes.buy"]
random_numbers = np.random.default_rng(5)
SESSIONS = pl.DataFrame(
    {
        "session_id": IDS,
        "label": [[*LEAVES, None][number % 4] for number in range(2000)],
        "margin": random_numbers.random(2000),
        "student": [[*LEAVES, None][number % 3] for number in range(2000)],
        "probability": random_numbers.random(2000),
        "weight": 1.0,
    }
).with_columns(margin=pl.when(pl.col("label").is_not_null()).then("margin"))


def choose(sessions=SESSIONS, reviewed=(), random=0, per_leaf=0):
    return choose_sessions(sessions, reviewed, random_count=random, per_leaf=per_leaf)


def of(chosen, reason):
    return chosen.filter(shown_because=reason).join(SESSIONS, on="session_id", maintain_order="left")


def test_random_sessions_are_like_all_and_come_in_the_same_order_each_time():
    chosen = choose(random=600)
    assert chosen.equals(choose(SESSIONS.reverse(), random=600))
    assert choose(random=10).equals(chosen.head(10))
    labels = of(chosen, "random")["label"].fill_null("none").value_counts(normalize=True)
    assert labels["proportion"].to_numpy() == pytest.approx(0.25, abs=0.05)


def test_the_next_call_goes_on_where_the_last_one_ended():
    first = choose(random=30)
    again = choose(reviewed=first["session_id"].to_list(), random=30)
    assert pl.concat([first, again]).equals(choose(random=60))


def test_random_sessions_are_drawn_by_how_many_others_they_stand_for():
    """A rare kind that the sample holds too much of is shown as seldom as it occurs."""
    is_common = pl.col("label") == "cards.find"
    weighted = SESSIONS.with_columns(weight=pl.when(is_common).then(9.0).otherwise(1.0))
    shown = of(choose(weighted, random=100), "random")
    # 500 sessions of weight 9 beside 1,500 of weight 1: three in four
    assert shown["label"].eq("cards.find").fill_null(False).mean() == pytest.approx(0.75, abs=0.12)


def test_a_session_that_nobody_drew_is_never_random():
    weighted = SESSIONS.with_columns(weight=pl.when(pl.col("label") == "cards.find").then(0.0).otherwise(1.0))
    assert "cards.find" not in of(choose(weighted, random=2000), "random")["label"].to_list()


def test_hard_sessions_are_never_taken_from_those_kept_for_the_random_slice():
    everything = choose(random=2000, per_leaf=2000)
    assert everything["session_id"].n_unique() == everything.height
    kept = set(choose(random=2000)["session_id"])
    assert 900 < len(kept) < 1100
    assert kept.isdisjoint(choose(per_leaf=2000)["session_id"])


def test_of_each_leaf_the_sessions_of_least_margin_are_shown():
    shown = of(choose(per_leaf=3), "low_margin")
    assert shown["label"].value_counts().sort("label").rows() == [(leaf, 3) for leaf in LEAVES]
    pool = of(choose(per_leaf=2000), "low_margin")
    for leaf in LEAVES:
        least = pool.filter(label=leaf)["margin"].sort().head(3).to_list()
        assert shown.filter(label=leaf)["margin"].to_list() == least


def test_of_each_leaf_the_sessions_that_the_student_is_surest_to_disagree_on_are_shown():
    shown = of(choose(per_leaf=3), "disagreeing")
    assert (shown["label"] != shown["student"]).all()
    assert shown["label"].value_counts().sort("label").rows() == [(leaf, 3) for leaf in LEAVES]
    assert shown["probability"].min() > 0.9
    for leaf in LEAVES:
        assert shown.filter(label=leaf)["probability"].is_sorted(descending=True)


def test_random_sessions_come_first_and_then_leaf_by_leaf():
    shown = choose(random=2, per_leaf=1)
    assert shown["shown_because"].to_list() == ["random", "random", *["low_margin", "disagreeing"] * 3]
    assert shown.tail(6).join(SESSIONS, on="session_id", maintain_order="left")["label"].to_list() == [
        leaf for leaf in LEAVES for _ in range(2)
    ]


def test_what_was_reviewed_is_not_shown_again():
    shown = choose(random=5, per_leaf=2)["session_id"].to_list()
    assert set(shown).isdisjoint(choose(reviewed=shown, random=5, per_leaf=2)["session_id"])


# -- seeds -------------------------------------------------------------------------------------------------------------

OVERRIDES = "action,intent_id,into_intent_id,name,description,reason"
AT = datetime(2026, 3, 1, 10)


@pytest.fixture
def seeds(tmp_path):
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "gold_labels.csv").write_text(",".join(GOLD_COLUMNS) + "\n")
    (folder / "taxonomy_overrides.csv").write_text(f"{OVERRIDES}\nmove,cards.pay,homes,,,no longer cards\n")
    return folder


def cells(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_a_note_of_any_text_stays_in_its_cell(seeds):
    gold = seeds / "gold_labels.csv"
    add_gold(gold, GoldLabel(IDS[0], "cards.pay", "random", 'J. "Jo" Doe, risk', AT, 'two\nlines, "quoted"'))
    add_gold(gold, GoldLabel(IDS[1], "none", "random", "me", AT))
    assert cells(gold) == [
        [IDS[0], "cards.pay", "random", 'J. "Jo" Doe, risk', "2026-03-01 10:00:00", 'two lines, "quoted"'],
        [IDS[1], "none", "random", "me", "2026-03-01 10:00:00", ""],
    ]
    assert read_gold(gold)["session_id"].to_list() == IDS[:2]


def test_a_session_gets_no_second_gold_label(seeds):
    add_gold(seeds / "gold_labels.csv", GoldLabel(IDS[0], "cards.pay", "random", "me", AT))
    with pytest.raises(SeedError, match=f"session {IDS[0]} already"):
        add_gold(seeds / "gold_labels.csv", GoldLabel(IDS[0], "none", "random", "me", AT))
    assert len(cells(seeds / "gold_labels.csv")) == 1


def test_columns_of_a_seed_may_stand_in_another_order_and_be_more(seeds):
    gold = seeds / "gold_labels.csv"
    gold.write_text("team," + ",".join(reversed(GOLD_COLUMNS)) + "\n")
    add_gold(gold, GoldLabel(IDS[0], "cards.pay", "random", "me", AT, "why"))
    assert cells(gold) == [["", "why", "2026-03-01 10:00:00", "me", "random", "cards.pay", IDS[0]]]


def test_a_second_rename_of_a_leaf_takes_the_place_of_the_first_and_other_rows_stay(seeds):
    overrides = seeds / "taxonomy_overrides.csv"
    add_override(overrides, "rename", "cards.find", name="One", reason="a, b")
    add_override(overrides, "rename", "cards.find", name="Two", reason="c")
    assert cells(overrides) == [
        ["move", "cards.pay", "homes", "", "", "no longer cards"],
        ["rename", "cards.find", "", "Two", "", "c"],
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("session_id,intent_id\n", "lacks the column.* shown_because, reviewed_by, reviewed_at, note"),
        ("", "lacks the column"),
        (",".join(GOLD_COLUMNS) + "\na,b\n", "row of 2 cells and not 6: a,b"),
    ],
)
def test_a_seed_of_another_shape_is_refused_and_left_as_it_was(seeds, text, told):
    (seeds / "gold_labels.csv").write_text(text)
    with pytest.raises(SeedError, match=told):
        add_gold(seeds / "gold_labels.csv", GoldLabel(IDS[0], "none", "random", "me", AT))
    assert (seeds / "gold_labels.csv").read_text() == text


# -- the walk ----------------------------------------------------------------------------------------------------------

TAXONOMY = pl.DataFrame(
    {
        "intent_id": ["cards", *LEAVES[:2], "homes", "homes.buy"],
        "parent_intent_id": [None, "cards", "cards", None, "homes"],
        "level": [1, 2, 2, 1, 2],
        "name": ["Cards", "Find a card", "Pay a bill", "Homes", "Buy a home"],
        "description": "What it is.",
        "status": "active",
        "taxonomy_version": "tax-1",
    }
)
RANDOM_ORDER = choose(random=2000)["session_id"].to_list()
FIRST, SECOND, THIRD = RANDOM_ORDER[:3]


@pytest.fixture
def file(tmp_path):
    """Three sessions of the random half: one found, one abstained, one torn between two leaves."""
    path = tmp_path / "build.duckdb"
    narratives = {
        FIRST: "web session\n- cards [compare]",
        SECOND: "app session\n- welcome",
        THIRD: "web session\n- homes",
    }
    labels = [(FIRST, 1, "cards.find", 0.9), (SECOND, 1, None, None), (THIRD, 1, "homes.buy", 0.5)]
    labels.append((THIRD, 2, "cards.pay", 0.4))
    columns = ["session_id", "rank", "intent_id", "confidence"]
    with duckdb.connect(str(path)) as connection:
        load(connection, "intent_taxonomy", TAXONOMY)
        load(connection, "session_labels", pl.DataFrame(labels, schema=columns, orient="row"))
        load(connection, "label_sample", pl.DataFrame({"session_id": list(narratives), "weight": 1.0}))
        rows = pl.DataFrame({"session_id": list(narratives), "narrative": list(narratives.values())})
        load(connection, "session_narratives", rows)
        students = {"session_id": [FIRST, THIRD], "intent_id": ["cards.pay", "cards.find"], "probability": [0.7, 0.3]}
        load(
            connection, "session_intents", pl.DataFrame(students).with_columns(is_abstained=pl.col("probability") < 0.5)
        )
    return path


@pytest.fixture
def review(file, seeds):
    def review(*keys, arguments=()):
        command = ["taxonomy", "review", "--file", str(file), "--seeds", str(seeds), "--by", "J. Doe", *arguments]
        environment = {"COLUMNS": "100", "NO_COLOR": "1"}
        return CliRunner().invoke(app, command, input="".join(f"{key}\n" for key in keys), env=environment)

    return review


def gold_of(seeds):
    return {row[0]: (row[1], row[2], row[3], row[5]) for row in cells(seeds / "gold_labels.csv")}


def test_answers_become_gold_labels_with_the_reason_and_the_reviewer(review, seeds):
    result = review("a", "n", "o", "two things", "c", "pay")
    assert result.exit_code == 0, result.output
    assert gold_of(seeds) == {
        FIRST: ("cards.find", "random", "J. Doe", ""),
        SECOND: ("none", "random", "J. Doe", ""),
        THIRD: ("cards.pay", "random", "J. Doe", "two things"),
    }
    assert "3 written" in result.stdout


def test_a_session_is_shown_with_its_narrative_its_labels_and_the_student(review):
    shown = review("q").stdout
    assert "1 of 3: drawn at random" in shown
    assert "- cards [compare]" in shown
    assert "90%  cards.find  Find a card" in shown
    assert "student   70%  cards.pay" in shown
    assert "homes" not in shown


def test_what_a_visitor_wrote_gives_the_terminal_no_command(review, file):
    with duckdb.connect(str(file)) as connection:
        connection.execute("update session_narratives set narrative = concat('web', chr(27), '[2J\n- [red]', chr(155))")
    shown = review("q").stdout
    assert "web\N{REPLACEMENT CHARACTER}[2J" in shown
    assert "- [red]\N{REPLACEMENT CHARACTER}" in shown
    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_where_the_student_abstained_it_is_not_shown(review):
    shown = review("s", "s", "q").stdout
    assert shown.count("student") == 1
    assert "none: the labeler abstained" in shown


def test_an_abstention_can_not_be_accepted(review, seeds):
    result = review("s", "a", "q")
    assert "no label to accept" in result.stdout
    assert gold_of(seeds) == {}


def test_a_skipped_session_is_shown_again_and_a_reviewed_one_is_not(review, seeds):
    review("a", "s", "q")
    again = review("q").stdout
    assert "1 of 2" in again
    assert "welcome" in again
    assert "compare" not in again
    assert list(gold_of(seeds)) == [FIRST]


def test_a_walk_that_is_broken_off_keeps_what_was_answered(review, seeds):
    result = review("a")
    assert result.exit_code == 1
    assert list(gold_of(seeds)) == [FIRST]


def test_where_all_is_reviewed_it_says_so(review):
    review("a", "n", "a")
    assert "Nothing to review" in review().stdout


def test_a_leaf_is_chosen_by_id_or_part_of_its_name_and_asked_for_again_where_it_is_not_clear(review, seeds):
    result = review("c", "nonsense", "cards", "buy a", "c", "cards.find", "c", "", "q")
    assert "No leaf has 'nonsense' in its id or name." in result.stdout
    assert "Which of these?" in result.stdout
    assert "  cards.pay  Pay a bill" in result.stdout
    assert {key: row[0] for key, row in gold_of(seeds).items()} == {FIRST: "homes.buy", SECOND: "cards.find"}


def test_a_rename_and_a_retirement_become_overrides(review, seeds):
    result = review("r", "cards.find", "Choose a card", "as people say", "t", "pay", "nobody does", "q")
    assert result.exit_code == 0
    assert cells(seeds / "taxonomy_overrides.csv")[1:] == [
        ["rename", "cards.find", "", "Choose a card", "", "as people say"],
        ["retire", "cards.pay", "", "", "", "nobody does"],
    ]
    assert gold_of(seeds) == {}
    assert "2 written" in result.stdout


def test_an_unknown_key_is_asked_for_again(review, seeds):
    assert "There is no key 'x'." in review("x", "a", "q").stdout
    assert list(gold_of(seeds)) == [FIRST]


def test_the_end_tells_the_agreement_of_random_ones_and_how_many_more_are_needed(review, seeds):
    told = " ".join(review("a", "c", "homes.buy", "a").stdout.split())
    assert "Labels agree with 2 of 3 random gold labels: 67%, 95% interval 21% to 94%." in told
    needed = int(told.split("needs about ")[1].split()[0])
    assert f"at this agreement: {needed - 3} more." in told
    assert 300 < needed < 400


def test_gold_of_hard_sessions_is_left_out_of_the_agreement(review, seeds):
    add_gold(seeds / "gold_labels.csv", GoldLabel(FIRST, "homes.buy", "low_margin", "me", AT))
    told = " ".join(review("q").stdout.split())
    assert "1 gold labels, none of a session drawn at random: there is no agreement to tell yet." in told
    told = " ".join(review("n", "q").stdout.split())
    assert "1 of 1 random gold labels: 100%" in told
    assert "The 1 of sessions that were chosen because they are hard are left out." in told


def test_without_its_seeds_a_review_says_where_to_run_it(file, tmp_path):
    arguments = ["taxonomy", "review", "--file", str(file), "--seeds", str(tmp_path / "none")]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "40", "NO_COLOR": "1"})
    assert "gold_labels.csv: run the command where dbt_project.yml is" in one_sentence(result)


def test_a_build_that_is_not_complete_is_refused_in_one_sentence(review, file):
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table session_labels")
    assert "is not complete" in one_sentence(review("q"))
