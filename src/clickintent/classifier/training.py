"""Distil labels into the student: embedding and channel in, probability per leaf out."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from clickintent.classifier.agreement import agreement_report
from clickintent.classifier.calibration import (
    Calibration,
    Judged,
    at_temperature,
    best_guesses,
    calibration_error,
    cross_fitted,
    fit_calibration,
)
from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.fitting import Fitted, Progress, fit_students
from clickintent.classifier.folds import FOLD_PREFIX, FoldedClassifier, load_folds
from clickintent.classifier.labels import UNANSWERED, Gold, Labels, estimate_weights, prepare_labels
from clickintent.classifier.model import CHANNELS
from clickintent.encoder.threads import fixed_threads

HASH_DIGITS = 12
UNCALIBRATED = Calibration(temperature=1.0, threshold=0.0)


@dataclass(frozen=True)
class ClassifierVersion:
    """A row of `intent_classifier` less its status.

    Attributes:
        version: 'cls-' and 12 hex digits of the hash of weights and config.
        weights: safetensors bytes.
        config: JSON with intent_ids, temperature, threshold, encoder_version, taxonomy_version, labeler,
            labeler_model, `fold_ends`, `training`.
        metrics: JSON-able; agreement with the teacher, and with gold where there is some, overall and per leaf.
        trained_rows: labelled sessions the weights in force were fitted on: all that the teacher answered.
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
    gold: Gold | None = None,
    encoder_version: str = "",
    taxonomy_version: str = "",
    labeler: str = "",
    labeler_model: str = "",
) -> ClassifierVersion:
    """Fit the student on soft labels. Same labels in any order, seed and machine: same version.

    Visitors are dealt to folds. Whatever says how good the student is, temperature and threshold included, comes of
    scores by weights that were fitted without the visitor's fold; the weights in force are fitted on all labels, for as
    many epochs as suited the folds, and those of the folds are kept beside them. Temperature and threshold go by gold
    where there is some, else by the teacher's own labels: `calibrated_against` says which.

    Args:
        embeddings: float32[n, dim], unit length.
        channels: 'web' or 'app' per session.
        targets: float32[n, leaves], the teacher's confidences; rows sum to 1, a row of zeros is a session on
            which the teacher abstained: nothing is learned from it, and for the threshold an answer to it counts as
            no agreement.
        groups: visitor of each session; no figure rests on weights that were fitted on the same visitor.
        intent_ids: the leaves, one per column of `targets`; one without labels has probability 0.
        config: shape and training; defaults if null.
        progress: called as progress(epoch, epochs, losses) after each epoch.
        weights: sessions that each session stands for, as the sample was drawn (`label_sample.weight`); 0 for one
            that was not drawn, which is learned from and counts in no figure. 1 each if null.
        gold: sessions drawn at random that people have read, enough of them to calibrate on; null: none.
        encoder_version: version of the embeddings, kept in the config.
        taxonomy_version: version of the leaves, kept in the config.
        labeler: kind of the teacher, kept in the config.
        labeler_model: what the teacher ran on, kept in the config.

    Raises:
        ClassifierInputError: lengths differ, or a value is negative or not finite.
        NotEnoughLabels: fewer than `config.min_labels` labels, labels of fewer than three visitors, or, without the
            visitors of one fold, fewer than half as many labels or fewer than two leaves to train on.
    """
    config = config or ClassifierConfig()
    started = time.perf_counter()
    labels = prepare_labels(
        embeddings, channels, targets, groups, weights=weights, intent_ids=intent_ids, config=config
    )
    with fixed_threads(config.threads):
        fitted = fit_students(labels.only(labels.is_answered), config, progress)
    saved = _saved(fitted)
    named: dict[str, Any] = {
        "intent_ids": intent_ids,
        "encoder_version": encoder_version,
        "taxonomy_version": taxonomy_version,
        "labeler": labeler,
        "labeler_model": labeler_model,
        "fold_ends": labels.folds.ends,
        "channels": CHANNELS,
        "training": asdict(config),
    }
    folded = load_folds(saved, _config_json(named, UNCALIBRATED))
    by_teacher = _judged_by_teacher(labels, folded)
    by_gold = None if gold is None else _judged_by_gold(gold, folded, intent_ids)
    calibration = fit_calibration(by_gold or by_teacher, config)
    config_json = _config_json(named, calibration)
    metrics = {
        **_against_teacher(labels, by_teacher, calibration, intent_ids, config, is_fitted_on_it=gold is None),
        **_against_gold(gold, by_gold, intent_ids, config),
        **asdict(calibration),
        "epochs": fitted.epochs,
        "calibration_loss": round(fitted.loss, 4),
        "folds": labels.folds.count,
        "labels": int(labels.is_answered.sum()),
        "leaves_without_labels": [
            name for name, is_named in zip(intent_ids, labels.targets.sum(axis=0) > 0, strict=True) if not is_named
        ],
        "seconds": round(time.perf_counter() - started, 3),
    }
    digest = hashlib.sha256(saved + config_json.encode()).hexdigest()
    return ClassifierVersion(f"cls-{digest[:HASH_DIGITS]}", saved, config_json, metrics, int(labels.is_answered.sum()))


def _saved(fitted: Fitted) -> bytes:
    """Safetensors of the weights in force, the last student's, and of the folds' under names of their own."""
    arrays = {name: np.ascontiguousarray(students[-1]) for name, students in fitted.arrays.items()}
    arrays |= {FOLD_PREFIX + name: np.ascontiguousarray(students[:-1]) for name, students in fitted.arrays.items()}
    weights: bytes = save(arrays)
    return weights


def _judged_by_teacher(labels: Labels, folded: FoldedClassifier) -> Judged:
    probabilities = folded.predict(labels.embeddings, labels.channels, labels.groups)
    return Judged(probabilities, labels.answers, labels.weights, labels.fold)


def _judged_by_gold(gold: Gold, folded: FoldedClassifier, intent_ids: list[str]) -> Judged:
    probabilities = folded.predict(gold.embeddings, gold.channels, gold.groups)
    everyone = np.ones(len(gold.groups))  # drawn at random, each stands for as many
    return Judged(probabilities, gold.answers(intent_ids), everyone, folded.folds.of(gold.groups))


def _against_teacher(
    labels: Labels,
    judged: Judged,
    calibration: Calibration,
    intent_ids: list[str],
    config: ClassifierConfig,
    *,
    is_fitted_on_it: bool,
) -> dict[str, Any]:
    """Figures against the teacher; by calibrations of the other folds where they were fitted on the same labels."""
    if is_fitted_on_it:
        probabilities, is_covered = cross_fitted(judged, config)
    else:
        probabilities = at_temperature(judged.probabilities, calibration.temperature)
        is_covered = probabilities.max(axis=1) >= calibration.threshold
    figures = agreement_report(probabilities, judged.answers, is_covered, intent_ids, labels.groups, judged.weights)
    against = "the teacher's labels" if is_fitted_on_it else "gold labels"
    return {
        **figures,
        "calibration_error_before": _error_before(judged),
        "calibrated_against": f"{against}, by weights that have not seen the visitor",
        "calibration_n": len(judged.answers),
    }


def _against_gold(
    gold: Gold | None, judged: Judged | None, intent_ids: list[str], config: ClassifierConfig
) -> dict[str, Any]:
    """The same figures against gold, under names that begin with `gold_`; how many there were where there is none."""
    if gold is None or judged is None:
        return {"gold_n": 0}
    probabilities, is_covered = cross_fitted(judged, config)
    figures = agreement_report(probabilities, judged.answers, is_covered, intent_ids, gold.groups)
    figures |= {"calibration_error_before": _error_before(judged), "n": len(judged.answers)}
    return {"calibration_n": len(judged.answers), **{f"gold_{name}": figure for name, figure in figures.items()}}


def _error_before(judged: Judged) -> float:
    """Calibration error of the scores as the training leaves them."""
    answered = judged.only(judged.answers != UNANSWERED)
    probability, is_agreed = best_guesses(answered.probabilities, answered.answers)
    return round(calibration_error(probability, is_agreed, estimate_weights(answered.weights)), 4)


def _config_json(named: dict[str, Any], calibration: Calibration) -> str:
    return json.dumps({**named, **asdict(calibration)}, sort_keys=True)
