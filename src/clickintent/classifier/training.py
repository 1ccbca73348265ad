"""Distil labels into the student: embedding and channel in, probability per leaf out."""

import hashlib
import json
import time
import zlib
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
from clickintent.classifier.errors import ClassifierInputError, NotEnoughLabels
from clickintent.classifier.model import CHANNELS, NEVER_LOGIT, channel_flags, load_classifier, predict
from clickintent.encoder.threads import fixed_threads

Progress = Callable[[int, int, dict[str, float]], None]

HASH_DIGITS = 12
MIN_LEAVES = 2
# One group each to train, calibrate and report is the least that gives honest figures.
MIN_GROUPS = 3


@dataclass(frozen=True)
class ClassifierVersion:
    """A row of `intent_classifier` less its status.

    Attributes:
        version: 'cls-' and 12 hex digits of the hash of weights and config.
        weights: safetensors bytes.
        config: JSON with intent_ids, temperature, threshold, encoder_version, taxonomy_version, `training`.
        metrics: JSON-able; agreement with the teacher on held-out visitors, overall and per leaf.
        trained_rows: labelled sessions the weights were fitted on.
    """

    version: str
    weights: bytes
    config: str
    metrics: dict[str, Any]
    trained_rows: int


@dataclass(frozen=True)
class Labels:
    """Usable labelled sessions in an order that depends on their content only.

    Attributes:
        embeddings: float32[n, dim].
        flags: float32[n, channels].
        channels: channel names.
        targets: float32[n, leaves], rows sum to 1.
        part: int64[n], TRAIN, CALIBRATE or REPORT, the same for all sessions of a group.
        unanswered: float32[m, dim], embeddings of the calibration visitors' sessions on which the teacher abstained.
        unanswered_channels: channel names of those.
    """

    embeddings: NDArray[np.float32]
    channels: list[str]
    targets: NDArray[np.float32]
    part: NDArray[np.int64]
    unanswered: NDArray[np.float32]
    unanswered_channels: list[str]

    @property
    def answers(self) -> NDArray[np.int64]:
        """The teacher's best leaf, int64[n]."""
        best: NDArray[np.int64] = self.targets.argmax(axis=1)
        return best


TRAIN, CALIBRATE, REPORT = 0, 1, 2


def train_classifier(
    embeddings: NDArray[np.float32],
    channels: Sequence[str],
    targets: NDArray[np.float32],
    groups: Sequence[str],
    intent_ids: list[str],
    config: ClassifierConfig | None = None,
    progress: Progress | None = None,
    *,
    encoder_version: str = "",
    taxonomy_version: str = "",
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
        encoder_version: version of the embeddings, kept in the config.
        taxonomy_version: version of the leaves, kept in the config.

    Raises:
        ClassifierInputError: lengths differ, or a value is negative or not finite.
        NotEnoughLabels: fewer than `config.min_labels` labels or fewer than two leaves among them.
    """
    config = config or ClassifierConfig()
    started = time.perf_counter()
    labels = _prepare(embeddings, channels, targets, groups, intent_ids=intent_ids, config=config)
    with fixed_threads(config.threads):
        weights, losses = _fit(labels, config, progress)
    named: dict[str, Any] = {
        "intent_ids": intent_ids,
        "encoder_version": encoder_version,
        "taxonomy_version": taxonomy_version,
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


def _prepare(
    embeddings: NDArray[np.float32],
    channels: Sequence[str],
    targets: NDArray[np.float32],
    groups: Sequence[str],
    *,
    intent_ids: list[str],
    config: ClassifierConfig,
) -> Labels:
    embeddings = np.asarray(embeddings, dtype=np.float32)
    targets = np.asarray(targets, dtype=np.float32)
    rows = len(embeddings)
    if not len(channels) == len(groups) == len(targets) == rows:
        raise ClassifierInputError(
            f"Embeddings, channels, targets and groups have {rows}, {len(channels)}, {len(targets)} and "
            f"{len(groups)} entries; pass one per session."
        )
    if targets.shape != (rows, len(intent_ids)):
        raise ClassifierInputError(
            f"Targets have shape {targets.shape}; expected one column per leaf: ({rows}, {len(intent_ids)})."
        )
    if not np.isfinite(embeddings).all() or not np.isfinite(targets).all() or (targets < 0).any():
        raise ClassifierInputError("Embeddings and targets must be finite, targets not negative; drop such rows first.")
    usable = np.flatnonzero(targets.sum(axis=1) > 0)
    leaves = len(np.unique(targets[usable].argmax(axis=1))) if len(usable) else 0
    if len(usable) < config.min_labels or leaves < MIN_LEAVES:
        raise NotEnoughLabels(
            f"{len(usable)} labels of {leaves} leaves; a student needs at least {config.min_labels} labels "
            f"of at least {MIN_LEAVES} leaves. Label more sessions, or lower min_labels."
        )
    names = [str(group) for group in groups]
    order = np.asarray(
        sorted(range(rows), key=lambda row: (names[row], embeddings[row].tobytes(), targets[row].tobytes()))
    )
    part = _parts([names[row] for row in order], config)
    is_answered = targets[order].sum(axis=1) > 0
    answered, unanswered = order[is_answered], order[~is_answered & (part == CALIBRATE)]
    kept = targets[answered]
    return Labels(
        embeddings=embeddings[answered],
        channels=[channels[row] for row in answered],
        targets=kept / kept.sum(axis=1, keepdims=True),
        part=part[is_answered],
        unanswered=embeddings[unanswered],
        unanswered_channels=[channels[row] for row in unanswered],
    )


def _parts(groups: list[str], config: ClassifierConfig) -> NDArray[np.int64]:
    """Cut the groups, ordered by hash, into three parts; all of them train when they are too few."""
    by_hash = sorted(set(groups), key=lambda group: (zlib.crc32(group.encode()), group))
    if len(by_hash) < MIN_GROUPS:
        return np.full(len(groups), TRAIN, dtype=np.int64)
    calibrated = max(round(config.calibration_share * len(by_hash)), 1)
    reported = max(round(config.report_share * len(by_hash)), 1)
    part_of = {
        group: CALIBRATE if rank < calibrated else REPORT if rank < calibrated + reported else TRAIN
        for rank, group in enumerate(by_hash)
    }
    return np.asarray([part_of[group] for group in groups], dtype=np.int64)


def _fit(labels: Labels, config: ClassifierConfig, progress: Progress | None) -> tuple[bytes, dict[str, Any]]:
    """Weights as safetensors, and how the fit went."""
    is_training = labels.part == TRAIN
    inputs = torch.from_numpy(_inputs(labels))
    targets = torch.from_numpy(labels.targets)
    # A leaf without any training label must not compete.
    is_named = torch.from_numpy(labels.targets[is_training].sum(axis=0) > 0)
    train, calibrate = (torch.from_numpy(np.flatnonzero(labels.part == part)) for part in (TRAIN, CALIBRATE))
    row_weights = torch.from_numpy(_row_weights(labels.targets[is_training], config))
    layers = _layers(inputs.shape[1], targets.shape[1], config)
    optimiser = torch.optim.AdamW(layers.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    shuffle = torch.Generator().manual_seed(config.seed)
    best_loss, best_epoch, best_state = float("inf"), 0, _copied(layers)
    for epoch in range(1, config.epochs + 1):
        for chosen in torch.split(torch.randperm(len(train), generator=shuffle), config.batch_sessions):
            rows = train[chosen]
            losses = _soft_cross_entropy(_logits(layers, inputs[rows], is_named), targets[rows])
            optimiser.zero_grad(set_to_none=True)
            (losses * row_weights[chosen]).mean().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        judged = calibrate if len(calibrate) else train
        with torch.inference_mode():
            loss = float(_soft_cross_entropy(_logits(layers, inputs[judged], is_named), targets[judged]).mean())
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


def _row_weights(targets: NDArray[np.float32], config: ClassifierConfig) -> NDArray[np.float32]:
    """Mild class balance: rows of rare leaves weigh more, up to a cap; mean 1."""
    share = targets.mean(axis=0)
    per_leaf = np.where(share > 0, np.maximum(share, 1e-9) ** -config.balance, 0.0)
    weights = targets @ per_leaf
    weights = np.minimum(weights / weights.mean(), config.max_row_weight)
    balanced: NDArray[np.float32] = (weights / weights.mean()).astype(np.float32)
    return balanced


@torch.random.fork_rng(devices=[])  # torch's layers draw first weights from the global seed: give it back
def _layers(inputs: int, leaves: int, config: ClassifierConfig) -> nn.Sequential:
    random = torch.Generator().manual_seed(config.seed)
    hidden, output = nn.Linear(inputs, config.hidden), nn.Linear(config.hidden, leaves)
    for layer in (hidden, output):
        nn.init.kaiming_normal_(layer.weight, generator=random)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(hidden, nn.ReLU(), output)


def _logits(layers: nn.Sequential, inputs: Tensor, is_named: Tensor) -> Tensor:
    logits: Tensor = layers(inputs)
    return logits.masked_fill(~is_named, NEVER_LOGIT)


def _soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * functional.log_softmax(logits, dim=-1)).sum(dim=-1)


def _copied(layers: nn.Sequential) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in layers.state_dict().items()}


def _saved(state: dict[str, Tensor], is_named: NDArray[np.bool_]) -> bytes:
    output_weight = state["2.weight"].numpy().T.copy()
    output_bias = state["2.bias"].numpy().copy()
    output_weight[:, ~is_named] = 0.0
    output_bias[~is_named] = NEVER_LOGIT
    weights: bytes = save(
        {
            "hidden_weight": np.ascontiguousarray(state["0.weight"].numpy().T),
            "hidden_bias": state["0.bias"].numpy(),
            "output_weight": np.ascontiguousarray(output_weight),
            "output_bias": output_bias,
        }
    )
    return weights


def _calibrate(labels: Labels, weights: bytes, config_json: str, config: ClassifierConfig) -> tuple[float, float]:
    """Temperature and threshold from the calibration visitors; 1 and `min_precision` where there are none."""
    rows = np.flatnonzero(labels.part == CALIBRATE)
    probabilities = _predicted(labels, rows, weights, config_json)
    answers = labels.answers[rows]
    # Softmax undoes itself: log-probabilities are logits up to a constant per row.
    temperature = fit_temperature(np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)), answers)
    tempered = probabilities ** (1 / temperature)
    tempered /= tempered.sum(axis=1, keepdims=True)
    is_agreed = tempered.argmax(axis=1) == answers
    best = tempered.max(axis=1) if len(rows) else np.empty(0, dtype=np.float32)
    # What the teacher could not answer, nobody has checked: it must not raise the precision.
    unchecked = predict(labels.unanswered, labels.unanswered_channels, load_classifier(weights, config_json))
    unchecked = unchecked ** (1 / temperature)
    unchecked /= unchecked.sum(axis=1, keepdims=True)
    best = np.concatenate([best, unchecked.max(axis=1, initial=0.0)])
    is_agreed = np.concatenate([is_agreed, np.zeros(len(unchecked), dtype=bool)])
    answered_share = len(rows) / max(len(best), 1)
    min_coverage = config.min_coverage if answered_share >= config.min_answered_share else None
    threshold = choose_threshold(best, is_agreed, config.min_precision, min_coverage)
    # Rounded down: float noise must not push the session that set the threshold below it.
    return temperature, float(np.floor(threshold * 1e4) / 1e4)


def _report(
    labels: Labels, weights: bytes, config_json: str, intent_ids: list[str], threshold: float
) -> dict[str, Any]:
    rows = np.flatnonzero(labels.part == REPORT)
    figures = agreement_report(
        _predicted(labels, rows, weights, config_json), labels.answers[rows], intent_ids, threshold
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


def _config_json(
    config: ClassifierConfig,
    *,
    intent_ids: list[str],
    temperature: float,
    threshold: float,
    encoder_version: str,
    taxonomy_version: str,
) -> str:
    return json.dumps(
        {
            "intent_ids": intent_ids,
            "temperature": temperature,
            "threshold": threshold,
            "encoder_version": encoder_version,
            "taxonomy_version": taxonomy_version,
            "channels": CHANNELS,
            "training": asdict(config),
        },
        sort_keys=True,
    )
