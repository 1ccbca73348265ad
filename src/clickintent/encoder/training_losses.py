"""One step of training: views of a batch of sessions, and the terms that they cost."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clickintent.encoder.batches import Past, make_past, make_view
from clickintent.encoder.channel_agreement import channel_agreement_loss, draw_by_intent
from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.objectives import (
    Bag,
    EventHeads,
    SessionHeads,
    bag_losses,
    contrastive_loss,
    masked_event_losses,
    may_repel,
    spread_loss,
)
from clickintent.encoder.session_arrays import SessionArrays
from clickintent.encoder.training_data import (
    NO_SESSION,
    TrainingData,
    bag_of,
    draw_candidates,
    events_of,
    localise,
    log_chance_by_session,
)


class Heads(nn.Module):
    """What guesses from an encoder's vectors while it is trained; not part of a version."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.events = EventHeads(config)
        self.content = SessionHeads(config, config.seed + 2)
        self.future = SessionHeads(config, config.seed + 3)


def training_losses(
    encoder: SessionEncoder,
    heads: Heads,
    data: TrainingData,
    rows: NDArray[np.int64],
    *,
    config: EncoderConfig,
    random: np.random.Generator,
) -> dict[str, Tensor]:
    """The terms of one step over the sessions `rows`, and 'total', their weighted sum.

    Two views: one with events cropped, dropped and masked, one of the first events alone. Each reads the pages with
    other n-grams or numbers of their text left out, so that no page rests on a single one.
    """
    following = data.next_rows[rows]
    has_following = np.flatnonzero(following != NO_SESSION)
    involved = np.concatenate([rows, following[has_following]])
    candidates = draw_candidates(data, involved, config, random)
    local = localise(data.sessions, involved, candidates.rows)
    texts = data.pages.take(candidates.rows)
    everyone = np.arange(len(rows))

    view = make_view(local, everyone, config, random)
    past = make_past(local, everyone, config, random)
    pages, past_pages = (encoder.page_text(texts.dropped(config.ngram_drop_share, random)) for _ in range(2))
    seen, before = encoder(view.batch, pages), encoder(past.batch, past_pages)

    channel = torch.as_tensor(local.channel[: len(rows)])
    log_chance = log_chance_by_session(data, rows, candidates)
    losses = masked_event_losses(view, seen, heads.events, pages, log_chance)
    content = [
        bag_losses(
            seen.embedding,
            channel,
            bag_of(local, view.owners, view.events),
            heads.content,
            pages,
            log_chance,
        ),
        bag_losses(
            before.embedding,
            channel,
            bag_of(local, past.owners, past.events),
            heads.content,
            past_pages,
            log_chance,
        ),
    ]
    future = bag_losses(
        before.embedding,
        channel,
        _future(local, past, len(rows), has_following),
        heads.future,
        past_pages,
        log_chance,
    )
    losses["content"] = sum((sum(part.values(), start=torch.zeros(())) for part in content), start=torch.zeros(())) / 2
    losses["future"] = sum(future.values(), start=torch.zeros(()))
    losses["contrastive"] = contrastive_loss(
        seen.embedding,
        before.embedding,
        may_repel(data.visitors[rows], data.contents[rows], data.rivals[rows]),
        config.temperature,
    )
    losses["spread"] = (spread_loss(seen.raw) + spread_loss(before.raw)) / 2
    losses["total"] = (
        config.page_weight * losses["page"]
        + config.event_type_weight * losses["event_type"]
        + config.dwell_weight * losses["dwell"]
        + config.content_weight * losses["content"]
        + config.future_weight * losses["future"]
        + config.contrastive_weight * losses["contrastive"]
        + config.spread_weight * losses["spread"]
    )
    return losses


def intent_loss(
    encoder: SessionEncoder, data: TrainingData, *, config: EncoderConfig, random: np.random.Generator
) -> Tensor:
    """What it costs that sessions of one intent differ by channel, over sessions drawn for it."""
    rows, intents = draw_by_intent(data.intent_pools, config, random)
    candidates = draw_candidates(data, rows, config, random)
    local = localise(data.sessions, rows, candidates.rows)
    view = make_view(local, np.arange(len(rows)), config, random)
    pages = encoder.page_text(data.pages.take(candidates.rows).dropped(config.ngram_drop_share, random))
    return channel_agreement_loss(
        encoder(view.batch, pages).embedding,
        torch.as_tensor(local.channel),
        torch.as_tensor(intents),
        config.temperature,
    )


def _future(local: SessionArrays, past: Past, sessions: int, has_following: NDArray[np.int64]) -> Bag:
    """What follows the events shown: the rest of the session, and the visitor's next session."""
    next_rows = sessions + np.arange(len(has_following))
    next_events = events_of(local, next_rows)
    next_owners = np.repeat(has_following, local.lengths[next_rows])
    return bag_of(
        local,
        np.concatenate([past.later_owners, next_owners]),
        np.concatenate([past.later_events, next_events]),
    )
