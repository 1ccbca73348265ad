"""The session encoder: web and app sessions as 64 numbers of unit length, learned without labels."""

from clickintent.encoder.config import HASHED, EncoderConfig
from clickintent.encoder.errors import (
    EncoderConfigError,
    EncoderError,
    EncoderInputError,
    EncoderLoadError,
    TextModelError,
)
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.quality import effective_rank, mean_pairwise_cosine
from clickintent.encoder.scoring import PageVectors, embed_pages, encode
from clickintent.encoder.stored_pages import StoredPagesEncoder
from clickintent.encoder.training import train_encoder
from clickintent.encoder.version import EncoderVersion, load_encoder
from clickintent.sequence_inputs import EMBEDDING_DIM

__all__ = [
    "EMBEDDING_DIM",
    "HASHED",
    "EncoderConfig",
    "EncoderConfigError",
    "EncoderError",
    "EncoderInputError",
    "EncoderLoadError",
    "EncoderVersion",
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
