"""From measured builds to the rates of `clickintent snowflake estimate`: what a new row costs, and what a stored one.

A build takes a fixed time, some for each new row, some for each row of the days that it reads again, and some for each
row that is stored. Runs of one site with histories of different length tell these apart: what a day takes more of on a
longer history is for stored rows, and for rows read again as long as both histories lie within the look-back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.incremental_day.arrivals import RELATION

EVENTS_A_SESSION = 5
# Title, language, unit and models of each stage, in the order of the flow.
STAGES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "arrival": (
        "sql",
        "event",
        (
            "batches_to_read",
            "load_windows",
            "stg_generic__events",
            "source_events",
            "stg_events",
            "quarantined_events",
            "ingestion_audit",
            "consent_withdrawals",
            "erasures",
        ),
    ),
    "pages": ("sql", "event", ("pages", "user_agents")),
    "sessions": ("sql", "event", ("placed_events", "session_events", "sessions")),
    "features": ("sql", "event", ("session_features", "session_sequences")),
    "identity": ("sql", "event", ("customer_sightings", "visitor_customers", "session_customers")),
    "embeddings": ("python", "session", ("page_embeddings", "session_embedding_versions")),
    "narratives": ("python", "session", ("session_narratives",)),
    "labels": (
        "python",
        "session",
        ("session_strata", "label_strata", "label_sample", "session_labels", "label_quality"),
    ),
    "intents": ("python", "session", ("session_intent_predictions",)),
    "versions": (
        "python",
        "session",
        ("session_encoder", "session_clusters", "intent_classifier", "taxonomy_versions"),
    ),
    "marts": ("sql", "event", ("session_stages", "journey_sessions", "journeys", "intent_distribution_daily")),
    "ranking": (
        "python",
        "session",
        (
            "session_histories",
            "customer_embedding_changes",
            "tile_impressions",
            "tile_propensities",
            "tile_ranking_examples",
            "tile_running_sequences",
            "tile_running_embeddings",
        ),
    ),
}
# The stage that reads the source, and its days of a look-back of 72 hours: whole ones, and one by which scans are wider
LOOKS_BACK = "arrival"
LOOKBACK_DAYS = 4
# What these do in a first build is training, which is bounded by a sample and counted by itself
TRAINERS = STAGES["versions"][2]
# A table of which a build without news writes nearly all rows is made anew by every build
_REBUILT_SHARE = 0.9


Run = Mapping[str, Any]
"""As `DayRun.as_json` writes it."""


@dataclass(frozen=True)
class RatedRuns:
    """Runs of one site.

    Attributes:
        short: The shortest history beyond the look-back, or else the shortest.
        long: The longest history, of which tables and training are taken.
        near: Two histories within the look-back; none where fewer were measured.
    """

    short: Run
    long: Run
    near: tuple[Run, Run] | None = None

    @property
    def all(self) -> list[Run]:
        """All of them, by length."""
        return [*(self.near or ()), self.short, self.long]


def rated_runs(runs: Iterable[Run]) -> RatedRuns | None:
    """The whole builds of one site whose histories differ, of which the rates are made."""
    by_site: dict[int, list[Run]] = {}
    for run in runs:
        if "stg_events" in run["builds"]["first"]:
            by_site.setdefault(run["sessions_a_day"], []).append(run)
    for found in by_site.values():
        ordered = sorted(found, key=lambda run: run["base_days"])
        beyond = [run for run in ordered if run["base_days"] > LOOKBACK_DAYS]
        within = [run for run in ordered if run["base_days"] < LOOKBACK_DAYS]
        if len(beyond) > 1:
            return RatedRuns(beyond[0], beyond[-1], (within[0], within[-1]) if len(within) > 1 else None)
        if len(ordered) > 1:
            return RatedRuns(ordered[0], ordered[-1])
    return None


def rates(runs: RatedRuns) -> dict[str, Any]:
    """The rates that runs of one site tell.

    Returns:
        `training_cpu_seconds`, `raw_bytes_an_event` and `stages`, as in `rates.toml` of the estimate.

    Raises:
        ValueError: The runs are not of one site, or have histories of one length.
    """
    long = runs.long
    if len({run["sessions_a_day"] for run in runs.all}) > 1 or long["base_days"] <= runs.short["base_days"]:
        raise ValueError("Rates need runs with the same sessions a day, the last with the longest history.")
    stages = {
        name: {
            "models": list(models),
            "language": language,
            "unit": unit,
            **_times(runs, name),
            **_bytes(long, models, unit),
        }
        for name, (language, unit, models) in STAGES.items()
    }
    first, nothing = long["builds"]["first"], long["builds"]["nothing"]
    return {
        "training_cpu_seconds": round(_cpu(first, TRAINERS) - _cpu(nothing, TRAINERS), 1),
        "raw_bytes_an_event": round(long["tables"][RELATION]["bytes"] / long["tables"][RELATION]["rows"], 1),
        "stages": stages,
    }


def predicted_cpu(rated: Mapping[str, Any], run: Run, build: str) -> dict[str, float]:
    """CPU seconds of each stage that the rates say of another run's build, without its fixed time.

    Args:
        rated: As `rates` gives it.
        run: The other run; of its build without news the fixed time is taken by whoever compares.
        build: 'first' or 'day'.
    """
    found = {}
    for name, stage in rated["stages"].items():
        a_day = run["sessions_a_day"] * (EVENTS_A_SESSION if stage["unit"] == "event" else 1)
        stored = run["base_days"] * a_day
        back = min(run["base_days"], LOOKBACK_DAYS) * a_day
        microseconds = (
            stage["first_us"] * stored
            if build == "first"
            else stage["new_us"] * a_day + stage["lookback_us"] * back + stage["stored_us"] * stored
        )
        found[name] = microseconds / 1e6
    return found


def as_toml(rated: Mapping[str, Any], runs: RatedRuns) -> str:
    """The text of `rates.toml`, made of these runs."""
    days = listed(runs.all)
    machine, versions = (runs.long["environment"][told] for told in ("machine", "versions"))
    lines = [
        "# Written by `python -m benchmarks.incremental_day --rates` from benchmarks/results/incremental-day.json:",
        f"# {runs.long['sessions_a_day']:,} a day after {days} days. {machine['cpu']}, DuckDB {versions['duckdb']}.",
        "# CPU microseconds of that machine, and compressed bytes in DuckDB, for each row of the stage.",
        f"training_cpu_seconds = {rated['training_cpu_seconds']}",
        f"raw_bytes_an_event = {rated['raw_bytes_an_event']}",
    ]
    for name, stage in rated["stages"].items():
        lines += ["", f"[stages.{name}]"]
        for key, value in stage.items():
            text = "[" + ", ".join(f'"{model}"' for model in value) + "]" if isinstance(value, list) else value
            lines.append(f'{key} = "{text}"' if isinstance(value, str) else f"{key} = {text}")
    return "\n".join(lines) + "\n"


def listed(runs: Sequence[Run]) -> str:
    """Their days as text: '1, 3 and 12'."""
    *days, last = [str(run["base_days"]) for run in runs]
    return f"{', '.join(days)} and {last}"


def _times(runs: RatedRuns, name: str) -> dict[str, float]:
    _, unit, models = STAGES[name]
    a_day = runs.short["sessions_a_day"] * (EVENTS_A_SESSION if unit == "event" else 1)

    def seconds(run: Run, build: str) -> float:
        return _cpu(run["builds"][build], models)

    def grown(build: str, less: Run, more: Run) -> float:
        """Seconds for each row and build that the longer history takes more of."""
        days = more["base_days"] - less["base_days"]
        return max(seconds(more, build) - seconds(less, build), 0) / (days * a_day)

    stored = grown("day", runs.short, runs.long)
    again = max(grown("day", *runs.near) - stored, 0) if runs.near and name == LOOKS_BACK else 0.0

    def for_known(days: int) -> float:
        """Seconds for the rows of so many days that a build finds."""
        return (stored * days + again * min(days, LOOKBACK_DAYS)) * a_day

    fixed = max(seconds(runs.short, "nothing") - for_known(runs.short["base_days"] + 1), 0)
    new = seconds(runs.short, "day") - fixed - for_known(runs.short["base_days"])
    return {
        "first_us": 0.0 if name == "versions" else _rounded(grown("first", runs.short, runs.long) * 1e6),
        "new_us": _rounded(max(new, 0) / a_day * 1e6),
        "lookback_us": _rounded(again * 1e6),
        "stored_us": _rounded(stored * 1e6),
    }


def _bytes(run: Run, models: Iterable[str], unit: str) -> dict[str, float]:
    rows = run["sessions_a_day"] * run["base_days"] * (EVENTS_A_SESSION if unit == "event" else 1)
    stored = rebuilt = 0
    for model in models:
        table = run["tables"].get(model)
        if table is None:
            continue
        stored += table["bytes"]
        written = run["builds"]["nothing"].get(model, {}).get("written", 0)
        if written >= _REBUILT_SHARE * run["rows_after"].get(model, 0):
            rebuilt += table["bytes"]
    return {"stored_bytes": _rounded(stored / rows), "rebuilt_bytes": _rounded(rebuilt / rows)}


def _cpu(build: Mapping[str, Any], models: Iterable[str]) -> float:
    return sum(build.get(model, {}).get("cpu_seconds", 0.0) for model in models)


def _rounded(value: float) -> float:
    """Three digits: more was not measured."""
    return float(f"{value:.3g}")
