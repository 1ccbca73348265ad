import polars as pl
import pytest

from clickintent.taxonomy import MAX_LEAVES, TaxonomyError, read_taxonomy

COLUMNS = [
    "intent_id",
    "parent_intent_id",
    "level",
    "name",
    "description",
    "keywords",
    "is_sensitive",
    "status",
]
ROWS = [
    ("cards", "", "1", "Cards", "All about cards.", "", "false", "active"),
    (
        "cards.find",
        "cards",
        "2",
        "Find a card",
        "Looks for a card.",
        "compare cards; apply",
        "false",
        "active",
    ),
    ("cards.pay", "cards", "2", "Pay a card", "Pays a card.", "pay card", "false", "active"),
    ("help", "", "1", "Help", "Help.", "", "false", "active"),
    ("help.debt", "help", "2", "Debt help", "Has trouble paying.", "hardship", "true", "active"),
]


def frame(*rows, **changes):
    """ROWS, or the rows given; changes={'cards.pay': {'level': '3'}} edits cells by intent_id."""
    table = pl.DataFrame(list(rows or ROWS), schema=COLUMNS, orient="row")
    for intent_id, cells in changes.get("changes", {}).items():
        is_row = pl.col("intent_id") == intent_id
        table = table.with_columns(
            pl.when(is_row).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
            for column, value in cells.items()
        )
    return table


@pytest.fixture(scope="module")
def seed(pytestconfig):
    return pl.read_csv(pytestconfig.rootpath / "seeds" / "taxonomy.csv", infer_schema=False)


def test_the_shipped_taxonomy_is_valid_and_leaves_room_for_a_users_own_leaves(seed):
    taxonomy = read_taxonomy(seed)
    assert 8 <= len(taxonomy.groups) <= 10
    assert 25 <= len(taxonomy.leaves) < MAX_LEAVES


def test_every_shipped_leaf_has_ten_to_twenty_five_distinct_keywords(seed):
    for leaf in read_taxonomy(seed).leaves:
        assert 10 <= len(set(leaf.keywords)) == len(leaf.keywords) <= 25, leaf.intent_id


def test_every_shipped_leaf_has_examples_of_both_channels(seed):
    assert all(leaf.web_examples and leaf.app_examples for leaf in read_taxonomy(seed).leaves)


def test_no_two_shipped_leaves_claim_the_same_keyword(seed):
    owners = {}
    for leaf in read_taxonomy(seed).leaves:
        for keyword in leaf.keywords:
            assert owners.setdefault(keyword, leaf.intent_id) == leaf.intent_id, keyword


def test_a_shipped_leafs_id_begins_with_its_groups(seed):
    taxonomy = read_taxonomy(seed)
    assert all(leaf.intent_id.split(".")[0] == taxonomy.parent_of(leaf.intent_id) for leaf in taxonomy.leaves)


def test_money_trouble_is_sensitive_in_the_shipped_taxonomy(seed):
    sensitive = {leaf.intent_id for leaf in read_taxonomy(seed).leaves if leaf.is_sensitive}
    assert sensitive == {"debt_help.payment_relief", "debt_help.debt_management"}


def test_groups_and_leaves_are_told_apart_and_ordered_by_id():
    taxonomy = read_taxonomy(frame(*reversed(ROWS)))
    assert [group.intent_id for group in taxonomy.groups] == ["cards", "help"]
    assert taxonomy.leaf_ids == ("cards.find", "cards.pay", "help.debt")


def test_a_leaf_belongs_to_its_group_and_a_group_to_itself():
    taxonomy = read_taxonomy(frame())
    assert (taxonomy.parent_of("cards.pay"), taxonomy.parent_of("cards")) == ("cards", "cards")


def test_asking_for_an_unknown_intent_names_it():
    with pytest.raises(KeyError, match=r"cards\.lost"):
        read_taxonomy(frame()).parent_of("cards.lost")


def test_keywords_are_split_at_semicolons():
    assert read_taxonomy(frame()).intent("cards.find").keywords == ("compare cards", "apply")


def test_a_retired_leaf_is_left_out():
    taxonomy = read_taxonomy(frame(changes={"cards.pay": {"status": "retired"}}))
    assert "cards.pay" not in taxonomy.leaf_ids


def test_a_taxonomy_without_a_status_column_is_active():
    assert len(read_taxonomy(frame().drop("status")).leaves) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cards.pay": {"intent_id": "cards.find"}}, "'cards.find' appears more than once"),
        ({"cards.pay": {"intent_id": " "}}, "row 3 .* has no intent_id"),
        ({"cards.pay": {"level": "3"}}, "level '3'"),
        ({"cards.pay": {"name": ""}}, "'cards.pay'.* has no name"),
        ({"cards.pay": {"description": None}}, "'cards.pay'.* has no description"),
        ({"cards.pay": {"is_sensitive": "maybe"}}, "use true or false"),
        ({"cards.pay": {"status": "old"}}, "use one of active"),
        ({"cards.pay": {"parent_intent_id": ""}}, "without parent_intent_id"),
        ({"cards.pay": {"parent_intent_id": "loans"}}, "parent 'loans', which does not exist"),
        ({"cards.pay": {"parent_intent_id": "cards.find"}}, "which is itself a leaf"),
        ({"cards": {"status": "retired"}}, "parent 'cards', which is retired"),
        ({"cards": {"parent_intent_id": "help"}}, "is a group"),
        ({"cards.pay": {"status": "retired"}, "cards.find": {"status": "retired"}}, "has 1 active level-2"),
    ],
)
def test_a_taxonomy_that_cannot_work_is_refused_with_the_row_and_the_remedy(changes, message):
    with pytest.raises(TaxonomyError, match=message):
        read_taxonomy(frame(changes=changes))


def test_more_leaves_than_the_limit_are_refused():
    many = [(f"cards.c{i}", "cards", "2", "Name", "What.", "", "false", "active") for i in range(MAX_LEAVES)]
    with pytest.raises(TaxonomyError, match="36 active"):
        read_taxonomy(frame(ROWS[0], ROWS[1], *many))


def test_a_missing_column_is_named():
    with pytest.raises(TaxonomyError, match=r"lacks the column.* description"):
        read_taxonomy(frame().drop("description"))


def test_the_version_is_the_one_that_the_table_names():
    assert read_taxonomy(frame().with_columns(taxonomy_version=pl.lit("tax-1"))).version == "tax-1"


def test_rows_that_are_not_from_the_table_have_no_version():
    assert read_taxonomy(frame()).version is None
    assert read_taxonomy(frame().with_columns(taxonomy_version=pl.lit(None, pl.String))).version is None


def test_rows_of_two_versions_are_refused():
    mixed = frame().with_columns(taxonomy_version=pl.Series(["tax-1", "tax-1", "tax-2", "tax-2", "tax-2"]))
    with pytest.raises(TaxonomyError, match=r"2 taxonomy versions \(tax-1, tax-2\)"):
        read_taxonomy(mixed)


def test_a_taxonomy_reads_the_same_whatever_the_loader():
    typed = frame().with_columns(
        pl.col("level").cast(pl.Int64),
        pl.col("is_sensitive") == "true",
        pl.col("parent_intent_id").replace("", None),
        source=pl.lit("seed"),
    )
    assert read_taxonomy(typed) == read_taxonomy(frame())
