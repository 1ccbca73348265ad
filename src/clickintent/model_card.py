"""The card of a model version: what it was trained on, how it does beside its baselines, what it is not for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from clickintent.encoder.config import CPU, SEEDED

ModelName = Literal["session_encoder", "intent_classifier"]

_PER_LEAF: Final = {"agreement_per_leaf": "agreement", "gold_agreement_per_leaf": "agreement with gold"}
"""Metrics with a figure per leaf -> heading of their table."""

# What a card says of the metrics in other places than the list of figures.
_TOLD_ELSEWHERE: Final = (
    "is_trained",
    "initial_weights",
    "device",
    "sessions_by_channel",
    "evaluated_on",
    "intents_across_channels",
    "sessions_with_intent",
    "leaves_without_labels",
    *_PER_LEAF,
)


@dataclass(frozen=True)
class Figure:
    """A metric with those it has to beat, by their names in `metrics`.

    Attributes:
        title: what is measured.
        metric: its name.
        baselines: name of each baseline -> what it is.
    """

    title: str
    metric: str
    baselines: Mapping[str, str] = field(default_factory=dict)


FIGURES: Final[Mapping[ModelName, tuple[Figure, ...]]] = {
    "session_encoder": (
        Figure(
            "hidden page, first guess",
            "masked_page_recall_at_1",
            {"popularity_recall_at_1": "popularity", "markov_recall_at_1": "Markov chain"},
        ),
        Figure(
            "hidden page, ten guesses",
            "masked_page_recall_at_10",
            {"popularity_recall_at_10": "popularity", "markov_recall_at_10": "Markov chain"},
        ),
        Figure("effective rank", "effective_rank"),
        Figure("mean cosine", "mean_pairwise_cosine"),
    ),
    "intent_classifier": (
        Figure("agreement with the labeler", "agreement", {"majority_agreement": "most frequent intent"}),
        Figure("agreement where it does not abstain", "agreement_above_threshold"),
        Figure("share that keeps an intent", "coverage_with_abstentions"),
        Figure("calibration error", "calibration_error", {"calibration_error_before": "uncalibrated"}),
        Figure("agreement with gold labels", "gold_agreement"),
    ),
}
"""The figures that say most of a version, and their baselines."""

_PURPOSE: Final[Mapping[ModelName, str]] = {
    "session_encoder": (
        "Turns a session into 64 numbers of unit length, from its pages, event types, times, device and referrer. "
        "Trained on sessions alone, without labels, unless intents are named under Trained on."
    ),
    "intent_classifier": (
        "Gives each session a probability per intent of the taxonomy, from its embedding and channel. Distilled from "
        "the labels of a labeler."
    ),
}

_NOT_FOR: Final[Mapping[ModelName, tuple[str, ...]]] = {
    "session_encoder": (
        "Decisions about a person, such as credit, price or eligibility: it describes a visit, and was never tested "
        "for fairness.",
        "Recognising a visitor again: no identifier goes in, but sessions of one habit lie close together.",
        "Comparison with another version: vectors of two versions have nothing in common.",
        "Other sites than the one it was trained on, before its figures there are known.",
    ),
    "intent_classifier": (
        "Decisions about a person, such as credit, price or eligibility: it guesses what a visit was about, and is "
        "wrong at times.",
        "Embeddings of another encoder, or another taxonomy, than those named under Configuration.",
        "A claim of accuracy: its figures say how well it agrees with the labeler, and not how often either is right.",
    ),
}


def render_card(model: ModelName, version: Mapping[str, Any]) -> str:
    """The model card of a version as Markdown.

    Args:
        model: the table that owns the version.
        version: its row, by `VERSION_SCHEMA`; the weights are not needed.
    """
    metrics = json.loads(version["metrics"])
    config = json.loads(version["config"])
    sections = [
        f"# {model} {version['version']}",
        _PURPOSE[model],
        _standing(version),
        "## Trained on",
        _trained_on(version, metrics, config),
        "## Figures",
        _figures(model, metrics),
        "## Not for",
        "\n".join(f"- {use}" for use in _NOT_FOR[model]),
        "## How to let it into force",
        _promotion(model, version),
        "## Configuration",
        "```json\n" + json.dumps(config, indent=2, sort_keys=True) + "\n```",
    ]
    return "\n\n".join(sections) + "\n"


def spoken_figures(model: ModelName, metrics: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The figures that say most of a version: what is measured, its value, and its baselines ('' for none)."""
    rows = []
    for figure in FIGURES[model]:
        if figure.metric in metrics:
            baselines = [f"{name} {_spoken(metrics[own])}" for own, name in figure.baselines.items() if own in metrics]
            rows.append((figure.title, _spoken(metrics[figure.metric]), ", ".join(baselines)))
    return rows


def _standing(version: Mapping[str, Any]) -> str:
    trained = f"Trained at {version['trained_at']:%Y-%m-%d %H:%M} UTC."
    if version["status"] == "candidate":
        return f"**Candidate.** {trained} Nobody has approved it."
    in_force = "In force" if version["status"] == "current" else "Retired, was in force"
    approved = f"Approved at {version['approved_at']:%Y-%m-%d %H:%M} UTC by: {version['approved_by']}."
    return f"**{in_force}.** {trained} {approved}"


def _trained_on(version: Mapping[str, Any], metrics: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    if metrics.get("is_trained") is False:
        return (
            "No session of this warehouse: there were too few. These are the initial weights "
            f"({_initial_weights(metrics)}), a stand-in until there are enough."
        )
    period = "times not known"
    if version["trained_from"] is not None:
        period = f"started between {version['trained_from']:%Y-%m-%d} and {version['trained_to']:%Y-%m-%d}"
    held_out = "further ones were held out for the figures"
    if "folds" in metrics:
        held_out = f"the figures are of weights fitted without the visitor, in {metrics['folds']} folds"
    lines = [f"- {version['trained_rows']:,} sessions, {period}; {held_out}."]
    if "initial_weights" in metrics:
        lines.append(f"- Training started from initial weights: {_initial_weights(metrics)}.")
    if metrics.get("intents_across_channels"):
        lines.append(
            f"- Labels or intents of {metrics['sessions_with_intent']:,} of them made sessions of one intent alike in "
            f"all channels, for {metrics['intents_across_channels']} intents."
        )
    by_channel = metrics.get("sessions_by_channel")
    if by_channel:
        spoken = ", ".join(f"{count:,} {channel}" for channel, count in sorted(by_channel.items()))
        lines.append(f"- By channel, held-out sessions included: {spoken}.")
    if metrics.get("stopped_by") == "clock":
        lines.append("- A clock ended the training: the same data and seed need not give this version again.")
    if metrics.get("device", CPU) != CPU:
        lines.append("- A GPU trained it: the same data and seed need not give this version again.")
    if "encoder_version" in config:
        lines.append(
            f"- Embeddings of `{config['encoder_version']}`, taxonomy `{config['taxonomy_version']}`, labels of the "
            f"labeler '{config.get('labeler')}' ({config.get('labeler_model') or 'no model named'})."
        )
    if metrics.get("leaves_without_labels"):
        lines.append(f"- No session had a label of: {', '.join(metrics['leaves_without_labels'])}.")
    return "\n".join(lines)


def _initial_weights(metrics: Mapping[str, Any]) -> str:
    name = metrics.get("initial_weights", SEEDED)
    return "drawn from the seed" if name == SEEDED else f"`{name}`, trained on synthetic banks only"


def _figures(model: ModelName, metrics: Mapping[str, Any]) -> str:
    rows = [
        "| figure | value | baselines |",
        "|---|---|---|",
        *(f"| {' | '.join(figure)} |" for figure in spoken_figures(model, metrics)),
    ]
    parts = ["\n".join(rows)]
    if metrics.get("evaluated_on"):
        parts.insert(0, f"Measured on {metrics['evaluated_on']}.")
    shown = {name for figure in FIGURES[model] for name in (figure.metric, *figure.baselines)} | {*_TOLD_ELSEWHERE}
    others = {name: value for name, value in sorted(metrics.items()) if name not in shown}
    if others:
        parts.append("All others:")
        parts.append("\n".join(f"- {name}: {_spoken(value)}" for name, value in others.items()))
    for name, title in _PER_LEAF.items():
        if metrics.get(name):
            leaves = [
                f"| {leaf} | {_spoken(figure['agreement'])} | {_interval(figure)} | {figure['n']:,} |"
                for leaf, figure in sorted(metrics[name].items())
            ]
            parts.append("\n".join([f"| intent | {title} | 95% interval | sessions |", "|---|---|---|---|", *leaves]))
    return "\n\n".join(parts)


def _promotion(model: ModelName, version: Mapping[str, Any]) -> str:
    if version["status"] == "current":
        return "It is in force. `clickintent models rollback` goes back to the version before."
    option = " --model classifier" if model == "intent_classifier" else ""
    return (
        f"```sh\nclickintent models promote {version['version']}{option}\ndbt build\n```\n\n"
        "The first records who approved it and when, the second scores what is missing."
    )


def _interval(figure: Mapping[str, Any]) -> str:
    """'' for a version from before there were intervals."""
    return f"{_spoken(figure['low'])} to {_spoken(figure['high'])}" if "low" in figure else ""


def _spoken(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return "not known" if value is None else str(value).lower()
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_spoken(part)}" for name, part in value.items())
    return str(value)
