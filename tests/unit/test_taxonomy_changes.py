"""What became of each intent from one taxonomy to the next, and how many sessions that touches."""

from dataclasses import replace

import pytest
from test_taxonomy_overrides import BASE, group, leaf

from clickintent.taxonomy.changes import Change, changes_between
from clickintent.taxonomy.content import versioned

EVERY_LEAF = [*BASE.leaf_ids] * 20  # a hundred sessions, twenty of each of the five leaves


def without(*intent_ids):
    return versioned(intent for intent in BASE.intents if intent.intent_id not in intent_ids)


def edited(intent_id, **texts):
    return versioned(replace(i, **texts) if i.intent_id == intent_id else i for i in BASE.intents)


def moved(before, after):
    """The leaf of each session after all those of one leaf went to another."""
    return [after if leaf_id == before else leaf_id for leaf_id in EVERY_LEAF]


def test_the_same_taxonomy_has_no_changes():
    assert changes_between(BASE, BASE, EVERY_LEAF, EVERY_LEAF) == ()


def test_a_rename_touches_the_sessions_that_have_the_intent():
    (change,) = changes_between(BASE, edited("cards.pay", name="Pay it"), EVERY_LEAF, EVERY_LEAF)
    assert change == Change("rename", "cards.pay", None, "'Pay' is now 'Pay it'", 0.2)


def test_other_keywords_alone_are_told_apart_from_a_rename():
    (change,) = changes_between(BASE, edited("cards.pay", keywords=("a",)), EVERY_LEAF, EVERY_LEAF)
    assert (change.change, change.intent_id, change.session_share) == ("describe", "cards.pay", 0.2)


def test_a_renamed_group_touches_the_sessions_of_all_its_leaves():
    (change,) = changes_between(BASE, edited("cards", name="Plastic"), EVERY_LEAF, EVERY_LEAF)
    assert (change.change, change.session_share) == ("rename", pytest.approx(0.6))


def test_a_leaf_in_another_group_was_moved():
    changes = changes_between(BASE, edited("cards.pay", parent_intent_id="homes"), EVERY_LEAF, EVERY_LEAF)
    assert [(c.change, c.intent_id, c.into_intent_id, c.session_share) for c in changes] == [
        ("move", "cards.pay", "homes", 0.2)
    ]


def test_a_leaf_whose_sessions_have_another_one_now_was_merged_into_it():
    (change,) = changes_between(BASE, without("cards.lost"), EVERY_LEAF, moved("cards.lost", "cards.pay"))
    assert change == Change("merge", "cards.lost", "cards.pay", "100% of its sessions now have 'cards.pay'", 0.2)


def test_a_leaf_whose_sessions_have_none_now_was_retired():
    (change,) = changes_between(BASE, without("cards.lost"), EVERY_LEAF, moved("cards.lost", None))
    assert (change.change, change.into_intent_id, change.session_share) == ("retire", None, 0.2)


def test_a_leaf_whose_sessions_are_scattered_was_retired():
    scattered = iter(["cards.find", "cards.pay", "help.faq"] * 20)
    after = [next(scattered) if leaf_id == "cards.lost" else leaf_id for leaf_id in EVERY_LEAF]
    (change,) = changes_between(BASE, without("cards.lost"), EVERY_LEAF, after)
    assert change.change == "retire"


def test_a_new_leaf_whose_sessions_had_another_one_was_split_off():
    new = versioned([*BASE.intents, leaf("homes.first")])
    after = [leaf_id if n % 2 or leaf_id != "homes.buy" else "homes.first" for n, leaf_id in enumerate(EVERY_LEAF)]
    (change,) = changes_between(BASE, new, EVERY_LEAF, after)
    assert change == Change("split", "homes.buy", "homes.first", "100% of its sessions had 'homes.buy'", 0.1)


def test_a_new_leaf_whose_sessions_had_none_was_added():
    new = versioned([*BASE.intents, leaf("homes.first")])
    (change,) = changes_between(BASE, new, [*EVERY_LEAF, *[None] * 25], [*EVERY_LEAF, *["homes.first"] * 25])
    assert (change.change, change.intent_id, change.into_intent_id, change.session_share) == (
        "add",
        "homes.first",
        None,
        0.2,
    )


def test_what_people_state_goes_before_what_the_sessions_tell():
    stated = [
        Change("retire", "cards.lost", None, "nobody asks for it"),
        Change("rename", "cards.pay", None, "clearer"),
    ]
    after = versioned(
        replace(i, name="Pay it") if i.intent_id == "cards.pay" else i
        for i in BASE.intents
        if i.intent_id != "cards.lost"
    )
    changes = changes_between(BASE, after, EVERY_LEAF, moved("cards.lost", "cards.pay"), stated)
    assert [(c.change, c.intent_id, c.reason) for c in changes] == [
        ("retire", "cards.lost", "nobody asks for it"),
        ("rename", "cards.pay", "clearer"),
    ]


def test_without_sessions_a_change_touches_no_known_share():
    new = versioned([*BASE.intents, group("loans"), leaf("loans.car")])
    assert [(c.change, c.intent_id, c.session_share) for c in changes_between(BASE, new)] == [
        ("add", "loans", None),
        ("add", "loans.car", None),
    ]
