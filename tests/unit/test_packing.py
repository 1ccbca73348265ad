"""How many sessions a call asks about: no more than the model's context, its longest answer and a list can hold."""

import pytest
from test_label_prompt import KEY, LEAVES, PROMPT

from clickintent.labeling.packing import MAX_ITEMS, LabelCalls
from clickintent.llm import LlmSettings, LlmSettingsError


def calls(**settings):
    return LabelCalls(PROMPT, LEAVES.leaf_ids, LlmSettings(**settings))


def items(count, words=20):
    return [KEY.item(f"web session {number}\n- {'cards ' * words}| 45s") for number in range(count)]


def asked(requests):
    return [item for request in requests for item in request.payload]


def test_every_item_is_asked_about_once_and_in_order():
    wanted = items(53)
    assert asked(calls().pack(wanted)) == wanted


def test_no_items_make_no_call():
    assert list(calls().pack([])) == []


def test_a_call_asks_about_a_limited_number_of_sessions():
    assert [len(request.payload) for request in calls().pack(items(53))] == [MAX_ITEMS, MAX_ITEMS, 53 - 2 * MAX_ITEMS]


@pytest.mark.parametrize("words", [5, 60, 300])
def test_question_and_longest_answer_fit_the_context_and_fill_it(words):
    made = calls(context_tokens=4000, max_output_tokens=1500)
    requests = list(made.pack(items(60, words)))
    assert all(request.estimated_tokens + 1500 <= 4000 for request in requests)
    full = requests[:-1]
    spare = items(1, words)
    assert all(
        len(request.payload) == MAX_ITEMS
        or made.request([*request.payload, *spare, *spare]).estimated_tokens + 1500 > 4000
        for request in full
    )


def test_a_short_answer_holds_few_sessions():
    (first, *_) = calls(max_output_tokens=200).pack(items(20))
    assert len(first.payload) == 3


def test_a_narrative_longer_than_the_context_does_not_fit():
    made = calls(context_tokens=3000, max_output_tokens=1500)
    short, long = items(1, 20)[0], items(1, 2000)[0]
    assert (made.fits(short), made.fits(long)) == (True, False)


def test_settings_that_leave_no_room_are_refused():
    with pytest.raises(LlmSettingsError, match="labeling prompt takes about"):
        calls(context_tokens=1600, max_output_tokens=1500)
    with pytest.raises(LlmSettingsError, match="an answer"):
        calls(max_output_tokens=20)
