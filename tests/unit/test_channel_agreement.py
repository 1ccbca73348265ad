"""Sessions of one intent in two channels are brought together, once somebody told their intents."""

import numpy as np
import polars as pl
import pytest
import torch
from test_encoder_synthetic import TOPICS, simulate

from clickintent.encoder import EncoderConfig, embed_pages, encode, load_encoder, train_encoder
from clickintent.encoder.channel_agreement import NO_INTENT, channel_agreement_loss, draw_by_intent, intent_pools
from clickintent.encoder.checkpoint import fingerprint_of
from clickintent.encoder.training_data import prepare, sample_sessions

SYNTHETIC = simulate(900, seed=5)
BRIEF = EncoderConfig(steps=120, batch_sessions=64)
TOPIC_NAMES = list(TOPICS)


def without_shared_words():
    """The same sessions where the app speaks a language of its own: every word of its pages turned around."""
    in_app = SYNTHETIC.sequences.filter(pl.col("channel") == "app")["page_keys"].explode().unique().to_list()
    turned = [
        " ".join(word[::-1] for word in text.split()) if key in in_app else text
        for key, text in SYNTHETIC.pages.select("page_key", "text").iter_rows()
    ]
    return SYNTHETIC.pages.with_columns(text=pl.Series(turned))


def told(share=0.5):
    random = np.random.default_rng(1)
    names = [TOPIC_NAMES[topic] if random.random() < share else None for topic in SYNTHETIC.topics]
    return SYNTHETIC.sequences.with_columns(told_intent=pl.Series(names, dtype=pl.String))


def same_topic_of_nearest(version, pages):
    """Share of app sessions whose nearest web session is of their topic."""
    encoder = load_encoder(version.weights, version.config)
    embeddings = encode(SYNTHETIC.sequences, encoder, embed_pages(pages, encoder))
    is_web = (SYNTHETIC.sequences["channel"] == "web").to_numpy()
    nearest = (embeddings[~is_web] @ embeddings[is_web].T).argmax(axis=1)
    topics = np.asarray(SYNTHETIC.topics)
    return float((topics[is_web][nearest] == topics[~is_web]).mean())


def test_told_intents_bring_channels_together_that_share_no_word():
    pages = without_shared_words()
    without = train_encoder(SYNTHETIC.sequences, pages, BRIEF)
    with_intents = train_encoder(told(), pages, BRIEF)
    assert with_intents.metrics["intents_across_channels"] == len(TOPICS)
    assert 0 < with_intents.metrics["sessions_with_intent"] < len(SYNTHETIC.sequences) / 2
    assert with_intents.metrics["losses"]["intent"] > 0
    before, after = same_topic_of_nearest(without, pages), same_topic_of_nearest(with_intents, pages)
    assert before < 0.3
    assert after > before + 0.15


def test_a_column_that_tells_no_intent_changes_nothing():
    brief = EncoderConfig(steps=3, batch_sessions=64)
    nobody = SYNTHETIC.sequences.with_columns(told_intent=pl.lit(None, dtype=pl.String))
    version = train_encoder(nobody, SYNTHETIC.pages, brief)
    assert version.version == train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, brief).version
    assert "intent" not in version.metrics["losses"]
    assert version.metrics["intents_across_channels"] == 0


def test_intents_that_stand_beside_sessions_under_another_name_are_not_learned_from():
    """Tables of an evaluation hold the true ones."""
    brief = EncoderConfig(steps=3, batch_sessions=64)
    truth = told(1.0).rename({"told_intent": "intent_id"})
    version = train_encoder(truth, SYNTHETIC.pages, brief)
    assert version.metrics["intents_across_channels"] == 0
    assert version.version == train_encoder(SYNTHETIC.sequences, SYNTHETIC.pages, brief).version


def test_a_run_with_other_intents_is_another_run():
    def fingerprint(sequences):
        return fingerprint_of(prepare(sample_sessions(sequences, BRIEF), SYNTHETIC.pages, BRIEF), BRIEF)

    assert fingerprint(told()) != fingerprint(told(0.4))
    assert fingerprint(told()) == fingerprint(told())


def test_only_intents_of_two_channels_are_learned_and_only_from_the_rows_allowed():
    intents = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, NO_INTENT, NO_INTENT, NO_INTENT, NO_INTENT])
    channel = np.array([2, 2, 3, 3, 2, 2, 2, 2, 2, 2, 3, 2, 2, 3, 3])
    (only,) = intent_pools(intents, channel, np.arange(15))
    assert [pool.tolist() for pool in only] == [[0, 1], [2, 3]]
    assert intent_pools(intents, channel, np.arange(1, 15)) == ()


def test_rare_intents_are_drawn_as_often_as_common_ones_and_each_channel_alike():
    pools = ((np.arange(500), np.arange(500, 502)), (np.arange(502, 504), np.arange(504, 900)))
    config = EncoderConfig(intents_per_step=2, sessions_per_intent=3)
    rows, intents = draw_by_intent(pools, config, np.random.default_rng(0))
    counts = [np.isin(rows, pool).sum() for pool_of_intent in pools for pool in pool_of_intent]
    assert counts == [3, 3, 3, 3]
    assert np.bincount(intents).tolist() == [6, 6]
    one, of = draw_by_intent(pools, EncoderConfig(intents_per_step=1), np.random.default_rng(0))
    assert len(one) == 4
    assert len(set(of)) == 1


def test_the_loss_is_that_of_a_loop_over_pairs():
    random = np.random.default_rng(2)
    vectors = random.normal(size=(8, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    channel, intent = [0, 0, 1, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1, 1, 1]
    expected = []
    for i in range(8):
        elsewhere = [j for j in range(8) if channel[j] != channel[i]]
        weights = {j: np.exp(vectors[i] @ vectors[j] / 0.2) for j in elsewhere}
        same = [j for j in elsewhere if intent[j] == intent[i]]
        expected.append(-np.mean([np.log(weights[j] / sum(weights.values())) for j in same]))
    loss = channel_agreement_loss(torch.from_numpy(vectors), torch.tensor(channel), torch.tensor(intent), 0.2)
    assert float(loss) == pytest.approx(np.mean(expected), rel=1e-5)
