"""What a trained version promises: reproducible, seeded, never failing on small sites, safe to load."""

import json

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load, save
from test_encoder_synthetic import simulate

from clickintent.encoder import (
    EncoderConfig,
    EncoderConfigError,
    EncoderLoadError,
    effective_rank,
    embed_pages,
    encode,
    load_encoder,
    mean_pairwise_cosine,
    train_encoder,
)
from clickintent.encoder.objectives import contrastive_loss, may_repel, spread_loss

SYNTHETIC = simulate(600, seed=2)
BRIEF = EncoderConfig(steps=4, batch_sessions=64)


@pytest.fixture(scope="module")
def version():
    return train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, BRIEF)


def test_same_data_and_seed_give_the_same_version_in_any_row_order(version):
    shuffled = SYNTHETIC.sequences.sample(fraction=1, shuffle=True, seed=5)
    torch.manual_seed(123)  # the global seed must not matter
    again = train_encoder(shuffled, SYNTHETIC.pages[::-1], BRIEF)
    assert again.version == version.version
    assert again.weights == version.weights


def test_another_seed_gives_another_version(version):
    other = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, EncoderConfig(steps=4, batch_sessions=64, seed=8))
    assert other.version != version.version


def test_training_leaves_the_global_seed_and_thread_count_alone():
    torch.manual_seed(1)
    threads = torch.get_num_threads()
    expected = torch.random.get_rng_state()
    train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, EncoderConfig(steps=1, batch_sessions=16))
    assert torch.equal(torch.random.get_rng_state(), expected)
    assert torch.get_num_threads() == threads


def test_a_version_says_what_it_was_trained_on(version):
    assert version.version.startswith("enc-")
    assert len(version.version) == len("enc-") + 12
    assert version.metrics["is_trained"] is True
    assert version.metrics["steps"] == 4
    assert 0 < version.trained_rows < 600
    assert version.metrics["heldout_sessions"] + version.trained_rows == 600
    assert version.trained_from < version.trained_to
    assert json.loads(json.dumps(version.metrics, allow_nan=False)) == version.metrics


@pytest.mark.parametrize("sessions", [0, 1, 2, 499])
def test_too_few_sessions_give_seeded_untrained_weights(sessions):
    few = SYNTHETIC.sequences.head(sessions)
    version = train_encoder(few, SYNTHETIC.pages)
    assert version.metrics["is_trained"] is False
    assert version.trained_rows == 0
    vectors = encode(few, load_encoder(version.weights, version.config), {})
    assert np.isfinite(vectors).all()


def test_untrained_embeddings_are_not_collapsed():
    version = train_encoder(SYNTHETIC.sequences.head(400), SYNTHETIC.pages)
    encoder = load_encoder(version.weights, version.config)
    vectors = encode(SYNTHETIC.sequences, encoder, embed_pages(SYNTHETIC.pages, encoder))
    assert mean_pairwise_cosine(vectors) < 0.3
    assert effective_rank(vectors) > 20


def test_sessions_without_any_page_can_be_trained_on():
    blank = SYNTHETIC.sequences.with_columns(pl.col("page_keys").list.eval(pl.lit("")))
    version = train_encoder(blank, SYNTHETIC.pages.head(0), EncoderConfig(steps=2, batch_sessions=64))
    assert version.metrics["is_trained"] is True


def test_a_site_with_more_pages_than_candidates_can_be_trained_on():
    config = EncoderConfig(steps=3, batch_sessions=16, candidate_pages=20)
    version = train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, config)
    assert np.isfinite(list(version.metrics["losses"].values())).all()


def test_progress_hears_of_every_step():
    steps = []
    train_encoder(
        SYNTHETIC.sequences,
        SYNTHETIC.pages,
        EncoderConfig(steps=3, batch_sessions=16),
        lambda step, total, losses: steps.append((step, total, "total" in losses)),
    )
    assert steps == [(1, 3, True), (2, 3, True), (3, 3, True)]


def test_loading_gives_the_vectors_of_the_trained_encoder(version):
    first, second = (load_encoder(version.weights, version.config) for _ in range(2))
    sessions = SYNTHETIC.sequences.head(10)
    assert np.array_equal(encode(sessions, first, {}), encode(sessions, second, {}))


def test_damaged_weights_are_refused(version):
    tensors = load(version.weights)
    with pytest.raises(EncoderLoadError, match="safetensors"):
        load_encoder(b"not weights", version.config)
    tensors["final_norm.weight"][0] = float("nan")
    with pytest.raises(EncoderLoadError, match="NaN"):
        load_encoder(save(tensors), version.config)
    del tensors["final_norm.weight"]
    with pytest.raises(EncoderLoadError, match="fit"):
        load_encoder(save(tensors), version.config)


def test_a_config_survives_json():
    config = EncoderConfig(steps=3, threads=None)
    assert EncoderConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "text",
    ["no json", "[]", '{"format": 2, "wdth": 9}', '{"format": 2, "width": 10, "heads": 4}'],
)
def test_a_config_that_makes_no_model_is_refused(text):
    with pytest.raises(EncoderConfigError):
        EncoderConfig.from_json(text)


def test_weights_of_another_format_are_refused_with_what_to_do():
    older = {name: value for name, value in json.loads(EncoderConfig().to_json()).items() if name != "format"}
    with pytest.raises(EncoderConfigError, match="drop the table session_encoder"):
        EncoderConfig.from_json(json.dumps(older))


def test_sessions_of_one_visitor_and_identical_sessions_are_never_negatives():
    allowed = may_repel(np.array([1, 1, 2, 3]), np.array([10, 11, 12, 12]), np.array([2, 2, 2, 2]))
    assert allowed.tolist() == [
        [False, False, True, True],
        [False, False, True, True],
        [True, True, False, False],
        [True, True, False, False],
    ]


def test_sessions_that_are_no_rivals_are_never_negatives():
    allowed = may_repel(np.array([1, 2, 3]), np.array([10, 11, 12]), np.array([2, 3, 3]))
    assert allowed.tolist() == [[False, False, False], [False, False, True], [False, True, False]]


def test_forbidden_negatives_do_not_enter_the_contrastive_loss():
    first, second = torch.eye(4)[:2], torch.eye(4)[:2]
    alone = contrastive_loss(first, second, torch.zeros(2, 2, dtype=torch.bool), 0.2)
    apart = contrastive_loss(first, second, ~torch.eye(2, dtype=torch.bool), 0.2)
    assert float(alone) == 0
    assert float(apart) > 0


def test_collapsed_embeddings_cost_more_than_spread_ones():
    spread = torch.from_numpy(np.random.default_rng(0).normal(size=(512, 8)).astype(np.float32))
    assert float(spread_loss(torch.ones(512, 8))) > float(spread_loss(spread)) + 0.5
    assert float(spread_loss(spread[:, :1].repeat(1, 8))) > float(spread_loss(spread)) + 0.5
