"""From measured builds to the rates of `clickintent snowflake estimate`: what a new row costs, and what a stored one.

A build takes a fixed time, some for each new row and some for each row that is stored. Two runs of one site with
histories of different length tell these apart: what a day takes more of on the longer history is for stored rows.
"""

from collections.abc import Iterable, Mapping
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
# What these do in a first build is training, which is bounded by a sample and counted by itself
TRAINERS = STAGES["versions"][2]
# A table of which a build without news writes nearly all rows is made anew by every build
_REBUILT_SHARE = 0.9


def rates(short: Mapping[str, Any], long: Mapping[str, Any]) -> dict[str, Any]:
    """The rates that two runs of one site tell, as `DayRun.as_json` writes them.

    Args:
        short: With the shorter history.
        long: With the longer one, of which tables and training are taken.

    Returns:
        `training_cpu_seconds`, `raw_bytes_an_event` and `stages`, as in `rates.toml` of the estimate.

    Raises:
        ValueError: The runs are not of one site, or have histories of one length.
    """
    days = long["base_days"] - short["base_days"]
    if short["sessions_a_day"] != long["sessions_a_day"] or days <= 0:
        raise ValueError("Rates need two runs with the same sessions a day, the second with the longer history.")
    stages = {
        name: {
            "models": list(models),
            "language": language,
            "unit": unit,
            **_times(short, long, models, unit, days, is_trained=name == "versions"),
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


def predicted_cpu(rated: Mapping[str, Any], run: Mapping[str, Any], build: str) -> dict[str, float]:
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
        microseconds = (
            stage["first_us"] * stored if build == "first" else stage["new_us"] * a_day + stage["stored_us"] * stored
        )
        found[name] = microseconds / 1e6
    return found


def as_toml(rated: Mapping[str, Any], pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> str:
    """The text of `rates.toml`, made of these two runs."""
    days = " and ".join(str(run["base_days"]) for run in pair)
    machine, versions = (pair[1]["environment"][told] for told in ("machine", "versions"))
    lines = [
        "# Written by `python -m benchmarks.incremental_day --rates` from benchmarks/results/incremental-day.json:",
        f"# {pair[0]['sessions_a_day']:,} a day after {days} days. {machine['cpu']}, DuckDB {versions['duckdb']}.",
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


def _times(
    short: Mapping[str, Any], long: Mapping[str, Any], models: Iterable[str], unit: str, days: int, *, is_trained: bool
) -> dict[str, float]:
    models = tuple(models)
    a_day = short["sessions_a_day"] * (EVENTS_A_SESSION if unit == "event" else 1)

    def grown(build: str) -> float:
        """Seconds for each row and build that the longer history takes more of."""
        return max(_cpu(long["builds"][build], models) - _cpu(short["builds"][build], models), 0) / (days * a_day)

    stored = grown("day")
    fixed = max(_cpu(short["builds"]["nothing"], models) - stored * (short["base_days"] + 1) * a_day, 0)
    new = _cpu(short["builds"]["day"], models) - fixed - stored * short["base_days"] * a_day
    return {
        "first_us": 0.0 if is_trained else _rounded(grown("first") * 1e6),
        "new_us": _rounded(max(new, 0) / a_day * 1e6),
        "stored_us": _rounded(stored * 1e6),
    }


def _bytes(run: Mapping[str, Any], models: Iterable[str], unit: str) -> dict[str, float]:
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
