"""Ids are stable: what a draft has in common with the taxonomy so far keeps its id, and no id is used twice."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_taxonomy_overrides import BASE

from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.matching import keep_ids, unused_id
from clickintent.taxonomy.reading import Intent

THEMES = ("mortgage rates", "lost card", "pay bills", "branch hours", "car loan", "open savings", "wire transfer")


def drafted(themes, prefix):
    """A taxonomy of a leaf per theme, in one group, under ids of its own."""
    leaves = [
        Intent(f"{prefix}.{number}", prefix, 2, theme.title(), f"Sessions about {theme}.", (theme,))
        for number, theme in enumerate(themes)
    ]
    return versioned([Intent(prefix, None, 1, "All", "All there is."), *leaves])


def matched(draft, before, sessions_before, sessions_draft, **options):
    kept = keep_ids(draft, before, sessions_before, sessions_draft, **{"max_leaves": 35, **options})
    return versioned(kept)


def leaves_of(taxonomy, assigned):
    return [None if number is None else taxonomy.leaf_ids[number] for number in assigned]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_same_data_or_a_tenth_more_of_it_renumbers_nothing(data):
    themes = data.draw(st.lists(st.sampled_from(THEMES), min_size=2, max_size=7, unique=True))
    sessions = data.draw(st.lists(st.integers(0, len(themes) - 1), min_size=20, max_size=80))
    sessions += [*range(len(themes))]
    more = data.draw(st.lists(st.integers(0, len(themes) - 1), max_size=len(sessions) // 10))
    before = drafted(themes, "before")
    order = data.draw(st.permutations(range(len(themes))))
    draft = drafted([themes[number] for number in order], "draft")
    place = {theme: number for number, theme in enumerate(order)}
    now = leaves_of(draft, [place[number] for number in [*sessions, *more]])
    then = leaves_of(before, [*sessions, *more])
    after = matched(draft, before, then, now)
    assert {leaf.intent_id: leaf.name for leaf in after.leaves} == {i.intent_id: i.name for i in before.leaves}
    assert [group.intent_id for group in after.groups] == ["before"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_id_is_never_used_for_something_else(data):
    before = drafted(data.draw(st.lists(st.sampled_from(THEMES), min_size=2, max_size=4, unique=True)), "x")
    draft = drafted(data.draw(st.lists(st.sampled_from(THEMES), min_size=2, max_size=4, unique=True)), "x")
    taken = {"x", *before.leaf_ids, "x.9"}
    numbers = st.one_of(st.none(), st.integers(0, 1))
    then = data.draw(st.lists(numbers, min_size=10, max_size=10))
    now = data.draw(st.lists(numbers, min_size=10, max_size=10))
    after = matched(draft, before, leaves_of(before, then), leaves_of(draft, now), taken=taken)
    assert len(after.leaves) == len(draft.leaves)
    sessions_of = {leaf: {n for n, number in enumerate(then) if number == i} for i, leaf in enumerate(before.leaf_ids)}
    drafted_by_name = {leaf.name: leaf.intent_id for leaf in draft.leaves}
    for leaf in after.leaves:
        if leaf.intent_id in taken:
            old = before.intent(leaf.intent_id)
            number = draft.leaf_ids.index(drafted_by_name[leaf.name])
            has_sessions_in_common = {n for n, other in enumerate(now) if other == number} & sessions_of[leaf.intent_id]
            assert has_sessions_in_common or old.name == leaf.name


def test_the_same_sessions_under_another_name_keep_the_id():
    before = drafted(["mortgage rates", "lost card"], "old")
    draft = drafted(["home loans", "stolen plastic"], "new")
    assigned = [0, 1] * 10
    after = matched(draft, before, leaves_of(before, assigned), leaves_of(draft, assigned))
    assert [(leaf.intent_id, leaf.name) for leaf in after.leaves] == [
        ("old.0", "Home Loans"),
        ("old.1", "Stolen Plastic"),
    ]


def test_without_sessions_the_same_words_keep_the_id():
    before, draft = drafted(["mortgage rates", "lost card"], "old"), drafted(["lost card", "pay bills"], "new")
    after = matched(draft, before, [], [])
    assert {leaf.name: leaf.intent_id for leaf in after.leaves} == {"Lost Card": "old.1", "Pay Bills": "new.1"}


def test_of_two_halves_of_a_leaf_one_keeps_its_id_and_the_other_gets_a_new_one():
    before, draft = drafted(["mortgage rates", "lost card"], "old"), drafted(["mortgage", "rates", "lost card"], "new")
    then, now = [0] * 20 + [1] * 20, [0] * 12 + [1] * 8 + [2] * 20
    after = matched(draft, before, leaves_of(before, then), leaves_of(draft, now))
    assert {leaf.name: leaf.intent_id for leaf in after.leaves} == {
        "Mortgage": "old.0",
        "Rates": "new.1",
        "Lost Card": "old.1",
    }


def test_a_new_leaf_never_gets_the_id_of_an_old_one_that_it_is_not():
    before, draft = drafted(["mortgage rates", "lost card"], "x"), drafted(["pay bills", "branch hours"], "x")
    after = matched(
        draft, before, leaves_of(before, [0, 1] * 5 + [None] * 10), leaves_of(draft, [None] * 10 + [0, 1] * 5)
    )
    assert after.leaf_ids == ("x.0_2", "x.1_2")
    assert [unused_id("a", {"a", "a_2"}), unused_id("b", {"a"})] == ["a_3", "b"]


@pytest.mark.parametrize("is_drafted", [True, False])
def test_a_pinned_leaf_stays_with_id_name_and_description(is_drafted):
    before = drafted(["mortgage rates", "lost card"], "old")
    draft = drafted(["home loans" if is_drafted else "pay bills", "lost card"], "new")
    then = leaves_of(before, [0, 1] * 10)
    now = leaves_of(draft, [0 if is_drafted else None, 1] * 10)
    after = matched(draft, before, then, now, pinned={"old.0"})
    pin = after.intent("old.0")
    assert (pin.name, pin.description) == ("Mortgage Rates", "Sessions about mortgage rates.")
    assert pin.keywords == (("home loans",) if is_drafted else ("mortgage rates",))


def test_a_pinned_leaf_brings_its_group_along_and_the_smallest_leaf_gives_way():
    draft = drafted(["pay bills", "branch hours"], "new")
    after = matched(draft, BASE, [None] * 10, leaves_of(draft, [0] * 3 + [1] * 7), pinned={"homes.buy"}, max_leaves=2)
    assert {leaf.intent_id for leaf in after.leaves} == {"homes.buy", "new.1"}
    assert after.intent("homes") == BASE.intent("homes")


def test_flags_of_what_is_sensitive_stay_with_a_pin():
    draft = drafted(["home loans", "lost card"], "new")
    sensitive = versioned(
        replace(i, is_sensitive=True) if i.intent_id == "old.0" else i
        for i in drafted(["mortgage rates", "lost card"], "old").intents
    )
    after = matched(draft, sensitive, leaves_of(sensitive, [0, 1] * 5), leaves_of(draft, [0, 1] * 5), pinned={"old.0"})
    assert after.intent("old.0").is_sensitive
