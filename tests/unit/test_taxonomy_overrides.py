"""What each row of seeds/taxonomy_overrides.csv does, and the sentence that each wrong row is refused by."""

import re
from dataclasses import replace

import polars as pl
import pytest

from clickintent.taxonomy import MAX_LEAVES, TaxonomyError, read_taxonomy
from clickintent.taxonomy.applying import apply_overrides
from clickintent.taxonomy.content import intents_json, read_intents, versioned
from clickintent.taxonomy.overrides import ACTIONS, OVERRIDE_COLUMNS, read_overrides
from clickintent.taxonomy.reading import Intent


def group(intent_id):
    return Intent(intent_id, None, 1, intent_id.title(), f"All about {intent_id}.")


def leaf(intent_id, *keywords, **more):
    return Intent(intent_id, intent_id.split(".")[0], 2, intent_id.split(".")[1].title(), "What.", keywords, **more)


BASE = versioned(
    [
        group("cards"),
        leaf("cards.find", "compare cards", "apply"),
        leaf("cards.pay", "pay card"),
        leaf("cards.lost", "lost card", is_sensitive=True),
        group("homes"),
        leaf("homes.buy", "mortgage", "first home"),
        group("help"),
        leaf("help.faq", "faq"),
    ]
)


def rows(*overrides):
    """Rows as a seed holds them: {'action': 'rename', 'intent_id': ..., ...}, all else empty."""
    return pl.DataFrame(list(overrides), schema=dict.fromkeys(OVERRIDE_COLUMNS, pl.String))


def row(action, intent_id, into=None, **cells):
    return {"action": action, "intent_id": intent_id, "into_intent_id": into, **cells}


def apply(*overrides, base=BASE, **options):
    return apply_overrides(base, read_overrides(rows(*overrides)), **options)


def changed(*overrides, **options):
    return apply(*overrides, **options)[0]


def changes(*overrides, **options):
    return {(change.change, change.intent_id, change.into_intent_id) for change in apply(*overrides, **options)[1]}


def test_no_row_changes_nothing():
    assert apply() == (BASE, ())


def test_a_rename_keeps_the_id_and_makes_a_new_version():
    renamed = changed(row("rename", "cards.find", name="Choose a card"))
    assert renamed.intent("cards.find") == replace(BASE.intent("cards.find"), name="Choose a card")
    assert renamed.version != BASE.version
    assert renamed.leaf_ids == BASE.leaf_ids


def test_a_description_leaves_what_its_empty_cells_say_as_it_is():
    described = changed(
        row("describe", "cards.find", keywords="best card; new card", excludes="Paying one.", is_sensitive="TRUE")
    ).intent("cards.find")
    assert described.keywords == ("best card", "new card")
    assert (described.excludes, described.is_sensitive) == ("Paying one.", True)
    assert (described.name, described.description) == ("Find", "What.")


def test_a_merged_leaf_is_gone_and_what_found_its_pages_finds_them_still():
    merged = changed(row("merge", "cards.lost", "cards.pay"))
    assert "cards.lost" not in merged.leaf_ids
    assert merged.intent("cards.pay").keywords == ("pay card", "lost", "lost card")
    assert merged.intent("cards.pay").is_sensitive
    assert changes(row("merge", "cards.lost", "cards.pay")) == {("merge", "cards.lost", "cards.pay")}


@pytest.mark.parametrize(
    "chain",
    [
        [("cards.find", "cards.pay"), ("cards.pay", "cards.lost")],
        [("help.faq", "cards.pay"), ("cards.find", "cards.lost"), ("cards.pay", "cards.find")],
    ],
)
def test_merges_in_a_chain_end_in_its_last_leaf_whatever_their_order(chain):
    merged = changed(*(row("merge", *pair) for pair in chain))
    gone = {intent_id for intent_id, _ in chain}
    assert set(merged.leaf_ids) == set(BASE.leaf_ids) - gone
    assert {"pay card", "compare cards"} < set(merged.intent("cards.lost").keywords)


def test_a_merged_group_gives_its_leaves_away():
    merged = changed(row("merge", "homes", "cards"))
    assert merged.parent_of("homes.buy") == "cards"
    assert "homes" not in {group.intent_id for group in merged.groups}


def test_a_split_makes_a_leaf_beside_and_takes_its_keywords_along():
    split = row("split", "homes.buy", "homes.first", name="First home", description="Looks.", keywords="first home")
    taxonomy = changed(split)
    assert taxonomy.parent_of("homes.first") == "homes"
    assert taxonomy.intent("homes.first").keywords == ("first home",)
    assert taxonomy.intent("homes.buy").keywords == ("mortgage",)
    assert changes(split) == {("split", "homes.buy", "homes.first")}


def test_a_moved_leaf_keeps_its_id_and_an_emptied_group_goes():
    moved = changed(row("move", "homes.buy", "cards"))
    assert moved.parent_of("homes.buy") == "cards"
    assert changes(row("move", "homes.buy", "cards")) == {("move", "homes.buy", "cards"), ("retire", "homes", None)}


def test_a_retired_leaf_is_gone():
    assert set(changed(row("retire", "help.faq")).leaf_ids) == set(BASE.leaf_ids) - {"help.faq"}


def test_a_group_can_be_retired_with_all_its_leaves():
    assert "help" not in intents_json(changed(row("retire", "help"), row("retire", "help.faq")))


def test_a_group_and_a_leaf_in_it_can_be_added():
    added = changed(
        row("add", "loans", name="Loans", description="All about loans."),
        row("add", "loans.car", "loans", name="Car", description="Buys a car.", keywords="auto loan"),
    )
    assert added.parent_of("loans.car") == "loans"


def test_the_order_of_the_rows_does_not_matter():
    some = [
        row("retire", "help.faq"),
        row("merge", "cards.lost", "cards.pay"),
        row("rename", "cards.pay", name="Pay"),
        row("split", "homes.buy", "homes.first", name="First home", description="Looks.", keywords="first home"),
        row("describe", "homes.first", is_sensitive="true"),
    ]
    assert apply(*some) == apply(*reversed(some))


def test_a_pin_changes_nothing_by_itself():
    assert apply(row("pin", "cards.pay")) == (BASE, ())


def test_what_was_merged_or_retired_before_the_base_was_drafted_has_been_done():
    done = [row("merge", "cards.old", "cards.pay"), row("retire", "cards.older")]
    assert apply(*done, former_ids=frozenset({"cards.old", "cards.older"})) == (BASE, ())


def test_what_was_split_off_before_the_base_was_drafted_is_described_and_not_made_twice():
    split = row("split", "cards.find", "cards.pay", name="Pay it", description="Pays.", keywords="apply")
    assert changed(split, is_drafted=True).intent("cards.pay").name == "Pay it"
    assert changes(split, is_drafted=True) == set()


NEW = {"name": "New", "description": "What."}

WRONG = {
    "unknown action": ([row("destroy", "cards.pay")], "row 'destroy,cards.pay': the action 'destroy' is unknown"),
    "no action": ([row("", "cards.pay")], "row ',cards.pay': the action '' is unknown"),
    "no intent": ([row("retire", "")], "row 'retire': intent_id is empty"),
    "unknown intent": ([row("rename", "cards.pai", name="Pay")], "'cards.pai'; did you mean 'cards.pay'?"),
    "unknown intent, like none": ([row("retire", "xyz")], "there is no intent 'xyz'; `clickintent taxonomy list"),
    "unknown target": ([row("merge", "cards.pay", "cards.fnd")], "'cards.fnd'; did you mean 'cards.find'?"),
    "unknown pin": ([row("pin", "cards.p")], "row 'pin,cards.p': there is no intent"),
    "missing cell": ([row("rename", "cards.pay")], "row 'rename,cards.pay': rename needs name"),
    "missing target": ([row("merge", "cards.pay")], "merge needs into_intent_id"),
    "missing cells of a split": ([row("split", "cards.pay", "cards.x")], "split needs description, keywords, name"),
    "useless cell": ([row("retire", "cards.pay", name="Pay")], "retire has no use for name"),
    "empty description": ([row("describe", "cards.pay")], "it describes nothing"),
    "neither true nor false": ([row("describe", "cards.pay", is_sensitive="maybe")], "is_sensitive is 'maybe'"),
    "into itself": ([row("merge", "cards.pay", "cards.pay")], "cannot be merged into itself"),
    "cycle": (
        [row("merge", "cards.pay", "cards.find"), row("merge", "cards.find", "cards.pay")],
        "go round in a circle: cards.find into cards.pay into cards.find",
    ),
    "cycle at the end of a chain": (
        [
            row("merge", "cards.find", "cards.lost"),
            row("merge", "cards.lost", "cards.pay"),
            row("merge", "cards.pay", "cards.lost"),
        ],
        "circle",
    ),
    "leaf into group": ([row("merge", "cards.pay", "homes")], "'homes' is a group; merge needs a leaf"),
    "group into leaf": ([row("merge", "homes", "cards.pay")], "'cards.pay' is a leaf; merge needs a group"),
    "group moved": ([row("move", "homes", "cards")], "'homes' is a group; move needs a leaf"),
    "move into a leaf": ([row("move", "homes.buy", "cards.pay")], "'cards.pay' is a leaf; move needs a group"),
    "group split": ([row("split", "cards", "cards.x", keywords="x", **NEW)], "'cards' is a group; split needs a leaf"),
    "leaf added to a leaf": ([row("add", "cards.x", "cards.pay", **NEW)], "'cards.pay' is a leaf; add needs a group"),
    "id in use": ([row("add", "cards.pay", "cards", **NEW)], "there is an intent 'cards.pay' already"),
    "split into an id in use": (
        [row("split", "cards.pay", "cards.find", keywords="x", **NEW)],
        "row 'split,cards.pay,cards.find': there is an intent 'cards.find' already",
    ),
    "last leaves": (
        [row("retire", intent_id) for intent_id in BASE.leaf_ids[:-1]],
        "row 'retire,help.faq': it would leave 1 leaves",
    ),
    "last leaves merged": (
        [row("merge", intent_id, "homes.buy") for intent_id in BASE.leaf_ids[:-1]],
        "row 'merge,help.faq,homes.buy': it would leave 1 leaves",
    ),
    "group with leaves": ([row("retire", "cards")], "a group with leaves (cards.find, cards.lost, cards.pay)"),
    "too many leaves": (
        [row("add", f"cards.c{number:02}", "cards", **NEW) for number in range(MAX_LEAVES)],
        "row 'add,cards.c34,cards': it makes leaf number 40; 35 is the most",
    ),
    "renamed twice": (
        [row("rename", "cards.pay", name="A"), row("rename", "cards.pay", name="B")],
        "'cards.pay' stands in two rows 'rename'",
    ),
    "the same row twice": ([row("pin", "cards.pay")] * 2, "'cards.pay' stands in two rows 'pin'"),
    "merged and retired": (
        [row("retire", "cards.pay"), row("merge", "cards.pay", "cards.find")],
        "row 'retire,cards.pay': 'cards.pay' is also in a row 'merge'",
    ),
    "merged into two": (
        [row("merge", "cards.pay", "cards.find"), row("merge", "cards.pay", "cards.lost")],
        "'cards.pay' is also in a row 'merge'",
    ),
    "pinned and retired": ([row("pin", "cards.pay"), row("retire", "cards.pay")], "also in a row 'retire'"),
    "renamed and retired": (
        [row("rename", "cards.pay", name="A"), row("retire", "cards.pay")],
        "row 'retire,cards.pay': 'cards.pay' is also in a row 'rename'",
    ),
    "merged into a retired one": (
        [row("merge", "cards.pay", "cards.find"), row("retire", "cards.find")],
        "row 'merge,cards.pay,cards.find': 'cards.find' is retired by another row",
    ),
    "made twice": (
        [row("add", "cards.x", "cards", **NEW), row("split", "cards.pay", "cards.x", keywords="x", **NEW)],
        "two rows make 'cards.x'",
    ),
    "made and retired": (
        [row("split", "cards.pay", "cards.x", keywords="x", **NEW), row("retire", "cards.x")],
        "row 'split,cards.pay,cards.x': another row makes 'cards.x' go",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_refused_by_a_sentence_that_names_it(name):
    overrides, sentence = WRONG[name]
    with pytest.raises(TaxonomyError, match=re.escape(sentence)) as error:
        apply(*overrides)
    assert str(error.value).startswith("seeds/taxonomy_overrides.csv, row '")


def test_an_intent_of_an_earlier_taxonomy_cannot_be_renamed():
    with pytest.raises(TaxonomyError, match="was an intent of an earlier taxonomy"):
        apply(row("rename", "cards.old", name="Old"), former_ids=frozenset({"cards.old"}))


def test_rows_read_the_same_as_text_and_as_a_warehouse_loads_them():
    blank = {**dict.fromkeys(OVERRIDE_COLUMNS, ""), **row("describe", " cards.pay ", "", is_sensitive="true")}
    typed = rows(row("describe", "cards.pay")).with_columns(is_sensitive=pl.lit(True))
    assert read_overrides(rows(blank)) == read_overrides(typed)


def test_a_version_is_of_the_content_and_of_nothing_else():
    assert versioned(reversed(BASE.intents)).version == BASE.version
    assert read_intents(BASE.version, intents_json(BASE)) == BASE
    for changed_text in ({"name": "x"}, {"excludes": "x"}, {"keywords": ("x",)}, {"is_sensitive": True}):
        edited = [replace(i, **changed_text) if i.intent_id == "cards.pay" else i for i in BASE.intents]
        assert versioned(edited).version != BASE.version, changed_text


def test_every_example_in_the_docs_applies_to_the_shipped_taxonomy(pytestconfig):
    examples = re.findall(r"\| `(\w+,[^`]*)` \|", (pytestconfig.rootpath / "docs" / "taxonomy.md").read_text())
    columns = (pytestconfig.rootpath / "seeds" / "taxonomy_overrides.csv").read_text().strip().split(",")
    cells = [dict(zip(columns, example.split(","), strict=False)) for example in examples]
    shipped = read_taxonomy(pl.read_csv(pytestconfig.rootpath / "seeds" / "taxonomy.csv", infer_schema=False))
    changed_taxonomy, told = apply(*cells, base=versioned(shipped.intents))
    assert {cell["action"] for cell in cells} == set(ACTIONS)
    assert {change.change for change in told} == set(ACTIONS) - {"pin"}
    assert changed_taxonomy.intent("home_lending.first_home").keywords
