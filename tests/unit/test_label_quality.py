"""What gold labels say of labels: only random ones are judged, each is counted, and intervals are the textbook's."""

import duckdb
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score
from test_stages_run import build, empty_run, load

from clickintent.labeling.quality import QUALITY_SCHEMA, follow_merges, gold_needed, kappa, label_quality, share
from clickintent.stages.label_quality import judge_labels

PARENTS = {"cards.find": "cards", "cards.pay": "cards", "homes.buy": "homes"}
# session, gold, shown_because, channel (null: no such session), language, label (null: abstained), student; '-': no row
SESSIONS = """
right           cards.find  random       web  en       cards.find  cards.find
right-group     cards.find  random       web  es       cards.pay   homes.buy
wrong           homes.buy   random       app  en       cards.find  cards.find
silent          homes.buy   random       app  en       null        homes.buy
fits-nowhere    none        random       app  unknown  null        null
not-labelled    homes.buy   random       web  en       -           homes.buy
hard            homes.buy   low_margin   web  en       cards.pay   cards.pay
gone            homes.buy   random       null null     homes.buy   homes.buy
leaf-retired    cards.old   random       web  en       cards.pay   cards.pay
"""


def table(text, columns):
    rows = [[None if cell == "null" else cell for cell in line.split()] for line in text.strip().splitlines()]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


CASES = table(SESSIONS, ["session_id", "intent_id", "shown_because", "channel", "language", "labels", "student"])
GOLD = CASES.select("session_id", "intent_id", "shown_because", "channel", "language")
ANSWERS = pl.concat(
    CASES.filter(pl.col(judged).ne_missing("-")).select(pl.lit(judged).alias("judged"), "session_id", intent_id=judged)
    for judged in ("labels", "student")
)


def figures(gold=GOLD, answers=ANSWERS):
    rows = label_quality(gold, answers, PARENTS).rows(named=True)
    return {
        (row["judged"], row["channel"], row["language"], row["metric"], row["intent_id"]): (row["value"], row["n"])
        for row in rows
    }


def overall(judged, metric, **gold_and_answers):
    return figures(**gold_and_answers)[judged, "all", "all", metric, None]


def test_a_label_agrees_where_it_is_the_gold_leaf_and_where_both_name_none():
    assert overall("labels", "agreement") == (pytest.approx(2 / 5), 5)


def test_a_group_agrees_where_only_the_leaf_is_another():
    assert overall("labels", "agreement_level_1") == (pytest.approx(3 / 5), 5)


def test_precision_is_of_the_answered_and_coverage_of_all():
    assert overall("labels", "precision") == (pytest.approx(1 / 3), 3)
    assert overall("labels", "coverage") == (pytest.approx(3 / 5), 5)


def test_the_student_is_judged_on_the_sessions_that_it_scored():
    assert overall("student", "agreement") == (pytest.approx(4 / 6), 6)


def test_a_session_shown_because_it_was_hard_is_not_judged():
    hard = GOLD.with_columns(shown_because=pl.lit("disagreeing"))
    found = figures(gold=hard)
    assert {key[0] for key in found} == {"gold"}
    assert found["gold", "all", "all", "usable_chosen", None] == (7, 9)


def test_every_gold_label_is_counted_once():
    counts = {metric: overall("gold", metric)[0] for metric in ("usable_random", "usable_chosen")}
    counts |= {metric: overall("gold", metric)[0] for metric in ("without_session", "of_no_active_leaf")}
    assert counts == {"usable_random": 6, "usable_chosen": 1, "without_session": 1, "of_no_active_leaf": 1}
    assert sum(counts.values()) == GOLD.height


def test_a_leafs_precision_is_of_the_sessions_named_so_and_its_recall_of_its_gold():
    found = figures()
    assert found["labels", "all", "all", "precision", "cards.find"] == (pytest.approx(1 / 2), 2)
    assert found["labels", "all", "all", "recall", "cards.find"] == (pytest.approx(1 / 2), 2)
    assert found["labels", "all", "all", "precision", "homes.buy"] == (None, 0)
    assert found["labels", "all", "all", "recall", "homes.buy"] == (0, 2)


def test_figures_are_told_by_channel_and_by_language():
    found = figures()
    assert found["labels", "web", "all", "agreement", None] == (pytest.approx(1 / 2), 2)
    assert found["labels", "app", "all", "agreement", None] == (pytest.approx(1 / 3), 3)
    assert found["labels", "all", "es", "agreement", None] == (0, 1)
    assert found["labels", "all", "unknown", "agreement", None] == (1, 1)


def test_without_gold_there_are_no_rows_and_the_columns_stay():
    empty = label_quality(GOLD.clear(), ANSWERS, PARENTS)
    assert empty.is_empty()
    assert dict(empty.schema) == QUALITY_SCHEMA


def test_gold_of_sessions_that_nobody_labelled_is_counted_and_not_judged():
    assert {key[0] for key in figures(answers=ANSWERS.clear())} == {"gold"}


def test_a_share_has_wilsons_interval():
    # Newcombe 1998, table I: 81 of 263 by Wilson's score method without continuity correction
    assert share(81, 263) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)
    assert share(0, 20) == pytest.approx((0, 0, 0.1611), abs=5e-5)
    assert share(0, 0) == (None, None, None)


def test_kappa_is_that_of_scikit_learn_within_its_interval():
    random = np.random.default_rng(3)
    gold = random.choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1])
    answers = np.where(random.random(300) < 0.7, gold, random.choice(["a", "b", "d"], 300))
    value, low, high = kappa(gold.tolist(), answers.tolist())
    assert value == pytest.approx(cohen_kappa_score(gold, answers))
    assert low < value < high
    # the textbook's large-sample error (Cohen 1960): agreement's own, over what chance leaves
    agreed = (gold == answers).mean()
    by_chance = 1 - (1 - agreed) / (1 - value)
    error = (agreed * (1 - agreed) / 300) ** 0.5 / (1 - by_chance)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_kappa_is_the_same_each_time():
    assert kappa(["a", "b", "b", "a"], ["a", "b", "a", "a"]) == kappa(["a", "b", "b", "a"], ["a", "b", "a", "a"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("categories", [[], ["a", "a"]], ids=["no session", "one category"])
def test_kappa_has_no_value_where_chance_explains_everything(categories):
    assert kappa(categories, categories) == (None, None, None)


@pytest.mark.parametrize("agreement", [0.0, 0.5, 0.8, 0.97, 1.0])
def test_so_much_gold_is_needed_that_the_interval_is_narrow_and_no_less(agreement):
    needed = gold_needed(agreement)

    def half_width(n):
        interval = share(round(agreement * n), n)
        return (interval.high - interval.low) / 2

    assert half_width(needed) <= 0.05 + 0.002  # the share itself is rounded to whole sessions
    assert half_width(int(0.9 * needed)) > 0.05


def test_more_gold_is_needed_for_a_narrower_interval():
    assert gold_needed(0.8, 0.02) > 5 * gold_needed(0.8, 0.05)
    assert 381 <= gold_needed(0.5) <= 385


# -- the stage ---------------------------------------------------------------------------------------------------------

TAXONOMY = pl.DataFrame(
    {
        "intent_id": ["cards", *list(PARENTS)[:2], "homes", "homes.buy", "cards.old"],
        "parent_intent_id": [None, "cards", "cards", None, "homes", "cards"],
        "level": [1, 2, 2, 1, 2, 2],
        "name": "Name",
        "description": "What it is.",
        "status": ["active"] * 5 + ["retired"],
        "into_intent_id": pl.Series([None] * 6, dtype=pl.String),
        "taxonomy_version": "tax-1",
    }
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        there = CASES.filter(pl.col("channel").is_not_null())
        events = there.filter(pl.col("language") != "unknown").select(
            pl.concat_str("session_id", pl.lit("-1")).alias("event_id"),
            "session_id",
            language=pl.concat_str("language", pl.lit("-US")),
        )
        more = events.filter(pl.col("session_id") == "right").with_columns(
            event_id=pl.lit("right-2"), language=pl.lit(None, pl.String)
        )
        events = pl.concat([events, more])
        load(connection, "gold_labels", CASES.select("session_id", "intent_id", "shown_because"))
        load(connection, "sessions", there.select("session_id", "channel"))
        load(connection, "session_events", events.select("event_id", "session_id"))
        load(connection, "stg_events", events.select("event_id", "language"))
        labels = ANSWERS.filter(judged="labels").with_columns(rank=1)
        load(connection, "session_labels", pl.concat([labels, labels.with_columns(rank=2, intent_id=pl.lit("x"))]))
        load(
            connection,
            "session_intents",
            ANSWERS.filter(judged="student").with_columns(
                is_abstained=pl.col("intent_id").is_null(), intent_id=pl.col("intent_id").fill_null("cards.find")
            ),
        )
        load(connection, "intent_taxonomy", TAXONOMY)
        yield connection


def judge(connection):
    tables = {
        "gold": "gold_labels",
        "sessions": "sessions",
        "session_events": "session_events",
        "events": "stg_events",
        "labels": "session_labels",
        "intents": "session_intents",
        "taxonomy": "intent_taxonomy",
    }
    sources = {name: connection.table(table) for name, table in tables.items()}
    return build(connection, "label_quality", lambda run: judge_labels(run, **sources), key="metric")


def test_the_table_holds_what_the_pure_function_says_of_the_warehouse(connection):
    assert judge(connection) > 0
    stored = connection.sql("select * from label_quality").pl()
    expected = label_quality(GOLD, ANSWERS, PARENTS)
    order = ["judged", "channel", "language", "metric", "intent_id"]
    assert stored.sort(order).equals(expected.sort(order))


@pytest.mark.parametrize("first", [1, 2])
def test_a_session_of_two_languages_goes_by_the_first_in_the_alphabet_whichever_came_first(connection, first):
    connection.execute("update stg_events set language = 'fr' where event_id = ?", [f"right-{first}"])
    connection.execute("update stg_events set language = 'de' where event_id = ?", [f"right-{3 - first}"])
    judge(connection)
    found = connection.sql("select distinct language from label_quality").fetchall()
    assert ("de",) in found
    assert ("fr",) not in found


def test_gold_of_a_leaf_that_was_merged_is_gold_of_the_leaf_that_it_became(connection):
    merged = pl.when(pl.col("intent_id") == "cards.old").then(pl.lit("cards.pay"))
    load(connection, "intent_taxonomy", TAXONOMY.with_columns(into_intent_id=merged))
    judge(connection)
    stored = connection.sql("select * from label_quality").pl()
    moved = GOLD.with_columns(intent_id=pl.col("intent_id").replace({"cards.old": "cards.pay"}))
    order = ["judged", "channel", "language", "metric", "intent_id"]
    assert stored.sort(order).equals(label_quality(moved, ANSWERS, PARENTS).sort(order))


def test_merges_are_followed_to_their_end_and_never_in_a_circle():
    went_into = {"a": "b", "b": "c", "x": "y", "y": "x"}
    assert [follow_merges(leaf, went_into) for leaf in ("a", "b", "c", "d")] == ["c", "c", "c", "d"]
    assert follow_merges("x", went_into) in {"x", "y"}


def test_the_table_is_empty_without_gold_and_the_log_says_what_to_do(connection, caplog):
    caplog.set_level("INFO")
    load(connection, "gold_labels", GOLD.select("session_id", "intent_id", "shown_because").clear())
    assert judge(connection) == 0
    assert "`clickintent taxonomy review` collects some" in caplog.text


def test_an_empty_run_judges_nothing(connection):
    empty_run(connection)
    assert judge(connection) == 0
