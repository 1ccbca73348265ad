"""The pages without a browser: each renders, filters change figures that equal SQL, answers reach the seeds."""

import json
import shutil
import tomllib
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

pytest.importorskip("streamlit", reason="needs the extra dashboard: pip install 'clickintent[dashboard]'")
pytest.importorskip("plotly", reason="needs the extra dashboard: pip install 'clickintent[dashboard]'")

from streamlit.testing.v1 import AppTest
from tests.dashboard_copy import MAPPED, write_build

from clickintent.dashboard.data import query_copy
from clickintent.dashboard.palette import DARK, LIGHT
from clickintent.dashboard.places import app_file, published_file
from clickintent.dashboard.published import BuildRun, NodeResult, publish

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "dashboard"
PAGES = ("intents", "journeys", "sessions", "trust", "review")
FAILED = BuildRun("build", 40, (NodeResult("unique_sessions_session_id", "test", "fail", 3, "Got 3 results"),))


@pytest.fixture
def built(tmp_path, monkeypatch):
    built = write_build(tmp_path / "bank.duckdb")
    publish(built, FAILED)
    for name in ("gold_labels.csv", "taxonomy_overrides.csv"):
        shutil.copy(ROOT / "seeds" / name, tmp_path / name)
    monkeypatch.syspath_prepend(str(DASHBOARD))
    monkeypatch.setenv("CLICKINTENT_PUBLISHED", str(published_file(built)))
    monkeypatch.setenv("CLICKINTENT_SEEDS", str(tmp_path))
    monkeypatch.setenv("CLICKINTENT_REVIEWER", "anna")
    return built


def opened(page):
    app = AppTest.from_file(str(DASHBOARD / f"{page}.py"), default_timeout=60).run()
    assert not app.exception, app.exception
    return app


def figure(app, label):
    return next(metric.value for metric in app.metric if metric.label == label)


def widget(widgets, label):
    return next(one for one in widgets if one.label == label)


def told(app):
    """All titles and captions of a page."""
    return [element.value for kind in (app.title, app.header, app.caption) for element in kind]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_renders_and_its_title_says_a_finding(built, page):
    app = opened(page)
    assert len(app.title) == 1
    assert app.title[0].value.lower() not in PAGES
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_without_a_copy_each_page_says_what_to_run(built, page):
    published_file(built).unlink()
    app = opened(page)
    assert "There is no published copy" in app.error[0].value
    assert "dbt build" in app.code[0].value


def test_every_chart_is_one_that_plotly_draws_once(built):
    for page in ("intents", "journeys", "sessions", "trust"):
        for drawn in opened(page).get("plotly_chart"):
            layout = json.loads(drawn.proto.spec)["layout"]
            assert "template" not in layout, page
            assert "datarevision" in layout, page


def test_filters_change_figures_that_equal_sql(built):
    app = opened("intents")
    query = query_copy(published_file(built))

    def sessions(condition):
        return f"{query(f'select sum(sessions) as n from intent_trends_daily where {condition}').item():,}"

    assert figure(app, "Sessions") == sessions("true")
    widget(app.selectbox, "Channel").select("web").run()
    assert figure(app, "Sessions") == sessions("channel = 'web'")
    widget(app.selectbox, "Device").select("mobile").run()
    assert figure(app, "Sessions") == sessions("channel = 'web' and device_type = 'mobile'")
    widget(app.selectbox, "Intents").select("Cards").run()
    assert figure(app, "Sessions") == sessions(
        "channel = 'web' and device_type = 'mobile' and intent_id like 'cards.%'"
    )
    assert not app.exception
    assert "Visitors are not counted under this filter" in told(app)


def test_filters_that_leave_nothing_are_told_once(built):
    app = opened("intents")
    widget(app.selectbox, "Device").select("mobile").run()
    widget(app.selectbox, "Campaign").select("spring").run()
    assert app.title[0].value == "No session is left by these filters"
    assert [said.value for said in app.info] == ["Take a filter away in the side bar to see sessions again."]
    assert len(app.get("plotly_chart")) == 0


def test_a_period_ends_with_the_data_and_cuts_its_beginning(built):
    app = opened("intents")
    widget(app.selectbox, "Period").select("4 weeks").run()
    query = query_copy(published_file(built))
    counted = query("select sum(sessions) as n from intent_trends_daily where day >= date '2026-03-09'").item()
    assert figure(app, "Sessions") == f"{counted:,}"


def test_a_copy_that_takes_the_place_of_the_first_is_shown_at_the_next_interaction(built):
    app = opened("journeys")
    assert figure(app, "Journeys") == "200"
    with duckdb.connect(str(built)) as connection:
        connection.execute("update journey_outcomes set journeys = journeys * 2")
    publish(built, FAILED)
    assert figure(app.run(), "Journeys") == "400"


def test_a_session_is_found_by_its_id_and_leads_to_its_neighbour(built):
    app = opened("sessions")
    app.text_input[0].set_value(MAPPED[0]).run()
    assert app.text[0].value == "web session number 0"
    app.button[0].click().run()
    assert app.text[0].value == "web session number 1"
    app.text_input[0].set_value("f" * 32).run()
    assert "This session is not on the map" in told(app)


def test_trust_tells_what_failed_and_what_people_say(built):
    app = opened("trust")
    assert app.title[0].value.endswith("and 1 check failed")
    assert "1 check of the last run did not pass" in told(app)
    assert figure(app, "People agree") == "80%"
    assert figure(app, "Tests run") == "40"
    assert app.dataframe[0].value["node"].tolist() == ["unique_sessions_session_id"]


def republished(built, sql, run=FAILED):
    with duckdb.connect(str(built)) as connection:
        connection.execute(sql)
    publish(built, run)


def test_after_a_run_without_tests_trust_says_nothing_of_tests(built):
    publish(built, BuildRun("run", 0, ()))
    app = opened("trust")
    assert "test" not in app.title[0].value
    assert "The last run ran no tests" in told(app)


def test_pages_say_that_drift_is_switched_off_and_small_cells_are_left_out(built):
    republished(
        built,
        "update dashboard_settings set has_encoder_drift = false, min_cell_sessions = 5; drop table encoder_drift",
    )
    assert "Drift is switched off" in told(opened("trust"))
    for page in ("intents", "journeys", "trust"):
        assert any("Cells under 5 sessions are left out." in said for said in told(opened(page))), page


def test_a_journey_is_converted_by_its_sessions_and_not_by_its_stage(built):
    republished(built, "update journey_outcomes set stage_reached = 'research', stage_rank = 1 where is_converted")
    assert figure(opened("journeys"), "Converted") == "20.0%"


def test_a_week_of_which_nothing_is_known_is_no_point(built):
    from plane_charts import lines

    weeks = [date(2026, 3, day) for day in (2, 9, 16)]
    rows = pl.DataFrame({"week": [weeks[0], *weeks], "channel": ["app", *["web"] * 3], "share": [0.5, 0.4, 0.4, 0.0]})
    drawn = lines(rows, "week", "share", "channel", LIGHT, {"web": "#000000", "app": "#111111"}, is_share=True)
    assert [list(trace.y) for trace in drawn.data] == [[0.4, 0.4, 0.0], [0.5, None, None]]


def test_a_histogram_marks_its_cap_and_no_other_value(built):
    from plane_charts import columns

    drawn = columns([1, 10], [0.5, 0.5], "days", 30, LIGHT)
    assert list(drawn.data[0].x) == ["1", "10"]
    drawn = columns([1, 10], [0.5, 0.5], "sessions", 10, LIGHT)
    assert list(drawn.data[0].x) == ["1", "10+"]


def test_no_cell_of_a_download_is_a_formula(built):
    from frame import as_csv

    rows = pl.DataFrame({"campaign": ["=1+1", "+1", "-1", "@sum", "spring", None], "change": [-0.5] * 6})
    written = as_csv(rows).splitlines()[1:]
    assert written == ["'=1+1,-0.5", "'+1,-0.5", "'-1,-0.5", "'@sum,-0.5", "spring,-0.5", ",-0.5"]


def gold(built):
    return pl.read_csv(built.parent / "gold_labels.csv", infer_schema=False)


def test_an_accepted_label_is_written_as_the_command_line_writes_it(built):
    app = opened("review")
    shown = app.caption[1].value.split()[1].rstrip(",")
    widget(app.button, "Accept").click().run()
    assert not app.exception
    row = gold(built).row(0, named=True)
    assert (row["session_id"], row["reviewed_by"], row["shown_because"]) == (shown, "anna", "random")
    query = query_copy(published_file(built))
    assert row["intent_id"] in query("select labels from review_queue where session_id = ?", [shown]).item()
    assert shown not in app.caption[1].value
    assert figure(app, "Gold labels") == "1"


def test_another_leaf_none_and_skip_are_answers_too(built):
    app = opened("review")
    first = app.caption[1].value
    widget(app.button, "Skip").click().run()
    assert app.caption[1].value != first
    assert gold(built).is_empty()
    widget(app.selectbox, "Another leaf").select("homes.buy").run()
    widget(app.button, "Take the other leaf").click().run()
    widget(app.button, "None fits").click().run()
    assert gold(built)["intent_id"].to_list() == ["homes.buy", "none"]


def test_a_leaf_is_renamed_with_a_reason_and_not_without_one(built):
    app = opened("review")
    widget(app.selectbox, "Leaf").select("cards.pay")
    widget(app.text_input, "Its new name").set_value("Settle a card")
    widget(app.button, "Write").click().run()
    assert "say why" in app.error[0].value
    widget(app.selectbox, "Leaf").select("cards.pay")
    widget(app.text_input, "Its new name").set_value("Settle a card")
    widget(app.text_input, "Why").set_value("people say settle")
    widget(app.button, "Write").click().run()
    written = pl.read_csv(built.parent / "taxonomy_overrides.csv", infer_schema=False).row(0, named=True)
    assert (written["action"], written["intent_id"], written["name"]) == ("rename", "cards.pay", "Settle a card")


def test_without_seeds_review_says_where_to_run(built, monkeypatch, tmp_path):
    monkeypatch.setenv("CLICKINTENT_SEEDS", str(tmp_path / "nowhere"))
    assert "run the command where dbt_project.yml is" in opened("review").error[0].value


def test_the_theme_has_the_colours_of_the_palette():
    config = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    for theme, shades in (("light", LIGHT), ("dark", DARK)):
        colours = config["theme"][theme]
        assert (colours["primaryColor"], colours["backgroundColor"]) == (shades.main, shades.ground)
        assert (colours["textColor"], colours["borderColor"]) == (shades.ink, shades.faint)


def test_the_app_is_found_in_a_checkout():
    assert app_file() == DASHBOARD / "app.py"
