"""A small build for the dashboard, by hand: two groups of intents, five weeks, known numbers."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

FIRST_DAY = date(2026, 3, 2)  # a Monday
DAYS = 35
LEAVES = [
    ("cards.find", "cards", "Find a card", "Cards"),
    ("cards.pay", "cards", "Pay a card", "Cards"),
    ("homes.buy", "homes", "Buy a home", "Homes"),
]
SENSITIVE = "cards.late"
"""A leaf that no session is of, unless a test says so."""
SESSIONS = {"web": {"cards.find": 30, "cards.pay": 5, "homes.buy": 20}, "app": {"cards.find": 5, "cards.pay": 40}}
"""Sessions a day; in the last week twice as many on the web want a home."""

MAPPED = [f"{number:032x}" for number in range(12)]
"""Sessions of the map and of the review."""


def write_build(file: Path) -> Path:
    """The tables of a build that a publication reads."""
    with duckdb.connect(str(file)) as connection:
        for name, frame in _tables().items():
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table {name} as select * from frame")
            connection.unregister("frame")
    return file


def _tables() -> dict[str, pl.DataFrame]:
    intents = [
        {"intent_id": leaf, "intent_l1": group, "intent_l2": leaf, "intent_name": name, "intent_group_name": group_name}
        for leaf, group, name, group_name in LEAVES
    ]
    return {
        "dim_intents": pl.DataFrame(intents).with_columns(is_sensitive=pl.col("intent_id") == SENSITIVE),
        **_said_of_the_build(),
        "intent_taxonomy": _taxonomy(),
        "intent_trends_daily": _trends(),
        "intent_visitors": _visitors(),
        "intent_flows": _flows(),
        "journey_outcomes": _outcomes(),
        **_mapped(),
        "quarantine_reasons": pl.DataFrame([{"source": "x", "reason": "bad_timestamp", "day": FIRST_DAY, "events": 7}]),
        "llm_spending": pl.DataFrame(
            [("labels", "m", "valid", 3, 100, 50, 0.25)],
            schema=["purpose", "model", "status", "calls", "prompt_tokens", "completion_tokens", "cost_usd"],
            orient="row",
        ),
        "data_freshness": pl.DataFrame(
            [{"step": 1, "what": "event happened", "newest_at": datetime(2026, 4, 5, 12), "row_count": 9}]
        ),
        "encoder_drift": pl.DataFrame(
            [("all", 10, 20, 0.1, 0.3, datetime(2026, 3, 1))],
            schema=[
                *("channel", "session_count", "page_event_count", "new_page_event_share", "embedding_shift"),
                "trained_to",
            ],
            orient="row",
        ),
        "label_quality": pl.DataFrame(
            [("labels", "all", "all", "agreement", None, 0.8, 0.7, 0.9, 50)],
            schema=["judged", "channel", "language", "metric", "intent_id", "value", "low", "high", "n"],
            orient="row",
        ),
        "model_registry": _models(),
        **_for_review(),
    }


def _said_of_the_build() -> dict[str, pl.DataFrame]:
    pages = pl.DataFrame([("/page/1", "page one", True), ("/page/2", "page two", True)], orient="row")
    types = pl.DataFrame([("page_view", True), ("jane_doe_clicked", False)], orient="row")
    settings = pl.DataFrame(
        {"min_cell_sessions": 0, "sensitive_intents_for": None, "has_encoder_drift": True},
        schema_overrides={"sensitive_intents_for": pl.String},
    )
    return {
        "page_audience": pages.rename(dict(zip(pages.columns, ["page_key", "text", "is_known"], strict=True))),
        "event_type_audience": types.rename(dict(zip(types.columns, ["event_type", "is_known"], strict=True))),
        "dashboard_settings": settings,
    }


def _taxonomy() -> pl.DataFrame:
    groups = {group: group_name for _, group, _, group_name in LEAVES}
    rows = [
        *((group, None, 1, name) for group, name in groups.items()),
        *((leaf, group, 2, name) for leaf, group, name, _ in LEAVES),
    ]
    columns = ["intent_id", "parent_intent_id", "level", "name"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        description=pl.lit("what it is"),
        keywords=pl.lit(""),
        status=pl.lit("active"),
        source=pl.lit("seed"),
        is_sensitive=pl.lit(value=False),
        taxonomy_version=pl.lit("tax-1"),
    )


def _trends() -> pl.DataFrame:
    rows = []
    for number in range(DAYS):
        for channel, leaves in SESSIONS.items():
            for leaf, count in leaves.items():
                is_risen = leaf == "homes.buy" and number >= DAYS - 7
                sessions = count * 2 if is_risen else count
                for device, share in (("mobile", 3), ("desktop", 2)):
                    rows.append(
                        {
                            "day": FIRST_DAY + timedelta(days=number),
                            "source": "x",
                            "site_id": "default",
                            "channel": channel,
                            "auth_state": "anonymous",
                            "device_type": device,
                            "campaign": "spring" if device == "desktop" else "none",
                            "intent_id": leaf,
                            "sessions": sessions * share // 5,
                            "expected_sessions": sessions * share / 5 * 0.9,
                            "converted_sessions": sessions // 10,
                            "abstained_sessions": sessions // 20,
                        }
                    )
    return pl.DataFrame(rows)


def _visitors() -> pl.DataFrame:
    rows = []
    for period, starts in (("day", range(DAYS)), ("week", range(0, DAYS, 7))):
        for start in starts:
            for channel in SESSIONS:
                for level, intent, visitors in ((0, "all", 40), (1, "cards", 25), (1, "homes", 20)):
                    day = FIRST_DAY + timedelta(days=start)
                    rows.append((period, day, "x", "default", channel, level, intent, visitors))
    columns = ["period", "period_start", "source", "site_id", "channel", "intent_level", "intent_id", "visitors"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _flows() -> pl.DataFrame:
    rows = [
        (FIRST_DAY, "web", "homes", "app", "cards", 8, 1, 16.0),
        (FIRST_DAY, "web", "homes", "web", "homes", 12, 3, 12.0),
        (FIRST_DAY, "app", "cards", "app", "cards", 20, 0, 5.0),
    ]
    columns = ["week", "from_channel", "from_intent_l1", "to_channel", "to_intent_l1"]
    columns += ["transitions", "converted_transitions", "days_between"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _outcomes() -> pl.DataFrame:
    rows = [
        (FIRST_DAY, "web", "homes", "research", 1, False, 1, None, None, 60),
        (FIRST_DAY, "web", "homes", "converted", 4, True, 2, 2, 3, 30),
        (FIRST_DAY, "web", "homes", "converted", 4, True, 1, 1, 0, 10),
        (FIRST_DAY, "app", "cards", "research", 1, False, 1, None, None, 100),
    ]
    columns = ["week", "channel", "intent_l1", "stage_reached", "stage_rank", "is_converted"]
    columns += ["session_count", "sessions_to_conversion", "days_to_conversion", "journeys"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _mapped() -> dict[str, pl.DataFrame]:
    leaf = {key: LEAVES[number % 3] for number, key in enumerate(MAPPED)}
    sessions = [
        {
            "session_id": key,
            "x": number / 12,
            "y": (number % 4) / 4,
            "channel": "app" if number % 2 else "web",
            "device_type": "mobile",
            "auth_state": "anonymous",
            "is_converted": number == 0,
            "event_count": 2,
            "duration_seconds": 60.0,
            "intent_id": leaf[key][0],
            "intent_l1": leaf[key][1],
            "runner_up_intent_id": LEAVES[0][0],
            "probability": 0.9,
            "is_abstained": False,
            "narrative": f"web session number {number}",
            "started_at": datetime(2026, 3, 3, 10),
        }
        for number, key in enumerate(MAPPED)
    ]
    events = [
        {
            "session_id": key,
            "event_index": place,
            "event_type": "page_view",
            "page_words": ("page one", "page two")[place - 1],
            "seconds_since_previous": None if place == 1 else 30.0,
            "dwell_seconds": 30.0 if place == 1 else None,
        }
        for key in MAPPED
        for place in (1, 2)
    ]
    scores = [
        {"session_id": key, "rank": rank, "intent_id": LEAVES[(number + rank - 1) % 3][0], "probability": 0.9 / rank**3}
        for number, key in enumerate(MAPPED)
        for rank in (1, 2, 3)
    ]
    near = [
        {"session_id": key, "rank": 1, "neighbour_id": MAPPED[(number + 1) % len(MAPPED)], "similarity": 0.8}
        for number, key in enumerate(MAPPED)
    ]
    return {
        "mapped_sessions": pl.DataFrame(sessions),
        "mapped_session_events": pl.DataFrame(events),
        "mapped_session_scores": pl.DataFrame(scores),
        "session_neighbours": pl.DataFrame(near),
    }


def _models() -> pl.DataFrame:
    metrics = {
        "agreement": 0.9,
        "calibration_error": 0.02,
        "calibration_bins": [{"probability": 0.55, "agreement": 0.5, "n": 40}],
        "agreement_per_leaf": {
            "cards.find": {"agreement": 0.95, "low": 0.9, "high": 0.99, "n": 100},
            "homes.buy": {"agreement": 0.0, "low": 0.0, "high": 0.0, "n": 40},
        },
    }
    told = {
        "status": "current",
        "trained_at": datetime(2026, 3, 1),
        "trained_rows": 100,
        "approved_by": "first version",
    }
    return pl.DataFrame(
        [
            {"model_name": "session_encoder", "version": "enc-1", "metrics": "{}", "is_current": True, **told},
            {
                "model_name": "intent_classifier",
                "version": "cls-1",
                "metrics": json.dumps(metrics),
                "is_current": True,
                **told,
            },
        ]
    )


def _for_review() -> dict[str, pl.DataFrame]:
    labels = [
        {"session_id": key, "rank": 1, "intent_id": LEAVES[number % 3][0], "confidence": 0.7}
        for number, key in enumerate(MAPPED)
    ]
    return {
        "session_labels": pl.DataFrame(labels),
        "label_sample": pl.DataFrame([{"session_id": key, "weight": 1.0} for key in MAPPED]),
        "session_narratives": pl.DataFrame(
            [{"session_id": key, "narrative": f"web session number {n}"} for n, key in enumerate(MAPPED)]
        ),
        "session_intents": pl.DataFrame(
            [
                {"session_id": key, "intent_id": LEAVES[n % 3][0], "probability": 0.9, "is_abstained": False}
                for n, key in enumerate(MAPPED)
            ]
        ),
        "gold_labels": pl.DataFrame(schema={"session_id": pl.String}),
    }
