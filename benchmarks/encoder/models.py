"""Everything that is compared: how each makes numbers of sessions, and under which head they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.encoder import representations
from benchmarks.encoder.heads import HeadName, Parts, figures, measure
from benchmarks.encoder.lifestream import lifestream_embeddings
from benchmarks.encoder.rivals import gru_embeddings, supervised_probabilities
from benchmarks.encoder.tasks import Split, Subject, Task
from clickintent.encoder import EncoderConfig
from clickintent.encoder.config import SEEDED

Sessions = NDArray[np.float32] | csr_matrix
CONFIG = EncoderConfig()
SEEDED_CONFIG = replace(CONFIG, initial_weights=SEEDED)
# Of 256 sessions, each cut into several slices: twice the steps that the encoder takes
LIFESTREAM_STEPS = 600


@dataclass
class Representations:
    """The representations of one split, each made once and when it is first asked for."""

    subject: Subject
    split: Split
    made: dict[str, Sessions] = field(default_factory=dict)

    def of(self, name: str) -> Sessions:
        """Numbers of all sessions of the data set: [sessions, features]."""
        if name not in self.made:
            self.made[name] = _MAKERS[name](self.subject, self.split)
        return self.made[name]


@dataclass(frozen=True)
class Model:
    """A representation, or several side by side, under a head."""

    parts: tuple[str, ...]
    head: HeadName


MODELS: Mapping[str, Model] = {
    "last event alone": Model(("last",), "logistic"),
    "first three events": Model(("first",), "logistic"),
    "page bigrams": Model(("bigrams",), "logistic"),
    "aggregates": Model(("aggregates",), "logistic"),
    "aggregates, LightGBM": Model(("aggregates",), "lightgbm"),
    "untrained encoder": Model(("untrained",), "logistic"),
    "packaged encoder": Model(("packaged",), "logistic"),
    "encoder": Model(("encoder",), "logistic"),
    "encoder, from seeded weights": Model(("encoder-seeded",), "logistic"),
    "GRU, same objectives": Model(("gru",), "logistic"),
    "CoLES GRU": Model(("coles-gru",), "logistic"),
    "CoLES Transformer": Model(("coles-transformer",), "logistic"),
    "encoder and aggregates": Model(("encoder", "aggregates"), "logistic"),
    "encoder and aggregates, LightGBM": Model(("encoder", "aggregates"), "lightgbm"),
}
"""By the name that tables show, in their order."""

MAJORITY, SUPERVISED = "majority", "supervised encoder"


def applies_to(name: str, task: Task) -> bool:
    """Whether a model is measured on a task: the supervised encoder reads one session and no history."""
    return name != SUPERVISED or task.history is None


def measure_task(name: str, task: Task, made: Representations) -> dict[str, float]:
    """Figures of one model on one task and split."""
    split = made.split
    rows = _rows_by_part(task, split)
    labels = {part: task.labels[chosen] for part, chosen in rows.items()}
    if name == MAJORITY:
        counts = np.bincount(labels["train"], minlength=len(task.classes))
        return figures(np.tile(counts / counts.sum(), (len(labels["test"]), 1)), labels["test"], task.kind)
    if name == SUPERVISED:
        probabilities = supervised_probabilities(
            made.subject.dataset, task.rows[rows["train"]], labels["train"], task.rows[rows["test"]], len(task.classes),
            _config(split, SEEDED_CONFIG),
        )  # fmt: skip
        return figures(probabilities, labels["test"], task.kind)
    model = MODELS[name]
    return measure_features(_side_by_side([made.of(part) for part in model.parts]), model.head, task, split)


def measure_features(sessions: Sessions, head: HeadName, task: Task, split: Split) -> dict[str, float]:
    """Figures of numbers of all sessions, [sessions, features], under a head."""
    features = representations.of_examples(sessions, task)
    rows = _rows_by_part(task, split)
    parts = [(features[chosen], task.labels[chosen]) for chosen in rows.values()]
    return measure(head, Parts(*parts), task.kind, len(task.classes))


def _rows_by_part(task: Task, split: Split) -> dict[str, NDArray[np.int64]]:
    """Examples to train on, to choose settings by and to test on, in that order."""
    return {
        part: np.flatnonzero((split.part[task.rows] == part) & (task.tests if part == "test" else task.fits))
        for part in ("train", "validation", "test")
    }


def _side_by_side(parts: list[Sessions]) -> Sessions:
    return parts[0] if len(parts) == 1 else np.hstack([np.asarray(part) for part in parts])


def _config(split: Split, config: EncoderConfig = CONFIG) -> EncoderConfig:
    return replace(config, seed=split.seed + 1)


def _lifestream(model: str) -> Callable[[Subject, Split], Sessions]:
    def make(subject: Subject, split: Split) -> Sessions:
        return lifestream_embeddings(
            subject.dataset.sequences, split.rows("train"), model, split.seed, LIFESTREAM_STEPS
        )[0]

    return make


_MAKERS: Mapping[str, Callable[[Subject, Split], Sessions]] = {
    "last": lambda subject, _: representations.last_event(subject.dataset),
    "first": lambda subject, _: representations.first_events(subject.dataset),
    "bigrams": lambda subject, _: representations.bigrams(subject.dataset),
    "aggregates": lambda subject, _: representations.aggregates(subject.dataset),
    "untrained": lambda subject, split: representations.trained(
        subject.dataset, split.rows("train"), replace(_config(split, SEEDED_CONFIG), steps=0)
    ),
    "packaged": lambda subject, split: representations.trained(
        subject.dataset, split.rows("train"), replace(_config(split), steps=0)
    ),
    "encoder-seeded": lambda subject, split: representations.trained(
        subject.dataset, split.rows("train"), _config(split, SEEDED_CONFIG)
    ),
    "encoder": lambda subject, split: representations.trained(subject.dataset, split.rows("train"), _config(split)),
    "gru": lambda subject, split: gru_embeddings(subject.dataset, split.rows("train"), _config(split, SEEDED_CONFIG)),
    "coles-gru": _lifestream("coles-gru"),
    "coles-transformer": _lifestream("coles-transformer"),
}
