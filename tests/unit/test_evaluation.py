"""What an evaluation promises: intervals by visitor, baselines that never saw the answer, honest coverage."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from clickintent.evaluation import (
    EVALUATION_SCHEMA,
    bootstrap_mean,
    entry_group_baseline,
    evaluate_predictions,
    keyword_baseline,
)
from clickintent.taxonomy import read_taxonomy

AT = datetime(2026, 3, 1)
TAXONOMY = read_taxonomy(
    pl.DataFrame(
        {
            "intent_id": ["cards", "cards.find", "cards.pay", "homes", "homes.buy"],
            "parent_intent_id": ["", "cards", "cards", "", "homes"],
            "level": [1, 2, 2, 1, 2],
            "name": ["Cards", "Find", "Pay", "Homes", "Buy"],
            "description": "What it says.",
            "keywords": ["", "credit card; card", "card bill", "", "Mortgage; home loan"],
        }
    )
)


def width(interval):
    return interval[2] - interval[1]


def test_the_mean_is_that_of_the_rows_and_lies_in_its_interval():
    random = np.random.default_rng(1)
    values = pl.Series(random.random(400) < 0.7)
    mean, low, high = bootstrap_mean(values, pl.Series(range(400)))
    assert mean == values.mean()
    assert low < mean < high
    # the textbook's interval for independent rows
    assert high - low == pytest.approx(2 * 1.96 * (mean * (1 - mean) / 400) ** 0.5, rel=0.2)


def test_owners_are_resampled_and_not_rows():
    """Forty visitors, each always right or always wrong: ten rows a visitor know no more than one."""
    of_visitors = pl.Series([visitor % 2 == 0 for visitor in range(40)])
    of_rows = pl.Series([value for value in of_visitors for _ in range(10)])
    owners = pl.Series([visitor for visitor in range(40) for _ in range(10)])
    clustered = bootstrap_mean(of_rows, owners)
    assert clustered == bootstrap_mean(of_visitors, pl.Series(range(40)))
    assert width(clustered) > 2 * width(bootstrap_mean(of_rows, pl.Series(range(400))))


def test_a_visitor_with_more_rows_weighs_more():
    """Twenty visitors, right nine times each, and twenty who are wrong once: in the mean and in its interval."""
    owners = pl.Series([visitor for visitor in range(40) for _ in range(9 if visitor < 20 else 1)])
    mean, low, high = bootstrap_mean(owners < 20, owners)
    assert mean == 0.9
    assert 0.8 < low < mean < high < 1


def test_a_weighted_row_is_as_many_rows_of_its_owner():
    values, owners = pl.Series([True, False, True, False] * 10), pl.Series([row // 2 for row in range(40)])
    weights = pl.Series([1, 2, 3, 1] * 10)
    repeated = pl.DataFrame({"value": values, "owner": owners, "weight": weights}).select(
        pl.col("value", "owner").repeat_by("weight").explode()
    )
    weighted = bootstrap_mean(values, owners, weights=weights.cast(pl.Float64))
    assert weighted == pytest.approx(bootstrap_mean(repeated["value"], repeated["owner"]))
    assert weighted != pytest.approx(bootstrap_mean(values, owners))


def test_an_interval_is_the_same_each_time_and_moves_with_the_seed():
    values, owners = pl.Series(np.arange(50.0)), pl.Series(range(50))
    assert bootstrap_mean(values, owners) == bootstrap_mean(values, owners)
    assert bootstrap_mean(values, owners)[1:] != bootstrap_mean(values, owners, seed=8)[1:]


@pytest.mark.filterwarnings("error")
def test_without_rows_there_is_no_figure_and_no_warning():
    assert np.isnan(bootstrap_mean(pl.Series([], dtype=pl.Boolean), pl.Series([], dtype=pl.String))).all()


def by_keyword(**sessions):
    pages = pl.DataFrame(
        {
            "page_key": ["/cards", "/bill", "/mortgage", "/discard", "/both", "/loan-home"],
            "text": ["credit card", "card bill", "mortgage", "discarded cards", "card mortgage", "loan home"],
        }
    )
    sequences = pl.DataFrame({"session_id": list(sessions), "page_keys": list(sessions.values())})
    found = keyword_baseline(sequences, pages, TAXONOMY)
    return dict(found.select("session_id", "intent_l1").rows())


def test_the_group_whose_keywords_occur_most_often_is_chosen():
    assert by_keyword(a=["/mortgage", "/cards"], b=["/mortgage", "/mortgage", "/mortgage", "/cards"]) == {
        "a": "cards",  # 'credit card' and 'card' both occur
        "b": "homes",
    }


def test_a_keyword_is_whole_words_side_by_side_whatever_its_case():
    assert by_keyword(part=["/discard"], apart=["/loan-home"], capital=["/mortgage"]) == {
        "part": None,
        "apart": None,
        "capital": "homes",
    }


def test_a_tie_between_groups_goes_to_the_earlier_id():
    assert by_keyword(tied=["/both"]) == {"tied": "cards"}


def test_pages_that_are_unknown_or_empty_say_nothing():
    assert by_keyword(unknown=["/elsewhere", ""], none=[]) == {"unknown": None, "none": None}


def visits(rows):
    columns = ("session_id", "visitor_id", "channel", "entry_group", "truth")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def entered(rows):
    return dict(entry_group_baseline(visits(rows)).select("session_id", "intent_l1").rows())


def test_what_only_a_visitor_did_is_never_used_to_predict_that_visitor():
    """The leak: entry groups that belong to one visitor each would give the truth away."""
    rows = [(f"{v}-{s}", f"visitor-{v}", "web", f"group-{v}", "cards") for v in range(100) for s in range(3)]
    predicted = entered(rows)
    assert len(predicted) == 300
    assert set(predicted.values()) == {None}


def test_a_visitor_is_predicted_from_others_even_where_most_sessions_are_their_own():
    others = [(f"other-{v}", f"visitor-{v}", "web", "rates", "homes") for v in range(50)]
    own = [(f"own-{s}", "visitor-of-many", "web", "rates", "cards") for s in range(500)]
    predicted = entered(others + own)
    assert {predicted[f"own-{s}"] for s in range(500)} == {"homes"}


def test_halves_are_drawn_by_a_hash_that_no_library_changes():
    """The md5 of visitor-0 and visitor-1 begins with an odd byte (d7, 1d), that of visitor-2 with an even one (1e)."""
    rows = [(f"{v}", f"visitor-{v}", "web", "rates", truth) for v, truth in enumerate(["homes", "homes", "cards"])]
    assert entered(rows) == {"0": "cards", "1": "cards", "2": "homes"}


def test_the_baseline_is_the_commonest_intent_of_the_group_and_channel():
    rows = [
        (f"{channel}-{v}", f"visitor-{v}", channel, "rates", truth)
        for channel, usual in (("web", "homes"), ("app", "cards"))
        for v in range(200)
        for truth in [usual if v % 4 else "other"]
    ]
    predicted = entered(rows)
    assert {predicted[f"web-{v}"] for v in range(200)} == {"homes"}
    assert {predicted[f"app-{v}"] for v in range(200)} == {"cards"}


def test_sessions_without_an_entry_group_are_a_group_of_their_own():
    rows = [(f"{v}", f"visitor-{v}", "web", None, "cards") for v in range(50)]
    assert set(entered(rows).values()) == {"cards"}


GOLD = pl.DataFrame(
    {
        "session_id": ["web-right", "web-wrong", "web-silent", "app-right", "app-silent"],
        "visitor_id": ["a", "b", "c", "d", "e"],
        "channel": ["web", "web", "web", "app", "app"],
        "truth": ["cards", "cards", "homes", "homes", "homes"],
    }
)
ANSWERS = pl.DataFrame({"session_id": GOLD["session_id"], "prediction": ["cards", "homes", None, "homes", None]})


def figures(predictions):
    rows = evaluate_predictions("level_1", GOLD, predictions, AT)
    return {(row["model"], row["channel"], row["metric"]): row for row in rows.iter_rows(named=True)}


def test_accuracy_is_of_the_sessions_answered_and_coverage_of_all():
    found = figures({"ours": ANSWERS})
    assert {key[1:]: (row["value"], row["n"]) for key, row in found.items()} == {
        ("all", "accuracy"): (pytest.approx(2 / 3), 3),
        ("all", "coverage"): (pytest.approx(3 / 5), 5),
        ("web", "accuracy"): (pytest.approx(1 / 2), 2),
        ("web", "coverage"): (pytest.approx(2 / 3), 3),
        ("app", "accuracy"): (1, 1),
        ("app", "coverage"): (pytest.approx(1 / 2), 2),
    }


def test_a_model_is_judged_on_its_own_sessions_only():
    found = figures({"ours": ANSWERS, "a sample": ANSWERS.head(2)})
    assert (found["a sample", "all", "coverage"]["value"], found["a sample", "all", "coverage"]["n"]) == (1, 2)
    assert found["ours", "all", "coverage"]["n"] == 5


def test_a_model_that_saw_a_sample_is_judged_by_the_sessions_it_stands_for():
    sampled = ANSWERS.head(3).with_columns(weight=pl.Series([1.0, 3.0, 4.0]))
    found = figures({"a sample": sampled})
    assert found["a sample", "all", "accuracy"]["value"] == pytest.approx(1 / 4)
    assert found["a sample", "all", "coverage"]["value"] == pytest.approx(4 / 8)
    assert found["a sample", "all", "coverage"]["n"] == 3


def test_a_model_that_never_answers_has_coverage_zero_and_no_accuracy():
    silent = ANSWERS.with_columns(prediction=pl.lit(None, pl.String))
    found = figures({"silent": silent})
    assert found["silent", "all", "coverage"]["value"] == 0
    assert np.isnan(found["silent", "all", "accuracy"]["value"])
    assert found["silent", "all", "accuracy"]["n"] == 0


def test_figures_come_in_the_columns_of_eval_labels():
    rows = evaluate_predictions("level_1", GOLD, {"ours": ANSWERS}, AT)
    assert dict(rows.schema) == EVALUATION_SCHEMA
    assert set(rows["task"]) == {"level_1"}
    assert set(rows["evaluated_at"]) == {AT}
