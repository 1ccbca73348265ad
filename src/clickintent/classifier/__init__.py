"""The intent classifier: a small student distilled from session labels, scored without torch."""

from typing import TYPE_CHECKING, Any

from clickintent.classifier.config import ClassifierConfig
from clickintent.classifier.errors import (
    ClassifierError,
    ClassifierInputError,
    ClassifierLoadError,
    NotEnoughLabels,
)
from clickintent.classifier.folded import FoldedClassifier, TopIntents, channel_codes
from clickintent.classifier.model import IntentClassifier, load_classifier, predict

if TYPE_CHECKING:
    from clickintent.classifier.training import ClassifierVersion, train_classifier

__all__ = [
    "ClassifierConfig",
    "ClassifierError",
    "ClassifierInputError",
    "ClassifierLoadError",
    "ClassifierVersion",
    "FoldedClassifier",
    "IntentClassifier",
    "NotEnoughLabels",
    "TopIntents",
    "channel_codes",
    "load_classifier",
    "predict",
    "train_classifier",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute
    """Import the training, and with it torch, only when asked for: scoring needs NumPy alone."""
    if name in {"ClassifierVersion", "train_classifier"}:
        from clickintent.classifier import training  # noqa: PLC0415

        return getattr(training, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
