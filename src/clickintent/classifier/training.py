"""Distil labels into the student: embedding and channel in, probability per leaf out."""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

from clickintent.classifier.calibration import agreement_report, choose_threshold, fit_temperature
from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.labels import (
    CALIBRATE,
    REPORT,
    TRAIN,
    Labels,
    estimate_weights,
    prepare_labels,
    training_weights,
)
from clickintent.classifier.model import CHANNELS, NEVER_LOGIT, channel_flags, load_classifier, predict
from clickintent.encoder.threads import fixed_threads

Progress = Callable[[int, int, dict[str, float]], None]

HASH_DIGITS = 12
CAP_TOLERANCE = 0.01


@dataclass(frozen=True)
class ClassifierVersion:
    """A row of `intent_classifier` less its status.

    Attributes:
        version: 'cls-' and 12 hex digits of the hash of weights and config.
        weights: safetensors bytes.
        config: JSON with intent_ids, temperature, threshold, encoder_version, taxonomy_version, labeler,
            labeler_model, `training`.
        metrics: JSON-able; agreement with the teacher on held-out visitors, overall and per leaf.
        trained_rows: labelled sessions the weights were fitted on.
    """

    version: str
    weights: bytes
    config: str
    metrics: dict[str, Any]
    trained_rows: int


def train_classifier(
    embeddings: NDArray[np.float32],
    channels: Sequence[str],
    targets: NDArray[np.float32],
    groups: Sequence[str],
    intent_ids: list[str],
    config: ClassifierConfig | None = None,
    progress: Progress | None = None,
    *,
    weights: Sequence[float] | None = None,
    encoder_version: str = "",
    taxonomy_version: str = "",
    labeler: str = "",
    labeler_model: str = "",
) -> ClassifierVersion:
    """Fit the student on soft labels. Same labels in any order, seed and machine: same version.

    There is no gold here: temperature, threshold and every figure are against the teacher's own labels, on
    visitors that were not trained on.

    Args:
        embeddings: float32[n, dim], unit length.
        channels: 'web' or 'app' per session.
        targets: float32[n, leaves], the teacher's confidences; rows sum to 1, a row of zeros is a session on
            which the teacher abstained: nothing is learned from it, and for the threshold an answer to it counts as
            no agreement.
        groups: visitor of each session; a visitor is never both trained and evaluated on.
        intent_ids: the leaves, one per column of `targets`; one without labels has probability 0.
        config: shape and training; defaults if null.
        progress: called as progress(epoch, epochs, losses) after each epoch.
        weights: sessions that each session stands for, as the sample was drawn (`label_sample.weight`); 0 for one
            that was not drawn, which is learned from and counts in no figure. 1 each if null.
        encoder_version: version of the embeddings, kept in the config.
        taxonomy_version: version of the leaves, kept in the config.
        labeler: kind of the teacher, kept in the config.
        labeler_model: what the teacher ran on, kept in the config.

    Raises:
        ClassifierInputError: lengths differ, or a value is negative or not finite.
        NotEnoughLabels: fewer than `config.min_labels` labels, labels of fewer than three visitors, or, once visitors
            are set aside to calibrate and report, fewer than half as many labels or fewer than two leaves to train on.
    """
    config = config or ClassifierConfig()
    started = time.perf_counter()
    labels = prepare_labels(
        embeddings, channels, targets, groups, weights=weights, intent_ids=intent_ids, config=config
    )
    with fixed_threads(config.threads):
        weights, losses = _fit(labels, config, progress)
    named: dict[str, Any] = {
        "intent_ids": intent_ids,
        "encoder_version": encoder_version,
        "taxonomy_version": taxonomy_version,
        "labeler": labeler,
        "labeler_model": labeler_model,
    }
    uncalibrated = _config_json(config, **named, temperature=1.0, threshold=0.0)
    temperature, threshold = _calibrate(labels, weights, uncalibrated, config)
    config_json = _config_json(config, **named, temperature=temperature, threshold=threshold)
    metrics = _report(labels, weights, config_json, intent_ids, threshold)
    metrics |= {**losses, "temperature": temperature, "seconds": round(time.perf_counter() - started, 3)}
    digest = hashlib.sha256(weights + config_json.encode()).hexdigest()
    return ClassifierVersion(
        f"cls-{digest[:HASH_DIGITS]}", weights, config_json, metrics, int((labels.part == TRAIN).sum())
    )


@torch.random.fork_rng(devices=[])  # layers and dropout draw from the global seed: give it back
def _fit(labels: Labels, config: ClassifierConfig, progress: Progress | None) -> tuple[bytes, dict[str, Any]]:
    """Weights as safetensors, and how the fit went."""
    torch.manual_seed(config.seed)
    is_training = labels.part == TRAIN
    inputs = torch.from_numpy(_inputs(labels))
    targets = torch.from_numpy(labels.targets)
    # A leaf without any training label must not compete.
    is_named = torch.from_numpy(labels.targets[is_training].sum(axis=0) > 0)
    train, calibrate = (torch.from_numpy(np.flatnonzero(labels.part == part)) for part in (TRAIN, CALIBRATE))
    row_weights = torch.from_numpy(_row_weights(labels.targets[is_training], labels.weights[is_training], config))
    calibrate_weights = torch.from_numpy(estimate_weights(labels.weights[labels.part == CALIBRATE]))
    calibrate_weights /= calibrate_weights.sum()
    layers = _layers(inputs.shape[1], targets.shape[1], config)
    optimiser = torch.optim.AdamW(layers.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    random = torch.Generator().manual_seed(config.seed)
    best_loss, best_epoch, best_state = float("inf"), 0, _copied(layers)
    for epoch in range(1, config.epochs + 1):
        layers.train()
        for chosen in torch.split(torch.randperm(len(train), generator=random), config.batch_sessions):
            rows = train[chosen]
            seen = _with_noise(inputs[rows], config, random)
            losses = _soft_cross_entropy(_logits(layers, seen, is_named), targets[rows])
            optimiser.zero_grad(set_to_none=True)
            (losses * row_weights[chosen]).mean().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        layers.eval()
        with torch.inference_mode():
            held_out = _soft_cross_entropy(_logits(layers, inputs[calibrate], is_named), targets[calibrate])
            loss = float((held_out * calibrate_weights).sum())
        if progress is not None:
            progress(epoch, config.epochs, {"loss": loss})
        if loss < best_loss:
            best_loss, best_epoch, best_state = loss, epoch, _copied(layers)
        elif epoch - best_epoch >= config.patience:
            break
    return _saved(best_state, is_named.numpy()), {
        "epochs": best_epoch,
        "calibration_loss": round(best_loss, 4),
    }


def _inputs(labels: Labels) -> NDArray[np.float32]:
    """float32[n, dim + channels]; unit vectors are scaled so that each number has a size near 1."""
    scale = np.float32(np.sqrt(labels.embeddings.shape[1]))
    return np.concatenate([labels.embeddings * scale, channel_flags(labels.channels)], axis=1)


def _with_noise(inputs: Tensor, config: ClassifierConfig, random: torch.Generator) -> Tensor:
    """Inputs with noise on the embedding, none on the channel."""
    noise = torch.randn(inputs.shape, generator=random) * config.input_noise
    noise[:, -len(CHANNELS) :] = 0
    return inputs + noise


def _row_weights(
    targets: NDArray[np.float32], weights: NDArray[np.float64], config: ClassifierConfig
) -> NDArray[np.float32]:
    """How much each row counts: by the sessions it stands for, and more where its leaf is rare, up to a cap; mean 1."""
    sampled = training_weights(weights, config.sampling_weight)
    share = np.average(targets, axis=0, weights=sampled)
    per_leaf = np.where(share > 0, np.maximum(share, 1e-9) ** -config.balance, 0.0)
    counted = (targets @ per_leaf) * sampled
    # again and again: a row that weighs much raises the mean, and so what it is held against
    while counted.max() > (1 + CAP_TOLERANCE) * config.max_row_weight * counted.mean():
        counted = np.minimum(counted, config.max_row_weight * counted.mean())
    balanced: NDArray[np.float32] = (counted / counted.mean()).astype(np.float32)
    return balanced


def _layers(inputs: int, leaves: int, config: ClassifierConfig) -> nn.Sequential:
    random = torch.Generator().manual_seed(config.seed)
    hidden, output = nn.Linear(inputs, config.hidden), nn.Linear(config.hidden, leaves)
    for layer in (hidden, output):
        nn.init.kaiming_normal_(layer.weight, generator=random)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(
        OrderedDict(
            input_dropout=nn.Dropout(config.dropout),
            hidden=hidden,
            activation=nn.ReLU(),
            hidden_dropout=nn.Dropout(config.dropout),
            output=output,
        )
    )


def _logits(layers: nn.Sequential, inputs: Tensor, is_named: Tensor) -> Tensor:
    logits: Tensor = layers(inputs)
    return logits.masked_fill(~is_named, NEVER_LOGIT)


def _soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * functional.log_softmax(logits, dim=-1)).sum(dim=-1)


def _copied(layers: nn.Sequential) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in layers.state_dict().items()}


def _saved(state: dict[str, Tensor], is_named: NDArray[np.bool_]) -> bytes:
    output_weight = state["output.weight"].numpy().T.copy()
    output_bias = state["output.bias"].numpy().copy()
    output_weight[:, ~is_named] = 0.0
    output_bias[~is_named] = NEVER_LOGIT
    weights: bytes = save(
        {
            "hidden_weight": np.ascontiguousarray(state["hidden.weight"].numpy().T),
            "hidden_bias": state["hidden.bias"].numpy(),
            "output_weight": np.ascontiguousarray(output_weight),
            "output_bias": output_bias,
        }
    )
    return weights


def _calibrate(labels: Labels, weights: bytes, config_json: str, config: ClassifierConfig) -> tuple[float, float]:
    """Temperature and threshold from the calibration visitors."""
    rows = np.flatnonzero(labels.part == CALIBRATE)
    probabilities = _predicted(labels, rows, weights, config_json)
    answers = labels.answers[rows]
    # Softmax undoes itself: log-probabilities are logits up to a constant per row.
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    temperature = fit_temperature(logits, answers, estimate_weights(labels.weights[rows]))
    tempered = probabilities ** (1 / temperature)
    tempered /= tempered.sum(axis=1, keepdims=True)
    is_agreed = tempered.argmax(axis=1) == answers
    # What the teacher could not answer, nobody has checked: it must not raise the precision.
    unchecked = _predicted_unanswered(labels, CALIBRATE, weights, config_json) ** (1 / temperature)
    unchecked /= unchecked.sum(axis=1, keepdims=True)
    best = np.concatenate([tempered.max(axis=1), unchecked.max(axis=1)])
    is_agreed = np.concatenate([is_agreed, np.zeros(len(unchecked), dtype=bool)])
    unchecked_weights = labels.unanswered_weights[labels.unanswered_part == CALIBRATE]
    stands_for = estimate_weights(np.concatenate([labels.weights[rows], unchecked_weights]))
    answered_share = stands_for[: len(rows)].sum() / stands_for.sum()
    min_coverage = config.min_coverage if answered_share >= config.min_answered_share else None
    return temperature, choose_threshold(best, is_agreed, config.min_precision, min_coverage, stands_for)


def _report(
    labels: Labels, weights: bytes, config_json: str, intent_ids: list[str], threshold: float
) -> dict[str, Any]:
    rows = np.flatnonzero(labels.part == REPORT)
    figures = agreement_report(
        _predicted(labels, rows, weights, config_json),
        labels.answers[rows],
        _predicted_unanswered(labels, REPORT, weights, config_json),
        intent_ids,
        threshold,
        labels.weights[rows],
        labels.unanswered_weights[labels.unanswered_part == REPORT],
    )
    named = labels.targets.sum(axis=0) > 0
    return {
        **figures,
        "threshold": threshold,
        "calibrated_against": "teacher labels of held-out visitors; no gold labels",
        "labels": len(labels.part),
        "calibration_n": int((labels.part == CALIBRATE).sum()),
        "leaves_without_labels": [name for name, is_named in zip(intent_ids, named, strict=True) if not is_named],
    }


def _predicted(labels: Labels, rows: NDArray[np.int64], weights: bytes, config_json: str) -> NDArray[np.float32]:
    classifier = load_classifier(weights, config_json)
    return predict(labels.embeddings[rows], [labels.channels[row] for row in rows], classifier)


def _predicted_unanswered(labels: Labels, part: int, weights: bytes, config_json: str) -> NDArray[np.float32]:
    rows = np.flatnonzero(labels.unanswered_part == part)
    classifier = load_classifier(weights, config_json)
    return predict(labels.unanswered[rows], [labels.unanswered_channels[row] for row in rows], classifier)


def _config_json(
    config: ClassifierConfig,
    *,
    intent_ids: list[str],
    temperature: float,
    threshold: float,
    encoder_version: str,
    taxonomy_version: str,
    labeler: str,
    labeler_model: str,
) -> str:
    return json.dumps(
        {
            "intent_ids": intent_ids,
            "temperature": temperature,
            "threshold": threshold,
            "encoder_version": encoder_version,
            "taxonomy_version": taxonomy_version,
            "labeler": labeler,
            "labeler_model": labeler_model,
            "channels": CHANNELS,
            "training": asdict(config),
        },
        sort_keys=True,
    )
