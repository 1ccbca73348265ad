"""What stays when something is made once more."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score
from test_platform_alignment import evaluation_tables, inputs_of, run_of, unit, with_tables
from test_stages_run import empty_run

from clickintent.evaluation.figures import FIGURE_SCHEMA
from clickintent.evaluation.stability import NOBODY, agreement, neighbours_kept
from clickintent.stages.stability import evaluate_stability

N = 400


def kept_by(random, noise):
    vectors = unit(random.normal(size=(N, 6)))
    queries = np.arange(100)
    other = unit(vectors + random.normal(scale=noise, size=vectors.shape))
    found = neighbours_kept(vectors, {"other": other}, np.arange(N), queries, {"all": np.ones(100, bool)})
    return found["other", "all"][0]


def test_neighbours_stay_where_nothing_changes_go_with_noise_and_fall_to_chance():
    random = np.random.default_rng(4)
    same, moved = kept_by(random, 0.0), kept_by(random, 0.2)
    lost = kept_by(random, 1e3)

    assert same["neighbours_kept"].value == 1
    assert 0.2 < moved["neighbours_kept"].low < moved["neighbours_kept"].value < 0.9
    assert lost["neighbours_kept_by_chance"].value == pytest.approx(10 / (N - 1))
    assert lost["neighbours_kept"].value == pytest.approx(10 / (N - 1), abs=0.02)


def test_neighbours_kept_turn_with_the_whole_space():
    random = np.random.default_rng(4)
    vectors = unit(random.normal(size=(N, 6)))
    turned = vectors @ np.linalg.qr(random.normal(size=(6, 6)))[0]
    queries = np.arange(50)
    found = neighbours_kept(vectors, {"turned": turned}, np.arange(N), queries, {"all": np.ones(50, bool)})
    assert found["turned", "all"][0]["neighbours_kept"].value == pytest.approx(1)


def test_two_divisions_are_compared_where_both_divide():
    first = np.array([0, 0, 1, 1, NOBODY, 2])
    second = np.array([5, 5, 3, 3, 3, NOBODY])

    assert agreement(first, second) == (pytest.approx(1.0), pytest.approx(4 / 6), 4)
    random = np.random.default_rng(1)
    mixed = random.integers(0, 3, 300), random.integers(0, 3, 300)
    assert agreement(*mixed)[0] == pytest.approx(adjusted_mutual_info_score(*mixed))
    value, share, n = agreement(np.full(3, NOBODY), np.arange(3))
    assert np.isnan(value)
    assert (share, n) == (0.0, 0)


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")  # few pages make sessions that read alike
def test_rows_hold_neighbours_and_drafts_and_are_the_same_when_built_again():
    with with_tables(evaluation_tables(720)) as connection:

        def build():
            inputs = inputs_of(connection)
            return evaluate_stability(run_of(connection), inputs, max_intents=6, min_page_visitors=2, steps=2).pl()

        rows, again = build(), build()
        empty_run(connection)
        assert build().columns == list(FIGURE_SCHEMA)

    assert rows.drop("evaluated_at").equals(again.drop("evaluated_at"))
    assert rows.select("task", "model", "segment", "metric").is_unique().all()
    kept = dict(rows.filter(metric="neighbours_kept", segment="all").select("model", "value").iter_rows())
    assert kept["another seed"] > kept["untrained encoder"]
    drafts = rows.filter(metric="adjusted_mutual_information")
    assert drafts.select("task", "model").rows() == [
        (f"taxonomy, level {level}", model) for model in ("another seed", "halves of the people") for level in (1, 2)
    ]
    assert drafts["low"].is_null().all()
    trained = dict(rows.filter(task="neighbours", segment="all").select("model", "train_n").iter_rows())
    assert trained["another seed"] > trained["half of the people"] > 0
    assert trained["mean page text"] is None
