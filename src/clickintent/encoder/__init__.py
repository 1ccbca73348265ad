"""The session encoder: web and app sessions as 64 numbers of unit length, learned without labels."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clickintent.encoder.config import HASHED, EncoderConfig
from clickintent.encoder.errors import (
    EncoderConfigError,
    EncoderError,
    EncoderInputError,
    EncoderLoadError,
    TextModelError,
)
from clickintent.sequence_inputs import EMBEDDING_DIM

if TYPE_CHECKING:
    from clickintent.encoder.model import SessionEncoder
    from clickintent.encoder.numpy_encoder import NumpyEncoder
    from clickintent.encoder.quality import effective_rank, mean_pairwise_cosine
    from clickintent.encoder.scoring import PageVectors, embed_pages, encode
    from clickintent.encoder.stored_pages import StoredPagesEncoder
    from clickintent.encoder.training import train_encoder
    from clickintent.encoder.version import EncoderVersion, load_encoder

__all__ = [
    "EMBEDDING_DIM",
    "HASHED",
    "EncoderConfig",
    "EncoderConfigError",
    "EncoderError",
    "EncoderInputError",
    "EncoderLoadError",
    "EncoderVersion",
    "NumpyEncoder",
    "PageVectors",
    "SessionEncoder",
    "StoredPagesEncoder",
    "TextModelError",
    "effective_rank",
    "embed_pages",
    "encode",
    "load_encoder",
    "mean_pairwise_cosine",
    "train_encoder",
]

_HOMES = {
    "EncoderVersion": "version",
    "NumpyEncoder": "numpy_encoder",
    "PageVectors": "scoring",
    "SessionEncoder": "model",
    "StoredPagesEncoder": "stored_pages",
    "effective_rank": "quality",
    "embed_pages": "scoring",
    "encode": "scoring",
    "load_encoder": "version",
    "mean_pairwise_cosine": "quality",
    "train_encoder": "training",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute
    """Import torch and polars only with what needs them: a UDF that scores by NumPy starts without either."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
