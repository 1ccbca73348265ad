"""When an item is settled: it is asked about until it has a label or two answers that are none, and never again."""

import json

from clickintent.labeling.answer_book import AnswerBook
from clickintent.labeling.label_answers import invalid
from clickintent.labeling.session_label import ABSTAINED, SessionLabel

LEAVES = ("cards.find", "homes.buy")
CARDS, HOMES = SessionLabel("ok", (("cards.find", 0.9),)), SessionLabel("ok", (("homes.buy", 0.8),))
ANSWER = {"intents": [{"intent_id": "cards.find", "confidence": 0.9}]}


def book(*heard):
    made = AnswerBook(LEAVES)
    for status, label in heard:
        made.hear("item", status, label)
    return made


def state(made):
    return made.is_settled("item"), made.is_to_ask("item"), made.label("item")


def test_an_item_of_which_nothing_is_known_is_to_ask_and_has_no_label():
    assert state(book()) == (False, True, None)


def test_a_label_settles_an_item_and_so_does_an_abstention():
    assert state(book(("ok", CARDS))) == (True, False, CARDS)
    assert state(book(("ok", ABSTAINED))) == (True, False, ABSTAINED)


def test_the_first_label_counts():
    assert book(("ok", CARDS), ("ok", HOMES)).label("item") == CARDS


def test_one_answer_that_is_no_use_is_told_and_asked_again():
    made = book(("ok", invalid("no such intent")))
    assert state(made) == (False, True, None)
    assert made.refusal("item") == "no such intent"


def test_the_second_answer_settles_an_item_either_way():
    assert state(book(("ok", invalid("one")), ("refused", invalid("two")))) == (True, False, invalid("two"))
    assert state(book(("truncated", invalid("one")), ("ok", CARDS))) == (True, False, CARDS)


def test_failed_calls_end_the_asking_in_this_run_and_settle_nothing():
    made = book(("error", invalid("no route")), ("wrong_model", invalid("another model")))
    assert state(made) == (False, False, invalid("another model"))


def test_an_answer_after_a_failed_call_counts():
    assert state(book(("error", invalid("no route")), ("ok", CARDS))) == (True, False, CARDS)


def test_what_was_not_sent_for_want_of_budget_changes_nothing():
    assert state(book(("over_budget", invalid("not sent")))) == (False, True, None)


def test_what_waits_in_a_batch_is_not_asked_about_until_it_comes_back():
    waiting = book(("submitted", invalid(None)))
    assert state(waiting) == (False, False, None)
    assert waiting.is_waiting("item")
    back = book(("submitted", invalid(None)), ("error", invalid("expired")))
    assert state(back) == (False, True, None)
    assert not back.is_waiting("item")


def call(status, *answers):
    items = [
        {"item_hash": "item", "narrative_hash": "n", "answer": answer, "error": error} for answer, error in answers
    ]
    return {"status": status, "items": json.dumps(items)}


def recalled(*calls):
    made = AnswerBook(LEAVES)
    made.recall(calls)
    return made


def test_calls_of_earlier_runs_are_heard_like_those_of_this_one():
    assert state(recalled(call("ok", (ANSWER, None)))) == (True, False, CARDS)
    assert state(recalled(call("ok", (None, "one")))) == (False, True, None)
    assert state(recalled(call("ok", (None, "one")), call("invalid", (None, "two")))) == (True, False, invalid("two"))


def test_calls_that_failed_in_earlier_runs_are_made_anew():
    assert state(recalled(*[call("error", (None, "no route"))] * 5)) == (False, True, None)


def test_a_batch_of_an_earlier_run_is_still_waited_for_until_it_has_come_to_an_end():
    submitted = call("submitted", (None, None))
    assert state(recalled(submitted)) == (False, False, None)
    assert state(recalled(submitted, call("ok", (ANSWER, None)))) == (True, False, CARDS)
    assert state(recalled(submitted, call("error", (None, "expired")))) == (False, True, None)


def test_a_kept_answer_is_judged_anew():
    foreign = {"intents": [{"intent_id": "evil.leaf", "confidence": 0.9}]}
    made = recalled(call("ok", (foreign, None)))
    assert state(made) == (False, True, None)
    assert "evil.leaf" in made.refusal("item")


def test_an_item_whose_answer_was_erased_is_as_if_nobody_had_asked():
    assert state(recalled(call("ok", (None, None)), call("ok", (None, None)))) == (False, True, None)


def test_a_call_whose_items_were_erased_says_nothing():
    assert state(recalled({"status": "ok", "items": None}, {"status": "ok", "items": "[]"})) == (False, True, None)
