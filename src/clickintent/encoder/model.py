"""The session encoder: page text and event fields -> small bidirectional Transformer -> 64 numbers.

Pre-norm blocks without biases, GeGLU feed-forwards (Shazeer 2020, arXiv 2002.05202), masked mean pooling.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from clickintent.encoder.batches import EventBatch
from clickintent.encoder.config import NORM_EPSILON, EncoderConfig
from clickintent.encoder.numbers import NumberFeatures
from clickintent.encoder.page_reading import page_text_of, read_texts
from clickintent.encoder.rotary import RotaryTurns, attend
from clickintent.encoder.session_arrays import CHANNEL_CODES, FIRST_CODE

# Initial scale of everything that is added to the page vector of an event: audible, not louder than the page.
FIELD_SCALE = 0.3


@dataclass(frozen=True)
class EncodedBatch:
    """What the encoder makes of a batch.

    Attributes:
        events: float32[B, L, width], contextual vector of each event.
        raw: float32[B, embedding_dim], before scaling to unit length.
        embedding: float32[B, embedding_dim], unit length.
    """

    events: Tensor
    raw: Tensor
    embedding: Tensor


class SessionEncoder(nn.Module):
    """One encoder for web and app sessions, initialised from `config.seed` alone."""

    centre: Tensor

    @torch.random.fork_rng(devices=[])  # torch's layers draw first weights from the global seed: give it back
    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.page_text = page_text_of(config)
        self.page_to_event = nn.Linear(config.page_dim, width, bias=False)
        self.special_pages = nn.Embedding(FIRST_CODE, width)  # no page, hidden page
        self.event_type = nn.Embedding(FIRST_CODE + config.event_type_buckets, width)
        self.channel = nn.Embedding(CHANNEL_CODES, width)
        self.device = nn.Embedding(FIRST_CODE + config.device_buckets, width)
        self.referrer = nn.Embedding(FIRST_CODE + config.referrer_buckets, width)
        self.position = nn.Embedding(config.max_events, width)
        self.numbers = NumberFeatures(width)
        self.fusion_norm = _norm(width)
        self.turns = RotaryTurns(width // config.heads)
        self.blocks = nn.ModuleList(Block(width, config.heads, config.hidden) for _ in range(config.layers))
        self.final_norm = _norm(width)
        self.pooled_to_embedding = nn.Linear(width, config.embedding_dim, bias=False)
        # Subtracted before scaling to unit length: what all sessions of a channel share says nothing about any of them.
        self.register_buffer("centre", torch.zeros(CHANNEL_CODES, config.embedding_dim))
        _initialise(self, config.seed)

    def forward(self, batch: EventBatch, page_vectors: Tensor) -> EncodedBatch:
        """Encode a batch whose page codes count rows of `page_vectors` (float32[pages, page_dim])."""
        length = batch.is_event.shape[1]
        pages = torch.cat([self.special_pages.weight, self.page_to_event(page_vectors)])
        session = self.channel(batch.channel) + self.device(batch.device) + self.referrer(batch.referrer)
        events = (
            functional.embedding(batch.page, pages)
            + self.event_type(batch.event_type)
            + self.numbers(batch.dwell, batch.gap, batch.value, batch.hour, batch.weekday)
            + self.position.weight[:length]
            + session.unsqueeze(1)
        )
        events = self.final_norm(self.contextual(self.fusion_norm(events), batch))
        is_event = batch.is_event.unsqueeze(-1).to(events.dtype)
        pooled = (events * is_event).sum(dim=1) / is_event.sum(dim=1)
        raw = self.pooled_to_embedding(pooled) - self.centre[batch.channel]
        return EncodedBatch(events, raw, functional.normalize(raw, dim=-1))

    def contextual(self, events: Tensor, batch: EventBatch) -> Tensor:
        """Each event in the light of its session: float32[B, L, width] -> the same shape."""
        attends_to = None if bool(batch.is_event.all()) else batch.is_event[:, None, None, :]
        turns = self.turns(batch.elapsed)
        for block in self.blocks:
            events = block(events, attends_to, turns)
        return events

    @torch.inference_mode()
    def embed_pages(self, texts: Sequence[str | None]) -> NDArray[np.float32]:
        """Page vectors, float32[len(texts), page_dim]; an empty or null text gives zeros.

        Raises:
            TextModelError: a text model reads the pages, and cannot be loaded or is not the one of the training.
        """
        vectors: NDArray[np.float32] = self.page_text(read_texts(texts, self.config)).numpy()
        return vectors


class Block(nn.Module):
    """Pre-norm attention and GeGLU feed-forward, both residual, no biases."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = _norm(width)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.feed_norm = _norm(width)
        self.gate_and_value = nn.Linear(width, 2 * hidden, bias=False)
        self.feed_out = nn.Linear(hidden, width, bias=False)

    def forward(self, events: Tensor, attends_to: Tensor | None, turns: Tensor) -> Tensor:
        """float32[B, L, width], bool[B, 1, 1, L] or null for all, rotary turns -> float32[B, L, width]."""
        mixed = attend(self.query_key_value(self.attention_norm(events)), self.heads, attends_to, turns)
        events = events + self.attention_out(mixed)
        gate, fed = self.gate_and_value(self.feed_norm(events)).chunk(2, dim=-1)
        updated: Tensor = events + self.feed_out(functional.gelu(gate) * fed)
        return updated


def _norm(width: int) -> nn.RMSNorm:
    return nn.RMSNorm(width, eps=NORM_EPSILON)


def _initialise(model: nn.Module, seed: int) -> None:
    """Draw every weight from a generator of our own: the global seed neither matters nor moves."""
    random = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:
            nn.init.ones_(parameter)  # gains of the norms, the only one-dimensional weights
        elif name == "page_text.bag.weight":
            nn.init.normal_(parameter, generator=random)
        elif isinstance(model.get_submodule(name.rpartition(".")[0]), nn.Embedding):
            nn.init.normal_(parameter, std=FIELD_SCALE, generator=random)
        else:
            nn.init.normal_(parameter, std=1 / math.sqrt(parameter.shape[1]), generator=random)
