"""Page text -> page vector, and the one place that chooses how: by hashed words, or by a text model."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from clickintent.encoder.config import HASHED, EncoderConfig
from clickintent.encoder.page_text import HashedTexts, hash_texts
from clickintent.encoder.sentence_text import SentenceTexts, read_sentences, text_dim

PageTexts = HashedTexts | SentenceTexts
"""Texts as far as they can be read once for all; what is learned of them is in the page text of an encoder."""


class HashedPageText(nn.Module):
    """A weighted bag of hashed words and n-grams, normalised; the vector of each is learned."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(config.text_buckets, config.page_dim, mode="sum", include_last_offset=True)
        self.norm = _norm(config)

    def forward(self, texts: HashedTexts) -> Tensor:
        """float32[texts, page_dim]."""
        normalised: Tensor = self.norm(
            self.bag(
                torch.as_tensor(texts.buckets),
                torch.as_tensor(texts.offsets),
                per_sample_weights=torch.as_tensor(texts.weights),
            )
        )
        return normalised


class SentencePageText(nn.Module):
    """The vector of a text model, projected and normalised; the projection is learned, the model is not."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.project = nn.Linear(text_dim(config), config.page_dim, bias=False)
        self.norm = _norm(config)

    def forward(self, texts: SentenceTexts) -> Tensor:
        """float32[texts, page_dim]."""
        normalised: Tensor = self.norm(self.project(torch.as_tensor(texts.vectors)))
        return normalised


def page_text_of(config: EncoderConfig) -> HashedPageText | SentencePageText:
    """What turns the texts of `read_texts` into page vectors."""
    return HashedPageText(config) if config.page_text == HASHED else SentencePageText(config)


def read_texts(texts: Sequence[str | None], config: EncoderConfig) -> PageTexts:
    """Read page texts as the config says; an empty or null text has the page vector zero.

    Raises:
        TextModelError: a text model is to read them, and cannot be loaded or is another one than the config's.
    """
    return hash_texts(texts, config.text_buckets) if config.page_text == HASHED else read_sentences(texts, config)


def _norm(config: EncoderConfig) -> nn.LayerNorm:
    return nn.LayerNorm(config.page_dim, elementwise_affine=False)
