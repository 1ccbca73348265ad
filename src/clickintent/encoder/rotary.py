"""Rotary position encoding by order and by real time: queries and keys turn with both.

Su et al. 2021, arXiv 2104.09864, section 3.2. Half of each head turns with the event's place in the session, half with
the seconds since its start, so that attention sees how far apart two events are in either.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# Turning speeds lie evenly on a log scale between these periods.
EVENTS_PER_TURN = (4.0, 256.0)
SECONDS_PER_TURN = (8.0, 14_400.0)


class RotaryTurns(nn.Module):
    """The turn of each event for heads of `head_dim` numbers, a multiple of 4."""

    by_order: Tensor
    by_time: Tensor

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self.register_buffer("by_order", _speeds(head_dim // 4, EVENTS_PER_TURN), persistent=False)
        self.register_buffer("by_time", _speeds(head_dim // 4, SECONDS_PER_TURN), persistent=False)

    def forward(self, elapsed: Tensor) -> Tensor:
        """float32[B, L] seconds -> complex64[B, L, 1, head_dim / 2], each of length 1."""
        order = torch.arange(elapsed.shape[1], dtype=elapsed.dtype, device=elapsed.device)
        by_order = _turns(order[:, None] * self.by_order).expand(len(elapsed), -1, -1)
        by_time = _turns(elapsed.unsqueeze(-1) * self.by_time)
        return torch.cat([by_order, by_time], dim=-1).unsqueeze(2)


def attend(query_key_value: Tensor, heads: int, attends_to: Tensor | None, turns: Tensor) -> Tensor:
    """Attention with turned queries and keys.

    Args:
        query_key_value: float32[B, L, 3 * width], queries, keys and values, each by head.
        heads: in `width`.
        attends_to: bool[B, 1, 1, L], or null where every event attends to all.
        turns: of RotaryTurns.

    Returns:
        float32[B, L, width].
    """
    rows, length, _ = query_key_value.shape
    by_head = query_key_value.view(rows, length, 3 * heads, -1)
    # neighbouring numbers are one complex number: a turn is one product for queries and keys together
    pairs = torch.view_as_complex(by_head[:, :, : 2 * heads].view(rows, length, 2 * heads, -1, 2))
    turned = torch.view_as_real(pairs * turns).flatten(-2)
    query, key, value = (
        part.transpose(1, 2) for part in (turned[:, :, :heads], turned[:, :, heads:], by_head[:, :, 2 * heads :])
    )
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=attends_to)
    return mixed.transpose(1, 2).reshape(rows, length, -1)


def _speeds(count: int, per_turn: tuple[float, float]) -> Tensor:
    shortest, longest = (math.log(period) for period in per_turn)
    return 2 * math.pi / torch.exp(torch.linspace(shortest, longest, count))


def _turns(angles: Tensor) -> Tensor:
    return torch.complex(torch.cos(angles), torch.sin(angles))
