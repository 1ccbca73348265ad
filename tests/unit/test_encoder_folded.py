"""The folded encoder that scores is the encoder that was trained."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from test_encoder_synthetic import simulate

from clickintent.encoder import EncoderConfig, EncoderLoadError, NumpyEncoder, SessionEncoder, embed_pages, encode
from clickintent.encoder.batches import gather_batch
from clickintent.encoder.folded import FoldedEncoder
from clickintent.encoder.passes import padded_events
from clickintent.encoder.scoring import encode_folded, page_table
from clickintent.encoder.sessions import flatten_sessions

CONFIG = EncoderConfig()
SYNTHETIC = simulate(300, seed=5)


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["no block", "one block", "two blocks"])
def encoder(request):
    made = SessionEncoder(replace(CONFIG, layers=request.param)).eval().requires_grad_(False)
    random = torch.Generator().manual_seed(9)
    for parameter in made.parameters():
        if parameter.dim() == 1:  # gains of one would hide a gain that is left out
            parameter.copy_(torch.rand(parameter.shape, generator=random) + 0.5)
    made.centre.copy_(torch.randn(made.centre.shape, generator=random) * 0.1)
    return made


def in_numpy(encoder, page_keys, page_vectors):
    arrays = FoldedEncoder(encoder, torch.empty(0, encoder.config.page_dim)).arrays()
    return NumpyEncoder(arrays, encoder.config, page_keys, page_vectors)


@pytest.mark.parametrize("case", ["as simulated", "numbers missing", "numbers large", "value negative"])
def test_folding_changes_nothing_but_speed(encoder, case):
    frame = SYNTHETIC.sequences
    changed = {
        "as simulated": [],
        "numbers missing": [
            pl.col(name).list.eval(pl.when(pl.element().cum_count() % 2 == 0).then(pl.element()))
            for name in ("dwell_seconds", "gap_seconds", "event_values", "hours", "weekdays")
        ],
        "numbers large": [(pl.col("dwell_seconds") * 1e6), (pl.col("gap_seconds") * 1e4)],
        "value negative": [pl.col("gap_seconds").list.eval(-pl.element() * 3.7).alias("event_values")],
    }[case]
    sessions = flatten_sessions(frame.with_columns(changed), CONFIG)
    pages = page_table(sessions.page_keys, encoder, {})
    with torch.inference_mode():
        expected = encoder(gather_batch(sessions, np.arange(len(sessions))), pages).embedding.numpy()
    found = encode_folded(sessions, FoldedEncoder(encoder, pages))
    assert np.abs(found - expected).max() < 1e-5
    without_torch = in_numpy(encoder, sessions.page_keys[::2], pages.numpy()[::2]).embed_arrays(sessions)
    assert np.abs(without_torch - expected).max() < 1e-5


def test_without_torch_columns_of_lists_embed_as_the_table_does(encoder):
    frame = SYNTHETIC.sequences.head(50)
    vectors = embed_pages(SYNTHETIC.pages, encoder)
    plain = in_numpy(encoder, list(vectors), np.array(list(vectors.values())))
    expected = encode(frame, encoder, vectors)
    assert np.abs(plain.embed(frame.to_dict(as_series=False)) - expected).max() < 1e-5
    again = plain.embed(frame.head(3).to_dict(as_series=False))  # pages are known by now
    assert np.abs(again - expected[:3]).max() < 1e-5


def test_an_encoder_with_a_text_model_cannot_do_without_torch(encoder):
    config = EncoderConfig(page_text="sentence-transformers", page_text_model="some-model", page_text_dim=8)
    with pytest.raises(EncoderLoadError, match="hashed words alone"):
        in_numpy(SessionEncoder(config), [], np.empty((0, config.page_dim), np.float32))
    with pytest.raises(EncoderLoadError, match="lacks the array"):
        NumpyEncoder({}, CONFIG, [], np.empty((0, CONFIG.page_dim), np.float32))


def test_sessions_of_one_length_are_not_padded():
    sessions = flatten_sessions(SYNTHETIC.sequences, CONFIG)
    length = int(np.bincount(sessions.lengths).argmax())
    alike = np.flatnonzero(sessions.lengths == length)
    assert padded_events(sessions, alike)[1] is None
    unlike = np.flatnonzero(sessions.lengths != length)[:1]
    is_event = padded_events(sessions, np.concatenate([alike[:1], unlike]))[1]
    assert is_event is not None
    assert is_event.sum() == length + sessions.lengths[unlike].sum()
