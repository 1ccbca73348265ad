"""How fast requests go out, and how long to wait before one goes out again."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MINUTE_SECONDS: Final = 60.0
LONGEST_BACKOFF_SECONDS: Final = 60.0
"""Doubling stops here."""

LONGEST_RETRY_AFTER_SECONDS: Final = 300.0
"""A server that wants a longer pause ends the call: the next build asks again."""


class Pace:
    """Spreads amounts evenly over time, so that no minute holds more than its limit.

    Every amount takes its time slot when it comes, whatever its size, and slots follow each other: what a caller waits
    for is its own slot's start (the generic cell rate algorithm without a burst).

    Args:
        per_minute: the limit; None for none.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._seconds_each = _MINUTE_SECONDS / per_minute if per_minute else 0.0
        self._free_at = 0.0

    def wait_for(self, amount: float, now: float) -> float:
        """Take a slot for an amount.

        Args:
            amount: requests or tokens.
            now: on a clock that never goes back, in seconds.

        Returns:
            Seconds until the slot begins.
        """
        begins = max(now, self._free_at)
        self._free_at = begins + amount * self._seconds_each
        return begins - now

    def give_back(self, amount: float) -> None:
        """Free what was taken and not used; a negative amount takes more."""
        self._free_at -= amount * self._seconds_each

    def pause(self, until: float) -> None:
        """Begin no slot before a time."""
        self._free_at = max(self._free_at, until)


def backoff_seconds(attempt: int, base: float, chance: random.Random) -> float:
    """Wait after an attempt for which the server names no time: doubled each time, with jitter.

    Args:
        attempt: that failed, from 1.
        base: seconds after the first.
        chance: source of the jitter, which keeps calls that failed together from coming back together.
    """
    return min(base * 2.0 ** (attempt - 1), LONGEST_BACKOFF_SECONDS) * chance.uniform(0.5, 1.0)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a server asks to wait (RFC 9110, section 10.2.3), None where it does not.

    Args:
        headers: of the response, names in any case.
        now: with a time zone; a date in the header is counted from it.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    # milliseconds are what OpenAI and Azure add to the standard's header
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(lowered[name]) * unit
        except (KeyError, ValueError):
            continue
        return max(seconds, 0.0) if seconds < float("inf") else None
    try:
        date = parsedate_to_datetime(lowered["retry-after"])
    except (KeyError, ValueError, TypeError):
        return None
    return max(((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds(), 0.0)
