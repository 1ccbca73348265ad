"""The demo's tables: simulated once, named by what made them, and a truth that nothing but an evaluation reads."""

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest
from test_stages_run import build, empty_run

from clickintent.stages.demo_bank import (
    DEMO_EVENT_SCHEMA,
    TRUTH_SCHEMA,
    load_demo_events,
    load_demo_truth,
    simulation_id,
)

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "(select null as person_kind, null as person_hash, null::timestamp as erased_before where false)"
BANK = {"people": 40, "days": 5, "seed": 3, "linked": True}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def build_events(connection, bank=BANK, **how):
    return build(connection, "demo_events", lambda run: load_demo_events(run, bank, NOBODY), key="event_id", **how)


def build_truth(connection, bank=BANK, **how):
    return build(connection, "demo_truth_events", lambda run: load_demo_truth(run, bank, NOBODY), key="event_id", **how)


@pytest.mark.parametrize("change", [{"people": 41}, {"days": 6}, {"seed": 4}, {"linked": False}, {"mixed_share": 0.5}])
def test_any_change_of_the_bank_changes_the_simulation(change):
    assert simulation_id({**BANK, **change}) != simulation_id(BANK)


def test_a_simulation_does_not_depend_on_the_order_in_which_the_bank_is_written():
    assert simulation_id(dict(reversed(BANK.items()))) == simulation_id(BANK)
    assert re.fullmatch(r"sim-[0-9a-f]{12}", simulation_id(BANK))


def test_a_change_of_the_simulator_changes_the_simulation(monkeypatch):
    before = simulation_id(BANK)
    monkeypatch.setattr("clickintent.stages.demo_bank.source_hash", lambda: "another simulator")
    assert simulation_id(BANK) != before


def test_the_first_build_simulates_and_the_next_adds_nothing(connection):
    for build_table, table, schema in (
        (build_events, "demo_events", DEMO_EVENT_SCHEMA),
        (build_truth, "demo_truth_events", TRUTH_SCHEMA),
    ):
        assert build_table(connection) > 0
        assert connection.table(table).columns == list(schema)
        assert build_table(connection) == 0
        assert connection.sql(f"select distinct simulation from {table}").fetchall() == [(simulation_id(BANK),)]


@pytest.mark.parametrize("build_table", [build_events, build_truth])
def test_another_bank_is_refused_until_a_full_refresh(connection, build_table):
    other = {**BANK, "seed": 4}
    build_table(connection)
    with pytest.raises(ValueError, match=f"{simulation_id(BANK)}.*{simulation_id(other)}.*--full-refresh"):
        build_table(connection, other)
    assert build_table(connection, other, is_full_refresh=True) > 0


@pytest.mark.parametrize("build_table", [build_events, build_truth])
def test_nothing_is_simulated_in_an_empty_run(connection, build_table):
    empty_run(connection)
    assert build_table(connection) == 0


def test_every_truth_is_of_an_event_and_has_one_row(connection):
    build_events(connection)
    build_truth(connection)
    truth = connection.table("demo_truth_events").pl()
    assert truth["event_id"].is_unique().all()
    assert set(truth["event_id"]) <= set(connection.table("demo_events").pl()["event_id"])


def test_no_column_of_the_events_holds_the_truth(connection):
    build_events(connection)
    build_truth(connection)
    truth = connection.table("demo_truth_events").pl()
    told = set(truth["simulated_session_id"]) | set(truth["intent"])
    events = connection.table("demo_events").pl()
    texts = [name for name, kind in events.schema.items() if kind == pl.String]
    assert set(texts) & {"intent", "need", "group", "oracle_intent"} == set()
    assert {name for name in texts if told & set(events[name].drop_nulls())} == set()


def files_in(*folders):
    endings = {".py", ".sql", ".yml", ".csv"}
    return {path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in endings}


READ_THE_TRUTH = (
    *("demo_bank.py", "evaluation.py", "taxonomy_evaluation.py"),
    *("distillation_evaluation.py", "learning_curve_evaluation.py"),
)
MAY_READ_THE_TRUTH = (
    files_in("models/evaluation", "src/clickintent/demo")
    | {ROOT / "src/clickintent/stages" / name for name in READ_THE_TRUTH}
    | {
        ROOT / "python_models" / "evaluation" / f"{name}{end}"
        for name in ("demo_truth_events", "eval_labels", "eval_taxonomy", "eval_distillation", "eval_learning_curve")
        for end in (".py", ".yml")
    }
)


@pytest.mark.parametrize("truth", ["demo_truth", "intent_truth", "demo_intent_map", "eval_labels", "eval_taxonomy"])
def test_the_truth_is_named_nowhere_but_in_the_evaluation(truth):
    named_in = {path for path in files_in("models", "python_models", "macros", "src") if truth in path.read_text()}
    # the summary and the report tell of the evaluation; who is erased leaves the truth as well
    report = files_in("src/clickintent/report")
    reported_by = {
        "eval_labels": {ROOT / "src/clickintent/summary.py", *report},
        "eval_taxonomy": report,
        "demo_truth": {ROOT / "src/clickintent/privacy/personal_tables.py"},
    }.get(truth, set())
    assert named_in - MAY_READ_THE_TRUTH - reported_by == set()
    assert named_in, f"{truth} is gone: mend this test"
