"""Rules of the synthetic bank's raw events and truth."""

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import clickintent.demo
from clickintent.demo import DemoBank, Simulation, simulate, source_hash
from clickintent.demo.app import SCREENS
from clickintent.demo.journeys import draw_sessions
from clickintent.demo.pages import APP, WEB, parse_pages
from clickintent.demo.people import draw_people
from clickintent.demo.render import EVENT_COLUMNS
from clickintent.demo.site import PAGES

BANK = DemoBank(people=3_000)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(BANK)


@pytest.fixture(scope="module")
def sound(simulation: Simulation) -> pl.DataFrame:
    """Human events that parse, one row an event, with truth, in order of time within a session."""
    parsed = pl.col("event_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", strict=False)
    return (
        simulation.events.with_columns(at=parsed)
        .filter(pl.col("at").is_not_null(), pl.col("visitor_id").is_not_null(), pl.col("page_url").is_not_null())
        .filter(pl.col("at") <= pl.col("loaded_at"))
        .unique("event_id", keep="first", maintain_order=True)
        .join(simulation.truth, on="event_id")
        .sort("simulated_session_id", "at")
    )


def test_the_same_bank_gives_the_same_bytes(tmp_path: Path) -> None:
    bank = DemoBank(people=300, days=20)
    for name in ("first", "second"):
        simulated = simulate(bank)
        simulated.events.write_parquet(tmp_path / f"{name}-events")
        simulated.truth.write_parquet(tmp_path / f"{name}-truth")
    for kind in ("events", "truth"):
        assert (tmp_path / f"first-{kind}").read_bytes() == (tmp_path / f"second-{kind}").read_bytes()


def test_another_seed_gives_other_people() -> None:
    first, second = (simulate(DemoBank(people=300, days=20, seed=seed)).events for seed in (1, 2))
    assert not set(first["visitor_id"].drop_nulls()) & set(second["visitor_id"].drop_nulls())


def test_the_simulator_never_mentions_the_labelers_taxonomy_files() -> None:
    folder = Path(clickintent.demo.__file__).parent
    for source in folder.glob("*.py"):
        assert not re.search(r"\bseeds\b|taxonomy\.csv|\bread_csv\b", source.read_text()), source.name


def test_the_source_hash_names_the_simulators_sources(simulation: Simulation) -> None:
    assert re.fullmatch("[0-9a-f]{64}", source_hash())
    assert simulation.oracle["source_hash"] == source_hash()


def test_events_have_the_columns_of_the_raw_table(simulation: Simulation) -> None:
    assert dict(simulation.events.schema) == EVENT_COLUMNS


def test_truth_has_one_row_per_human_event_id(simulation: Simulation) -> None:
    truth, events = simulation.truth, simulation.events
    assert truth["event_id"].is_unique().all()
    assert truth["event_id"].null_count() == 0
    assert set(truth["event_id"]) <= set(events["event_id"].drop_nulls())
    robots = events.join(truth, on="event_id", how="anti").filter(pl.col("user_agent").str.contains("bot"))
    assert len(robots) > 0


def test_truth_is_constant_within_a_session(simulation: Simulation) -> None:
    per_session = simulation.truth.drop("event_id").unique()
    assert per_session["simulated_session_id"].is_unique().all()


def test_rows_arrive_in_hourly_batches_in_order(simulation: Simulation) -> None:
    loaded = simulation.events["loaded_at"]
    assert loaded.is_sorted()
    assert (loaded == loaded.dt.truncate("1h")).all()


@pytest.mark.parametrize("channel", ["web", "app"])
def test_ids_properties_and_row_order_say_nothing_about_the_intent(simulation: Simulation, channel: str) -> None:
    events = simulation.events.with_row_index("row").filter(
        pl.col("channel") == channel, pl.col("visitor_id").is_not_null()
    )
    sessions = (
        events.join(simulation.truth, on="event_id", maintain_order="left")
        .group_by("simulated_session_id", maintain_order=True)
        .agg(pl.first("row", "event_id", "visitor_id", "customer_id", "properties", "group"))
        .sample(fraction=1.0, shuffle=True, seed=0)
        # Having a customer id says who signed in, which is behaviour; only its value must say nothing.
        .with_columns(pl.coalesce("customer_id", "visitor_id").alias("customer_id"))
    )
    ids = ("event_id", "visitor_id", "customer_id", "simulated_session_id")
    tokens = [
        [f"{name}:{place}:{row[name][place : place + 2]}" for name in ids for place in range(0, 20, 2)]
        + [f"properties:{row['properties'][:60]}"]
        for row in sessions.to_dicts()
    ]
    hashed = FeatureHasher(512, input_type="string").transform(tokens).toarray()
    as_number = [[int(id_, 16) / 16 ** len(id_) for id_ in sessions[name]] for name in ids]
    row = sessions["row"].to_numpy() / len(simulation.events)
    features = np.column_stack([hashed, *as_number, row])
    target = sessions["group"].to_numpy()
    half = len(target) // 2
    _, counts = np.unique(target[half:], return_counts=True)
    majority = counts.max() / counts.sum()
    for model in (
        LogisticRegression(max_iter=200, C=0.01),
        DecisionTreeClassifier(max_depth=4, random_state=0),
    ):
        accuracy = (model.fit(features[:half], target[:half]).predict(features[half:]) == target[half:]).mean()
        assert accuracy < majority + 0.03


def test_site_and_app_name_their_pages_differently() -> None:
    site, app = ({page.url for page in parse_pages(table)} for table in (PAGES, SCREENS))
    assert len(site) >= 100
    assert len(app) >= 50
    assert not site & app
    titles = [{page.title for page in parse_pages(table) if page.kind != "open"} for table in (PAGES, SCREENS)]
    assert len(titles[0] & titles[1]) <= 6  # a few plain words both would use


def test_a_page_table_with_an_unknown_intent_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown intents"):
        parse_pages("/x | X | hub | no_such_intent 1")


def test_a_customer_is_known_on_the_web_only_from_the_login_on(sound: pl.DataFrame) -> None:
    web = sound.filter(pl.col("channel") == "web").with_columns(
        logged_in=(pl.col("event_type") == "login").cum_sum().over("simulated_session_id") > 0
    )
    assert web["logged_in"].any()
    assert (web["logged_in"] == web["customer_id"].is_not_null()).all()


def test_some_app_sessions_stay_anonymous_and_most_do_not(sound: pl.DataFrame) -> None:
    app = sound.filter(pl.col("channel") == "app").group_by("simulated_session_id")
    known = app.agg(pl.col("customer_id").is_not_null().any())["customer_id"].mean()
    assert 0.88 < known < 0.98


def test_tile_events_carry_only_an_impression_id_and_a_position(sound: pl.DataFrame) -> None:
    tiles = sound.filter(pl.col("page_url").str.starts_with("Home/Tile/"))
    pattern = r'^\{"impression_id": "[0-9a-f]{16}", "position": [1-3]\}$'
    assert set(tiles["event_type"]) == {"tile_impression", "tile_click"}
    assert tiles["properties"].str.contains(pattern).all()


def test_every_tile_click_follows_its_impression(sound: pl.DataFrame) -> None:
    shown, clicked = (
        sound.filter(pl.col("event_type") == kind).select("properties", "page_url", "at")
        for kind in ("tile_impression", "tile_click")
    )
    both = clicked.join(shown, on=["properties", "page_url"], suffix="_shown", how="left")
    assert len(both) > 50
    assert (both["at_shown"] < both["at"]).all()


def test_tiles_that_speak_to_the_need_and_first_positions_are_clicked_more(sound: pl.DataFrame) -> None:
    tiles = sound.filter(pl.col("page_url").str.starts_with("Home/Tile/")).with_columns(
        position=pl.col("properties").str.extract(r'"position": (\d)'),
        is_click=pl.col("event_type") == "tile_click",
    )
    clicks = tiles.group_by("position").agg(rate=pl.col("is_click").mean()).sort("position")["rate"]
    assert clicks[0] > clicks[2]
    wants_saving = tiles.filter(pl.col("page_url") == "Home/Tile/BoostedPot")
    rates = {
        wants: wants_saving.filter((pl.col("need").fill_null("") == "savings_rate") == wants)["is_click"].mean()
        for wants in (True, False)
    }
    assert rates[True] > 3 * rates[False]


def test_every_application_is_started_before_it_is_submitted(sound: pl.DataFrame) -> None:
    ends = sound.with_columns(before=pl.col("event_type").shift(1).over("simulated_session_id")).filter(
        pl.col("event_type") == "application_submit"
    )
    assert len(ends) > 50
    assert set(ends["before"].drop_nulls()) == {"form_start"}
    assert ends["event_value"].is_not_null().any()
    assert ends.filter(pl.col("channel") == "web")["page_url"].str.contains(r"/apply/[a-z-]+/\d+/review").all()


def test_pauses_within_a_session_stay_below_thirty_minutes(sound: pl.DataFrame) -> None:
    gaps = sound.select(gap=(pl.col("at") - pl.col("at").shift(1).over("simulated_session_id")).dt.total_seconds())[
        "gap"
    ].drop_nulls()
    assert gaps.max() < 1_800
    assert (gaps < 600).mean() > 0.99
    assert gaps.min() >= 0


def test_a_few_sessions_cross_midnight(sound: pl.DataFrame) -> None:
    days = sound.group_by("simulated_session_id").agg(days=pl.col("at").dt.date().n_unique())["days"]
    assert 0 < (days > 1).mean() < 0.02


def test_duplicates_repeat_an_event_exactly_or_in_a_later_batch(simulation: Simulation) -> None:
    events = simulation.events.filter(pl.col("event_id").is_not_null())
    exact = events.is_duplicated().mean() / 2
    assert 0.003 < exact < 0.009
    sound_only = events.filter(pl.col("visitor_id").is_not_null(), pl.col("page_url").is_not_null())
    resent = sound_only.unique().group_by("event_id").agg(loads=pl.col("loaded_at").n_unique())
    assert 0.002 < (resent["loads"] > 1).mean() < 0.008


def test_one_event_in_a_hundred_is_late_by_up_to_three_days(sound: pl.DataFrame) -> None:
    hours = (sound["loaded_at"] - sound["at"]).dt.total_seconds() / 3600
    assert 0.005 < (hours > 1.1).mean() < 0.015
    assert hours.max() <= 74 + 6


def test_malformed_rows_come_in_all_four_ways_and_are_few(simulation: Simulation) -> None:
    events = simulation.events.with_columns(
        at=pl.col("event_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", strict=False)
    )
    bad = {
        "visitor": pl.col("visitor_id").is_null(),
        "time": pl.col("at").is_null(),
        "future": pl.col("at") > pl.col("loaded_at"),
        "empty": pl.col("event_type").is_null() & pl.col("page_url").is_null(),
    }
    shares = events.select(**{name: rule.fill_null(False).mean() for name, rule in bad.items()}).row(0, named=True)
    assert all(share > 0 for share in shares.values())
    assert 0.001 <= sum(shares.values()) <= 0.003


def test_some_malformed_rows_are_corrected_under_their_own_id(simulation: Simulation, sound: pl.DataFrame) -> None:
    broken = simulation.events.filter(pl.col("visitor_id").is_null(), pl.col("event_id").is_not_null())
    fixed = broken.join(sound.select("event_id", fixed_at="loaded_at"), on="event_id")
    assert len(fixed) > 0
    assert (fixed["fixed_at"] > fixed["loaded_at"]).all()


def test_robots_come_with_a_name_or_with_a_metronome(simulation: Simulation) -> None:
    strangers = simulation.events.join(simulation.truth, on="event_id", how="anti").filter(
        pl.col("page_url").is_not_null(), pl.col("visitor_id").is_not_null(), pl.col("event_id").is_not_null()
    )
    named = pl.col("user_agent").str.contains(r"bot|python-requests")
    assert strangers.filter(named)["visitor_id"].n_unique() >= 2
    disguised = (
        strangers.filter(~named)
        .with_columns(at=pl.col("event_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", strict=False))
        .unique("event_id")
        .sort("visitor_id", "at")
        .with_columns(gap=(pl.col("at").diff().over("visitor_id")).dt.total_milliseconds())
        .filter(pl.len().over("visitor_id") > 10)
    )
    assert disguised["visitor_id"].n_unique() >= 2
    assert disguised["gap"].median() == pytest.approx(2_000, abs=30)


def test_people_type_personal_data_where_they_should_not(simulation: Simulation) -> None:
    urls = simulation.events["page_url"].drop_nulls()
    assert urls.str.contains(r"q=[^&]*(@example|555|4111|acct)").any()
    assert urls.str.contains(r"email=").any()
    assert urls.str.contains(r"(@example|555|4111|acct)").mean() < 0.005


def test_consent_is_refused_by_one_visitor_in_a_hundred_and_unknown_for_some(simulation: Simulation) -> None:
    visitors = simulation.events.filter(~pl.col("user_agent").str.contains("bot|python")).unique("visitor_id")
    assert 0.003 < (~visitors["has_consent"]).mean() < 0.02
    assert 0.01 < visitors["has_consent"].is_null().mean() < 0.05


def test_internal_traffic_is_marked_and_rare(simulation: Simulation) -> None:
    assert 0 < simulation.events["is_internal"].mean() < 0.02


def _app_need_was_sought_on_the_web(linked: bool) -> float:
    """Share of app sessions with a need whose person has a web session about the same need."""
    rng = np.random.default_rng(3)
    people = draw_people(rng, 8_000)
    sessions = draw_sessions(rng, people, days=60, start_ms=0, linked=linked, mixed_share=0.2, vague_share=0.1)
    on_web = sessions.channel == WEB
    sought = set(zip(sessions.person[on_web], sessions.primary[on_web], strict=True))
    in_app = (sessions.channel == APP) & (sessions.need >= 0)
    pairs = zip(sessions.person[in_app], sessions.need[in_app], strict=True)
    return float(np.mean([pair in sought for pair in pairs]))


def test_in_the_null_bank_the_app_knows_nothing_of_the_web() -> None:
    linked, unlinked = _app_need_was_sought_on_the_web(True), _app_need_was_sought_on_the_web(False)
    assert linked > 0.4
    # Chance: about one and a half web needs a person, each hit with probability of a need's popularity.
    assert unlinked < 0.12


def test_linked_and_null_bank_have_the_same_web_sessions() -> None:
    both = []
    for linked in (True, False):
        rng = np.random.default_rng(3)
        people = draw_people(rng, 500)
        sessions = draw_sessions(rng, people, days=30, start_ms=0, linked=linked, mixed_share=0.2, vague_share=0.1)
        on_web = sessions.channel == WEB
        both.append((sessions.starts_ms[on_web], sessions.primary[on_web]))
    assert (both[0][0] == both[1][0]).all()
    assert (both[0][1] == both[1][1]).all()


def test_events_lie_within_the_banks_days(sound: pl.DataFrame) -> None:
    assert sound["at"].min() >= datetime(2026, 3, 1)
    assert sound["at"].max() < datetime(2026, 5, 1)  # a session may run past the last midnight


@pytest.mark.parametrize("wrong", [{"people": 0}, {"days": 0}, {"seed": -1}, {"mixed_share": 1.5}])
def test_an_impossible_bank_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="DemoBank"):
        DemoBank(**wrong)


@pytest.mark.parametrize("has_noise", [True, False])
def test_a_bank_of_one_person_works_even_without_a_session(has_noise: bool) -> None:
    simulated = simulate(DemoBank(people=1, days=1, has_noise=has_noise))
    assert set(simulated.truth["event_id"]) <= set(simulated.events["event_id"].drop_nulls())
