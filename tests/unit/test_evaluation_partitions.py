"""Taxonomies against the truth, whatever they call their intents."""

import duckdb
import polars as pl
import pytest
from test_stages_run import StandInDbt, empty_run, load

from clickintent.evaluation.partitions import partition_rows
from clickintent.stages.run import Run
from clickintent.stages.taxonomy_evaluation import TAXONOMY_EVALUATION_SCHEMA, evaluate_demo_taxonomy

SESSIONS = [f"s{number}" for number in range(8)]
TRUTH = ["cards.a"] * 4 + ["homes.b"] * 4


def judged(predictions, truth=TRUTH):
    return pl.DataFrame(
        {
            "visitor_id": SESSIONS,
            "channel": ["web", "app"] * 4,
            "truth": truth,
            "prediction": predictions,
        }
    )


def figures(predictions):
    rows = partition_rows("level_2", "ours", judged(predictions))
    return {(row["channel"], row["metric"]): row["value"] for row in rows}


def test_the_same_groups_under_other_names_agree_wholly():
    found = figures(["x"] * 4 + ["y"] * 4)
    assert set(found) == {
        (channel, metric) for channel in ("all", "web", "app") for metric in ("adjusted_mutual_information", "purity")
    }
    assert all(value == pytest.approx(1) for value in found.values())


def test_one_group_for_all_agrees_no_better_than_chance_and_is_as_pure_as_the_commonest_truth():
    found = figures(["x"] * 8)
    assert found["all", "adjusted_mutual_information"] == pytest.approx(0, abs=1e-9)
    assert found["all", "purity"] == 0.5


def test_a_group_for_each_session_is_pure_and_yet_agrees_no_better_than_chance():
    found = figures(SESSIONS)
    assert found["all", "purity"] == 1
    assert found["all", "adjusted_mutual_information"] == pytest.approx(0, abs=1e-9)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        load(
            connection,
            "demo_truth",
            pl.DataFrame({"session_id": SESSIONS, "intent_id": TRUTH, "intent_l1": [t[:5] for t in TRUTH]}),
        )
        load(
            connection,
            "sessions",
            pl.DataFrame(
                {
                    "session_id": SESSIONS,
                    "visitor_id": SESSIONS,
                    "channel": ["web", "app"] * 4,
                    "is_bot": [False] * 7 + [True],
                }
            ),
        )
        load(
            connection,
            "session_intents",
            pl.DataFrame(
                {"session_id": SESSIONS, "intent_id": ["g.x"] * 4 + ["g.y"] * 4, "is_abstained": [True] + [False] * 7}
            ),
        )
        load(
            connection,
            "session_labels",
            pl.DataFrame(
                {
                    "session_id": ["s1", "s2", "s2", "s5"],
                    "rank": [1, 1, 2, 1],
                    "intent_id": ["g.x", "g.x", "g.y", "g.old"],
                    "labeler": "embedded",
                    "status": "ok",
                }
            ),
        )
        load(
            connection,
            "intent_taxonomy",
            pl.DataFrame(
                {
                    "intent_id": ["g.x", "g.y", "g.old", "g.x"],
                    "parent_intent_id": ["g"] * 4,
                    "status": ["active", "active", "retired", "proposed"],
                    "taxonomy_version": ["tax-1", "tax-1", "tax-0", "tax-2"],
                }
            ),
        )
        yield connection


def evaluate(connection):
    run = Run(StandInDbt("eval_taxonomy", is_incremental=False), connection)
    names = {"truth": "demo_truth", "sessions": "sessions", "intents": "session_intents", "labels": "session_labels"}
    tables = {name: connection.table(table) for name, table in names.items()}
    return evaluate_demo_taxonomy(run, **tables, taxonomy=connection.table("intent_taxonomy")).pl()


def test_human_sessions_with_an_intent_in_force_are_judged_at_both_levels(connection):
    rows = evaluate(connection).filter(pl.col("channel") == "all", pl.col("metric") == "purity")
    assert {(row["task"], row["model"]): (row["n"], row["value"]) for row in rows.iter_rows(named=True)} == {
        ("level_1", "session_intents"): (6, 0.5),
        ("level_2", "session_intents"): (6, 1.0),
        ("level_1", "embedded labeler, on its sample"): (2, 1.0),
        ("level_2", "embedded labeler, on its sample"): (2, 1.0),
    }
    assert rows["taxonomy_version"].unique().to_list() == ["tax-1"]
    assert rows["evaluated_at"].dtype == pl.Datetime("us")


def test_nothing_is_evaluated_in_an_empty_run(connection):
    empty_run(connection)
    assert evaluate(connection).is_empty()
    assert evaluate(connection).columns == list(TAXONOMY_EVALUATION_SCHEMA)
