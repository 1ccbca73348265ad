"""One session in plain Python, and an encoder that knows its pages beforehand, embed as `encode` does."""

import dataclasses
import threading

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_encoder_scoring import one_session
from test_encoder_synthetic import simulate

from clickintent.encoder import (
    EncoderConfig,
    EncoderInputError,
    SessionEncoder,
    StoredPagesEncoder,
    embed_pages,
    encode,
)
from clickintent.encoder.plain_sessions import flatten_session
from clickintent.encoder.sessions import flatten_sessions
from clickintent.encoder.threads import fixed_threads, one_torch_thread

CONFIG = EncoderConfig(max_events=8)
SEQUENCES = simulate(60, seed=2)
SCHEMA = {
    "session_id": pl.String,
    "channel": pl.String,
    "device_type": pl.String,
    "referrer_medium": pl.String,
    "page_keys": pl.List(pl.String),
    "event_types": pl.List(pl.String),
    "dwell_seconds": pl.List(pl.Float64),
    "gap_seconds": pl.List(pl.Float64),
    "hours": pl.List(pl.Int32),
    "weekdays": pl.List(pl.Int32),
    "event_values": pl.List(pl.Float64),
}


@pytest.fixture(scope="module")
def encoder():
    return SessionEncoder(EncoderConfig()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def stored(encoder):
    return StoredPagesEncoder(encoder, embed_pages(SEQUENCES.pages, encoder))


words = st.none() | st.sampled_from(["", "web", "app", " Search ", "/cards", "/home-loans/rates", "Étranger"])
amounts = st.none() | st.floats(width=32) | st.sampled_from([0.0, -3.5, 1e9, float("inf"), float("nan")])
clocks = st.none() | st.integers(0, 23)


@st.composite
def rows(draw):
    length = draw(st.integers(0, 11))

    def column(values):
        if length == 0 and draw(st.booleans()):
            return None
        return draw(st.lists(values, min_size=length, max_size=length))

    kinds = {pl.String: words, pl.Float64: amounts, pl.Int32: clocks}
    return {
        name: column(kinds[kind.inner]) if isinstance(kind, pl.List) else draw(words) for name, kind in SCHEMA.items()
    }


@given(rows())
@settings(max_examples=150)
def test_one_session_is_what_a_table_with_its_row_is(row):
    of_table = flatten_sessions(pl.DataFrame([row], schema=SCHEMA), CONFIG)
    alone = flatten_session(row, CONFIG)
    for field in dataclasses.fields(of_table):
        expected, found = getattr(of_table, field.name), getattr(alone, field.name)
        if field.name == "page_keys":
            assert found == expected
        else:
            assert found.dtype == expected.dtype, field.name
            assert np.array_equal(found, expected, equal_nan=found.dtype == np.float32), field.name


def test_a_session_that_lacks_a_field_or_an_event_is_refused():
    (row,) = one_session().to_dicts()
    with pytest.raises(EncoderInputError, match=r"lacks the fields \['hours'\]"):
        flatten_session({name: value for name, value in row.items() if name != "hours"}, CONFIG)
    with pytest.raises(EncoderInputError, match="the list weekdays and page_keys differ"):
        flatten_session(row | {"weekdays": [1, 2]}, CONFIG)


def test_sessions_embed_as_with_the_pages_of_their_batch(encoder, stored):
    frame = SEQUENCES.sequences
    expected = encode(frame, encoder, embed_pages(SEQUENCES.pages, encoder))
    assert np.abs(stored.embed(frame) - expected).max() < 1e-5
    alone = np.concatenate([stored.embed_one(row) for row in frame.to_dicts()])
    assert np.abs(alone - expected).max() < 1e-5


def test_a_page_that_is_not_stored_is_read_by_its_words(encoder, stored):
    unknown = one_session(page_keys=["/savings/goal-jar"])
    expected = encode(unknown, encoder, {})
    assert np.abs(stored.embed(unknown) - expected).max() < 1e-5
    assert np.abs(stored.embed_one(unknown.to_dicts()[0]) - expected).max() < 1e-5
    assert np.abs(stored.embed(one_session(page_keys=["/cars/engine"])) - expected).max() > 1e-3


def test_an_encoder_without_any_stored_page_reads_words(encoder):
    session = one_session()
    assert np.abs(StoredPagesEncoder(encoder, {}).embed(session) - encode(session, encoder, {})).max() < 1e-5


def test_callers_of_one_thread_each_give_back_the_number_that_the_first_of_them_found():
    is_inside, may_leave, after = threading.Event(), threading.Event(), []

    def other():
        with one_torch_thread():  # asks torch for the first time, while the number is 1
            is_inside.set()
            may_leave.wait(10)
        after.append(torch.get_num_threads())

    with fixed_threads(3):
        thread = threading.Thread(target=other)
        with one_torch_thread():
            assert torch.get_num_threads() == 1
            thread.start()
            assert is_inside.wait(10)
        assert torch.get_num_threads() == 3
        may_leave.set()
        thread.join()
        assert after == [3]
