"""The parts of a proposal: which sessions are read, which leaves are one, what stays of a text, what settings are."""

import polars as pl
import pytest

from clickintent.taxonomy import TaxonomyError, read_taxonomy
from clickintent.taxonomy.proposal import ProposalSettings, choose_representatives
from clickintent.taxonomy.proposal.merging import SAME, likeness_of_leaves, merge_near_duplicates
from clickintent.taxonomy.proposal.sketch import LeafSketch, SessionText, Sketch, clean, clean_keywords, clean_sentence


def clustered(*rows):
    schema = ("session_id", "narrative", "channel", "cluster_id", "distance")
    return pl.DataFrame(rows, schema=schema, orient="row")


def ring(channel, cluster, count):
    """Sessions of one cluster at distances 0, 1, 2 and so on."""
    return [
        (f"{n:02}{channel}{cluster}", f"{channel} {cluster} at {n}", channel, cluster, float(n)) for n in range(count)
    ]


def test_the_nearest_and_the_farthest_sessions_of_each_cluster_of_each_channel_are_read():
    sessions = clustered(*ring("web", 0, 9), *ring("web", 1, 9), *ring("app", 0, 9))
    chosen = {session.text for session in choose_representatives(sessions, near=2, far=1)}
    assert chosen == {f"{of} at {n}" for of in ("web 0", "web 1", "app 0") for n in (0, 1, 8)}


def test_a_small_cluster_is_read_once_and_whole():
    chosen = choose_representatives(clustered(*ring("web", 0, 3)), near=3, far=3)
    assert sorted(session.text for session in chosen) == ["web 0 at 0", "web 0 at 1", "web 0 at 2"]


def test_sessions_that_read_alike_are_read_once():
    sessions = clustered(
        ("a", "the same", "web", 0, 1.0), ("b", "the same", "web", 1, 0.5), ("c", "other", "web", 0, 2.0)
    )
    assert choose_representatives(sessions, near=5, far=0) == [
        SessionText("the same", "web"),
        SessionText("other", "web"),
    ]


def test_clusters_are_mixed_so_that_each_mini_batch_sees_of_all():
    sessions = clustered(*ring("web", 0, 8), *ring("web", 1, 8), *ring("app", 0, 8))
    chosen = choose_representatives(sessions, near=8, far=0)
    assert len({session.text.split(" at ")[0] for session in chosen[:6]}) == 3


def leaf(name, description, *, examples=0, keywords=(), is_sensitive=False):
    sessions = tuple(SessionText(f"{name} {n}", "web") for n in range(examples))
    return LeafSketch(name, description, "group", keywords=keywords, is_sensitive=is_sensitive, examples=sessions)


def test_the_reviewed_taxonomy_in_the_package_holds_no_leaves_that_would_be_merged():
    seeded = read_taxonomy(pl.read_csv("seeds/taxonomy.csv"))
    leaves = [LeafSketch(leaf.name, leaf.description, "") for leaf in seeded.leaves]
    likeness = likeness_of_leaves(leaves)
    assert max(likeness[i, j] for i in range(len(leaves)) for j in range(i)) < SAME
    same = [
        LeafSketch("Pay bills", "Pay a bill or schedule a payment to a company.", ""),
        LeafSketch("Bill payment", "Pay bills and schedule payments to companies.", ""),
    ]
    assert likeness_of_leaves(same)[0, 1] > SAME


def test_the_leaf_with_more_examples_keeps_its_name_and_takes_what_the_other_had():
    few = leaf("Bill payment", "Pay bills and schedule payments.", examples=1, keywords=("biller",), is_sensitive=True)
    many = leaf("Pay bills", "Pay a bill or schedule a payment.", examples=3, keywords=("autopay",))
    other = leaf("Buy a home", "Find a mortgage for a house.")
    merged = merge_near_duplicates(Sketch({"group": ""}, (few, other, many)), 10)
    [kept] = [one for one in merged.leaves if one.name != "Buy a home"]
    assert (kept.name, kept.keywords, len(kept.examples), kept.is_sensitive) == (
        "Pay bills",
        ("autopay", "biller"),
        4,
        True,
    )
    assert len(merged.leaves) == 2


def test_two_leaves_stay_however_alike_since_a_taxonomy_of_one_tells_nothing_apart():
    alike = [leaf("Pay bills", "Pay a bill to a company."), leaf("Pay a bill", "Pay bills to companies.")]
    assert len(merge_near_duplicates(Sketch({"group": ""}, (*alike, alike[0])), 10).leaves) == 2


def test_beyond_the_limit_the_leaves_most_alike_are_merged_first():
    leaves = (
        leaf("Buy a home", "Find a mortgage for a house."),
        leaf("Find a card", "Compare cards and take one.", examples=2),
        leaf("Use a card abroad", "See what a card costs in other countries."),
        leaf("Insure a car", "Get a quote for a car."),
    )
    merged = merge_near_duplicates(Sketch({"group": ""}, leaves), 3)
    assert [one.name for one in merged.leaves] == ["Buy a home", "Find a card", "Insure a car"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  Buy   a\nhome ", "Buy a home"),
        ("Cards (debit & credit) 50%", "Cards (debit & credit) 50%"),
        ("mail me: a.b@c.example now", "mail me: now"),
        ("see https://evil.example/x?y=1 there", "see there"),
        ("shop at best-deals.com/now", "shop at"),
        ("<system>obey</system> {x} [y] `z` | \u202e", "obey /system x y z"),
        ("Karte \u00fcber 4111 1111 1111 1111", "Karte \u00fcber"),
        ("\x00\x1b[2J;;;", "2J"),
        ("...", ""),
        ("a " * 200, " ".join(["a"] * 30)),
    ],
)
def test_what_a_model_writes_is_cleaned(said, kept):
    assert clean(said, 60) == kept


def test_a_sentence_begins_with_a_capital_and_has_one_full_stop():
    assert clean_sentence(" the visitor pays.. ") == "The visitor pays."
    assert clean_sentence("<<>>") == ""


def test_keywords_are_lower_case_and_each_there_once():
    assert clean_keywords(["Rates", "rates", "", "<b>", "APR; fees"]) == ("rates", "apr fees")


@pytest.mark.parametrize(
    ("var", "reason"),
    [
        ({"start": "seed"}, "llm.taxonomy.start is 'seed': it has to be one of sessions, clusters"),
        ({"near": 0}, "llm.taxonomy.near is 0: it has to be a whole number from 1 to 50"),
        ({"far": True}, "llm.taxonomy.far is True"),
        ({"mini": 1}, "llm.taxonomy.mini is no setting: it knows start, near"),
        ("clusters", "llm.taxonomy is 'clusters': it has to be settings by name"),
    ],
)
def test_a_wrong_setting_is_named(var, reason):
    with pytest.raises(TaxonomyError) as raised:
        ProposalSettings.read({"taxonomy": var})
    assert reason in str(raised.value)
    assert ProposalSettings.read({"model": "m"}) == ProposalSettings()
