"""An encoder folded for scoring: one weighted sum of table rows per event, gains inside the matrices that follow them.

The same function as `SessionEncoder`, to rounding. Every field of an event is a row of a table, or a point between two:
piecewise-linear features times a matrix are a walk along its columns, so the sum of all fields is one `embedding_bag`.
The queries, keys and values of the first block are that sum times a matrix and a number: they are columns of the table,
too, and need no product. A norm's gain is multiplied into the next matrix.
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
# Of an event: six codes, two rows for each number, and the clock
_ROWS = 6 + 2 * len(_NUMBERS) + 1


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
        hours, weekdays = numbers.clock_tables()
        parts.append((hours[:, None] + weekdays[None, :]).flatten(0, 1))  # every hour of every weekday
        self.starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        self.fusion_gain = encoder.fusion_norm.weight
        blocks = [block for block in encoder.blocks if isinstance(block, Block)]
        self.first = [_query_key_value(block) * self.fusion_gain for block in blocks[:1]]
        fields = torch.cat(parts)
        self.table = torch.cat([fields, *(fields @ matrix.T for matrix in self.first)], dim=1)
        self.blocks = [_FoldedBlock(block) for block in blocks]
        self.to_embedding = encoder.pooled_to_embedding.weight * encoder.final_norm.weight

    def tokens(self, sessions: SessionArrays) -> tuple[Tensor, Tensor]:
        """Table rows of each event and their weights, int32[events, k] and float32[events, k]."""
        lengths = sessions.lengths
        rows = np.empty((len(sessions.page), _ROWS), dtype=np.int32)
        weights = np.ones(rows.shape, dtype=np.float32)
        codes = [sessions.page, sessions.event_type, np.arange(len(rows)) - np.repeat(sessions.offsets[:-1], lengths)]
        codes += [np.repeat(code, lengths) for code in (sessions.channel, sessions.device, sessions.referrer)]
        for place, code in enumerate(codes):
            rows[:, place] = code + self.starts[place]
        for place, (name, largest) in enumerate(_NUMBERS):
            sums, slopes, missing = self.starts[6 + 3 * place : 9 + 3 * place]
            number = np.abs(getattr(sessions, name)) if name == "value" else getattr(sessions, name)
            is_missing = np.isnan(number)
            scaled = np.log1p(np.nan_to_num(number).clip(0, largest)) * np.float32(BINS / math.log1p(largest))
            knot = np.minimum(scaled.astype(np.int32), BINS)
            rows[:, 6 + 2 * place] = np.where(is_missing, missing, sums + knot)
            rows[:, 7 + 2 * place] = slopes + knot
            weights[:, 7 + 2 * place] = np.where(is_missing, 0, scaled - knot)
        hour, weekday = (
            np.where(np.isnan(clock), period, np.nan_to_num(clock)).astype(np.int32)
            for clock, period in ((sessions.hour, HOURS), (sessions.weekday, WEEKDAYS))
        )
        rows[:, -1] = self.starts[-1] + hour * (WEEKDAYS + 1) + weekday
        return torch.from_numpy(rows), torch.from_numpy(weights)

    def raw(self, rows: Tensor, weights: Tensor, elapsed: Tensor, is_event: Tensor | None, channel: Tensor) -> Tensor:
        """Embeddings before scaling to unit length, float32[B, embedding_dim].

        Args:
            rows: int32[B * L, k], of `tokens`.
            weights: float32[B * L, k].
            elapsed: float32[B, L].
            is_event: bool[B, L], or null where no row is padding.
            channel: int64[B].
        """
        sessions, length = elapsed.shape
        width = len(self.fusion_gain)
        sums = functional.embedding_bag(rows, self.table, per_sample_weights=weights, mode="sum")
        scale = _scale(sums[:, :width])
        events = sums[:, :width] * scale * self.fusion_gain
        turns = self.encoder.turns(elapsed)
        attends_to = None if is_event is None else is_event[:, None, None, :]
        for number, block in enumerate(self.blocks):
            query_key_value = (
                sums[:, width:].mul_(scale * _scale(events)) if number == 0 else block.query_key_value(events)
            )
            block.mix(events, attend(query_key_value.view(sessions, length, -1), block.heads, attends_to, turns))
        # the mean of the scaled events is one product with their scales
        share = _scale(events).view(sessions, 1, length)
        if is_event is None:
            share = share / length
        else:
            share = share * (is_event / is_event.sum(dim=1, keepdim=True)).unsqueeze(1)
        pooled = torch.bmm(share, events.view(sessions, length, width)).squeeze(1)
        return functional.linear(pooled, self.to_embedding) - self.encoder.centre[channel]


class _FoldedBlock:
    """A block whose norms' gains are in the matrices after them; it changes the events that it is given."""

    def __init__(self, block: Block) -> None:
        self.heads = block.heads
        self.to_query_key_value = _query_key_value(block)
        self.attention_out = block.attention_out.weight.T
        # apart, so that each is whole in memory
        self.to_gate, self.to_fed = (block.gate_and_value.weight * block.feed_norm.weight).chunk(2)
        self.feed_out = block.feed_out.weight.T

    def query_key_value(self, events: Tensor) -> Tensor:
        """float32[n, width] -> float32[n, 3 * width]."""
        return functional.linear(events * _scale(events), self.to_query_key_value)

    def mix(self, events: Tensor, attended: Tensor) -> None:
        """Add to events, float32[n, width], what was attended to, float32[B, L, width], and the feed-forward."""
        events.addmm_(attended.view(events.shape), self.attention_out)
        normed = events * _scale(events)
        gate = functional.gelu(functional.linear(normed, self.to_gate))
        events.addmm_(gate.mul_(functional.linear(normed, self.to_fed)), self.feed_out)


def _query_key_value(block: Block) -> Tensor:
    return block.query_key_value.weight * block.attention_norm.weight


def _scale(events: Tensor) -> Tensor:
    """What a norm without a gain multiplies each row by: float32[n, width] -> float32[n, 1]."""
    length = torch.linalg.vector_norm(events, dim=-1, keepdim=True)
    return torch.rsqrt(length.square() / events.shape[-1] + NORM_EPSILON)


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
