import json
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.folders import RESULTS, ROOT
from benchmarks.incremental_day.__main__ import RATES
from benchmarks.incremental_day.rates import as_toml, rated_runs, rates
from typer.testing import CliRunner

from clickintent.cli import app
from clickintent.snowflake.estimate import Assumptions, AssumptionsError, as_markdown, read_assumptions, work_out
from clickintent.snowflake.estimate.assumptions import KINDS, Stage

PAGE = ROOT / "docs" / "snowflake-cost.md"
BEGIN, END = "<!-- clickintent snowflake estimate --markdown -->\n\n", "\n<!-- end -->"
# one CPU second a thousand sessions of a first build, half of it for new ones, a hundredth for stored ones
ONE_STAGE = Stage(
    models=("sessions",),
    language="sql",
    unit="session",
    first_us=1000,
    new_us=500,
    lookback_us=0,
    stored_us=10,
    stored_bytes=100,
    rebuilt_bytes=20,
)
PLAIN = {
    "sessions_a_day": 7_200_000,
    "events_a_session": 10,
    "history_days": 100,
    "first_build_days": 50,
    "builds_a_day": 1,
    "cores_a_node": 5,
    "sql_core_share": 0.4,
    "scaling_a_doubling": 0.5,
    "seconds_a_model": 0,
    "day_hours": 2,
    "first_build_hours": 50,
    "credit_factor": 1,
    "dollars_a_credit": 3,
    "dollars_a_tb_month": 23,
    "storage_share": 1,
    "copies_of_changed_tables": 2,
}


@pytest.fixture
def plain() -> Assumptions:
    shipped = replace(
        read_assumptions(), stages={"sessions": ONE_STAGE}, training_cpu_seconds=36, raw_bytes_an_event=50
    )
    return shipped.changed(PLAIN)


def test_a_day_is_cpu_seconds_over_the_cores_of_a_node(plain):
    cost = work_out(plain).day["sessions"]
    # 7.2 million x 500 us + 720 million x 10 us = 3,600 + 7,200 s of CPU on 5 x 0.4 cores: an hour and a half of XS
    assert (cost.size, cost.seconds, cost.credits, cost.credits_reading_again) == ("XS", 5400, 1.5, 1.0)
    assert (cost.rows, cost.rows_read_again) == (7_200_000, 720_000_000)
    # 80 bytes of each new session, and 20 of all that are stored, which are written anew
    assert cost.bytes_written == 7_200_000 * 80 + 720_000_000 * 20


def test_a_first_build_is_of_all_its_days(plain):
    cost = work_out(plain).first_build["sessions"]
    # 360 million x 1,000 us on two cores: 50 hours
    assert (cost.size, cost.seconds, cost.credits) == ("XS", 180_000, 50)


def test_a_size_up_costs_what_scaling_loses(plain):
    cost = work_out(plain.changed({"day_hours": 1.5 - 0.01, "scaling_a_doubling": 0.8})).day["sessions"]
    # twice the nodes at 0.8: 5,400 / 1.6 s at two credits an hour
    assert (cost.size, cost.seconds) == ("S", pytest.approx(3375))
    assert cost.credits == pytest.approx(1.875)


def test_a_build_that_no_size_ends_in_time_says_so(plain):
    assert not work_out(plain.changed({"day_hours": 0.01})).is_day_in_time
    assert work_out(plain).is_day_in_time


def test_what_is_looked_back_on_does_not_grow_with_the_history(plain):
    settings = {"lookback_days": 3, "stages.sessions.lookback_us": 250, "stages.sessions.stored_us": 0}
    year, month, two_days = (
        work_out(plain.changed({**settings, "history_days": days})).day["sessions"] for days in (365, 30, 2)
    )
    # 3 x 7.2 million x 250 us = 5,400 s of CPU beside the 3,600 of new rows
    assert (year.seconds, year.credits_reading_again, year.rows_read_again) == (4500, 0.75, 21_600_000)
    assert (month.seconds, month.rows_read_again) == (year.seconds, year.rows_read_again)
    assert (two_days.seconds, two_days.rows_read_again) == (3600, 14_400_000)


def test_each_build_of_a_day_reads_stored_rows_again_and_new_ones_once(plain):
    twice = work_out(plain.changed({"builds_a_day": 2, "day_hours": 10})).day["sessions"]
    assert (twice.credits, twice.credits_reading_again) == (2.5, 2.0)


def test_statements_that_grow_with_nothing_are_billed_for_each_model_and_build(plain):
    cost = work_out(plain.changed({"seconds_a_model": 60, "builds_a_day": 3, "day_hours": 10})).day["sessions"]
    assert cost.seconds == pytest.approx(1800 + 3 * 3600 + 180)


def test_storage_holds_raw_events_and_copies_of_what_is_made_anew(plain):
    # 720 million sessions of 100 bytes and two copies of 20, 7.2 billion events of 50
    assert work_out(plain).storage_tb == pytest.approx((720e6 * 140 + 7.2e9 * 50) / 1e12)


def test_training_is_one_node_of_a_snowpark_optimized_warehouse(plain):
    estimate = work_out(plain.changed({"python_core_share": 0.2, "warehouses.snowpark_optimized.M": 100}))
    # 36 CPU seconds on 5 x 0.2 cores is a hundredth of an hour
    assert estimate.training_credits == pytest.approx(1.0)


def test_labels_cost_their_tokens(plain):
    settings = {
        "llm_labels_a_day": 10_000,
        "prompt_tokens_a_label": 300,
        "answer_tokens_a_label": 100,
        "ai_credits_a_million_prompt_tokens": 2,
        "ai_credits_a_million_answer_tokens": 10,
        "dollars_an_ai_credit": 2,
    }
    estimate = work_out(plain.changed(settings))
    assert estimate.label_ai_credits_a_day == pytest.approx(6 + 10)
    assert estimate.dollars["a day"]["labels"] == pytest.approx(32)


def test_a_year_is_its_first_build_and_its_days(plain):
    dollars = work_out(plain).dollars
    assert dollars["first year"]["warehouse"] == pytest.approx(50 * 3 + 365 * 1.5 * 3)
    assert dollars["a month"]["storage"] == pytest.approx(work_out(plain).storage_tb * 23)


def test_a_setting_goes_before_the_file(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(
        "sessions_a_day = 5\nhistory_days = 7\n[warehouses.standard]\nXS = 1.35\n[stages.sessions]\nnew_us = 9\n"
    )
    assumed = read_assumptions(file, ["sessions_a_day=1_000"])
    assert (assumed["sessions_a_day"], assumed["history_days"]) == (1000, 7)
    assert (assumed.standard["XS"], assumed.stages["sessions"].new_us) == (1.35, 9)
    assert assumed.values["history_days"].kind == "changed"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("session_a_day=5", "Did you mean sessions_a_day"),
        ("sessions_a_day", "not name=number"),
        ("sessions_a_day=many", "not name=number"),
        ("sessions_a_day=-1", "at least 0"),
        ("cores_a_node=0", "above 0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(setting, told):
    with pytest.raises(AssumptionsError, match=told):
        read_assumptions(settings=[setting])


@pytest.mark.parametrize(("text", "told"), [("a = ", "is not TOML"), ("sessions_a_day = true", "has to be a number")])
def test_a_file_that_is_no_table_of_numbers_is_refused(tmp_path, text, told):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(AssumptionsError, match=told):
        read_assumptions(tmp_path / "mine.toml")


def test_every_assumption_says_where_it_comes_from():
    for name, entry in read_assumptions().values.items():
        assert entry.kind in KINDS, name
        assert entry.unit, name
        assert len(entry.source) > 5, name


def test_warehouse_sizes_are_those_that_snowflake_publishes():
    sizes = ["XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL"]
    assumed = read_assumptions()
    assert dict(assumed.standard) == dict(zip(sizes, (1, 2, 4, 8, 16, 32, 64, 128, 256, 512), strict=True))
    assert dict(assumed.snowpark_optimized) == dict(zip(sizes[2:], (6, 12, 24, 48, 96, 192, 384, 768), strict=True))


def test_the_rates_are_those_of_the_results():
    runs = json.loads((RESULTS / "incremental-day.json").read_text())["runs"]
    rated = rated_runs(runs)
    assert RATES.read_text() == as_toml(rates(rated), rated), (
        "run: python -m benchmarks.incremental_day --base-days --rates"
    )


def test_the_page_holds_the_tables_of_today():
    assumed = read_assumptions()
    held = PAGE.read_text().split(BEGIN)[1].split(END)[0]
    message = "put the output of `clickintent snowflake estimate --markdown` into docs/snowflake-cost.md"
    assert held == as_markdown(assumed, work_out(assumed)).rstrip("\n") + "\n", message


def command(*arguments: str):
    return CliRunner().invoke(app, ["snowflake", "estimate", *arguments])


def test_the_command_gives_json_with_every_assumption():
    told = json.loads(command("--json", "--set", "sessions_a_day=1000").stdout)
    assert told["assumptions"]["sessions_a_day"] == {
        **told["assumptions"]["sessions_a_day"],
        "value": 1000,
        "kind": "changed",
    }
    assert (
        told["estimate"]["credits_a_day"] == work_out(read_assumptions(settings=["sessions_a_day=1000"])).credits_a_day
    )


def test_the_command_refuses_in_one_sentence():
    told = command("--set", "sessions=3")
    assert told.exit_code == 1
    assert "There is no assumption 'sessions'" in told.stderr


def test_the_command_says_that_nothing_was_measured_on_snowflake():
    assert "Nothing of this was measured on Snowflake" in " ".join(command().stdout.split())
