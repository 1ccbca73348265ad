"""The demo's intents against its truth: each figure is of who answered."""

import duckdb
import polars as pl
import pytest
from test_stages_labels import TAXONOMY
from test_stages_run import StandInDbt, empty_run, load

from clickintent.evaluation import EVALUATION_SCHEMA
from clickintent.stages.evaluation import evaluate_demo_labels
from clickintent.stages.run import Run

# truth, labeler, its label and the weight of the session: two labelers have labelled, one drew nobody's session
SESSIONS = pl.DataFrame(
    [
        ("s0", "cards.find", "embedded", "cards.find", 1.0),
        ("s1", "cards.find", "embedded", "homes.buy", 3.0),
        ("s2", "homes.buy", "openai", "homes.buy", 2.0),
        ("s3", "homes.buy", "openai", None, 2.0),
        ("asked for", "homes.buy", "openai", "cards.find", 0.0),
        ("not sampled", "homes.buy", None, None, None),
    ],
    schema=["session_id", "intent_id", "labeler", "label", "weight"],
    orient="row",
)

TABLES = (
    "truth",
    "sessions",
    "sequences",
    "pages",
    "intents",
    "labels",
    "sample",
    "narratives",
    "encoders",
    "taxonomy",
)


@pytest.fixture
def connection():
    group = pl.col("intent_id").str.split(".").list.first()
    with duckdb.connect() as connection:
        truth = SESSIONS.select("session_id", "intent_id", intent_l1=group)
        load(
            connection,
            "truth",
            truth.with_columns(oracle_intent_id="intent_id", oracle_intent_l1="intent_l1"),
        )
        load(
            connection,
            "sessions",
            SESSIONS.select(
                "session_id", visitor_id="session_id", channel=pl.lit("web"), entry_page=pl.lit("/"), is_bot=False
            ),
        )
        load(connection, "sequences", SESSIONS.select("session_id", page_keys=pl.lit(["/"]), is_bot=False))
        load(connection, "pages", pl.DataFrame({"page_key": ["/"], "text": ["home"], "page_group": ["home"]}))
        load(
            connection,
            "intents",
            truth.with_columns(is_abstained=pl.col("session_id") == "s0", probability=pl.lit(0.5)),
        )
        labels = SESSIONS.drop_nulls("labeler").select("session_id", "labeler", intent_id="label", rank=pl.lit(1))
        load(connection, "labels", labels)
        load(connection, "sample", SESSIONS.drop_nulls("weight").select("session_id", "weight"))
        narrative = pl.lit("web session, 1 event\n- credit card | 5s")
        load(connection, "narratives", SESSIONS.select("session_id", narrative=narrative))
        load(connection, "encoders", pl.DataFrame(schema={"status": pl.String, "config": pl.String}))
        load(connection, "taxonomy", TAXONOMY)
        yield connection


def evaluate(connection) -> pl.DataFrame:
    run = Run(StandInDbt("eval_labels", is_incremental=False), connection)
    return evaluate_demo_labels(run, **{name: connection.table(name) for name in TABLES}).pl()


def figures(connection, metric: str) -> dict[str, tuple[float, int]]:
    rows = evaluate(connection).filter(task="level_2", channel="all", metric=metric)
    return {row["model"]: (row["value"], row["n"]) for row in rows.iter_rows(named=True)}


def test_labels_are_judged_by_who_gave_them_and_by_the_sessions_that_they_stand_for(connection):
    accuracy, coverage = figures(connection, "accuracy"), figures(connection, "coverage")
    assert {name for name in accuracy if name.endswith("on its sample")} == {
        "embedded labeler, on its sample",
        "openai labeler, on its sample",
    }
    assert accuracy["embedded labeler, on its sample"] == (0.25, 2)
    assert accuracy["openai labeler, on its sample"] == (1.0, 1)
    assert coverage["openai labeler, on its sample"] == (0.5, 2)


def test_what_is_published_is_judged_where_it_does_not_abstain(connection):
    assert figures(connection, "coverage")["session_intents"] == (pytest.approx(5 / 6), 6)
    assert figures(connection, "accuracy")["session_intents"] == (1.0, 5)


def test_nothing_is_judged_by_a_taxonomy_of_other_ids_and_in_an_empty_run(connection):
    others = pl.col("intent_id", "parent_intent_id").str.replace_all("cards", "x").str.replace_all("homes", "y")
    load(connection, "taxonomy", TAXONOMY.with_columns(others))
    assert evaluate(connection).is_empty()
    load(connection, "taxonomy", TAXONOMY)
    empty_run(connection)
    assert evaluate(connection).is_empty()
    assert evaluate(connection).columns == list(EVALUATION_SCHEMA)
