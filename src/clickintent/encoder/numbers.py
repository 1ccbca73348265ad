"""Numbers of an event as features: piecewise-linear for amounts and seconds, periodic for the clock.

Gorishniy et al. 2022, arXiv 2203.05556, sections 3.2 (piecewise linear) and 3.3 (periodic).
Knots are fixed on a log scale and not fitted: a session has the same features under every encoder.
"""

import math

import torch
from torch import Tensor, nn

from clickintent.encoder.event_rows import BINS, HOURS, MAX_SECONDS, MAX_VALUE, WEEKDAYS

HARMONICS = 2
DWELL_BUCKETS = BINS


class NumberFeatures(nn.Module):
    """Dwell, gap, value, hour and weekday of each event as one vector of `width` numbers.

    A missing number switches on a weight of its own instead of pretending to be zero.
    """

    knots: Tensor
    harmonics: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("knots", torch.arange(BINS, dtype=torch.float32), persistent=False)
        frequencies = 2 * math.pi * torch.arange(1, HARMONICS + 1, dtype=torch.float32)
        self.register_buffer("harmonics", frequencies, persistent=False)
        self.project = nn.Linear(3 * (BINS + 1) + 2 * (2 * HARMONICS), width, bias=False)

    def forward(self, dwell: Tensor, gap: Tensor, value: Tensor, hour: Tensor, weekday: Tensor) -> Tensor:
        """float[..., 5 numbers] with NaN where missing -> float[..., width]."""
        features = [
            self._piecewise(dwell, MAX_SECONDS),
            self._piecewise(gap, MAX_SECONDS),
            self._piecewise(value.abs(), MAX_VALUE),
            self._periodic(hour / HOURS),
            self._periodic(weekday / WEEKDAYS),
        ]
        projected: Tensor = self.project(torch.cat(features, dim=-1))
        return projected

    def clock_tables(self) -> list[Tensor]:
        """What each hour adds, float32[25, width], and each weekday, float32[8, width]; last, a missing one."""
        first = 3 * (BINS + 1)
        tables = []
        for place, period in enumerate((HOURS, WEEKDAYS)):
            columns = self.project.weight[:, first + place * 2 * HARMONICS : first + (place + 1) * 2 * HARMONICS]
            turns = torch.cat([torch.arange(period), torch.tensor([float("nan")])]) / period
            tables.append(self._periodic(turns) @ columns.T)
        return tables

    def _piecewise(self, number: Tensor, largest: float) -> Tensor:
        scaled = log_scaled(number, largest).unsqueeze(-1) * BINS
        is_missing = torch.isnan(scaled)
        parts = (scaled.nan_to_num(0.0) - self.knots).clamp(0.0, 1.0)
        return torch.cat([parts, is_missing.to(parts.dtype)], dim=-1)

    def _periodic(self, turns: Tensor) -> Tensor:
        angles = turns.unsqueeze(-1) * self.harmonics
        return torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1).nan_to_num(0.0)


def log_scaled(number: Tensor, largest: float) -> Tensor:
    """Map [0, largest] to [0, 1] on a log scale; below and above are clipped, NaN stays NaN."""
    return torch.log1p(number.clamp(0.0, largest)) / math.log1p(largest)


def dwell_bucket(dwell: Tensor) -> Tensor:
    """The log-spaced bucket of each dwell time in seconds, int64 in [0, DWELL_BUCKETS); -1 where missing."""
    bucket = (log_scaled(dwell, MAX_SECONDS).nan_to_num(0.0) * DWELL_BUCKETS).long().clamp(max=DWELL_BUCKETS - 1)
    return torch.where(torch.isnan(dwell), torch.full_like(bucket, -1), bucket)
