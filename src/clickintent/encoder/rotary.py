"""Rotary position encoding by order and by real time: queries and keys turn with both.

Su et al. 2021, arXiv 2104.09864, section 3.2. Half of each head turns with the event's place in the session, half with
the seconds since its start, so that attention sees how far apart two events are in either.
"""

import math

import torch
from torch import Tensor, nn

# Turning speeds lie evenly on a log scale between these periods.
EVENTS_PER_TURN = (4.0, 256.0)
SECONDS_PER_TURN = (8.0, 14_400.0)


class RotaryAngles(nn.Module):
    """Angles of each event for heads of `head_dim` numbers, a multiple of 4."""

    by_order: Tensor
    by_time: Tensor

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self.register_buffer("by_order", _speeds(head_dim // 4, EVENTS_PER_TURN), persistent=False)
        self.register_buffer("by_time", _speeds(head_dim // 4, SECONDS_PER_TURN), persistent=False)

    def forward(self, elapsed: Tensor) -> tuple[Tensor, Tensor]:
        """float32[B, L] seconds -> cosines and sines, float32[B, 1, L, head_dim / 2] each."""
        order = torch.arange(elapsed.shape[1], dtype=elapsed.dtype, device=elapsed.device)
        angles = torch.cat(
            [
                (order[:, None] * self.by_order).expand(len(elapsed), -1, -1),
                elapsed.unsqueeze(-1) * self.by_time,
            ],
            dim=-1,
        ).unsqueeze(1)
        return torch.cos(angles), torch.sin(angles)


def rotate(vectors: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Turn pairs of numbers, float32[B, heads, L, head_dim], by the angles of their event."""
    cosine, sine = angles
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)


def _speeds(count: int, per_turn: tuple[float, float]) -> Tensor:
    shortest, longest = (math.log(period) for period in per_turn)
    return 2 * math.pi / torch.exp(torch.linspace(shortest, longest, count))
