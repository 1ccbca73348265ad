"""What the page *Trust* shows: whether the figures of the other pages may be believed."""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from clickintent.dashboard.data import Query
from clickintent.dashboard.intents import NO_INTENT_NAME
from clickintent.dashboard.intervals import wilson

CALIBRATION_SCHEMA = {"judge": pl.String, "probability": pl.Float64, "agreement": pl.Float64, "n": pl.Int64}


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last dbt run that was published.

    Attributes:
        run: command, tests, is_whole, finished_at; all null where none was recorded, None where nothing records it.
        results: node, kind, status, failures, message of what did not pass.
    """

    run: dict[str, Any] | None
    results: pl.DataFrame


def coverage(query: Query) -> pl.DataFrame:
    """Share of human sessions with an intent, of each week and channel: week, channel, sessions, coverage."""
    return query(
        """
        select
            cast(date_trunc('week', day) as date) as week,
            channel,
            sum(sessions) as sessions,
            1.0 - sum(abstained_sessions) / nullif(sum(sessions) * 1.0, 0) as coverage
        from intent_trends_daily
        group by 1, 2
        order by 1, 2
        """
    ).filter(pl.col("sessions") > 0)


def classifier_metrics(query: Query) -> dict[str, Any]:
    """Metrics of the classifier in force; none where there is no classifier."""
    rows = query("select metrics from model_registry where model_name = 'intent_classifier' and is_current")
    metrics: dict[str, Any] = json.loads(rows["metrics"][0]) if rows.height and rows["metrics"][0] else {}
    return metrics


def calibration(metrics: dict[str, Any]) -> pl.DataFrame:
    """How often a probability comes true: judge ('labeler' or 'people'), probability, agreement, n.

    Args:
        metrics: of the classifier; one that was fitted before bins were kept has none.
    """
    bins = [
        {"judge": judge, **place}
        for judge, key in (("labeler", "calibration_bins"), ("people", "gold_calibration_bins"))
        for place in metrics.get(key, [])
    ]
    return pl.DataFrame(bins, schema=CALIBRATION_SCHEMA)


def agreement_per_leaf(query: Query, metrics: dict[str, Any]) -> pl.DataFrame:
    """Agreement of the classifier with the labeler on sessions it has not learnt from.

    Returns:
        intent, name, agreement, low, high, n; the least first. The interval is the classifier's own, which resamples
        visitors, or Wilson's where that is wider: of a leaf without a single agreement the former has no width.
    """
    names = dict(query("select intent_id, intent_name from dim_intents").iter_rows())
    rows = [
        {"intent": leaf, "name": names.get(leaf, NO_INTENT_NAME), **figures}
        for leaf, figures in metrics.get("agreement_per_leaf", {}).items()
        if figures["agreement"] is not None
    ]
    schema: dict[str, type[pl.DataType]] = {"intent": pl.String, "name": pl.String}
    schema |= dict.fromkeys(("agreement", "low", "high"), pl.Float64)
    schema["n"] = pl.Int64
    told = pl.DataFrame(rows, schema=schema).filter(pl.col("n") > 0)
    low, high = wilson((told["agreement"] * told["n"]).to_numpy(), told["n"].to_numpy())
    wider = told.with_columns(
        low=pl.min_horizontal("low", pl.Series(low)), high=pl.max_horizontal("high", pl.Series(high))
    )
    return wider.sort("agreement", "name")


def people_agreement(query: Query) -> pl.DataFrame:
    """What people say of labels and intents: judged, value, low, high, n; no rows without gold labels."""
    return query(
        "select judged, value, low, high, n from label_quality "
        "where metric = 'agreement' and channel = 'all' and language = 'all' order by judged"
    )


def drift(query: Query) -> pl.DataFrame:
    """How far the sessions since the encoder's training lie from those before, as `encoder_drift` has it."""
    return query(
        "select channel, session_count, page_event_count, new_page_event_share, embedding_shift, trained_to "
        "from encoder_drift order by channel"
    )


def freshness(query: Query) -> pl.DataFrame:
    """The newest thing at each step: what, newest_at, row_count."""
    return query("select what, newest_at, row_count from data_freshness order by step")


def versions(query: Query) -> pl.DataFrame:
    """Versions of both models, the newest first."""
    return query(
        "select model_name, version, status, trained_at, trained_rows, approved_by "
        "from model_registry order by model_name desc, trained_at desc"
    )


def spending(query: Query) -> pl.DataFrame:
    """Calls of language models: purpose, model, status, calls, tokens, cost_usd; no rows where none was asked."""
    return query(
        """
        select
            purpose,
            model,
            status,
            sum(calls) as calls,
            sum(coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0)) as tokens,
            sum(cost_usd) as cost_usd
        from llm_spending
        group by 1, 2, 3
        order by 6 desc, 4 desc
        """
    )


def quarantine(query: Query) -> pl.DataFrame:
    """Events in quarantine by reason, the most frequent first: reason, events."""
    return query("select reason, sum(events) as events from quarantine_reasons group by 1 order by 2 desc, 1")


def last_run(query: Query, *, is_recorded: bool) -> LastRun:
    """What dbt said of the last run.

    Args:
        query: where from.
        is_recorded: whether a published copy is read; tables of a warehouse hold nothing about runs.
    """
    if not is_recorded:
        return LastRun(None, pl.DataFrame())
    run = query("select command, tests, is_whole, finished_at from build_run").row(0, named=True)
    results = query("select node, kind, status, failures, message from build_results order by kind, status, node")
    return LastRun(run, results)
