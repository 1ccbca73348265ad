"""Charts of rows: names above their marks, values beside them, so that a telephone shows as much as a desk."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go
import polars as pl
from chart_frame import finished, shortened, with_legend

from clickintent.dashboard.findings import share
from clickintent.dashboard.palette import Palette

ROW: Final = 42
"""Pixels of a row: a name, and a mark below it."""
NAME_SHIFT: Final = 15


def ranked_bars(
    names: Sequence[str],
    values: Sequence[float],
    labels: Sequence[str],
    palette: Palette,
    *,
    pale: Sequence[float] | None = None,
    hover: Sequence[str] | None = None,
) -> go.Figure:
    """Bars in the order given, each with its name above and its value behind it.

    Args:
        names: of the rows.
        values: lengths of the bars.
        labels: what is written behind each.
        palette: colours.
        pale: the part of each value that is drawn pale, at its end.
        hover: what is told on pointing at a bar.
    """
    rows = list(range(len(names)))
    pale = [0.0] * len(rows) if pale is None else pale
    told = {"hovertext": hover or names, "hoverinfo": "text", "orientation": "h", "width": 0.34}
    figure = go.Figure(
        [
            go.Bar(x=[v - p for v, p in zip(values, pale, strict=True)], y=rows, marker_color=palette.main, **told),
            go.Bar(x=list(pale), y=rows, marker_color=palette.main, opacity=0.4, **told),
        ]
    )
    for row, value, label in zip(rows, values, labels, strict=True):
        _write(figure, label, value, row, palette.ink)
    _name_rows(figure, names, palette)
    figure.update_xaxes(visible=False, range=[0, max([*values, 1e-9]) * 1.32])
    return finished(figure, palette, ROW * len(rows) + 8, barmode="stack")


def ranges(
    names: Sequence[str],
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    labels: Sequence[str],
    colours: Sequence[str],
    palette: Palette,
    *,
    has_zero: bool = False,
) -> go.Figure:
    """Dots with intervals, in the order given.

    Args:
        names: of the rows.
        values: dots.
        lows: left ends of the intervals.
        highs: right ends.
        labels: what is written at the right end of each.
        colours: of each row.
        palette: colours of the rest.
        has_zero: whether a line marks zero.
    """
    rows = list(range(len(names)))
    figure = go.Figure()
    for row in rows:
        figure.add_scatter(
            x=[lows[row], highs[row]],
            y=[row, row],
            mode="lines",
            line={"color": colours[row], "width": 3},
            opacity=0.45,
        )
        _write(figure, labels[row], highs[row], row, palette.ink)
    figure.add_scatter(
        x=list(values), y=rows, mode="markers", marker={"color": list(colours), "size": 10}, hoverinfo="skip"
    )
    if has_zero:
        figure.add_vline(0, line={"color": palette.muted, "width": 1, "dash": "dot"})
    _name_rows(figure, names, palette)
    left, right = min([*lows, 0.0]), max([*highs, 1e-9])
    figure.update_xaxes(visible=False, range=[left - (right - left) * 0.04, right + (right - left) * 0.55])
    figure.update_traces(hoverinfo="skip")
    return finished(figure, palette, ROW * len(rows) + 8)


def pairs(
    names: Sequence[str], firsts: Sequence[float], seconds: Sequence[float], said: tuple[str, str], palette: Palette
) -> go.Figure:
    """Two dots a row, joined: a filled one and a hollow one.

    Args:
        names: of the rows.
        firsts: filled dots.
        seconds: hollow ones.
        said: what the two are called.
        palette: colours.
    """
    rows = list(range(len(names)))
    figure = go.Figure()
    for row in rows:
        ends = [firsts[row], seconds[row]]
        figure.add_scatter(
            x=ends,
            y=[row, row],
            mode="lines",
            line={"color": palette.muted, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        _write(figure, f"{firsts[row]:,.0f} · {seconds[row]:,.0f}", max(ends), row, palette.ink)
    for values, name, symbol, size in ((firsts, said[0], "circle", 8), (seconds, said[1], "circle-open", 14)):
        figure.add_scatter(
            x=list(values),
            y=rows,
            mode="markers",
            name=name,
            marker={"color": palette.main, "size": size, "symbol": symbol, "line": {"width": 2}},
            hoverinfo="skip",
        )
    _name_rows(figure, names, palette)
    right = max([*firsts, *seconds, 1.0])
    figure.update_xaxes(visible=False, range=[-right * 0.02, right * 1.42])
    return with_legend(finished(figure, palette, ROW * len(rows) + 40, top=34))


def grid(frame: pl.DataFrame, names: Sequence[str], values: Sequence[str], palette: Palette) -> go.Figure:
    """Shares as a grid: a row for each name, a column for each value.

    Args:
        frame: name, value, share.
        names: rows, in order.
        values: columns, in order.
        palette: colours.
    """
    told = {(name, value): part for name, value, part in frame.select("name", "value", "share").iter_rows()}
    cells = [[told.get((name, value), 0.0) for value in values] for name in names]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=[shortened(value) for value in values],
            y=list(range(len(names))),
            text=[[share(part) if part >= 0.005 else "·" for part in row] for row in cells],  # noqa: PLR2004 - rounds to 0
            texttemplate="%{text}",
            colorscale=[[0, palette.scale[0]], [1, palette.scale[1]]],
            showscale=False,
            ygap=22,
            xgap=3,
            hoverinfo="skip",
        )
    )
    _name_rows(figure, names, palette, shift=20)
    figure.update_xaxes(side="top", color=palette.muted, showgrid=False, fixedrange=True)
    return finished(figure, palette, 46 * len(names) + 44, top=34)


def stacked(
    names: Sequence[str],
    parts: dict[str, Sequence[float]],
    labels: Sequence[str],
    colours: Sequence[str],
    palette: Palette,
) -> go.Figure:
    """Rows that add up to one, in parts.

    Args:
        names: of the rows.
        parts: name of a part -> its share in each row.
        labels: what is written above the right end of each row.
        colours: of the parts.
        palette: colours of the rest.
    """
    rows = list(range(len(names)))
    figure = go.Figure()
    for (part, values), colour in zip(parts.items(), colours, strict=True):
        figure.add_bar(
            x=list(values),
            y=rows,
            orientation="h",
            width=0.36,
            name=part,
            marker={"color": colour, "line": {"color": palette.ground, "width": 1}},
            hovertemplate=f"{part}: %{{x:.0%}}<extra></extra>",
        )
    for row, label in zip(rows, labels, strict=True):
        figure.add_annotation(
            x=1,
            y=row,
            text=label,
            showarrow=False,
            xanchor="right",
            yshift=NAME_SHIFT,
            font={"color": palette.ink, "size": 12},
        )
    _name_rows(figure, names, palette)
    figure.update_xaxes(visible=False, range=[0, 1])
    return with_legend(finished(figure, palette, ROW * len(rows) + 44, top=38, barmode="stack"))


def _name_rows(figure: go.Figure, names: Sequence[str], palette: Palette, shift: int = NAME_SHIFT) -> None:
    for row, name in enumerate(names):
        figure.add_annotation(
            x=0,
            xref="paper",
            y=row,
            text=name,
            showarrow=False,
            xanchor="left",
            yshift=shift,
            font={"color": palette.ink, "size": 13},
        )
    figure.update_yaxes(visible=False, range=[len(names) - 0.55, -0.72], fixedrange=True)


def _write(figure: go.Figure, text: str, x: float, row: int, colour: str) -> None:
    figure.add_annotation(
        x=x, y=row, text=text, showarrow=False, xanchor="left", xshift=9, font={"color": colour, "size": 12}
    )
