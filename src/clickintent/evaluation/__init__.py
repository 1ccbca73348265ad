"""Honest evaluation: metrics with intervals, and the baselines that have to be beaten."""

from clickintent.evaluation.baselines import entry_group_baseline, keyword_baseline
from clickintent.evaluation.intervals import bootstrap_mean
from clickintent.evaluation.labels import EVALUATION_SCHEMA, evaluate_by_intent, evaluate_predictions, surest

__all__ = [
    "EVALUATION_SCHEMA",
    "bootstrap_mean",
    "entry_group_baseline",
    "evaluate_by_intent",
    "evaluate_predictions",
    "keyword_baseline",
    "surest",
]
