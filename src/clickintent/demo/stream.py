"""Writing a demo bank to Parquet, in one piece or part by part without holding it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clickintent.demo.simulate import DemoBank, Simulation, part_of, simulate, source_hash

# People simulated at a time: about 400,000 events of the default 60 days, some hundred MB at the peak.
PEOPLE_PER_PART = 20_000
# The last part is sized by the events per person so far, with a little more so that one more is rarely
# needed.
_MARGIN = 1.02
# A file that a reader can see is complete: written under another name first.
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        directory: Holds `events/` and `truth/`.
        parts: Number of Parquet files in each.
        events: Rows in `events/`.
        people: People simulated.
        oracle: Oracle figures; accuracies and shares are means over parts weighted by the sessions they
            are about.
    """

    directory: Path
    parts: int
    events: int
    people: int
    oracle: dict[str, float | int | str | bool]


def _write_part(simulation: Simulation, directory: Path, part: int) -> None:
    for name, frame in (("events", simulation.events), ("truth", simulation.truth)):
        folder = directory / name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"part-{part:05d}.parquet"
        unfinished = target.with_name(target.name + _UNFINISHED)
        frame.write_parquet(unfinished, compression="zstd")
        unfinished.replace(target)


def write_simulation(simulation: Simulation, directory: Path | str) -> Path:
    """Write a simulation as `events/part-00000.parquet` and `truth/part-00000.parquet`.

    Returns:
        The directory.
    """
    target = Path(directory)
    _write_part(simulation, target, 0)
    return target


def _require_empty(directory: Path) -> None:
    for name in ("events", "truth"):
        if any((directory / name).glob("*.parquet")):
            raise FileExistsError(
                f"{directory / name} already holds Parquet files: choose another directory or remove them, "
                "or the old events would be mixed with the new"
            )


def _mean_oracle(reports: list[dict[str, float | int | str | bool]]) -> dict[str, float | int | str | bool]:
    """Pool reports: counts are added, shares weighted by the sessions they are about."""
    totals: dict[str, float] = {}
    weights: dict[str, float] = {}
    for figures in reports:
        sessions = float(figures["sessions"])
        about = {
            "_web": float(figures["sessions_web"]),
            "_app": float(figures["sessions_app"]),
            "_mixed": sessions * float(figures["mixed_share"]),
            "_ambiguous": sessions * float(figures["ambiguous_share"]),
        }
        for name, value in figures.items():
            if isinstance(value, float):
                weight = next(
                    (count for suffix, count in about.items() if name.endswith(f"accuracy{suffix}")), sessions
                )
                totals[name] = totals.get(name, 0.0) + value * weight
                weights[name] = weights.get(name, 0.0) + weight
    pooled: dict[str, float | int | str | bool] = {name: totals[name] / max(weights[name], 1.0) for name in totals}
    for name in ("sessions", "sessions_web", "sessions_app", "events", "people"):
        pooled[name] = sum(int(figures[name]) for figures in reports)
    kept = ("days", "seed", "linked")
    return pooled | {name: reports[0][name] for name in kept} | {"source_hash": source_hash()}


def stream_to_parquet(
    bank: DemoBank,
    events: int = 100_000_000,
    directory: Path | str = "demo",
    progress: Callable[[int, int], None] | None = None,
    people_per_part: int = PEOPLE_PER_PART,
) -> Written:
    """Write at least `events` raw events (the last part goes a little over), part by part.

    Every part is a bank of its own, with people nobody has met in another part and the same days;
    `bank.people` is ignored, as the number of events decides. The last part holds only as many people as are
    still needed. Rows are ordered by loaded_at within a part, not across parts.

    Args:
        bank: Days, first day, seed and shares to simulate with.
        events: Rows wanted, at least 1.
        directory: Gets `events/part-*.parquet` and `truth/part-*.parquet`.
        progress: Called after each part with (events written, events wanted).
        people_per_part: People simulated at a time; bounds memory and is part of what determines the bytes.

    Returns:
        What was written.

    Raises:
        ValueError: If `events` or `people_per_part` is below 1.
        FileExistsError: If the directory already holds parts.
    """
    if events < 1 or people_per_part < 1:
        raise ValueError(
            f"stream_to_parquet: events ({events}) and people_per_part ({people_per_part}) must be at least 1"
        )
    target = Path(directory)
    _require_empty(target)
    written = people = part = 0
    reports: list[dict[str, float | int | str | bool]] = []
    while written < events:
        wanted = people_per_part
        if written:
            still = (events - written) * people / written
            wanted = min(people_per_part, int(still * _MARGIN) + 1)
        simulation = simulate(part_of(bank, wanted), part=part)
        _write_part(simulation, target, part)
        reports.append(simulation.oracle)
        written += len(simulation.events)
        people += wanted
        part += 1
        if progress is not None:
            progress(written, events)
    return Written(target, part, written, people, _mean_oracle(reports))
