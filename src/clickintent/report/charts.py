"""Bars with intervals, as SVG text without any library, so that a page needs nothing but itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from clickintent.report.figures import Figure, Figures, number

_WIDTH: Final = 720
_LABELS: Final = 250
_VALUES: Final = 60
_ROW: Final = 24
_TOP: Final = 34
_INK: Final = "#777777"
_BAR: Final = "#4477aa"
"""Readable on white and on black."""


@dataclass(frozen=True)
class Chart:
    """Bars of one metric.

    Attributes:
        title: what is measured.
        bars: one a model, in order.
        line: a value that bars are read against, such as chance; null if there is none.
    """

    title: str
    bars: Sequence[Figure]
    line: float | None = None


_CHARTS: Final[dict[str, tuple[tuple[str, str, str, str | None], ...]]] = {
    # table -> (task, metric, segment, metric of the line); null for any task
    "eval_platform_alignment": (
        ("level_1", "web_head_share", "equal intents", None),
        ("level_2", "neighbours_of_same_intent", "equal intents", "neighbours_by_chance"),
    ),
    "eval_sensitive": (("session", "pr_auc", "all", "sensitive_share"), ("person", "pr_auc", "all", "sensitive_share")),
    "eval_stability": (("neighbours", "neighbours_kept", "all", "neighbours_kept_by_chance"),),
    "eval_labels": (("level_1", "accuracy", "all", None),),
    "eval_taxonomy": (
        ("level_1", "adjusted_mutual_information", "all", None),
        ("level_2", "adjusted_mutual_information", "all", None),
    ),
    "eval_tile_ranking": (("click", "macro_recall_at_1", "linked", None), ("click", "macro_recall_at_1", "all", None)),
    "eval_conversion": (
        ("converts", "pr_auc", "all", None),
        ("which_of_converts", "macro_f1", "all", None),
        ("which_outcome", "macro_f1", "all", None),
    ),
}


def charts_of(table: str, figures: Figures) -> list[Chart]:
    """The charts of a table; where none are named, one of each share that is kept and of each shift."""
    named = _CHARTS.get(table)
    if named is None:
        found = dict.fromkeys((row.task, row.metric, row.segment) for row in figures.rows if _is_charted(row))
        named = tuple((*key, None) for key in found)
    charts = []
    for task, metric, segment, line in named:
        bars = figures.all(task=task, metric=metric, segment=segment)
        lines = figures.all(task=task, metric=line, segment=segment) if line else []
        if bars:
            where = "" if segment == "all" else f", {segment}"
            title = f"{metric.replace('_', ' ')} ({task}{where})"
            charts.append(Chart(title, bars, lines[0].value if lines else None))
    return charts


def svg(chart: Chart) -> str:
    """The chart as an SVG element."""
    highest = max([bar.value for bar in chart.bars] + [bar.high or 0 for bar in chart.bars] + [chart.line or 0, 0])
    lowest = min([bar.value for bar in chart.bars] + [bar.low or 0 for bar in chart.bars] + [0])
    span = highest - lowest or 1.0

    def x(value: float) -> float:
        return round(_LABELS + (value - lowest) / span * (_WIDTH - _LABELS - _VALUES), 1)

    height = _TOP + _ROW * len(chart.bars) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f"<title>{escape(chart.title)}</title>",
        f'<text x="0" y="16" font-weight="bold">{escape(chart.title)}</text>',
    ]
    for number_of, bar in enumerate(chart.bars):
        y = _TOP + _ROW * number_of
        left, right = sorted((x(0), x(bar.value)))
        parts.append(f'<text x="{_LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(bar.model)}</text>')
        parts.append(
            f'<rect x="{left}" y="{y}" width="{round(right - left, 1)}" height="16" fill="{_BAR}" opacity="0.8"/>'
        )
        if bar.low is not None and bar.high is not None:
            parts.append(
                f'<path d="M{x(bar.low)} {y + 8}H{x(bar.high)}M{x(bar.low)} {y + 4}v8M{x(bar.high)} {y + 4}v8" '
                f'stroke="{_INK}" stroke-width="1.5"/>'
            )
        end = max(x(bar.value), x(bar.high if bar.high is not None else bar.value))
        parts.append(f'<text x="{round(end + 6, 1)}" y="{y + 12}">{number(bar.value)}</text>')
    if chart.line is not None:
        parts.append(
            f'<path d="M{x(chart.line)} {_TOP - 4}V{height - 8}" stroke="{_INK}" stroke-dasharray="4 3"/>'
            f'<text x="{x(chart.line)}" y="{_TOP - 7}" text-anchor="middle" font-size="10">'
            f"chance {number(chart.line)}</text>"
        )
    return "\n".join([*parts, "</svg>"])


def _is_charted(row: Figure) -> bool:
    return row.metric in ("share_kept", "embedding_shift")
