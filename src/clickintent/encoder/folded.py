"""An encoder folded for scoring: one weighted sum of table rows per event, gains inside the matrices that follow them.

The same function as `SessionEncoder`, to rounding. Every field of an event is a row of a table, or a point between two:
piecewise-linear features times a matrix are a walk along its columns, so the sum of all fields is one `embedding_bag`.
The queries, keys and values of the first block are that sum times a matrix and a number: they are columns of the table,
too, and need no product. A norm's gain is multiplied into the next matrix.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from clickintent.encoder.config import NORM_EPSILON
from clickintent.encoder.errors import EncoderLoadError
from clickintent.encoder.event_rows import BINS, NUMBERS, event_rows
from clickintent.encoder.model import Block, SessionEncoder
from clickintent.encoder.page_reading import HashedPageText
from clickintent.encoder.rotary import attend
from clickintent.encoder.session_arrays import SessionArrays


class FoldedEncoder:
    """Scores sessions whose page codes count rows of `pages`, float32[pages, page_dim]."""

    def __init__(self, encoder: SessionEncoder, pages: Tensor) -> None:
        self.encoder = encoder
        numbers = encoder.numbers
        weight = numbers.project.weight
        parts = [torch.cat([encoder.special_pages.weight, encoder.page_to_event(pages)]), encoder.event_type.weight]
        parts += [encoder.position.weight, encoder.channel.weight, encoder.device.weight, encoder.referrer.weight]
        for place in range(len(NUMBERS)):
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

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """All that scoring needs, for `NumpyEncoder`: fold without pages, and it adds those that come.

        Raises:
            EncoderLoadError: a text model reads the pages.
        """
        encoder = self.encoder
        if not isinstance(encoder.page_text, HashedPageText):
            raise EncoderLoadError(
                f"Without torch pages are read by hashed words alone, and this encoder reads by "
                f"{encoder.config.page_text!r}."
            )
        width = len(self.fusion_gain)
        tensors = {
            "table": self.table,
            "bag": encoder.page_text.bag.weight,
            "page_to_event": encoder.page_to_event.weight.T,
            "first": torch.cat([matrix.T for matrix in self.first] or [torch.empty(width, 0)], dim=1),
            "fusion_gain": self.fusion_gain,
            "to_embedding": self.to_embedding.T,
            "centre": encoder.centre,
            "turns_by_order": encoder.turns.by_order,
            "turns_by_time": encoder.turns.by_time,
        }
        for number, block in enumerate(self.blocks):
            tensors |= {f"blocks.{number}.{name}": matrix for name, matrix in block.matrices().items()}
        found = {name: np.ascontiguousarray(tensor.detach().numpy()) for name, tensor in tensors.items()}
        return {**found, "starts": self.starts.astype(np.float32)}  # small whole numbers

    def tokens(self, sessions: SessionArrays) -> tuple[Tensor, Tensor]:
        """Table rows of each event and their weights, int32[events, k] and float32[events, k]."""
        rows, weights = event_rows(sessions, self.starts)
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

    def matrices(self) -> dict[str, Tensor]:
        """What events are multiplied by from the right, by name."""
        return {
            "to_query_key_value": self.to_query_key_value.T,
            "attention_out": self.attention_out,
            "to_gate": self.to_gate.T,
            "to_fed": self.to_fed.T,
            "feed_out": self.feed_out,
        }

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
