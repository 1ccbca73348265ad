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
NAME_LIFT: Final = 0.36
"""How far above its mark a name stands, in rows."""
GAP: Final = 4
"""Spaces between a mark and its text, about ten pixels."""


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
    _name(figure, names, 0)
    _beside(figure, labels, values)
    figure.update_xaxes(visible=False, range=[0, max([*values, 1e-9]) * 1.32], fixedrange=True)
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
        figure.add_vline(0, line={"color": palette.muted, "width": 1, "dash": "dot"}, layer="below")
    least, most = min([*lows, 0.0]), max([*highs, 1e-9])
    left = least - (most - least) * 0.04
    _name(figure, names, left)
    _beside(figure, labels, highs)
    figure.update_xaxes(visible=False, range=[left, most + (most - least) * 0.55], fixedrange=True)
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
            marker={"color": palette.main, "size": size, "symbol": symbol, "line": {"width": 2, "color": palette.main}},
            hoverinfo="skip",
        )
    right = max([*firsts, *seconds, 1.0])
    left = -right * 0.02
    _name(figure, names, left)
    _beside(figure, [f"{one:,.0f} · {two:,.0f}" for one, two in ends], [max(two) for two in ends], gap=GAP + 2)
    figure.update_xaxes(visible=False, range=[left, right * 1.42], fixedrange=True)
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
            x=list(range(len(values))),
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
    _name(figure, names, -0.5, 0.43)
    figure.update_xaxes(
        side="top",
        ticks="",
        color=palette.muted,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        range=[-0.5, len(values) - 0.5],
        tickvals=list(range(len(values))),
        ticktext=[shortened(value) for value in values],
    )
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
    _name(figure, names, 0)
    _write(figure, labels, [1] * len(rows), [row - NAME_LIFT for row in rows], textfont_size=12)
    figure.data[-1].textposition = "middle left"
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    return with_legend(finished(figure, palette, ROW * len(rows) + 44, top=38, barmode="stack"))


def _write(figure: go.Figure, texts: Sequence[str], x: Sequence[float], y: Sequence[float], **told: object) -> None:
    """Write texts beside places; as a trace, since Plotly draws annotations one by one, for twice the time."""
    figure.add_scatter(
        x=list(x),
        y=list(y),
        text=list(texts),
        mode="text",
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        **told,
    )


def _name(figure: go.Figure, names: Sequence[str], left: float, lift: float = NAME_LIFT) -> None:
    """Write names above rows that are counted downwards, from the left end of the axis on."""
    rows = range(len(names))
    _write(figure, names, [left] * len(names), [row - lift for row in rows], textfont_size=13)
    figure.update_yaxes(visible=False, range=[len(names) - 0.55, -0.72], fixedrange=True)


def _beside(figure: go.Figure, texts: Sequence[str], ends: Sequence[float], gap: int = GAP) -> None:
    """Write what a mark stands for at its right end."""
    # no-break spaces keep the text off the mark: a trace shifts by no pixels
    _write(figure, ["\N{NO-BREAK SPACE}" * gap + text for text in texts], ends, range(len(texts)), textfont_size=12)


def _joined(ends: Sequence[tuple[float, float]], rows: Sequence[int]) -> dict[str, Any]:
    """Many lines as one: a gap after each."""
    return {
        "x": [place for one, two in ends for place in (one, two, None)],
        "y": [place for row in rows for place in (row, row, None)],
        "mode": "lines",
    }
