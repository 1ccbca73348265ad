"""How good a student is after how many labels, of a teacher that is there or of a simulated one."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clickintent.classifier import ClassifierConfig, NotEnoughLabels, load_classifier, predict, train_classifier
from clickintent.evaluation.distillation import kept_of_teacher
from clickintent.evaluation.figures import Interval

LABEL_COUNTS: Final = (250, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
HELD_OUT: Final = 5
"""One visitor in so many is never learned from."""

_SEED: Final = 7


@dataclass(frozen=True)
class Lesson:
    """Sessions with what a teacher says of them and what is true.

    Attributes:
        embeddings: float32[n, dim].
        channels: 'web' or 'app'.
        visitors: of each session.
        targets: float32[n, leaves], what the teacher says; rows of zeros where it says nothing.
        weights: float64[n], sessions that each stands for.
        truth: int64[n], a leaf that somebody else says; the teacher's own where nobody does.
        leaves: names of the columns.
        groups: int64[leaves], number of each leaf's level-1 intent.
    """

    embeddings: NDArray[np.float32]
    channels: list[str]
    visitors: list[str]
    targets: NDArray[np.float32]
    weights: NDArray[np.float64]
    truth: NDArray[np.int64]
    leaves: list[str]
    groups: NDArray[np.int64]

    def only(self, rows: NDArray[np.int64]) -> "Lesson":
        """Some of the sessions."""
        return replace(
            self,
            embeddings=self.embeddings[rows],
            channels=[self.channels[row] for row in rows.tolist()],
            visitors=[self.visitors[row] for row in rows.tolist()],
            targets=self.targets[rows],
            weights=self.weights[rows],
            truth=self.truth[rows],
        )


def learning_curve(
    lesson: Lesson, counts: Sequence[int], config: ClassifierConfig
) -> dict[int, tuple[int, dict[str, Interval]]]:
    """Students of more and more labels, each judged on the same visitors, of whom none was learned from.

    Args:
        lesson: sessions that the teacher answered.
        counts: of labels; those beyond what there is are left out, and all that there are come last.
        config: of the training.

    Returns:
        Labels -> sessions judged, and the figures of `kept_of_teacher` for leaves and, with `_level_1`, for groups.
    """
    is_held_out = np.array([zlib.crc32(f"held out {visitor}".encode()) % HELD_OUT == 0 for visitor in lesson.visitors])
    order = np.random.default_rng(_SEED).permutation(np.flatnonzero(~is_held_out))
    judged = lesson.only(np.flatnonzero(is_held_out))
    curve = {}
    for count in [count for count in counts if count < len(order)] + [len(order)]:
        if count > max(counts):
            continue
        taught = lesson.only(np.sort(order[:count]))
        try:
            version = train_classifier(
                taught.embeddings,
                taught.channels,
                taught.targets,
                taught.visitors,
                lesson.leaves,
                config,
                weights=taught.weights.tolist(),
            )
        except NotEnoughLabels:
            continue
        student = load_classifier(version.weights, version.config)
        guessed = predict(judged.embeddings, judged.channels, student).argmax(axis=1)
        curve[count] = len(guessed), _figures(judged, guessed)
    return curve


def simulated_teacher(
    truth: NDArray[np.int64], leaves: int, wrong_share: float, *, is_patterned: bool, seed: int = _SEED
) -> NDArray[np.int64]:
    """Answers of a stated accuracy, made from the truth; int64[n].

    Args:
        truth: int64[n], leaves.
        leaves: how many there are.
        wrong_share: of the sessions, at random.
        is_patterned: whether a wrong answer is always the next leaf, and not any other one.
        seed: of the draw.
    """
    random = np.random.default_rng(seed)
    is_wrong = random.random(len(truth)) < wrong_share
    step = np.ones(len(truth), dtype=np.int64) if is_patterned else random.integers(1, leaves, len(truth))
    return np.where(is_wrong, (truth + step) % leaves, truth)


def _figures(judged: Lesson, guessed: NDArray[np.int64]) -> dict[str, Interval]:
    owners, teacher = np.asarray(judged.visitors, dtype=str), judged.targets.argmax(axis=1)
    told: dict[str, Interval] = {}
    levels: Mapping[str, NDArray[np.int64]] = {"": np.arange(len(judged.leaves)), "_level_1": judged.groups}
    for suffix, of in levels.items():
        kept = kept_of_teacher(owners, of[judged.truth], of[teacher], of[guessed], judged.weights)
        told |= {f"{name}{suffix}": figure for name, figure in kept.items()}
    return told
