"""What `encode` promises about every vector, whatever the session and the batch it comes in."""

import numpy as np
import polars as pl
import pytest
import torch
from test_encoder_synthetic import simulate

from clickintent.encoder import EncoderConfig, EncoderInputError, SessionEncoder, embed_pages, encode
from clickintent.encoder.threads import each_on_one_thread, fixed_threads

SEQUENCES = simulate(300, seed=1)


@pytest.fixture(scope="module")
def encoder() -> SessionEncoder:
    return SessionEncoder(EncoderConfig()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def page_vectors(encoder):
    return embed_pages(SEQUENCES.pages, encoder)


def one_session(**changes) -> pl.DataFrame:
    row = {
        "session_id": "odd",
        "channel": "web",
        "device_type": None,
        "referrer_medium": None,
        "page_keys": ["/car/p1"],
        "event_types": ["page_view"],
        "dwell_seconds": [None],
        "gap_seconds": [None],
        "hours": [3],
        "weekdays": [6],
        "event_values": [None],
    }
    return pl.DataFrame([row | changes], strict=False)


def test_vectors_have_unit_length_and_keep_the_row_order(encoder, page_vectors):
    frame = SEQUENCES.sequences
    vectors = encode(frame, encoder, page_vectors)
    assert vectors.shape == (300, 64)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(encode(frame[::-1], encoder, page_vectors), vectors[::-1], atol=1e-5)


def test_a_vector_does_not_depend_on_the_other_sessions_of_the_batch(encoder, page_vectors):
    frame = SEQUENCES.sequences.head(60)
    together = encode(frame, encoder, page_vectors)
    alone = np.concatenate([encode(frame[row : row + 1], encoder, page_vectors) for row in range(len(frame))])
    assert np.abs(together - alone).max() < 1e-5


def test_a_vector_does_not_depend_on_the_number_of_threads_and_that_number_stays(encoder, page_vectors):
    frame = pl.concat([SEQUENCES.sequences] * 4)  # more than one pass
    found = {}
    for threads in (1, 2):
        with fixed_threads(threads):
            found[threads] = encode(frame, encoder, page_vectors)
            assert torch.get_num_threads() == threads
    assert np.array_equal(found[1], found[2])


def test_items_are_shared_among_threads_of_one_each_and_their_errors_are_raised():
    seen = []

    def call(item):
        seen.append((item, torch.get_num_threads()))
        if item == 5:
            raise ValueError("the sixth")

    with fixed_threads(3):
        each_on_one_thread(call, range(5))
        assert sorted(seen) == [(item, 1) for item in range(5)]
        seen.clear()
        each_on_one_thread(call, [0])  # one alone, too: sums depend on the number of threads
        assert seen == [(0, 1)]
        with pytest.raises(ValueError, match="the sixth"):
            each_on_one_thread(call, range(9))
        assert torch.get_num_threads() == 3


def test_arrow_batches_and_frames_give_the_same_vectors(encoder, page_vectors):
    frame = SEQUENCES.sequences.head(20)
    batch = frame.to_arrow().combine_chunks().to_batches()[0]
    assert np.array_equal(encode(batch, encoder, page_vectors), encode(frame, encoder, page_vectors))


@pytest.mark.parametrize(
    "changes",
    [
        {"page_keys": [""]},
        {"page_keys": ["/never/seen"], "event_types": [None], "hours": [None], "weekdays": [None]},
        {"event_types": ["a type nobody has heard of"], "channel": "kiosk", "device_type": "fridge"},
        {"dwell_seconds": [float("nan")], "gap_seconds": [float("inf")], "event_values": [-1e30]},
        {"dwell_seconds": [-5.0], "channel": None},
        {
            name: []
            for name in (
                "page_keys",
                "event_types",
                "dwell_seconds",
                "gap_seconds",
                "hours",
                "weekdays",
                "event_values",
            )
        },
    ],
    ids=["no page", "unknown page", "unknown values", "not finite", "negative dwell", "no events"],
)
def test_odd_sessions_still_get_a_finite_unit_vector(encoder, page_vectors, changes):
    vector = encode(one_session(**changes), encoder, page_vectors)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_no_sessions_give_an_empty_matrix(encoder, page_vectors):
    assert encode(SEQUENCES.sequences.head(0), encoder, page_vectors).shape == (0, 64)


def test_only_the_last_64_events_count(encoder, page_vectors):
    keys = list(page_vectors)[:80]
    count = len(keys)
    lists = {
        "page_keys": keys,
        "event_types": ["page_view"] * count,
        "dwell_seconds": [1.0] * count,
        "gap_seconds": [1.0] * count,
        "hours": [5] * count,
        "weekdays": [5] * count,
        "event_values": [1.0] * count,
    }
    whole = encode(one_session(**lists), encoder, page_vectors)
    last = encode(one_session(**{name: values[-64:] for name, values in lists.items()}), encoder, page_vectors)
    assert np.abs(whole - last).max() < 1e-5


def test_every_field_of_an_event_is_heard(encoder, page_vectors):
    plain = encode(one_session(), encoder, page_vectors)
    changes = [
        {"page_keys": ["/car/p2"]},
        {"event_types": ["form_start"]},
        {"channel": "app"},
        {"device_type": "mobile"},
        {"referrer_medium": "email"},
        {"dwell_seconds": [30.0]},
        {"gap_seconds": [30.0]},
        {"hours": [15]},
        {"weekdays": [2]},
        {"event_values": [100.0]},
    ]
    for change in changes:
        assert np.abs(encode(one_session(**change), encoder, page_vectors) - plain).max() > 1e-4, change


def test_the_order_of_events_is_heard(encoder, page_vectors):
    two = {
        "event_types": ["page_view"] * 2,
        "dwell_seconds": [1.0] * 2,
        "gap_seconds": [1.0] * 2,
        "hours": [5] * 2,
        "weekdays": [5] * 2,
        "event_values": [None] * 2,
    }
    there = encode(one_session(page_keys=["/car/p1", "/hom/p1"], **two), encoder, page_vectors)
    back = encode(one_session(page_keys=["/hom/p1", "/car/p1"], **two), encoder, page_vectors)
    assert np.abs(there - back).max() > 1e-3


def test_a_missing_dwell_is_not_a_dwell_of_zero(encoder, page_vectors):
    missing, zero = (encode(one_session(dwell_seconds=[dwell]), encoder, page_vectors) for dwell in (None, 0.0))
    assert np.abs(missing - zero).max() > 1e-4


def test_a_page_without_a_stored_vector_is_read_by_the_words_of_its_key(encoder):
    stored = embed_pages(pl.DataFrame({"page_key": ["/home-loans/fixedRate"], "text": [None]}), encoder)
    frame = one_session(page_keys=["/home-loans/fixedRate"])
    assert np.array_equal(encode(frame, encoder, stored), encode(frame, encoder, {}))


def test_pages_that_share_words_are_nearer_than_pages_that_do_not(encoder):
    first, near, far = encoder.embed_pages(["fixed mortgage rates", "mortgage rate calculator", "branch opening hours"])
    assert first @ near > first @ far + 5


def test_lists_of_unequal_length_are_refused_with_the_session_named(encoder):
    with pytest.raises(EncoderInputError, match=r"'odd'.*hours"):
        encode(one_session(hours=[1, 2]), encoder, {})


def test_a_missing_column_is_refused_by_name(encoder):
    with pytest.raises(EncoderInputError, match="weekdays"):
        encode(one_session().drop("weekdays"), encoder, {})
