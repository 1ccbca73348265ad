from datetime import datetime

import polars as pl
import pytest

from clickintent.labeling import (
    EmbeddedLabeler,
    EmbeddedSettings,
    LabelerError,
    SessionLabel,
    label_rows,
    make_labeler,
)
from clickintent.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy(
    pl.DataFrame(
        {
            "intent_id": ["loans", "loans.car", "loans.house", "loans.boat"],
            "parent_intent_id": ["", "loans", "loans", "loans"],
            "level": [1, 2, 2, 2],
            "name": ["Loans", "Finance a car", "Buy a house", "Finance a boat"],
            "description": [
                "Borrowing",
                "Looks for a car loan",
                "Looks for a mortgage",
                "Looks for a boat loan",
            ],
            "keywords": [
                "",
                "auto loan; vehicle loan; car payment",
                "mortgage rates; home loan",
                "yacht loan; marine loan",
            ],
            "app_examples": ["", "AutoLoans", "MortgageHome", "BoatLoans"],
        }
    )
)
LABELED_AT = datetime(2026, 3, 1, 12)
CAR = "web session, 2 events\n- auto loan rates | 30s\n- car payment calculator | 30s"
HOUSE = "web session, 1 event\n- mortgage rates today | 30s"
RECIPE = "web session, 1 event\n- tiramisu recipe | 30s"


@pytest.fixture(scope="module")
def labeler():
    return EmbeddedLabeler(TAXONOMY)


def best(labeler, *narratives):
    labels = labeler.label(narratives, ["web"] * len(narratives))
    return [label.intents[0][0] if label.intents else None for label in labels]


def test_a_session_gets_the_leaf_its_pages_speak_of(labeler):
    assert best(labeler, CAR, HOUSE) == ["loans.car", "loans.house"]


def test_a_session_whose_pages_fit_no_leaf_abstains(labeler):
    (label,) = labeler.label([RECIPE], ["web"])
    assert label == SessionLabel("abstained")


def test_a_session_without_pages_abstains(labeler):
    assert best(labeler, "web session, 0 events") == [None]


def test_a_session_with_too_weak_evidence_abstains():
    strict = EmbeddedLabeler(TAXONOMY, EmbeddedSettings(minimum_evidence=0.99))
    assert best(strict, CAR) == [None]


def test_a_session_torn_between_two_leaves_abstains():
    torn = "web session, 2 events\n- mortgage rates | 30s\n- auto loan | 30s"
    labeler = EmbeddedLabeler(TAXONOMY, EmbeddedSettings(margin=0.9))
    assert best(labeler, torn) == [None]


def test_a_page_that_shares_one_word_among_many_unknown_ones_is_no_evidence(labeler):
    assert best(labeler, "web session, 1 event\n- car museum opening night gala vintage exhibition photos") == [None]


def test_a_screen_name_counts_as_its_words(labeler):
    assert best(labeler, "app session, 1 event\n- MortgageHome") == ["loans.house"]


def test_an_event_type_can_name_the_subject(labeler):
    assert best(labeler, "app session, 1 event\n- (no page) | mortgage_rates_opened") == ["loans.house"]


def test_a_label_does_not_depend_on_the_sessions_labelled_with_it(labeler):
    common = "- mortgage rates | 30s"
    mixed = f"web session, 2 events\n{common}\n- yacht loan | 30s"
    crowd = [f"web session, 1 event\n{common}"] * 2000
    alone = labeler.label([mixed], ["web"])[0]
    in_crowd = labeler.label([mixed, *crowd], ["web"] * 2001)[0]
    assert in_crowd == alone


def test_a_long_look_counts_more_than_a_glance(labeler):
    long_on_car = "web session, 2 events\n- auto loan | 10 min\n- mortgage rates | 5s"
    long_on_house = "web session, 2 events\n- auto loan | 5s\n- mortgage rates | 10 min"
    car, house = (dict(label.intents) for label in labeler.label([long_on_car, long_on_house], ["web"] * 2))
    assert car.get("loans.car", 0.0) > house.get("loans.car", 0.0)


def test_a_form_started_counts_more_than_a_page_read(labeler):
    plain = "web session, 2 events\n- auto loan | 20s\n- mortgage rates | 20s"
    acting = "web session, 2 events\n- auto loan | 20s | form_start\n- mortgage rates | 20s"
    read_only, started = labeler._confidences([steps(plain), steps(acting)])[0]
    assert started[0] > read_only[0]


def test_a_page_that_is_passed_on_the_way_counts_less_than_one_that_is_not():
    """Both lines fit a leaf as well: 'sign in' is passed, 'car payment' is what somebody came for."""
    taxonomy = read_taxonomy(TWO_LEAVES.with_columns(keywords=pl.Series(["", "sign in", "car payment"])))
    narrative = "web session, 2 events\n- sign in | 20s\n- car payment | 20s"
    passing = EmbeddedSettings(depth_weight=0.0)
    plain = EmbeddedSettings(depth_weight=0.0, passing_weight=1.0)
    first, second = (EmbeddedLabeler(taxonomy, settings).guess([narrative]) for settings in (passing, plain))
    assert first.intent_ids == ["a.second"]
    assert first.margins[0] > second.margins[0] + 0.1


def test_a_session_of_nothing_but_passed_pages_is_about_them():
    taxonomy = read_taxonomy(TWO_LEAVES.with_columns(keywords=pl.Series(["", "sign in", "car payment"])))
    (label,) = EmbeddedLabeler(taxonomy).label(["web session, 1 event\n- login sign in | 20s"], ["web"])
    assert label.intents[0][0] == "a.first"


TWO_LEAVES = pl.DataFrame(
    {
        "intent_id": ["a", "a.first", "a.second"],
        "parent_intent_id": ["", "a", "a"],
        "level": [1, 2, 2],
        "name": ["Anything", "First", "Second"],
        "description": ["Anything", "Uno", "Due"],
    }
)


def test_a_guess_is_the_best_leaf_of_every_session_and_the_label_where_there_is_one(labeler):
    narratives = [CAR, HOUSE, RECIPE, "web session, 2 events\n- mortgage rates | 30s\n- auto loan | 30s"]
    guesses = labeler.guess(narratives)
    labels = labeler.label(narratives, ["web"] * 4)
    assert [label.intents[0][0] for label in labels[:2]] == guesses.intent_ids[:2]
    assert len(guesses.intent_ids) == 4
    assert set(guesses.intent_ids) <= set(TAXONOMY.leaf_ids)


def test_a_margin_is_at_least_the_setting_exactly_where_the_labeler_answers(labeler):
    torn = "web session, 2 events\n- mortgage rates | 30s\n- auto loan | 30s"
    narratives = [CAR, HOUSE, RECIPE, torn]
    answers = [label.status == "ok" for label in labeler.label(narratives, ["web"] * 4)]
    assert answers == [margin >= labeler.settings.margin for margin in labeler.guess(narratives).margins]
    assert labeler.guess([RECIPE]).margins[0] < 0


def steps(narrative):
    from clickintent.labeling import read_steps

    return read_steps(narrative)


def test_a_label_names_at_most_three_leaves_best_first(labeler):
    intents = labeler.label([CAR], ["web"])[0].intents
    confidences = [confidence for _, confidence in intents]
    assert len(intents) <= 3
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < c <= 1 for c in confidences)


def test_the_model_changes_with_a_parameter():
    assert EmbeddedLabeler(TAXONOMY, EmbeddedSettings(margin=0.2)).model != EmbeddedLabeler(TAXONOMY).model


def test_no_narratives_give_no_labels(labeler):
    assert labeler.label([], []) == []


def test_narratives_and_channels_come_in_pairs(labeler):
    with pytest.raises(ValueError, match="one channel each"):
        labeler.label([CAR], [])


def no_access():
    raise AssertionError("nobody asked for a language model")


def test_an_unknown_labeler_says_which_kinds_exist():
    with pytest.raises(LabelerError, match=r"unknown.*embedded"):
        make_labeler("oracle", TAXONOMY, no_access)


class CountingLabeler:
    """Answers by the first letter of the narrative and remembers what it was asked."""

    name = "counting"
    model = "counting-1"

    def __init__(self):
        self.asked = []

    def label(self, narratives, channels):
        self.asked += list(zip(narratives, channels, strict=True))
        answers = {
            "w": SessionLabel("ok", (("loans.car", 0.7), ("loans.boat", 0.2))),
            "a": SessionLabel("abstained"),
            "x": SessionLabel("invalid", error="no such leaf"),
        }
        return [answers[narrative[0]] for narrative in narratives]


def rows_of(labeler, *texts):
    frame = pl.DataFrame(
        {
            "session_id": [f"s{i}" for i in range(len(texts))],
            "narrative": list(texts),
            "narrative_hash": [f"hash of {text}" for text in texts],
            "content_hash": [f"content {i}" for i in range(len(texts))],
        },
        schema=dict.fromkeys(["session_id", "narrative", "narrative_hash", "content_hash"], pl.String),
    )
    return label_rows(labeler, frame, "tax-1", LABELED_AT)


def test_equal_narratives_are_labelled_once_and_every_session_gets_rows():
    labeler = CountingLabeler()
    rows = rows_of(labeler, "web session", "web session")
    assert labeler.asked == [("web session", "web")]
    assert rows.select("session_id", "rank", "intent_id", "content_hash").rows() == [
        ("s0", 1, "loans.car", "content 0"),
        ("s0", 2, "loans.boat", "content 0"),
        ("s1", 1, "loans.car", "content 1"),
        ("s1", 2, "loans.boat", "content 1"),
    ]


def test_an_abstained_or_invalid_answer_is_one_row_without_intent():
    rows = rows_of(CountingLabeler(), "app session", "x session")
    assert rows.select("session_id", "rank", "intent_id", "confidence", "status", "error").rows() == [
        ("s0", 1, None, None, "abstained", None),
        ("s1", 1, None, None, "invalid", "no such leaf"),
    ]


def test_every_row_says_who_labelled_it_with_what_and_when():
    row = rows_of(CountingLabeler(), "web session").row(0, named=True)
    assert (row["labeler"], row["model"], row["taxonomy_version"], row["labeled_at"]) == (
        "counting",
        "counting-1",
        "tax-1",
        LABELED_AT,
    )


def test_no_narratives_give_no_rows_of_the_same_columns():
    assert rows_of(CountingLabeler()).schema == rows_of(CountingLabeler(), "web session").schema


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "ok"},
        {"status": "abstained", "intents": (("loans.car", 0.5),)},
        {"status": "ok", "intents": (("loans.car", 0.0),)},
        {"status": "ok", "intents": (("loans.car", 1.5),)},
        {"status": "ok", "intents": tuple((f"loans.{i}", 0.2) for i in range(4))},
    ],
)
def test_a_label_that_contradicts_itself_cannot_be_made(fields):
    with pytest.raises(ValueError, match=r"intents|confidences"):
        SessionLabel(**fields)
