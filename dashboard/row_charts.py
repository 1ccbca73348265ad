"""Charts of rows: names above their marks, values beside them, so that a telephone shows as much as a desk."""

from collections.abc import Sequence
from typing import Any, Final

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
    _write(figure, names, palette, [_beside(*told) for told in zip(labels, values, rows, strict=True)])
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
    for colour in dict.fromkeys(colours):
        of_colour = [row for row in rows if colours[row] == colour]
        figure.add_scatter(
            **_joined([(lows[row], highs[row]) for row in of_colour], of_colour),
            line={"color": colour, "width": 3},
            opacity=0.45,
        )
    figure.add_scatter(
        x=list(values), y=rows, mode="markers", marker={"color": list(colours), "size": 10}, hoverinfo="skip"
    )
    if has_zero:
        figure.add_vline(0, line={"color": palette.muted, "width": 1, "dash": "dot"})
    _write(figure, names, palette, [_beside(*told) for told in zip(labels, highs, rows, strict=True)])
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
    ends = list(zip(firsts, seconds, strict=True))
    figure.add_scatter(
        **_joined(ends, rows), line={"color": palette.muted, "width": 2}, hoverinfo="skip", showlegend=False
    )
    for values, name, symbol, size in ((firsts, said[0], "circle", 8), (seconds, said[1], "circle-open", 14)):
        figure.add_scatter(
            x=list(values),
            y=rows,
            mode="markers",
            name=name,
            marker={"color": palette.main, "size": size, "symbol": symbol, "line": {"width": 2}},
            hoverinfo="skip",
        )
    told = [_beside(f"{one:,.0f} · {two:,.0f}", max(one, two), row) for row, (one, two) in enumerate(ends)]
    _write(figure, names, palette, told)
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
    _write(figure, names, palette, shift=20)
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
    told = [
        {"x": 1, "y": row, "text": label, "xanchor": "right", "yshift": NAME_SHIFT, "font": {"size": 12}}
        for row, label in enumerate(labels)
    ]
    _write(figure, names, palette, told)
    figure.update_xaxes(visible=False, range=[0, 1])
    return with_legend(finished(figure, palette, ROW * len(rows) + 44, top=38, barmode="stack"))


def _write(
    figure: go.Figure,
    names: Sequence[str],
    palette: Palette,
    beside: Sequence[dict[str, Any]] = (),
    shift: int = NAME_SHIFT,
) -> None:
    """Write names above rows and texts beside marks, all at once: each note by itself makes Plotly check them all."""
    above = [
        {"x": 0, "xref": "paper", "y": row, "text": name, "xanchor": "left", "yshift": shift, "font": {"size": 13}}
        for row, name in enumerate(names)
    ]
    notes = [{**note, "showarrow": False, "font": {"color": palette.ink, **note["font"]}} for note in (*above, *beside)]
    figure.update_layout(annotations=notes)
    figure.update_yaxes(visible=False, range=[len(names) - 0.55, -0.72], fixedrange=True)


def _beside(text: str, x: float, row: int) -> dict[str, Any]:
    return {"x": x, "y": row, "text": text, "xanchor": "left", "xshift": 9, "font": {"size": 12}}


def _joined(ends: Sequence[tuple[float, float]], rows: Sequence[int]) -> dict[str, Any]:
    """Many lines as one: a gap after each."""
    return {
        "x": [place for one, two in ends for place in (one, two, None)],
        "y": [place for row in rows for place in (row, row, None)],
        "mode": "lines",
    }
