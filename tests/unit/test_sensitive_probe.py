"""What a probe reads of sensitive intents, and masks that take it away."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score
from test_platform_alignment import LEAVES, evaluation_tables, inputs_of, run_of, with_tables

from clickintent.evaluation.sensitive import Probed, left_out, masked, people, probe, probe_figures, telling_pages
from clickintent.stages.sensitive_probe import evaluate_sensitive_intents, named_pages
from clickintent.taxonomy import Intent, Taxonomy

LISTS = ["page_keys", "event_types"]
SEQUENCES = pl.DataFrame(
    {
        "session_id": ["both", "only masked", "none", "empty"],
        "page_keys": [["/debt", "/", None, "/debt"], ["/debt"], ["/", "/cards"], []],
        "event_types": [["a", "b", "c", "d"], ["e"], ["f", "g"], []],
    },
    schema_overrides={"page_keys": pl.List(pl.String), "event_types": pl.List(pl.String)},
)


def test_a_masked_page_is_null_and_its_event_stays():
    found = masked(SEQUENCES, ["/debt"])
    assert found["page_keys"].to_list() == [[None, "/", None, None], [None], ["/", "/cards"], []]
    assert found["event_types"].to_list() == SEQUENCES["event_types"].to_list()


def test_what_is_left_out_takes_its_event_along_and_events_without_a_page_stay():
    found = left_out(SEQUENCES, ["/debt"], LISTS)
    assert found["session_id"].to_list() == SEQUENCES["session_id"].to_list()
    assert found["page_keys"].to_list() == [["/", None], [], ["/", "/cards"], []]
    assert found["event_types"].to_list() == [["b", "c"], [], ["f", "g"], []]


def test_pages_tell_where_they_are_far_more_common_in_sensitive_sessions():
    page_keys = pl.Series([["/debt", "/"]] * 6 + [["/rare"]] * 2 + [["/", "/cards"]] * 60)
    is_sensitive = pl.Series([True] * 8 + [False] * 60)
    assert telling_pages(page_keys, is_sensitive) == ["/debt"]  # /rare has too few sessions, / is everybody's


def test_a_person_is_the_mean_of_their_sessions_on_one_side_of_the_split():
    features = np.array([[1.0, 0], [0, 1], [0, 1], [1, 0]])
    persons, is_train = np.array([5, 5, 9, 5]), np.array([True, True, True, False])
    means, is_sensitive, owners, is_before = people(features, np.array([False, True, False, False]), persons, is_train)

    told = {
        (int(owner), bool(side)): (row.tolist(), bool(flag))
        for owner, side, row, flag in zip(owners, is_before, means, is_sensitive, strict=True)
    }
    assert told[5, True] == (pytest.approx([0.5**0.5] * 2), True)
    assert told[9, True] == ([0.0, 1.0], False)
    assert told[5, False] == ([1.0, 0.0], False)


def test_a_gain_is_the_paired_difference_and_a_control_has_labels_of_its_own():
    random = np.random.default_rng(2)
    truth = random.random(600) < 0.2
    plain, hidden = truth + random.normal(size=600), random.normal(size=600)
    dealt = random.permutation(truth)
    everybody = {"all": np.ones(600, bool), "few": np.arange(600) < 30}
    probed = Probed(
        np.arange(600),
        everybody,
        {"embedding": plain, "masked": hidden, "control": hidden},
        {"embedding": truth, "masked": truth, "control": dealt},
        9,
    )

    figures = probe_figures(probed, "embedding")

    assert set(figures) == {(model, "all") for model in ("embedding", "masked", "control")}  # too few in 'few'
    assert figures["embedding", "all"][0]["auroc"].value == pytest.approx(roc_auc_score(truth, plain))
    assert figures["embedding", "all"][0]["sensitive_share"].value == truth.mean()
    gain = figures["masked", "all"][0]["auroc_gain_over_embedding"]
    assert gain.value == pytest.approx(roc_auc_score(truth, hidden) - roc_auc_score(truth, plain))
    assert gain.high < 0
    assert set(figures["control", "all"][0]) == {"auroc", "pr_auc"}
    assert figures["control", "all"][0]["auroc"].value == pytest.approx(roc_auc_score(dealt, hidden))


def test_a_probe_that_has_no_positive_to_learn_from_says_nothing():
    nobody, train = np.zeros(20, bool), np.arange(20) < 10
    scores = probe(np.eye(20), nobody, np.arange(20), train=train, test=~train)
    np.testing.assert_array_equal(scores, np.zeros(10))


def test_pages_are_named_by_their_words_alone():
    group = Intent("debt", None, 1, "Debt", "Trouble with debt.")
    taxonomy = Taxonomy(
        "tax",
        (group, Intent("cards", None, 1, "Cards", "Cards.")),
        (
            Intent(
                "debt.relief",
                "debt",
                2,
                "Payment relief",
                "Hardship.",
                ("hardship", "payment plans"),
                is_sensitive=True,
            ),
            Intent("cards.find", "cards", 2, "Find a card", "Compares credit cards.", ("compare credit cards",)),
        ),
    )
    pages = pl.DataFrame(
        {
            "page_key": ["/support/hardship", "/cards", "/payment-plans"],
            "text": ["support hardship", "compare credit cards", None],
        }
    )
    assert named_pages(taxonomy, pages) == ["/support/hardship", "/payment-plans"]


@pytest.fixture(scope="module")
def tables():
    tables = evaluation_tables(720)
    sensitive = pl.col("intent_id") == "homes.buy"
    return tables | {"taxonomy": tables["taxonomy"].with_columns(is_sensitive=sensitive)}


def test_masks_are_told_with_what_they_cost(tables):
    with with_tables(tables) as connection:
        rows = evaluate_sensitive_intents(run_of(connection), inputs_of(connection)).pl()
        connection.execute("update taxonomy set is_sensitive = false")
        assert evaluate_sensitive_intents(run_of(connection), inputs_of(connection)).pl().is_empty()

    assert rows.select("task", "model", "segment", "metric").is_unique().all()
    auroc = dict(rows.filter(task="session", segment="all", metric="auroc").select("model", "value").iter_rows())
    assert auroc["embedding"] > 0.95
    assert auroc["page counts"] > 0.95
    # each session of the leaf is on its pages alone: nothing is left of it, which is telling, too. Nothing can be five
    # times as common as in a third of all sessions, so that no page is left out for that.
    emptied = rows.filter(metric="emptied_session_share", model="embedding, named pages left out")["value"].item()
    assert emptied == pytest.approx(1 / len(LEAVES), abs=0.02)
    assert rows.filter(task="masking", metric="masked_event_share")["value"].to_list() == pytest.approx([emptied, 0])
    assert rows.filter(task="masking")["low"].null_count() == 6
