"""Sessions as flat arrays: one entry per event, sessions one after another. NumPy alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.page_text import bucket_of

# Codes below FIRST_CODE are reserved in every categorical field.
MISSING = 0
MASKED = 1
FIRST_CODE = 2

CHANNELS = {"web": FIRST_CODE, "app": FIRST_CODE + 1}
CHANNEL_CODES = FIRST_CODE + len(CHANNELS)

LIST_COLUMNS = (
    "page_keys",
    "event_types",
    "dwell_seconds",
    "gap_seconds",
    "hours",
    "weekdays",
    "event_values",
)
SESSION_COLUMNS = ("channel", "device_type", "referrer_medium")


def hashed_code(value: str | None, buckets: int) -> int:
    """Code of a text of an open vocabulary, whatever its case; MISSING where there is none."""
    return FIRST_CODE + bucket_of(value.strip().lower(), buckets) if value else MISSING


@dataclass(frozen=True)
class SessionArrays:
    """Events of many sessions, flat: session i owns events `offsets[i]` to `offsets[i + 1]`.

    A session without events holds one event in which everything is missing, so each session has at least one.

    Attributes:
        offsets: int64[sessions + 1].
        page: int64[events], MISSING where there is no page, else FIRST_CODE + row of `page_keys`.
        page_keys: distinct page keys, sorted.
        event_type: int64[events], MISSING or FIRST_CODE + hash bucket.
        dwell, gap, value: float32[events], seconds, seconds and the event's own unit; NaN where missing.
        elapsed: float32[events], seconds since the session's first event here; a missing gap counts as none.
        hour, weekday: float32[events], 0-23 and 0-6 (Monday 0); NaN where missing.
        channel, device, referrer: int64[sessions] codes.
    """

    offsets: NDArray[np.int64]
    page: NDArray[np.int64]
    page_keys: list[str]
    event_type: NDArray[np.int64]
    dwell: NDArray[np.float32]
    gap: NDArray[np.float32]
    value: NDArray[np.float32]
    elapsed: NDArray[np.float32]
    hour: NDArray[np.float32]
    weekday: NDArray[np.float32]
    channel: NDArray[np.int64]
    device: NDArray[np.int64]
    referrer: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Events per session, int64[sessions]."""
        return np.diff(self.offsets)


def elapsed_seconds(gap: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Seconds since the first event of each event's session, float32[events]; a missing gap counts as none."""
    # the first event's gap leads to an event that is not here
    steps = np.nan_to_num(gap.astype(np.float64)).clip(min=0)
    steps[offsets[:-1]] = 0
    total = np.cumsum(steps)
    elapsed: NDArray[np.float32] = (total - np.repeat(total[offsets[:-1]], np.diff(offsets))).astype(np.float32)
    return elapsed
