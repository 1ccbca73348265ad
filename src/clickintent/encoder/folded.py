"""An encoder folded for scoring: one weighted sum of table rows per event, gains inside the matrices that follow them.

The same function as `SessionEncoder`, to rounding. Every field of an event is a row of a table, or a point between two:
piecewise-linear features times a matrix are a walk along its columns, so the sum of all fields is one
`embedding_bag`. A norm's gain is multiplied into the next matrix.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from clickintent.encoder.model import NORM_EPSILON, Block, SessionEncoder
from clickintent.encoder.numbers import BINS, HOURS, MAX_SECONDS, MAX_VALUE, WEEKDAYS
from clickintent.encoder.rotary import attend
from clickintent.encoder.sessions import SessionArrays

_NUMBERS = (("dwell", MAX_SECONDS), ("gap", MAX_SECONDS), ("value", MAX_VALUE))


class FoldedEncoder:
    """Scores sessions whose page codes count rows of `pages`, float32[pages, page_dim]."""

    def __init__(self, encoder: SessionEncoder, pages: Tensor) -> None:
        self.encoder = encoder
        numbers = encoder.numbers
        weight = numbers.project.weight
        parts = [torch.cat([encoder.special_pages.weight, encoder.page_to_event(pages)]), encoder.event_type.weight]
        parts += [encoder.position.weight, encoder.channel.weight, encoder.device.weight, encoder.referrer.weight]
        for place in range(len(_NUMBERS)):
            columns = weight[:, place * (BINS + 1) : (place + 1) * (BINS + 1)].T
            # first the sums at the knots, then the slopes between them, then what a missing number adds
            sums = torch.cat([torch.zeros_like(columns[:1]), columns[:BINS].cumsum(0)])
            parts += [sums, torch.cat([columns[:BINS], torch.zeros_like(columns[:1])]), columns[BINS:]]
        clock = numbers.clock_tables()
        parts += clock
        self.table = torch.cat(parts).contiguous()
        self.starts = np.cumsum([0, *(len(part) for part in parts)])
        self.blocks = [_FoldedBlock(block) for block in encoder.blocks if isinstance(block, Block)]
        self.fusion_gain = encoder.fusion_norm.weight
        self.to_embedding = encoder.pooled_to_embedding.weight * encoder.final_norm.weight

    def tokens(self, sessions: SessionArrays) -> tuple[Tensor, Tensor]:
        """Table rows and their weights, int64[events, k] and float32[events, k]; positions are not among them."""
        lengths = sessions.lengths
        rows = [sessions.page + self.starts[0], sessions.event_type + self.starts[1]]
        position = np.arange(len(sessions.page)) - np.repeat(sessions.offsets[:-1], lengths)
        rows += [position + self.starts[2]]
        for start, codes in zip(self.starts[3:6], (sessions.channel, sessions.device, sessions.referrer), strict=True):
            rows.append(np.repeat(codes, lengths) + start)
        weights = [np.ones((len(position), len(rows)), dtype=np.float32)]
        for place, (name, largest) in enumerate(_NUMBERS):
            sums, slopes, missing = self.starts[6 + 3 * place : 9 + 3 * place]
            number = np.abs(getattr(sessions, name)) if name == "value" else getattr(sessions, name)
            is_missing = np.isnan(number)
            scaled = np.log1p(np.nan_to_num(number).clip(0, largest)) * np.float32(BINS / math.log1p(largest))
            knot = np.minimum(scaled.astype(np.int64), BINS)
            rows += [np.where(is_missing, missing, sums + knot), slopes + knot]
            weights.append(np.stack([np.ones_like(scaled), np.where(is_missing, 0, scaled - knot)], axis=1))
        for start, clock, period in zip(
            self.starts[-3:-1], (sessions.hour, sessions.weekday), (HOURS, WEEKDAYS), strict=True
        ):
            rows.append(start + np.where(np.isnan(clock), period, np.nan_to_num(clock)).astype(np.int64))
        weights.append(np.ones((len(position), 2), dtype=np.float32))
        return (
            torch.from_numpy(np.stack(rows, axis=1)),
            torch.from_numpy(np.concatenate(weights, axis=1).astype(np.float32)),
        )

    def raw(self, rows: Tensor, weights: Tensor, elapsed: Tensor, is_event: Tensor | None, channel: Tensor) -> Tensor:
        """Embeddings before scaling to unit length, float32[B, embedding_dim].

        Args:
            rows: int64[B * L, k], of `tokens`.
            weights: float32[B * L, k].
            elapsed: float32[B, L].
            is_event: bool[B, L], or null where no row is padding.
            channel: int64[B].
        """
        sessions, length = elapsed.shape
        events = functional.embedding_bag(rows, self.table, per_sample_weights=weights, mode="sum")
        events = functional.rms_norm(events, events.shape[1:], self.fusion_gain, NORM_EPSILON).view(
            sessions, length, -1
        )
        turns = self.encoder.turns(elapsed)
        attends_to = None if is_event is None else is_event[:, None, None, :]
        for block in self.blocks:
            events = block(events, attends_to, turns)
        events = _normed(events)
        if is_event is None:
            pooled = events.mean(dim=1)
        else:
            counted = is_event.unsqueeze(-1).to(events.dtype)
            pooled = (events * counted).sum(dim=1) / counted.sum(dim=1)
        return functional.linear(pooled, self.to_embedding) - self.encoder.centre[channel]


class _FoldedBlock:
    """A block whose norms' gains are in the matrices after them."""

    def __init__(self, block: Block) -> None:
        self.heads = block.heads
        self.query_key_value = block.query_key_value.weight * block.attention_norm.weight
        self.attention_out = block.attention_out.weight
        self.gate_and_value = block.gate_and_value.weight * block.feed_norm.weight
        self.feed_out = block.feed_out.weight

    def __call__(self, events: Tensor, attends_to: Tensor | None, turns: Tensor) -> Tensor:
        mixed = attend(functional.linear(_normed(events), self.query_key_value), self.heads, attends_to, turns)
        events = events + functional.linear(mixed, self.attention_out)
        gate, fed = functional.linear(_normed(events), self.gate_and_value).chunk(2, dim=-1)
        return events + functional.linear(functional.gelu(gate) * fed, self.feed_out)


def _normed(events: Tensor) -> Tensor:
    return functional.rms_norm(events, events.shape[-1:], eps=NORM_EPSILON)


def padded_events(
    sessions: SessionArrays, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None]:
    """Event numbers of the sessions `rows`, int64[B, L], and which are events; null where all are."""
    lengths = sessions.lengths[rows]
    position = np.arange(lengths.max())
    events = sessions.offsets[rows][:, None] + position
    if lengths.min() == len(position):
        return events, None
    is_event = position < lengths[:, None]
    return np.where(is_event, events, sessions.offsets[rows][:, None]), is_event
