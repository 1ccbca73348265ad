"""The margin at which the embedded labeler abstains: chosen on random gold where there is enough, else the default."""

from dataclasses import replace

import duckdb
import polars as pl
import pytest
from test_embedded_labeler import HOUSE, RECIPE, TAXONOMY
from test_stages_run import StandInDbt, load

from clickintent.labeling import EmbeddedLabeler, EmbeddedSettings, LabelerError
from clickintent.labeling.calibration import MIN_GOLD, WANTED_PRECISION, calibrated_settings
from clickintent.stages.labelers import labeler_of_build
from clickintent.stages.run import Run

LABELER = EmbeddedLabeler(TAXONOMY)
TORN = "web session, 2 events\n- mortgage rates | 30s\n- auto loan | 30s"
CLEAR_MARGIN, TORN_MARGIN = (float(LABELER.guess([text]).margins[0]) for text in (HOUSE, TORN))
(TORN_GUESS,) = LABELER.guess([TORN]).intent_ids


def gold(*groups):
    """Narratives and gold leaves, from (narrative, leaf, how many)."""
    narratives = [narrative for narrative, _, n in groups for _ in range(n)]
    return narratives, [leaf for _, leaf, n in groups for _ in range(n)]


def margin(*groups):
    return calibrated_settings(LABELER, *gold(*groups)).margin


def test_the_torn_session_is_less_clear_than_the_other():
    assert 0 < TORN_MARGIN < CLEAR_MARGIN


def test_where_torn_sessions_are_wrong_it_abstains_on_them():
    chosen = margin((HOUSE, "loans.house", 60), (TORN, "loans.boat", 40))
    assert TORN_MARGIN < chosen <= CLEAR_MARGIN


def test_where_torn_sessions_are_right_it_answers_them():
    assert margin((HOUSE, "loans.house", 60), (TORN, TORN_GUESS, 40)) <= TORN_MARGIN


def test_the_lowest_margin_that_is_precise_enough_is_taken():
    wrong = int(100 * (1 - WANTED_PRECISION))
    assert margin((HOUSE, "loans.house", 100 - wrong), (TORN, "loans.boat", wrong)) <= TORN_MARGIN
    assert margin((HOUSE, "loans.house", 99 - wrong), (TORN, "loans.boat", wrong + 1)) > TORN_MARGIN


def test_a_gold_session_that_fits_no_leaf_counts_against_an_answer():
    assert margin((HOUSE, "loans.house", 60), (TORN, "none", 40)) > TORN_MARGIN


@pytest.mark.parametrize("gold_leaf", ["none", LABELER.guess([RECIPE]).intent_ids[0]], ids=["wrong", "right by luck"])
def test_what_lacks_evidence_is_not_answered_and_decides_nothing(gold_leaf):
    groups = [(HOUSE, "loans.house", 60), (TORN, "loans.boat", 40)]
    assert margin(*groups, (RECIPE, gold_leaf, 400)) == margin(*groups)


@pytest.mark.parametrize(
    "few_or_hopeless",
    [
        gold((HOUSE, "loans.house", 30), (TORN, "loans.boat", MIN_GOLD - 31)),
        gold((HOUSE, "loans.boat", 100)),
        gold((RECIPE, "none", 100)),
    ],
    ids=["too few", "never right", "never evident"],
)
def test_the_settings_stay_where_gold_cannot_choose(few_or_hopeless):
    assert calibrated_settings(LABELER, *few_or_hopeless) == LABELER.settings


def test_a_margin_in_hundredths_answers_the_very_sessions_it_was_chosen_on():
    settings = calibrated_settings(LABELER, *gold((TORN, TORN_GUESS, 60)))
    assert settings.margin * 100 == pytest.approx(round(settings.margin * 100))
    assert EmbeddedLabeler(TAXONOMY, settings).label([TORN], ["web"])[0].status == "ok"


# -- in a build --------------------------------------------------------------------------------------------------------

SESSIONS = [(f"{number:032x}", HOUSE if number % 2 else TORN) for number in range(120)]
NO_ENCODER = pl.DataFrame(schema={"status": pl.String, "config": pl.String})


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        columns = ["session_id", "narrative"]
        load(connection, "session_narratives", pl.DataFrame(SESSIONS, schema=columns, orient="row"))
        load(connection, "session_encoder", NO_ENCODER)
        merged = {"intent_id": ["loans.house", "loans.dinghy"], "into_intent_id": [None, "loans.boat"]}
        load(connection, "intent_taxonomy", pl.DataFrame(merged))
        yield connection


def labeler(connection, shown_because, kind="embedded", of_torn="none"):
    rows = [(key, "loans.house" if text == HOUSE else of_torn, shown_because) for key, text in SESSIONS]
    load(
        connection, "gold_labels", pl.DataFrame(rows, schema=["session_id", "intent_id", "shown_because"], orient="row")
    )
    names = {"narratives": "session_narratives", "gold": "gold_labels", "encoders": "session_encoder"}
    sources = {name: connection.table(table) for name, table in (names | {"intents": "intent_taxonomy"}).items()}
    return labeler_of_build(Run(StandInDbt("session_labels", False), connection), kind, TAXONOMY, None, **sources)


def test_random_gold_sets_the_margin_of_a_build_and_changes_the_model(connection):
    chosen = labeler(connection, "random")
    assert chosen.settings.margin > TORN_MARGIN
    assert chosen.settings == replace(EmbeddedSettings(), margin=chosen.settings.margin)
    assert chosen.model != LABELER.model


def test_gold_of_a_leaf_that_has_gone_does_not_count_as_a_wrong_answer(connection):
    assert labeler(connection, "random", of_torn="loans.boat").settings.margin > TORN_MARGIN
    assert labeler(connection, "random", of_torn="loans.gone").settings.margin == pytest.approx(0)


def test_gold_of_a_leaf_that_was_merged_is_gold_of_the_leaf_that_it_became(connection):
    of_merged = labeler(connection, "random", of_torn="loans.dinghy")
    assert of_merged.settings == labeler(connection, "random", of_torn="loans.boat").settings


@pytest.mark.parametrize("reason", ["low_margin", "disagreeing"])
def test_gold_of_sessions_that_were_chosen_sets_nothing(connection, reason):
    assert labeler(connection, reason).model == LABELER.model


def test_another_labeler_is_left_to_its_maker(connection):
    with pytest.raises(LabelerError, match="nonsense"):
        labeler(connection, "random", kind="nonsense")
