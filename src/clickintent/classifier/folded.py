"""A classifier folded for scoring: the best intents of each session, and no probability of any other.

The same as `predict`, to rounding: scale, temperature and bias are inside the matrices, a channel is a column of the
input, and of the softmax only the sum is made.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clickintent.classifier.errors import ClassifierInputError
from clickintent.classifier.model import CHANNELS, IntentClassifier
from clickintent.classifier.threads import one_blas_thread

# Sessions per product: what a chunk needs stays in cache, and Python's part of its time is small.
CHUNK_SESSIONS = 2_048
NO_CHANNEL = -1
_CODES: dict[str | None, int] = {channel: code for code, channel in enumerate(CHANNELS)}


@dataclass(frozen=True)
class TopIntents:
    """The best leaves of n sessions, the best first.

    Attributes:
        leaf: int64[n, count], places in `IntentClassifier.intent_ids`.
        probability: float32[n, count].
        is_abstained: bool[n], whether the best leaf's probability is below the threshold.
        group_probability: float32[n], of all leaves in the best one's group together; None where no groups were given.
    """

    leaf: NDArray[np.int64]
    probability: NDArray[np.float32]
    is_abstained: NDArray[np.bool_]
    group_probability: NDArray[np.float32] | None = None


class FoldedClassifier:
    """Scores sessions by a classifier version.

    Attributes:
        classifier: the version.
    """

    def __init__(self, classifier: IntentClassifier) -> None:
        self.classifier = classifier
        self._dim = classifier.hidden_weight.shape[0] - len(CHANNELS)
        temperature = np.float32(classifier.temperature)
        self._hidden_weight = np.concatenate([classifier.hidden_weight, classifier.hidden_bias[None]])
        self._hidden_weight[: self._dim] *= np.float32(np.sqrt(self._dim))
        # whole in memory: weights are loaded as the file has them
        self._output_weight = np.ascontiguousarray(classifier.output_weight / temperature)
        self._output_bias = classifier.output_bias / temperature
        # NumPy compares rows to rows at more than twice the speed of rows to a number
        self._zeros = np.zeros(self._hidden_weight.shape[1], dtype=np.float32)
        self._ones = np.ones(len(self._output_bias), dtype=np.float32)
        self._memory = threading.local()

    def top(
        self,
        embeddings: NDArray[np.float32],
        channels: NDArray[np.int8],
        count: int = 1,
        *,
        groups: NDArray[np.int64] | None = None,
        threads: int = 1,
    ) -> TopIntents:
        """The `count` best leaves of each session, or all leaves where there are fewer.

        Args:
            embeddings: float32[n, dim] from the encoder version the classifier was trained on.
            channels: int8[n], of `channel_codes`.
            count: leaves to tell, from 1 on.
            groups: int64[leaves], codes from 0 of the level-1 intent of each leaf.
            threads: of Python that share the sessions, each with products of its own.

        Raises:
            ClassifierInputError: the shapes do not fit, or no leaf is asked for.
        """
        if embeddings.ndim != 2 or embeddings.shape != (len(channels), self._dim):  # noqa: PLR2004 - a matrix
            raise ClassifierInputError(
                f"Embeddings have shape {embeddings.shape}; expected ({len(channels)}, {self._dim}), "
                "one row per channel."
            )
        if count < 1:
            raise ClassifierInputError(f"{count} intents were asked for; ask for 1 or more.")
        shape = (len(embeddings), min(count, len(self._ones)))
        leaf, probability = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.float32)
        by_group = None if groups is None else _ByGroup(groups, np.empty(len(embeddings), dtype=np.float32))
        starts = range(0, len(embeddings), CHUNK_SESSIONS)
        share = max(-(-len(starts) // threads), 1)
        shares = [starts[first : first + share] for first in range(0, len(starts), share)]

        def score(chunks: range) -> None:
            self._score(embeddings, channels, chunks, leaf, probability, by_group)

        with one_blas_thread():
            if len(shares) > 1:
                with ThreadPoolExecutor(len(shares)) as pool:
                    list(pool.map(score, shares))  # an error of a thread is raised here
            else:
                score(starts)
        is_abstained = probability[:, 0] < self.classifier.threshold
        return TopIntents(leaf, probability, is_abstained, by_group.probability if by_group else None)

    def _score(
        self,
        embeddings: NDArray[np.float32],
        channels: NDArray[np.int8],
        starts: range,
        leaf: NDArray[np.int64],
        probability: NDArray[np.float32],
        by_group: "_ByGroup | None",
    ) -> None:
        """Fill the rows of some chunks."""
        inputs, hidden, logits, places = self._buffers()
        count = leaf.shape[1]
        for start in starts:
            part = slice(start, min(start + CHUNK_SESSIONS, len(embeddings)))
            rows = part.stop - part.start
            given, found, row = inputs[:rows], logits[:rows], places[:rows]
            given[:, : self._dim] = embeddings[part]
            for code in range(len(CHANNELS)):
                np.equal(channels[part], code, out=given[:, self._dim + code], casting="unsafe")
            np.matmul(given, self._hidden_weight, out=hidden[:rows])
            np.maximum(hidden[:rows], self._zeros, out=hidden[:rows])
            np.matmul(hidden[:rows], self._output_weight, out=found)
            np.add(found, self._output_bias, out=found)
            best = found.argmax(axis=1)
            top = found[row, best]
            np.subtract(found, top[:, None], out=found)
            np.exp(found, out=found)
            total = found @ self._ones
            leaf[part, 0], probability[part, 0] = best, 1 / total
            if by_group is not None:
                by_group.fill(part, found, best, total)
            for rank in range(1, count):
                found[row, best] = -1  # told already
                best = found.argmax(axis=1)
                leaf[part, rank], probability[part, rank] = best, found[row, best] / total

    def _buffers(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Inputs, hidden layer and logits of a chunk, and the numbers of its rows: this thread's, made once.

        Memory that is new in every call costs as much as a product.
        """
        if not hasattr(self._memory, "buffers"):
            # the last column of the inputs stays 1, for the bias
            inputs, hidden, logits = (
                np.ones((CHUNK_SESSIONS, width), dtype=np.float32)
                for width in (len(self._hidden_weight), len(self._zeros), len(self._ones))
            )
            self._memory.buffers = inputs, hidden, logits, np.arange(CHUNK_SESSIONS)
        buffers: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
        buffers = self._memory.buffers
        return buffers


class _ByGroup:
    """Probabilities of the groups that the best leaves are in: a level-1 intent is as probable as its leaves together.

    Args:
        groups: int64[leaves].
        probability: float32[n], to be filled.
    """

    def __init__(self, groups: NDArray[np.int64], probability: NDArray[np.float32]) -> None:
        self._groups = groups
        self._is_member = (groups[:, None] == np.arange(groups.max() + 1)).astype(np.float32)
        self.probability = probability

    def fill(
        self, part: slice, weights: NDArray[np.float32], best: NDArray[np.int64], total: NDArray[np.float32]
    ) -> None:
        """Fill rows from the weights of their leaves, which add up to their total."""
        of_groups = weights @ self._is_member
        of_best = np.take_along_axis(of_groups, self._groups[best][:, None], axis=1)[:, 0]
        # rounding may carry a sum of all leaves beyond their total
        self.probability[part] = np.minimum(of_best / total, 1)


def channel_codes(channels: Sequence[str | None] | pa.Array) -> NDArray[np.int8]:
    """int8[n], places in `CHANNELS`; NO_CHANNEL for anything else."""
    if not isinstance(channels, pa.Array):
        return np.array([_CODES.get(channel, NO_CHANNEL) for channel in channels], dtype=np.int8)
    codes = pc.fill_null(pc.index_in(channels, pa.array(CHANNELS, channels.type)), NO_CHANNEL)
    numbers: NDArray[np.int8] = codes.to_numpy().astype(np.int8)
    return numbers
