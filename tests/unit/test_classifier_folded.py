"""The folded classifier that scores is the classifier that was trained, of which it tells the best leaves only."""

import threading

import numpy as np
import pyarrow as pa
import pytest
from threadpoolctl import OpenBLASController, threadpool_limits

from clickintent.classifier import (
    ClassifierInputError,
    FoldedClassifier,
    IntentClassifier,
    channel_codes,
    predict,
)
from clickintent.classifier.folded import CHUNK_SESSIONS, NO_CHANNEL
from clickintent.classifier.model import NEVER_LOGIT
from clickintent.classifier.threads import _controller, one_blas_thread

LEAVES = ("cards.find", "cards.pay", "homes.buy", "never.labelled", "cards.dispute")
NEVER = LEAVES.index("never.labelled")
CHANNELS = ["web", "app", None, "kiosk"]

_random = np.random.default_rng(11)


def numbers(*shape, scale=1.0):
    return (scale * _random.normal(size=shape)).astype(np.float32)


def made_up(temperature=1.7, threshold=0.4):
    output_bias = numbers(len(LEAVES))
    output_bias[NEVER] = NEVER_LOGIT
    return IntentClassifier(
        intent_ids=LEAVES,
        temperature=temperature,
        threshold=threshold,
        encoder_version="enc-1",
        taxonomy_version="tax-1",
        hidden_weight=numbers(64 + 2, 16, scale=0.5),
        hidden_bias=numbers(16),
        output_weight=numbers(16, len(LEAVES)),
        output_bias=output_bias,
    )


def sessions(count):
    embeddings = numbers(count, 64)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    return embeddings, [CHANNELS[row % len(CHANNELS)] for row in range(count)]


@pytest.mark.parametrize("count", [1, 3, 99])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("rows", [0, 1, 7, CHUNK_SESSIONS, 2 * CHUNK_SESSIONS + 5])
def test_the_best_leaves_are_those_of_all_probabilities(count, threads, rows):
    classifier = made_up()
    embeddings, channels = sessions(rows)
    probabilities = predict(embeddings, channels, classifier)
    expected = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    found = FoldedClassifier(classifier).top(embeddings, channel_codes(channels), count, threads=threads)
    assert np.array_equal(found.leaf, expected)
    assert np.allclose(found.probability, np.take_along_axis(probabilities, expected, axis=1), atol=2e-6)
    assert np.array_equal(found.is_abstained, found.probability[:, 0] < classifier.threshold)
    if rows > CHUNK_SESSIONS:
        assert 0 < found.is_abstained.mean() < 1


@pytest.mark.parametrize("rows", [0, 3, CHUNK_SESSIONS + 5])
def test_a_group_is_as_probable_as_all_its_leaves_together(rows):
    classifier, groups = made_up(), np.array([0, 0, 1, 1, 0])
    embeddings, channels = sessions(rows)
    probabilities = predict(embeddings, channels, classifier)
    in_group = groups[probabilities.argmax(axis=1)][:, None] == groups
    found = FoldedClassifier(classifier).top(embeddings, channel_codes(channels), 2, groups=groups)
    assert found.group_probability.dtype == np.float32
    assert np.allclose(found.group_probability, np.where(in_group, probabilities, 0).sum(axis=1), atol=2e-6)
    assert np.allclose(found.probability, -np.sort(-probabilities, axis=1)[:, :2], atol=2e-6)
    assert FoldedClassifier(classifier).top(embeddings, channel_codes(channels)).group_probability is None


def test_a_call_leaves_nothing_behind_for_the_next():
    folded = FoldedClassifier(made_up())
    many, few = sessions(500), sessions(3)
    alone = FoldedClassifier(folded.classifier).top(few[0], channel_codes(few[1]), 2)
    folded.top(many[0], channel_codes(many[1]), 5)
    again = folded.top(few[0], channel_codes(few[1]), 2)
    assert np.array_equal(again.leaf, alone.leaf)
    assert np.array_equal(again.probability, alone.probability)


def test_threads_of_others_do_not_write_into_the_memory_of_one():
    folded = FoldedClassifier(made_up())
    work = [sessions(CHUNK_SESSIONS) for _ in range(4)]
    expected = [folded.top(embeddings, channel_codes(channels)) for embeddings, channels in work]
    found = {}

    def score(number):
        embeddings, channels = work[number]
        for _ in range(20):
            found[number] = folded.top(embeddings, channel_codes(channels))
            assert np.array_equal(found[number].leaf, expected[number].leaf)

    threads = [threading.Thread(target=score, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [np.array_equal(found[number].leaf, expected[number].leaf) for number in range(4)] == [True] * 4


def test_embeddings_need_not_be_whole_in_memory():
    folded = FoldedClassifier(made_up())
    embeddings, channels = sessions(40)
    codes = channel_codes(channels)
    assert np.array_equal(folded.top(embeddings[::2], codes[::2]).leaf, folded.top(embeddings, codes).leaf[::2])


def test_channels_are_told_by_their_place_whatever_form_they_come_in():
    names = ["app", "web", None, "kiosk", "app"]
    assert channel_codes(names).tolist() == [1, 0, NO_CHANNEL, NO_CHANNEL, 1]
    assert channel_codes(pa.array(names)).tolist() == [1, 0, NO_CHANNEL, NO_CHANNEL, 1]
    assert channel_codes(pa.array([None, None], pa.string())).tolist() == [NO_CHANNEL, NO_CHANNEL]


@pytest.mark.parametrize("shape", [(3, 63), (2, 64), (64,)])
def test_embeddings_of_another_shape_are_refused(shape):
    with pytest.raises(ClassifierInputError, match=r"expected \(3, 64\)"):
        FoldedClassifier(made_up()).top(np.zeros(shape, dtype=np.float32), channel_codes(["web"] * 3))


def test_no_intent_cannot_be_asked_for():
    embeddings, channels = sessions(1)
    with pytest.raises(ClassifierInputError, match="0 intents"):
        FoldedClassifier(made_up()).top(embeddings, channel_codes(channels), 0)


def blas_threads():
    # NumPy's: a library that comes with something imported later multiplies nothing here
    return {library["num_threads"] for library in _controller().select(user_api="blas").info()}


def test_products_get_their_threads_back_when_the_last_caller_leaves_in_whatever_order():
    with threadpool_limits(2, user_api="blas"):
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert blas_threads() == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == {2}


def test_a_thread_that_never_ends_does_not_keep_the_number_to_itself():
    # as DuckDB's, which call the functions and wait for the next query
    has_entered, may_leave, has_left, may_end = (threading.Event() for _ in range(4))

    def call():
        with one_blas_thread():
            has_entered.set()
            may_leave.wait()
        has_left.set()
        may_end.wait()

    with threadpool_limits(2, user_api="blas"):
        OpenBLASController.clear_controlling_thread()
        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        has_entered.wait()
        with one_blas_thread():
            may_leave.set()
            has_left.wait()
            assert blas_threads() == {1}
        assert blas_threads() == {2}
        with threadpool_limits(1, user_api="blas"):
            assert blas_threads() == {1}
        with one_blas_thread():
            assert blas_threads() == {1}
        may_end.set()
        thread.join()
