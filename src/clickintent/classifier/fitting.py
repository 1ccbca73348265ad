"""The weights of a student and of its folds, fitted side by side on the same batches."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.labels import Labels, estimate_weights, training_weights
from clickintent.classifier.model import CHANNELS, NEVER_LOGIT, channel_flags

Progress = Callable[[int, int, dict[str, float]], None]

CAP_TOLERANCE = 0.01
# Few labels make small batches: a pass over them that is one step ends the training before much is learned.
LEAST_STEPS = 8
LEAST_BATCH = 16


@dataclass(frozen=True)
class Fitted:
    """What a fit comes to.

    Attributes:
        arrays: name -> weights with an axis of students before their own: those of the folds, and last the one that
            was fitted on all visitors.
        epochs: passes over the labels.
        loss: soft cross-entropy on the visitors that each fold left out.
    """

    arrays: dict[str, NDArray[np.float32]]
    epochs: int
    loss: float


class Students(nn.Module):
    """Small perceptrons of one shape and the same first weights, side by side.

    Args:
        students: how many.
        inputs: numbers a session.
        leaves: of the taxonomy.
        config: shape and seed.
    """

    def __init__(self, students: int, inputs: int, leaves: int, config: ClassifierConfig) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(config.seed)
        hidden, output = (
            torch.randn(outgoing, incoming, generator=random) * (2 / incoming) ** 0.5  # He et al. 2015
            for outgoing, incoming in ((config.hidden, inputs), (leaves, config.hidden))
        )
        self.hidden_weight = nn.Parameter(hidden.T.repeat(students, 1, 1))
        self.hidden_bias = nn.Parameter(torch.zeros(students, config.hidden))
        self.output_weight = nn.Parameter(output.T.repeat(students, 1, 1))
        self.output_bias = nn.Parameter(torch.zeros(students, leaves))

    def forward(self, inputs: Tensor, kept: Tensor | None = None) -> Tensor:
        """Logits, float32[students, n, leaves].

        Args:
            inputs: float32[n, inputs], the same for all, or float32[students, n, inputs].
            kept: float32[n, hidden], a factor of each hidden number; 1 if null.
        """
        hidden = functional.relu(inputs @ self.hidden_weight + self.hidden_bias[:, None])
        if kept is not None:
            hidden = hidden * kept
        return torch.baddbmm(self.output_bias[:, None], hidden, self.output_weight)


def fit_students(labels: Labels, config: ClassifierConfig, progress: Progress | None = None) -> Fitted:
    """Fit one student a fold, on the visitors outside it, and one on all; all stop where the folds' loss is least.

    They share batches, noise and dropout, so that the number of epochs which suits the folds suits the last one, and
    six cost hardly more than one.

    Args:
        labels: sessions that the teacher answered.
        config: shape and training.
        progress: called as progress(epoch, epochs, losses) after each epoch.
    """
    inputs = torch.from_numpy(_inputs(labels))
    targets = torch.from_numpy(labels.targets)
    # A leaf without any label must not compete.
    is_named = targets.sum(dim=0) > 0
    row_weights = torch.from_numpy(_weights_of_students(labels, config))
    folds = [torch.from_numpy(np.flatnonzero(labels.fold == fold)) for fold in range(labels.folds.count)]
    counted = torch.from_numpy(estimate_weights(labels.weights))
    students = Students(len(folds) + 1, inputs.shape[1], targets.shape[1], config)
    optimiser = torch.optim.AdamW(
        students.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    random = torch.Generator().manual_seed(config.seed)
    batch_sessions = min(config.batch_sessions, max(len(inputs) // LEAST_STEPS, LEAST_BATCH))
    best_loss, best_epoch, best_state = float("inf"), 0, _copied(students)
    for epoch in range(1, config.epochs + 1):
        for rows in torch.split(torch.randperm(len(inputs), generator=random), batch_sessions):
            seen = _with_noise(inputs[rows], config, random) * _kept((len(rows), inputs.shape[1]), config, random)
            logits = students(seen, _kept((len(rows), config.hidden), config, random))
            losses = _soft_cross_entropy(logits, targets[rows], is_named)
            optimiser.zero_grad(set_to_none=True)
            (losses * row_weights[:, rows]).mean(dim=1).sum().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        loss = _left_out_loss(students, inputs, targets, is_named, folds, counted)
        if progress is not None:
            progress(epoch, config.epochs, {"loss": loss})
        if loss < best_loss:
            best_loss, best_epoch, best_state = loss, epoch, _copied(students)
        elif epoch - best_epoch >= config.patience:
            break
    best_state["output_weight"][..., ~is_named] = 0.0
    best_state["output_bias"][..., ~is_named] = NEVER_LOGIT
    return Fitted({name: tensor.numpy() for name, tensor in best_state.items()}, best_epoch, best_loss)


def _inputs(labels: Labels) -> NDArray[np.float32]:
    """float32[n, dim + channels]; unit vectors are scaled so that each number has a size near 1."""
    scale = np.float32(np.sqrt(labels.embeddings.shape[1]))
    return np.concatenate([labels.embeddings * scale, channel_flags(labels.channels)], axis=1)


def _with_noise(inputs: Tensor, config: ClassifierConfig, random: torch.Generator) -> Tensor:
    """Inputs with noise on the embedding, none on the channel."""
    noise = torch.randn(inputs.shape, generator=random) * config.input_noise
    noise[:, -len(CHANNELS) :] = 0
    return inputs + noise


def _kept(shape: tuple[int, int], config: ClassifierConfig, random: torch.Generator) -> Tensor:
    """Dropout as factors, from a generator of one's own: 0 for what is dropped, more than 1 for what stays."""
    return (torch.rand(shape, generator=random) >= config.dropout).float() / (1 - config.dropout)


def _weights_of_students(labels: Labels, config: ClassifierConfig) -> NDArray[np.float32]:
    """float32[students, n]: how much a row counts for each; 0 in its own fold, mean 1."""
    row_weights = _row_weights(labels.targets, labels.weights, config)
    is_seen = np.stack([labels.fold != fold for fold in range(labels.folds.count)] + [np.ones(len(labels.fold), bool)])
    counted = row_weights * is_seen
    by_student: NDArray[np.float32] = (counted / counted.mean(axis=1, keepdims=True)).astype(np.float32)
    return by_student


def _row_weights(
    targets: NDArray[np.float32], weights: NDArray[np.float64], config: ClassifierConfig
) -> NDArray[np.float64]:
    """How much each row counts: by the sessions it stands for, and more where its leaf is rare, up to a cap."""
    sampled = training_weights(weights, config.sampling_weight)
    share = np.average(targets, axis=0, weights=sampled)
    per_leaf = np.where(share > 0, np.maximum(share, 1e-9) ** -config.balance, 0.0)
    counted: NDArray[np.float64] = (targets @ per_leaf) * sampled
    # again and again: a row that weighs much raises the mean, and so what it is held against
    while counted.max() > (1 + CAP_TOLERANCE) * config.max_row_weight * counted.mean():
        counted = np.minimum(counted, config.max_row_weight * counted.mean())
    return counted


def _left_out_loss(
    students: Students, inputs: Tensor, targets: Tensor, is_named: Tensor, folds: list[Tensor], counted: Tensor
) -> float:
    """Mean loss over all sessions, each by the student of its fold."""
    total = 0.0
    with torch.inference_mode():
        for fold, rows in enumerate(folds):
            hidden = functional.relu(inputs[rows] @ students.hidden_weight[fold] + students.hidden_bias[fold])
            logits = hidden @ students.output_weight[fold] + students.output_bias[fold]
            total += float((_soft_cross_entropy(logits, targets[rows], is_named) * counted[rows]).sum())
    return total / float(counted.sum())


def _soft_cross_entropy(logits: Tensor, targets: Tensor, is_named: Tensor) -> Tensor:
    named = logits.masked_fill(~is_named, NEVER_LOGIT)
    return -(targets * functional.log_softmax(named, dim=-1)).sum(dim=-1)


def _copied(students: Students) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in students.state_dict().items()}
