"""What people read: figures as JSON and tables in Markdown."""

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

from benchmarks.encoder.comparison import corrected_interval

# The figure that a task is judged by
MAIN_METRIC = {"binary": "auroc", "classes": "macro_f1", "pages": "recall_at_10"}
UNTRAINED, ENCODER, CEILING = "untrained encoder", "encoder", "supervised encoder"
COMPARISONS = (
    ("encoder", "untrained encoder"),
    ("encoder", "CoLES GRU"),
    ("encoder", "CoLES Transformer"),
    ("encoder, from seeded weights", "untrained encoder"),
    ("encoder, from seeded weights", "GRU, same objectives"),
    ("encoder", "encoder, from seeded weights"),
    ("encoder and aggregates", "aggregates, LightGBM"),
    ("encoder and aggregates, LightGBM", "aggregates, LightGBM"),
)
# The peer's Transformer without the way through it that PyTorch takes by default, which is the slower one here
FASTER_TRANSFORMER = "coles-transformer-no-fastpath"
_Measured = Mapping[str, Any]


def document(measured: _Measured) -> dict[str, Any]:
    """The whole of results/encoder.json: headline figures, means and deviations, comparisons, and the raw figures."""
    speed = measured["speed"]
    at_16 = speed.get("lengths", {}).get("16", {})
    peers = speed.get("lifestream", {}).get("sessions_per_second", {})
    own = at_16.get("sessions_per_second")
    return {
        "sessions_per_second_l16": own,
        "over_coles_gru64_l16": _ratio(own, peers.get("coles-gru", {}).get("16")),
        "over_ptls_transformer_l16": _ratio(own, peers.get(FASTER_TRANSFORMER, {}).get("16")),
        "matmul_share_l16": at_16.get("matmul_share"),
        "latency_ms_p50": speed.get("latency_ms_p50"),
        "latency_ms_p99": speed.get("latency_ms_p99"),
        "tasks": {
            task: {
                model: {metric: [round(value, 4) for value in mean_sd(cells)] for metric, cells in metrics.items()}
                for model, metrics in entry["models"].items()
            }
            for task, entry in measured["tasks"].items()
        },
        "comparisons": _comparisons(measured),
        "measured": measured,
    }


def markdown(measured: _Measured) -> str:
    """The whole of results/encoder.md."""
    parts = ["# The session encoder beside its rivals", _how(measured)]
    for task, entry in measured["tasks"].items():
        parts.append(_task_section(task, entry))
    rows = [
        [
            row["task"],
            row["own"],
            row["rival"],
            row["metric"],
            f"{row['mean']:+.4f}",
            "-" if row["low"] is None else f"{row['low']:+.4f} to {row['high']:+.4f}",
        ]
        for row in _comparisons(measured)
    ]
    if rows:
        parts += [
            "## Differences",
            "Means over the same splits, with 95% intervals corrected for overlapping splits; none of a single one.",
            _table(["task", "model", "rival", "metric", "difference", "interval"], rows),
        ]
    shares = _shares_of_the_way(measured)
    if shares:
        parts += [
            "## The way from untrained to supervised",
            "Means over the splits that all three have. Above 100% the encoder is ahead of the supervised one; where "
            "that one is behind the untrained one it has too few labels to be a ceiling.",
            _table(["task", "metric", UNTRAINED, ENCODER, CEILING, "share of the way"], shares),
        ]
    parts += [_variants_section(kind, variants) for kind, variants in measured.get("variants", {}).items()]
    if measured["speed"]:
        parts.append(_speed_section(measured["speed"]))
    return "\n\n".join(parts) + "\n"


def _comparisons(measured: _Measured) -> list[dict[str, Any]]:
    rows = []
    for task, entry in measured["tasks"].items():
        models = entry["models"]
        for own, rival in COMPARISONS:
            for metric in models.get(own, {}):
                one, other = models[own][metric], models.get(rival, {}).get(metric, {})
                shared = sorted(set(one) & set(other))
                if shared:
                    middle, low, high = corrected_interval([one[s] for s in shared], [other[s] for s in shared])
                    rows.append(
                        {"task": task, "own": own, "rival": rival, "metric": metric}
                        | {
                            "mean": round(middle, 4),
                            "low": None if low is None else round(low, 4),
                            "high": None if high is None else round(high, 4),
                            "splits": len(shared),
                        }
                    )
    return rows


def _shares_of_the_way(measured: _Measured) -> list[list[str]]:
    rows = []
    for task, entry in measured["tasks"].items():
        metric = MAIN_METRIC[entry["about"]["kind"]]
        cells = [entry["models"].get(name, {}).get(metric, {}) for name in (UNTRAINED, ENCODER, CEILING)]
        shared = set.intersection(*map(set, cells))
        if shared:
            least, own, most = (mean(found[split] for split in shared) for found in cells)
            share = f"{(own - least) / (most - least):.0%}" if most > least else "-"
            rows.append([task, metric, *(f"{value:.4f}" for value in (least, own, most)), share])
    return rows


def _task_section(task: str, entry: Mapping[str, Any]) -> str:
    about = entry["about"]
    metrics = list(next(iter(entry["models"].values())))
    splits = max(len(cells) for figures in entry["models"].values() for cells in figures.values())
    rows = [
        [name, *(_cell(entry["models"][name].get(metric, {}), splits) for metric in metrics)]
        for name in entry["models"]
    ]
    head = f"## {task}\n\n{about['examples']:,} examples, {about['classes']} classes; {about['note']}. {splits} splits."
    return head + "\n\n" + _table(["model", *metrics], rows)


def _variants_section(kind: str, variants: Mapping[str, Any]) -> str:
    tasks = list(next(iter(variants.values()))["tasks"])
    mains = {task: main_metric(next(iter(variants.values()))["tasks"][task]) for task in tasks}
    rows = [
        [
            name,
            *(_cell(entry["tasks"].get(task, {}).get(mains[task], {})) for task in tasks),
            f"{entry['parameters']:,}",
            ", ".join(f"{mean(cells.values()):.0f}" for cells in entry["seconds"].values()),
        ]
        for name, entry in variants.items()
    ]
    splits = max(len(cells) for entry in variants.values() for cells in entry["seconds"].values())
    head = [kind, *(f"{task} {mains[task]}" for task in tasks), "parameters", "seconds"]
    return (
        f"## Variants: {kind}\n\nFrom seeded weights where nothing else is said, one thing changed. Splits: {splits}. "
        "Seconds to train and score by data set; parameters without the table of n-grams.\n\n" + _table(head, rows)
    )


def _speed_section(speed: Mapping[str, Any]) -> str:
    peers = speed.get("lifestream", {}).get("sessions_per_second", {})
    rows = [
        [
            length,
            f"{found['sessions_per_second']:,}",
            f"{found['sessions_per_second_from_rows']:,}",
            f"{found['matmul_share']:.1%}",
            *(f"{peers[name][length]:,.0f}" if name in peers else "-" for name in ("coles-gru", FASTER_TRANSFORMER)),
        ]
        for length, found in speed["lengths"].items()
    ]
    head = [
        "events", "sessions a second", "from Arrow rows", "of the matmul rate", "CoLES GRU(64)", "CoLES Transformer"
    ]  # fmt: skip
    return (
        f"## Speed\n\nBatches of {speed['batch']:,} on {speed['threads']} threads. "
        f"One session of 16 events on one thread: p50 {speed['latency_ms_p50']} ms, "
        f"p99 {speed['latency_ms_p99']} ms.\n\n" + _table(head, rows)
    )


def _how(measured: _Measured) -> str:
    lines = []
    for part, environment in measured["environment"].items():
        machine = environment["machine"]
        lines.append(
            f"- {part}: `{environment['command']}`, {environment['measured_at']}, {machine['cpu']}, "
            f"{machine['cores']} cores, load average {machine['load_average']} at the start, "
            f"commit {environment['commit']}"
        )
    return "\n".join(lines)


def main_metric(metrics: Mapping[str, Any]) -> str:
    """The figure that a task with these metrics is judged by."""
    return next(metric for metric in MAIN_METRIC.values() if metric in metrics)


def mean_sd(cells: Mapping[str, float]) -> tuple[float, float]:
    """Mean and deviation over splits."""
    values = list(cells.values())
    return mean(values), stdev(values) if len(values) > 1 else 0.0


def _cell(cells: Mapping[str, float], splits: int | None = None) -> str:
    """Mean and deviation; the number of splits where it is less than `splits`, no deviation where there is one."""
    if not cells:
        return "-"
    value, spread = mean_sd(cells)
    of_fewer = f" ({len(cells)} split{'s' * (len(cells) > 1)})" if splits is not None and len(cells) < splits else ""
    return f"{value:.4f} ± {spread:.4f}{of_fewer}" if len(cells) > 1 else f"{value:.4f}{of_fewer}"


def _ratio(own: float | None, other: float | None) -> float | None:
    return round(own / other, 3) if own and other else None


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])
