"""What a model may answer: everything outside the taxonomy and the form is refused with its reason."""

import json

import pytest

from clickintent.labeling.label_answers import AnswerError, judge, read_answers
from clickintent.labeling.session_label import ABSTAINED, SessionLabel

LEAVES = ("cards.find", "homes.buy", "loans.ask", "cards.pay")


def intents(*pairs):
    return {"intents": [{"intent_id": intent_id, "confidence": confidence} for intent_id, confidence in pairs]}


def test_intents_are_ordered_by_confidence():
    said = [intents(("cards.find", 0.2), ("homes.buy", 0.7), ("loans.ask", 0.2))]
    assert judge(said, LEAVES) == SessionLabel("ok", (("homes.buy", 0.7), ("cards.find", 0.2), ("loans.ask", 0.2)))


@pytest.mark.parametrize(
    "said",
    [intents(), intents(("none", 1)), intents(("none", 0)), intents(("none", 0.3))],
    ids=["no intent", "none", "none without confidence", "unsure of none"],
)
def test_no_intent_is_an_abstention(said):
    assert judge([said], LEAVES) == ABSTAINED


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "the session was left out"),
        ([intents(("cards.find", 1))] * 2, "the session was answered 2 times"),
        ([intents(("evil.leaf", 1))], "'evil.leaf' is no intent of the taxonomy"),
        ([intents(("cards", 1))], "'cards' is no intent of the taxonomy"),
        ([intents(("CARDS.FIND", 1))], "'CARDS.FIND' is no intent"),
        ([intents((None, 1))], "None is no intent"),
        ([intents((["cards.find"], 1))], "is no intent"),
        ([intents(("x\n" * 100, 1))], r"'x\\nx\\nx\\n"),
        ([intents(("cards.find", 0))], "the confidence of cards.find is 0: it lies above 0 and up to 1"),
        ([intents(("cards.find", 1.01))], "is 1.01"),
        ([intents(("cards.find", -0.5))], "is -0.5"),
        ([intents(("cards.find", "0.9"))], "is '0.9'"),
        ([intents(("cards.find", True))], "is True"),
        ([intents(("cards.find", None))], "is None"),
        ([intents(("cards.find", float("nan")))], "is nan"),
        ([intents(("cards.find", float("inf")))], "is inf"),
        ([intents(("cards.find", 10**400))], "is 1000"),
        ([intents(("none", 2))], "is 2"),
        ([intents(("cards.find", 0.5), ("cards.find", 0.4))], "an intent is named twice"),
        ([intents(("cards.find", 0.5), ("none", 0.4))], "'none' stands beside other intents"),
        ([intents(*((leaf, 0.5) for leaf in LEAVES))], "4 intents are named, more than 3"),
        ([{"intents": [{"intent_id": "cards.find"}]}], "an intent is not an intent_id with a confidence"),
        ([{"intents": [{"intent_id": "cards.find", "confidence": 1, "why": "x"}]}], "and nothing else"),
        ([{"intents": ["cards.find"]}], "an intent is not"),
        ([{"intents": "cards.find"}], "the answer is not a number with a list 'intents'"),
        ([{"intents": [], "note": "x"}], "and nothing else"),
        ([{}], "the answer is not"),
        (["cards.find"], "the answer is not"),
        ([None], "the answer is not"),
    ],
)
def test_an_answer_outside_the_taxonomy_or_the_form_is_invalid_and_says_why(said, reason):
    label = judge(said, LEAVES)
    assert (label.status, label.intents) == ("invalid", ())
    assert reason.replace("\\\\", "\\") in label.error
    assert label.error.isprintable()
    assert len(label.error) < 200


def session(number, *pairs):
    return {"number": number, **intents(*pairs)}


def test_each_session_has_its_own_answer_in_whatever_order_they_come():
    answer = {"sessions": [session(2, ("homes.buy", 1)), session(1, ("cards.find", 0.5))]}
    assert read_answers(answer, 2) == [[intents(("cards.find", 0.5))], [intents(("homes.buy", 1))]]


def test_what_is_left_out_or_said_twice_or_of_no_session_does_not_touch_its_neighbours():
    answer = {
        "sessions": [
            session(1, ("cards.find", 1)),
            session(3, ("homes.buy", 1)),
            session(3, ("cards.find", 1)),
            session(4, ("cards.find", 1)),
            session(0, ("cards.find", 1)),
            session(-1, ("cards.find", 1)),
            session("2", ("cards.find", 1)),
            session(True, ("homes.buy", 1)),
            session(2.0, ("cards.find", 1)),
            {"intents": []},
            "2",
            None,
        ]
    }
    said = read_answers(answer, 3)
    assert [len(answers) for answers in said] == [1, 0, 2]
    assert judge(said[0], LEAVES) == SessionLabel("ok", (("cards.find", 1.0),))


@pytest.mark.parametrize("answer", [{}, {"sessions": None}, {"sessions": {"1": {}}}, {"labels": []}])
def test_a_response_of_another_form_answers_nothing(answer):
    with pytest.raises(AnswerError, match="no list 'sessions'"):
        read_answers(answer, 2)


def test_an_accepted_answer_is_accepted_again_when_it_is_read_from_a_table():
    said = read_answers({"sessions": [session(1, ("cards.find", 0.75))]}, 1)[0]
    assert judge([json.loads(json.dumps(said[0]))], LEAVES) == judge(said, LEAVES)
