"""The same simple heads for every representation, and what is measured of their answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, log_loss, roc_auc_score
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from benchmarks.encoder.tasks import Kind

Features = NDArray[np.float32] | csr_matrix
HeadName = Literal["logistic", "lightgbm"]
PENALTIES = (0.003, 0.03, 0.3, 3.0)
# Classes by the hundred: one penalty is tried less, and fewer passes are made
MANY_CLASSES = 50
LIGHTGBM_LEAVES = (7, 31)
RANKS = (1, 10)


@dataclass(frozen=True)
class Parts:
    """Features and labels of the three parts of a split."""

    train: tuple[Features, NDArray[np.int64]]
    validation: tuple[Features, NDArray[np.int64]]
    test: tuple[Features, NDArray[np.int64]]


def measure(head: HeadName, parts: Parts, kind: Kind, class_count: int) -> dict[str, float]:
    """Fits the head on train, chooses its settings on validation, and measures it on test."""
    fitted = {"logistic": _logistic, "lightgbm": _lightgbm}[head](parts, class_count)
    return figures(fitted(parts.test[0]), parts.test[1], kind)


def figures(probabilities: NDArray[np.float64], labels: NDArray[np.int64], kind: Kind) -> dict[str, float]:
    """What is measured of class probabilities, float64[n, classes], against labels, int64[n]."""
    guessed = probabilities.argmax(axis=1)
    if kind == "binary":
        chance = probabilities[:, 1]
        return {
            "auroc": float(roc_auc_score(labels, chance)),
            "pr_auc": float(average_precision_score(labels, chance)),
            "micro_f1": float((guessed == labels).mean()),
        }
    if kind == "classes":
        return {
            "micro_f1": float((guessed == labels).mean()),
            "macro_f1": float(f1_score(labels, guessed, average="macro", zero_division=0)),
        }
    own = probabilities[np.arange(len(labels)), labels]
    better = (probabilities > own[:, None]).sum(axis=1)
    tied = (probabilities == own[:, None]).sum(axis=1) - 1
    return {f"recall_at_{k}": float((better + tied // 2 < k).mean()) for k in RANKS}


def _logistic(parts: Parts, class_count: int) -> Callable[[Features], NDArray[np.float64]]:
    is_sparse = isinstance(parts.train[0], csr_matrix)
    scaler = (MaxAbsScaler() if is_sparse else StandardScaler()).fit(parts.train[0])
    train, validation = scaler.transform(parts.train[0]), scaler.transform(parts.validation[0])
    best: tuple[float, LogisticRegression] | None = None
    for penalty in PENALTIES:
        model = LogisticRegression(C=penalty, max_iter=60 if class_count > MANY_CLASSES else 300, tol=1e-3)
        model.fit(train, parts.train[1])
        loss = _validation_loss(model, validation, parts.validation[1], class_count)
        if best is None or loss < best[0]:
            best = (loss, model)
    chosen = cast(tuple[float, LogisticRegression], best)[1]
    return lambda features: _all_classes(chosen.predict_proba(scaler.transform(features)), chosen.classes_, class_count)


def _validation_loss(
    model: LogisticRegression, features: Features, labels: NDArray[np.int64], class_count: int
) -> float:
    chance = _all_classes(model.predict_proba(features), model.classes_, class_count).clip(1e-9)
    return float(log_loss(labels, chance / chance.sum(axis=1, keepdims=True), labels=np.arange(class_count)))


def _lightgbm(parts: Parts, class_count: int) -> Callable[[Features], NDArray[np.float64]]:
    best: tuple[float, lightgbm.LGBMClassifier] | None = None
    for leaves in LIGHTGBM_LEAVES:
        model = lightgbm.LGBMClassifier(
            n_estimators=200, learning_rate=0.08, num_leaves=leaves, min_child_samples=20, subsample=0.8,
            subsample_freq=1, colsample_bytree=0.8, n_jobs=1, random_state=0, verbosity=-1,
        )  # fmt: skip
        seen = np.isin(parts.validation[1], parts.train[1])
        model.fit(
            *parts.train,
            eval_X=parts.validation[0][seen],
            eval_y=parts.validation[1][seen],
            callbacks=[lightgbm.early_stopping(15, verbose=False)],
        )
        loss = float(next(iter(model.best_score_["valid_0"].values())))
        if best is None or loss < best[0]:
            best = (loss, model)
    chosen = cast(tuple[float, lightgbm.LGBMClassifier], best)[1]
    return lambda features: _all_classes(chosen.predict_proba(features), chosen.classes_, class_count)


def _all_classes(
    probabilities: NDArray[np.float64], classes: NDArray[np.int64], class_count: int
) -> NDArray[np.float64]:
    """Columns for classes that the training part lacked, too."""
    full = np.zeros((len(probabilities), class_count))
    full[:, classes] = probabilities
    return full
