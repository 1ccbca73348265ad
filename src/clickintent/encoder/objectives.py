"""What the encoder learns from, without labels.

Masked events are guessed from their session; the embedding of a session tells what is in it, and that of its first
events what comes after them; two views of a session agree; and embeddings stay spread out.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from clickintent.encoder.batches import View
from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.model import EncodedBatch
from clickintent.encoder.numbers import DWELL_BUCKETS, dwell_bucket
from clickintent.encoder.session_arrays import CHANNEL_CODES, FIRST_CODE

# Page logits are cosines times a learned scale, capped as in CLIP (arXiv 2103.00020, section 2.5).
FIRST_SCALE = 8.0
MAX_SCALE = 50.0
# What a bag adds up to: its events and its dwell
TOTALS = 2


class EventHeads(nn.Module):
    """Heads that guess a masked event from its contextual vector; not part of a version."""

    @torch.random.fork_rng(devices=[])
    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(config.seed + 1)
        self.page = nn.Linear(config.width, config.page_dim, bias=False)
        self.event_type = nn.Linear(config.width, config.event_type_buckets, bias=False)
        self.dwell = nn.Linear(config.width, DWELL_BUCKETS, bias=False)
        for head in (self.page, self.event_type, self.dwell):
            nn.init.normal_(head.weight, std=config.width**-0.5, generator=random)
        self.page_scale = nn.Parameter(torch.tensor(FIRST_SCALE))

    def page_logits(self, events: Tensor, page_vectors: Tensor) -> Tensor:
        """float32[n, width] x float32[pages, page_dim] -> float32[n, pages]."""
        return _scaled_cosines(self.page(events), page_vectors, self.page_scale)


class SessionHeads(nn.Module):
    """Heads that tell from an embedding which events a bag holds; not part of a version.

    They are told the channel, so that the embedding need not say it: what is the same need on the web and in the app
    has other pages on each.
    """

    @torch.random.fork_rng(devices=[])
    def __init__(self, config: EncoderConfig, seed: int) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        self.page = nn.Linear(config.embedding_dim, config.page_dim, bias=False)
        self.event_type = nn.Linear(config.embedding_dim, config.event_type_buckets, bias=False)
        self.totals = nn.Linear(config.embedding_dim, TOTALS, bias=False)
        for head in (self.page, self.event_type, self.totals):
            nn.init.normal_(head.weight, std=config.embedding_dim**-0.5, generator=random)
        self.totals_bias = nn.Parameter(torch.zeros(TOTALS))
        self.channel_page = nn.Embedding(CHANNEL_CODES, config.page_dim)
        self.channel_event_type = nn.Embedding(CHANNEL_CODES, config.event_type_buckets)
        for told in (self.channel_page, self.channel_event_type):
            nn.init.zeros_(told.weight)
        self.page_scale = nn.Parameter(torch.tensor(FIRST_SCALE))

    def page_logits(self, embeddings: Tensor, channel: Tensor, page_vectors: Tensor) -> Tensor:
        """float32[n, embedding_dim], int64[n] x float32[pages, page_dim] -> float32[n, pages]."""
        return _scaled_cosines(self.page(embeddings) + self.channel_page(channel), page_vectors, self.page_scale)


@dataclass(frozen=True)
class Bag:
    """Events without their order, of some of the B sessions of a batch.

    Attributes:
        session: int64[k], the session of each event.
        page: int64[k], row of the candidates, below 0 where the event has no page.
        event_type: int64[k], bucket, below 0 where it is missing.
        dwell: float32[k], seconds, NaN where missing.
    """

    session: Tensor
    page: Tensor
    event_type: Tensor
    dwell: Tensor


@dataclass(frozen=True)
class Candidates:
    """Pages that compete as the answer for a masked page.

    Attributes:
        rows: int64[candidates], sorted rows of the page table.
        log_chance: float32[candidates], log of each one's chance to be a candidate, subtracted from its logit
            (Yi et al. 2019, "Sampling-bias-corrected neural modeling", section 4); zeros when all compete.
    """

    rows: NDArray[np.int64]
    log_chance: Tensor


def masked_event_losses(
    view: View, encoded: EncodedBatch, heads: EventHeads, page_vectors: Tensor, log_chance: Tensor
) -> dict[str, Tensor]:
    """Cross-entropies of the masked pages, event types and dwell buckets; 0 where a batch has none.

    Args:
        view: the view that was encoded; its page codes count rows of `page_vectors`.
        encoded: the encoder's output for it.
        heads: the heads that guess.
        page_vectors: float32[candidates, page_dim].
        log_chance: float32[B, candidates], of log_chance_by_session.
    """
    events = encoded.events[view.is_masked]
    owners = view.is_masked.nonzero()[:, 0]
    page = view.page[view.is_masked] - FIRST_CODE
    event_type = view.event_type[view.is_masked] - FIRST_CODE
    dwell = dwell_bucket(view.dwell[view.is_masked])
    return {
        "page": _cross_entropy(heads.page_logits(events, page_vectors) - log_chance[owners], page),
        "event_type": _cross_entropy(heads.event_type(events), event_type),
        "dwell": _cross_entropy(heads.dwell(events), dwell),
    }


def bag_losses(
    embedding: Tensor, channel: Tensor, bag: Bag, heads: SessionHeads, page_vectors: Tensor, log_chance: Tensor
) -> dict[str, Tensor]:
    """Cross-entropies of a bag's pages and event types, and the error of its totals; each session counts once.

    Args:
        embedding: float32[B, dim], unit length.
        channel: int64[B], the true channel of each session.
        bag: what is to be told.
        heads: the heads that tell.
        page_vectors: float32[candidates, page_dim].
        log_chance: float32[B, candidates], of log_chance_by_session.
    """
    # unit length to unit variance
    scaled = embedding * embedding.shape[1] ** 0.5
    sessions = len(embedding)
    totals = torch.stack(
        [
            torch.log1p(_sum_by_session(torch.ones_like(bag.dwell), bag.session, sessions)),
            torch.log1p(_sum_by_session(bag.dwell.nan_to_num(0.0), bag.session, sessions)),
        ],
        dim=1,
    )
    guessed = heads.totals(scaled) + heads.totals_bias
    return {
        "page": _bag_cross_entropy(
            heads.page_logits(scaled, channel, page_vectors) - log_chance, bag.session, bag.page
        ),
        "event_type": _bag_cross_entropy(
            heads.event_type(scaled) + heads.channel_event_type(channel), bag.session, bag.event_type
        ),
        "totals": functional.smooth_l1_loss(guessed, totals),
    }


def contrastive_loss(first: Tensor, second: Tensor, may_repel: Tensor, temperature: float) -> Tensor:
    """NT-Xent over two views (SimCLR, arXiv 2002.05709, section 2.1) with forbidden negatives left out.

    Args:
        first: float32[B, dim], unit length, one view of each session.
        second: float32[B, dim], the other view, in the same order.
        may_repel: bool[B, B], true where two sessions may be told apart; false on the diagonal.
        temperature: divides the cosines.
    """
    both = torch.cat([first, second])
    logits = both @ both.T / temperature
    rows = len(first)
    allowed = may_repel.repeat(2, 2)
    partner = torch.arange(2 * rows).roll(rows)
    allowed[torch.arange(2 * rows), partner] = True
    return functional.cross_entropy(logits.masked_fill(~allowed, float("-inf")), partner)


def spread_loss(raw: Tensor) -> Tensor:
    """Variance and covariance terms of VICReg (arXiv 2105.04906, section 4.1) against collapse.

    Each number should have a standard deviation of at least 1 over the batch, and no two tell the same.

    Args:
        raw: float32[B, dim], embeddings before scaling to unit length.
    """
    rows, dim = raw.shape
    centred = raw - raw.mean(dim=0)
    covariance = centred.T @ centred / max(rows - 1, 1)
    variance = covariance.diagonal()
    too_narrow = functional.relu(1 - torch.sqrt(variance + 1e-4)).mean()
    redundant = (covariance.square().sum() - variance.square().sum()) / dim
    return too_narrow + redundant


def may_repel(visitors: NDArray[np.int64], contents: NDArray[np.int64], rivals: NDArray[np.int64]) -> Tensor:
    """bool[B, B]: rivals that differ in visitor and in content.

    Args:
        visitors: int64[B]. Two sessions of one visitor often follow one need: they are never pushed apart.
        contents: int64[B], equal for sessions with the same pages and event types.
        rivals: int64[B], equal for sessions of one site and channel. Pushing those of two apart would teach the
            embedding where a session was, and not what it was about.
    """
    different = (visitors[:, None] != visitors[None, :]) & (contents[:, None] != contents[None, :])
    return torch.as_tensor(different & (rivals[:, None] == rivals[None, :]))


def _scaled_cosines(guess: Tensor, page_vectors: Tensor, scale: Tensor) -> Tensor:
    guess = functional.normalize(guess, dim=-1)
    return scale.clamp(max=MAX_SCALE) * guess @ functional.normalize(page_vectors, dim=-1).T


def _bag_cross_entropy(logits: Tensor, session: Tensor, target: Tensor) -> Tensor:
    known = target >= 0
    if not bool(known.any()):
        return _nothing(logits)
    # only sessions that tell something: one of a site without pages has no candidate that is possible
    owners, session = torch.unique(session[known], return_inverse=True)
    told = functional.log_softmax(logits[owners], dim=-1)[session, target[known]]
    events = _sum_by_session(torch.ones_like(told), session, len(owners))
    return -(told / events[session]).sum() / len(owners)


def _nothing(logits: Tensor) -> Tensor:
    """Zero, with a gradient of zero, though some logits be infinite."""
    return logits.nan_to_num(0.0, 0.0, 0.0).sum() * 0.0


def _sum_by_session(values: Tensor, session: Tensor, sessions: int) -> Tensor:
    return torch.zeros(sessions, dtype=values.dtype).index_add_(0, session, values)


def _cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    known = target >= 0  # a masked event without a page, type or dwell has nothing to guess
    if not bool(known.any()):
        return _nothing(logits)
    return functional.cross_entropy(logits[known], target[known])
