"""What the pages are told equals what SQL says of the tables, on DuckDB and through a Snowpark session alike."""

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
import sqlglot
from tests.dashboard_copy import DAYS, FIRST_DAY, MAPPED, write_build

from clickintent.dashboard import findings, intents, journeys, sessions, settings, trust
from clickintent.dashboard.data import query_copy, query_snowpark
from clickintent.dashboard.filters import Filters, last_days, read_choices
from clickintent.dashboard.intervals import rise, wilson
from clickintent.dashboard.palette import DARK, LIGHT
from clickintent.dashboard.places import published_file
from clickintent.dashboard.published import BuildRun, publish

ROOT = Path(__file__).resolve().parents[2]
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
EVERYTHING = Filters(FIRST_DAY, LAST_DAY)
ON_THE_WEB = Filters(FIRST_DAY, LAST_DAY, (("channel", "web"),), level=2)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    built = write_build(tmp_path_factory.mktemp("copy") / "bank.duckdb")
    publish(built, BuildRun("build", 3, ()))
    return published_file(built)


@pytest.fixture(scope="module")
def query(file):
    return query_copy(file)


def everything_asked(query):
    """One call of each query of the pages."""
    intents.shares(query, ON_THE_WEB)
    intents.shares(query, Filters(FIRST_DAY, LAST_DAY, group="cards", level=2))
    for period in ("day", "week"):
        intents.trend(query, EVERYTHING, period)
        intents.visitors(query, Filters(FIRST_DAY, LAST_DAY, (("channel", "web"),), group="homes"), period)
    for dimension in ("channel", "auth_state", "device_type", "campaign", "site_id"):
        intents.split(query, EVERYTHING, dimension)
    intents.movers(query, ON_THE_WEB, FIRST_DAY, LAST_DAY)
    intents.groups_by_size(query)
    read_choices(query)
    for channels in journeys.CHANNELS:
        journeys.flows(query, FIRST_DAY, LAST_DAY, channels)
    for channel in (None, "web"):
        journeys.outcomes(query, FIRST_DAY, LAST_DAY, channel)
        journeys.time_to_conversion(query, FIRST_DAY, LAST_DAY, channel, "days")
    journeys.time_to_conversion(query, FIRST_DAY, LAST_DAY, None, "sessions")
    settings.read_settings(query)
    sessions.read_map(query)
    sessions.read_story(query, MAPPED[0])
    metrics = trust.classifier_metrics(query)
    trust.agreement_per_leaf(query, metrics)
    for told in (
        *(trust.coverage, trust.people_agreement, trust.drift, trust.freshness),
        *(trust.versions, trust.spending, trust.quarantine),
    ):
        told(query)


def test_totals_and_shares_equal_sql(query):
    counted = query(
        "select sum(sessions) as sessions, sum(converted_sessions) as converted from intent_trends_daily "
        "where channel = 'web'"
    ).row(0)
    shares = intents.shares(query, ON_THE_WEB)
    told = intents.totals(shares)
    assert (told["sessions"], told["converted_sessions"]) == counted
    assert shares["sessions"].sum() == counted[0]
    assert shares["share"].sum() == pytest.approx(1)
    assert all(more >= less for more, less in pairwise(shares["sessions"]))


def test_shares_of_a_groups_leaves_are_of_all_sessions(query):
    leaves = intents.shares(query, Filters(FIRST_DAY, LAST_DAY, group="cards", level=2))
    groups = intents.shares(query, EVERYTHING)
    assert set(leaves["intent"]) == {"cards.find", "cards.pay"}
    assert leaves["share"].sum() == pytest.approx(dict(groups.select("intent", "share").iter_rows())["cards"])
    counted = query("select sum(sessions) as n from intent_trends_daily where intent_id like 'cards.%'").item()
    assert intents.totals(leaves)["sessions"] == counted


def test_a_week_that_is_chosen_in_part_is_no_point_of_a_trend(query):
    rows = intents.trend(query, Filters(FIRST_DAY + timedelta(days=1), LAST_DAY - timedelta(days=1)), "week")
    whole = [FIRST_DAY + timedelta(days=7 * week) for week in (1, 2, 3)]
    assert rows["period_start"].unique().sort().to_list() == whole
    assert rows.filter(rows["period_start"] == whole[0])["share"].sum() == pytest.approx(1)


def test_the_intent_that_doubled_is_the_one_that_moved(query):
    rows = intents.movers(query, EVERYTHING, FIRST_DAY, LAST_DAY)
    moved = rows.filter("has_moved")
    assert moved.row(0, named=True)["intent"] == "homes"
    assert moved.row(0, named=True)["change"] > 0
    assert findings.moving_intents(rows).startswith("Homes rose by ")


def test_nothing_moved_where_the_data_has_fewer_than_five_weeks(query):
    rows = intents.movers(query, EVERYTHING, FIRST_DAY + timedelta(days=1), LAST_DAY)
    assert rows.is_empty()
    assert findings.moving_intents(rows) == "There are not five weeks to compare"


def test_journeys_are_cut_where_the_charts_say_so():
    model = (ROOT / "models" / "dashboard" / "journey_outcomes.sql").read_text()
    cut = dict(re.findall(r"set most_(days|sessions) = (\d+)", model))
    assert {unit: int(most) for unit, most in cut.items()} == journeys.CAPS


def test_of_tests_nothing_is_said_where_none_ran():
    assert findings.trusted(0.9, 0, 12).endswith("every test passed")
    assert findings.trusted(0.9, 0, 0) == findings.trusted(0.9, None, 0) == "90.0% of sessions have an intent"
    assert findings.trusted(0.9, 1, 0).endswith("1 check failed")
    assert findings.last_run(0, 0) == "The last run ran no tests"


def test_visitors_are_told_by_period_and_never_under_a_filter_they_are_not_counted_by(query):
    weeks = intents.visitors(query, EVERYTHING, "week")
    assert weeks.height == 2 * 5
    assert set(weeks["visitors"]) == {40}
    assert intents.visitors(query, Filters(FIRST_DAY, LAST_DAY, (("device_type", "mobile"),)), "week") is None


def test_flows_and_conversions_equal_sql(query):
    crossing = journeys.flows(query, FIRST_DAY, LAST_DAY, "web_app")
    assert crossing.select("from_name", "to_name", "transitions", "mean_days").rows() == [("Homes", "Cards", 8, 2.0)]
    everything = journeys.flows(query, FIRST_DAY, LAST_DAY, "all")
    assert everything["transitions"].sum() == 40
    assert findings.next_intents(everything).startswith("80% come back for the same thing")
    ended = journeys.outcomes(query, FIRST_DAY, LAST_DAY, None)
    assert ended["journeys"].sum() == 200
    assert ended.row(0, named=True)["converted_share"] == pytest.approx(0.4)
    assert ended["converted_journeys"].sum() == 40
    days = journeys.time_to_conversion(query, FIRST_DAY, LAST_DAY, None, "days")
    assert days.select("value", "journeys").rows() == [(0, 10), (3, 30)]
    assert findings.time_taken(days, "days").startswith("25% of the journeys that convert do so on the day")


def test_a_story_tells_one_session_of_the_map_and_nothing_of_another(query):
    story = sessions.read_story(query, MAPPED[2])
    assert story.facts["narrative"] == "web session number 2"
    assert story.events["page_words"].to_list() == ["page one", "page two"]
    assert story.neighbours["session_id"].to_list() == [MAPPED[3]]
    assert story.scores["probability"].to_list() == sorted(story.scores["probability"], reverse=True)
    assert sessions.read_story(query, "f" * 32) is None


def test_an_agreement_of_nought_has_an_interval_all_the_same(query):
    leaves = trust.agreement_per_leaf(query, trust.classifier_metrics(query))
    worst = leaves.row(0, named=True)
    assert (worst["name"], worst["agreement"], worst["low"]) == ("Buy a home", 0.0, 0.0)
    assert worst["high"] == pytest.approx(wilson(0, 40)[1])


def test_one_data_function_serves_snowflake_too(file, query):
    asked = []

    class Session:
        """As Snowpark answers: names in capitals, sums as decimals; executed by DuckDB."""

        def sql(self, statement, params=None):
            asked.append(statement)
            connection = duckdb.connect()
            connection.execute(f"attach '{file}' as published (read_only)")
            connection.execute("use published.main")
            found = connection.execute(statement, params).to_arrow_table()

            class Frame:
                def to_arrow(self):
                    return found.rename_columns([name.upper() for name in found.column_names])

            return Frame()

    warehouse = query_snowpark(Session())
    assert intents.shares(warehouse, ON_THE_WEB).equals(intents.shares(query, ON_THE_WEB))
    everything_asked(warehouse)
    for statement in asked:
        sqlglot.parse_one(statement, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
        for word in ("filter (", "semi join", "anti join", "exclude", "::", "list_", " qualify "):
            assert word not in statement, statement


def test_a_filter_that_is_no_column_is_refused(query):
    with pytest.raises(ValueError, match="There is no filter visitor_id"):
        intents.shares(query, Filters(FIRST_DAY, LAST_DAY, (("visitor_id", "v1"),)))
    with pytest.raises(ValueError, match="Nothing is split by visitor_id"):
        intents.split(query, EVERYTHING, "visitor_id")


def test_the_last_days_are_counted_back_from_the_data(query):
    choices = read_choices(query)
    assert last_days(choices, 28) == (LAST_DAY - timedelta(days=27), LAST_DAY)
    assert last_days(choices, None) == last_days(choices, 999) == (FIRST_DAY, LAST_DAY)
    assert choices.groups == {"cards": "Cards", "homes": "Homes"}
    assert isinstance(choices.first_day, date)


def test_days_that_differ_widen_the_interval_of_a_rise():
    even = rise(np.full(28, 10.0), np.full(28, 100.0), 100, 700)
    uneven = rise(np.tile([2.0, 18.0], 14), np.full(28, 100.0), 100, 700)
    assert even.value == uneven.value
    assert uneven.high - uneven.low > 1.5 * (even.high - even.low)
    assert even.low > 0 > uneven.low
    assert rise(np.zeros(28), np.zeros(28), 1, 10) is None


def test_the_interval_of_a_difference_is_newcombes():
    # Newcombe (1998), table II, method 10: 56/70 less 48/80
    told = rise(np.array([48.0]), np.array([80.0]), 56, 70)
    assert (round(told.value, 4), round(told.low, 4), round(told.high, 4)) == (0.2, 0.0524, 0.3339)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_told_apart_by_everybody_and_stand_out_from_the_ground(shades):
    seen = {colour: _as_seen(colour) for colour in shades.series}
    pairs = [(a, b) for place, a in enumerate(shades.series) for b in shades.series[:place]]
    assert min(np.linalg.norm(x - y) for a, b in pairs for x, y in zip(seen[a], seen[b], strict=True)) >= 17
    for colour in (*shades.series, shades.good, shades.bad):
        assert _contrast(colour, shades.ground) >= 3
    for text in (shades.ink, shades.muted):
        assert _contrast(text, shades.ground) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1: protanopia, deuteranopia, tritanopia
_SEEN = [
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
]
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _linear(colour):
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _contrast(colour, ground):
    dark, light = sorted(_linear(side) @ _TO_XYZ[1] for side in (colour, ground))
    return (light + 0.05) / (dark + 0.05)


def _as_seen(colour):
    found = []
    for eye in _SEEN:
        xyz = _TO_XYZ @ np.clip(eye @ _linear(colour), 0, 1) / np.array([0.9505, 1, 1.089])
        f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        found.append(np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]))
    return found
