"""From raw runs to figures: medians, multiples and growth. Pure functions over what `measure.py` collects."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import log
from statistics import median
from typing import Any

# The size, in millions of events, that the headline figures stand for; memory is judged at the larger one
HEADLINE_SIZE = 10
MEMORY_SIZE = 30


@dataclass(frozen=True)
class Run:
    """One timed run in a process of its own; `parts` are its steps or models, in seconds."""

    seconds: float
    peak_gb: float
    parts: dict[str, float] = field(default_factory=dict)

    def rounded(self) -> dict[str, Any]:
        """As JSON, to tenths of a millisecond and of a megabyte."""
        parts = {name: round(seconds, 4) for name, seconds in self.parts.items()}
        return {"seconds": round(self.seconds, 4), "peak_gb": round(self.peak_gb, 4), "parts": parts}


@dataclass
class SizeResult:
    """Everything measured at one size.

    Attributes:
        size: Millions of events that were asked for.
        events: Events that the history has.
        sessions: Sessions in it.
        generated_seconds: Time to make the history; null where it was there.
        runs: Raw runs by what ran: 'floor', 'ours', 'peer', 'beside', and 'ours_incremental', 'ours_noop',
            'beside_incremental', 'peer_incremental'.
        checks: After the full build ('full') and the incremental one ('incremental'): see `contenders.verify`.
        environment: Machine, versions, settings and command.
    """

    size: float
    events: int
    sessions: int
    generated_seconds: float | None
    runs: dict[str, list[Run]]
    checks: dict[str, dict[str, dict[str, Any]]]
    environment: dict[str, Any]

    def seconds(self, name: str) -> float | None:
        """Median seconds of what ran under this name; None where nothing did."""
        runs = self.runs.get(name)
        return median(run.seconds for run in runs) if runs else None

    def peak_gb(self, name: str) -> float | None:
        """Highest peak memory of the runs, in 10^9 bytes."""
        runs = self.runs.get(name)
        return max(run.peak_gb for run in runs) if runs else None

    def over(self, name: str, base: str) -> float | None:
        """Median seconds of one as a multiple of another's."""
        above, below = self.seconds(name), self.seconds(base)
        return above / below if above is not None and below else None

    def parts(self, name: str) -> dict[str, float]:
        """Median seconds of each step or model."""
        runs = self.runs.get(name, [])
        return {part: median(run.parts[part] for run in runs) for part in (runs[0].parts if runs else {})}

    def events_per_second(self, name: str) -> float | None:
        """Events of the history over median seconds."""
        seconds = self.seconds(name)
        return self.events / seconds if seconds else None

    def to_json(self) -> dict[str, Any]:
        """Figures first, then checks, raw runs and environment."""
        return {
            "size_millions": self.size,
            "events": self.events,
            "sessions": self.sessions,
            "generated_seconds": _rounded(self.generated_seconds),
            "figures": size_figures(self),
            "checks": self.checks,
            "runs": {name: [run.rounded() for run in runs] for name, runs in self.runs.items()},
            "environment": self.environment,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "SizeResult":
        """The result that `to_json` wrote."""
        return cls(
            size=entry["size_millions"],
            events=entry["events"],
            sessions=entry["sessions"],
            generated_seconds=entry["generated_seconds"],
            runs={name: [Run(**run) for run in runs] for name, runs in entry["runs"].items()},
            checks=entry["checks"],
            environment=entry["environment"],
        )


@dataclass(frozen=True)
class Growth:
    """How time and memory of the full build grow from one size to the next; 1.0 is linear."""

    from_size: float
    to_size: float
    seconds_exponent: float
    peak_exponent: float


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def size_figures(result: SizeResult) -> dict[str, Any]:
    """Medians and multiples of one size."""
    return {
        "floor_seconds": _rounded(result.seconds("floor")),
        "full_seconds": _rounded(result.seconds("ours")),
        "full_over_floor": _rounded(result.over("ours", "floor")),
        "events_per_second": _rounded(result.events_per_second("ours"), 0),
        "floor_events_per_second": _rounded(result.events_per_second("floor"), 0),
        "peak_gb": _rounded(result.peak_gb("ours"), 3),
        "floor_peak_gb": _rounded(result.peak_gb("floor"), 3),
        "full_seconds_by_model": {name: round(seconds, 4) for name, seconds in result.parts("ours").items()},
        "beside_seconds": _rounded(result.seconds("beside")),
        "beside_seconds_by_model": {name: round(seconds, 4) for name, seconds in result.parts("beside").items()},
        "incremental_seconds": _rounded(result.seconds("ours_incremental")),
        "incremental_over_full": _rounded(result.over("ours_incremental", "ours")),
        "incremental_seconds_by_model": {
            name: round(seconds, 4) for name, seconds in result.parts("ours_incremental").items()
        },
        "incremental_peak_gb": _rounded(result.peak_gb("ours_incremental"), 3),
        "beside_incremental_seconds": _rounded(result.seconds("beside_incremental")),
        "noop_seconds": _rounded(result.seconds("ours_noop")),
        "noop_over_full": _rounded(result.over("ours_noop", "ours")),
        "peer_full_seconds": _rounded(result.seconds("peer")),
        "peer_full_over_floor": _rounded(result.over("peer", "floor")),
        "peer_full_over_ours": _rounded(result.over("peer", "ours")),
        "peer_peak_gb": _rounded(result.peak_gb("peer"), 3),
        "peer_incremental_seconds": _rounded(result.seconds("peer_incremental")),
        "peer_incremental_over_peer_full": _rounded(result.over("peer_incremental", "peer")),
        "peer_incremental_over_ours": _rounded(result.over("peer_incremental", "ours_incremental")),
    }


def growth(results: Sequence[SizeResult]) -> list[Growth]:
    """Exponents between neighbouring sizes: twice the events, 2^exponent times the seconds."""
    by_size = sorted((result for result in results if result.seconds("ours")), key=lambda result: result.size)
    found = []
    for smaller, larger in itertools.pairwise(by_size):
        ratio = log(larger.events / smaller.events)
        seconds = log((larger.seconds("ours") or 1) / (smaller.seconds("ours") or 1)) / ratio
        peak = log((larger.peak_gb("ours") or 1) / (smaller.peak_gb("ours") or 1)) / ratio
        found.append(Growth(smaller.size, larger.size, round(seconds, 3), round(peak, 3)))
    return found


def headline(results: Sequence[SizeResult]) -> dict[str, float | None]:
    """The figures that the project is judged by; null where their size was not measured."""
    by_size = {result.size: size_figures(result) for result in results}
    at_headline, at_memory = by_size.get(HEADLINE_SIZE, {}), by_size.get(MEMORY_SIZE, {})
    return {
        "full_over_floor_10m": at_headline.get("full_over_floor"),
        "incremental_over_full_10m": at_headline.get("incremental_over_full"),
        "noop_over_full_10m": at_headline.get("noop_over_full"),
        "events_per_second_10m": at_headline.get("events_per_second"),
        "peak_gb_10m": at_headline.get("peak_gb"),
        "full_over_floor_30m": at_memory.get("full_over_floor"),
        "peak_gb_30m": at_memory.get("peak_gb"),
        "peer_full_over_ours_10m": at_headline.get("peer_full_over_ours"),
        "peer_incremental_over_ours_10m": at_headline.get("peer_incremental_over_ours"),
    }


def wrong_results(results: Sequence[SizeResult]) -> list[str]:
    """What does not agree with the events: empty where the session layer is exact. The peer is not judged here."""
    wrong = []
    for result in results:
        for mode, checked in result.checks.items():
            true, ours = checked["true"], checked["ours"]
            expected = {"sessions": true["sessions"], "counted_events": true["events"], "missing_sessions": 0}
            found = {name: ours[name] for name in expected}
            if not true["is_within_caps"]:
                wrong.append(
                    f"{result.size:g} million, {mode}: the synthetic sessions meet the caps; nothing is comparable"
                )
            elif found != expected:
                wrong.append(f"{result.size:g} million, {mode}: {found} where {expected} was expected")
    return wrong


def document(results: Sequence[SizeResult]) -> dict[str, Any]:
    """The whole of results/sessions.json."""
    ordered = sorted(results, key=lambda result: result.size)
    return {
        **headline(ordered),
        "data": "synthetic events, drawn by benchmarks/sessions/sql/events.sql",
        "growth": [asdict(step) for step in growth(ordered)],
        "wrong": wrong_results(ordered),
        "sizes": [result.to_json() for result in ordered],
    }
