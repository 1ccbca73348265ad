"""The student at scoring time: two matrix products in NumPy, no torch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from clickintent.classifier.errors import ClassifierInputError, ClassifierLoadError

CHANNELS = ("web", "app")
# Sessions per product: the hidden layer of a chunk stays in cache.
CHUNK_SESSIONS = 8_192
# Logit of a leaf that no label ever named: its probability is 0 at every temperature.
NEVER_LOGIT = -1e5


@dataclass(frozen=True)
class IntentClassifier:
    """A loaded classifier version.

    Attributes:
        intent_ids: leaves, in the order of the columns of `predict`.
        temperature: logits are divided by it.
        threshold: below this probability a session abstains.
        encoder_version, taxonomy_version: what it was trained on and must be scored with.
        hidden_weight: float32[dim + channels, hidden].
        hidden_bias: float32[hidden].
        output_weight: float32[hidden, leaves].
        output_bias: float32[leaves].
    """

    intent_ids: tuple[str, ...]
    temperature: float
    threshold: float
    encoder_version: str
    taxonomy_version: str
    hidden_weight: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output_weight: NDArray[np.float32]
    output_bias: NDArray[np.float32]


def load_classifier(weights: bytes, config: str) -> IntentClassifier:
    """Rebuild a classifier from a row of `intent_classifier`.

    Raises:
        ClassifierLoadError: the weights are no safetensors, the config is no JSON, or they do not fit.
    """
    try:
        values = json.loads(config)
        arrays = load(bytes(weights))
        classifier = IntentClassifier(
            intent_ids=tuple(values["intent_ids"]),
            temperature=float(values["temperature"]),
            threshold=float(values["threshold"]),
            encoder_version=values["encoder_version"],
            taxonomy_version=values["taxonomy_version"],
            **{name: arrays[name] for name in ("hidden_weight", "hidden_bias", "output_weight", "output_bias")},
        )
    except (SafetensorError, json.JSONDecodeError) as error:
        raise ClassifierLoadError(f"The classifier row cannot be read: {error}.") from error
    except KeyError as error:
        raise ClassifierLoadError(f"The classifier row lacks {error}; train again.") from error
    if classifier.output_weight.shape[1] != len(classifier.intent_ids):
        raise ClassifierLoadError(
            f"The weights score {classifier.output_weight.shape[1]} leaves, the config names "
            f"{len(classifier.intent_ids)}: weights and config come from different versions."
        )
    return classifier


def predict(
    embeddings: NDArray[np.float32], channels: Sequence[str], classifier: IntentClassifier
) -> NDArray[np.float32]:
    """Probability per leaf, float32[n, leaves], rows sum to 1.

    Args:
        embeddings: float32[n, dim] from the encoder version the classifier was trained on.
        channels: 'web' or 'app' per row; anything else counts as neither.
        classifier: from load_classifier.

    Raises:
        ClassifierInputError: the shapes do not fit.
    """
    inputs = channel_flags(channels)
    dim = classifier.hidden_weight.shape[0] - len(CHANNELS)
    if embeddings.ndim != 2 or embeddings.shape != (len(inputs), dim):  # noqa: PLR2004 - a matrix
        raise ClassifierInputError(
            f"Embeddings have shape {embeddings.shape}; expected ({len(inputs)}, {dim}), one row per channel."
        )
    # Scale and temperature are folded into the weights: two products and a softmax remain.
    hidden_weight = classifier.hidden_weight[:dim] * np.float32(np.sqrt(dim))
    channel_weight = classifier.hidden_weight[dim:]
    output_weight = classifier.output_weight / np.float32(classifier.temperature)
    output_bias = classifier.output_bias / np.float32(classifier.temperature)
    probabilities = np.empty((len(embeddings), len(classifier.intent_ids)), dtype=np.float32)
    for start in range(0, len(embeddings), CHUNK_SESSIONS):
        part = slice(start, start + CHUNK_SESSIONS)
        hidden = embeddings[part] @ hidden_weight
        hidden += inputs[part] @ channel_weight + classifier.hidden_bias
        np.maximum(hidden, 0, out=hidden)
        logits = hidden @ output_weight
        logits += output_bias
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        probabilities[part] = logits
    return probabilities


def channel_flags(channels: Sequence[str]) -> NDArray[np.float32]:
    """float32[n, 2]: is web, is app."""
    names = np.asarray(channels, dtype=object)
    return np.stack([names == channel for channel in CHANNELS], axis=1).astype(np.float32).reshape(-1, len(CHANNELS))
