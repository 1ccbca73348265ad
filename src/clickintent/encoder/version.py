"""Encoder versions: weights as safetensors, named by their content."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderLoadError
from clickintent.encoder.model import SessionEncoder

HASH_DIGITS = 12


@dataclass(frozen=True)
class EncoderVersion:
    """A row of `session_encoder` less its status.

    Attributes:
        version: 'enc-' and 12 hex digits of the hash of weights and config.
        weights: safetensors bytes.
        config: EncoderConfig as JSON.
        metrics: JSON-able; `is_trained` says whether any step was taken.
        trained_rows: sessions trained on, 0 if untrained.
        trained_from, trained_to: earliest and latest `started_at` of those sessions, null if none.
    """

    version: str
    weights: bytes
    config: str
    metrics: dict[str, Any]
    trained_rows: int
    trained_from: datetime | None
    trained_to: datetime | None


def save_encoder(encoder: SessionEncoder) -> tuple[str, bytes, str]:
    """Version name, safetensors bytes and config JSON of an encoder."""
    weights = save({name: tensor.contiguous() for name, tensor in encoder.state_dict().items()})
    config = encoder.config.to_json()
    digest = hashlib.sha256(weights + config.encode()).hexdigest()
    return f"enc-{digest[:HASH_DIGITS]}", weights, config


def load_encoder(weights: bytes, config: str) -> SessionEncoder:
    """Rebuild an encoder from a row of `session_encoder`, ready to score.

    Raises:
        EncoderConfigError: the config cannot be read.
        EncoderLoadError: the weights are no safetensors or do not fit the config.
    """
    encoder = SessionEncoder(EncoderConfig.from_json(config))
    try:
        encoder.load_state_dict(load(bytes(weights)))
    except SafetensorError as error:
        raise EncoderLoadError(f"The encoder weights are no safetensors file: {error}.") from error
    except RuntimeError as error:
        raise EncoderLoadError(
            f"The encoder weights do not fit their config: {error} If another version of clickintent trained them, go "
            "back to that version, or drop the table session_encoder and build: that trains a new encoder."
        ) from error
    if not all(bool(torch.isfinite(tensor).all()) for tensor in encoder.state_dict().values()):
        raise EncoderLoadError("The encoder weights hold NaN or infinity: the training diverged or the row is damaged.")
    return encoder.eval().requires_grad_(False)
