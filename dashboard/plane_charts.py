"""Charts of two directions: lines, columns, flows, calibration, and the map of sessions."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go
import polars as pl
from chart_frame import finished, shortened, with_legend

from clickintent.dashboard.findings import share
from clickintent.dashboard.palette import Palette

LINES: Final = 5
"""Lines of a trend that are told apart at a glance."""
TICKS: Final = 3
"""Most dates below a trend: more do not fit on a telephone."""
CELLS: Final = 4
"""Cells of the map from its middle to its edge, in which dots are counted to find where to write a name."""
FEWEST_NAMED: Final = 20
"""Dots that a name on the map stands for at least."""


def lines(
    frame: pl.DataFrame,
    x: str,
    y: str,
    name: str,
    palette: Palette,
    colours: dict[str, str],
    *,
    is_share: bool,
    absent: int | None = None,
) -> go.Figure:
    """Lines with their names at their ends.

    Args:
        frame: a row per place on the line.
        x: column of times.
        y: column of shares or of counts.
        name: column of the line's name.
        palette: colours.
        colours: name -> colour, of the lines to draw, in order.
        is_share: whether `y` are shares.
        absent: what a line has at a time without a row: 0 where nothing was counted, None where nothing can be told.
    """
    figure = go.Figure()
    times = frame[x].unique().sort()
    ends: dict[str, float] = {}
    for line, colour in colours.items():
        told = dict(frame.filter(pl.col(name) == line).select(x, y).iter_rows())
        values = [told.get(time, absent) for time in times]
        ends[line] = next((value for value in reversed(values) if value is not None), 0)
        figure.add_scatter(
            x=times.to_list(),
            y=values,
            mode="lines+markers" if times.len() <= 30 else "lines",  # noqa: PLR2004 - dots of more run into each other
            line={"color": colour, "width": 2.5},
            marker={"size": 6},
            name=line,
            hovertemplate=f"{line}: %{{y:{'.1%' if is_share else ',.0f'}}}<extra></extra>",
        )
    top = max([value or 0 for trace in figure.data for value in trace.y] + [1e-9])
    for line, place in _apart(ends, top * 0.075).items():
        short = shortened(line)
        said = share(ends[line]) if is_share else f"{ends[line]:,.0f}"
        figure.add_annotation(
            x=1,
            xref="paper",
            y=place,
            text=f"{short} {said}",
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": colours[line], "size": 12},
        )
    written = times[:: max(-(-times.len() // TICKS), 1)].to_list()
    figure.update_xaxes(
        showgrid=False, color=palette.muted, tickformat="%-d %b", tickvals=written, tickangle=0, ticklabelstandoff=6
    )
    figure.update_yaxes(
        color=palette.muted,
        gridcolor=palette.faint,
        tickformat=".0%" if is_share else ",",
        rangemode="tozero",
        zeroline=False,
        nticks=5,
        fixedrange=True,
        range=[0, max(top * 1.06, *(_apart(ends, top * 0.075).values()))],
    )
    figure.update_layout(hovermode="x unified")
    return finished(figure, palette, 300, right=165, left=38, bottom=34)


def columns(values: Sequence[int], parts: Sequence[float], unit: str, cap: int, palette: Palette) -> go.Figure:
    """Upright bars of shares over whole numbers.

    Args:
        values: the numbers, ascending.
        parts: their shares.
        unit: what is counted.
        cap: the number that stands for itself and more.
        palette: colours.
    """
    names = [f"{value}+" if value == cap else str(value) for value in values]
    figure = go.Figure(
        go.Bar(
            x=names,
            y=list(parts),
            marker_color=palette.main,
            text=[share(part) if part >= 0.05 else "" for part in parts],  # noqa: PLR2004 - smaller ones overlap
            textposition="outside",
            textfont_size=12,
            textangle=0,
            constraintext="none",
            cliponaxis=False,
            hovertemplate=f"%{{x}} {unit}: %{{y:.1%}}<extra></extra>",
        )
    )
    figure.update_xaxes(title=unit, color=palette.muted, showgrid=False, type="category", fixedrange=True)
    figure.update_yaxes(visible=False, range=[0, max([*parts, 0.01]) * 1.15], fixedrange=True)
    return finished(figure, palette, 260, left=8, right=8, bottom=44, bargap=0.18)


def sankey(frame: pl.DataFrame, palette: Palette, colours: dict[str, str]) -> go.Figure:
    """What is pursued, and what next.

    Args:
        frame: from_name, to_name, transitions.
        palette: colours.
        colours: name -> colour.
    """
    lefts = frame.group_by("from_name").agg(pl.col("transitions").sum()).sort("transitions", descending=True)
    rights = frame.group_by("to_name").agg(pl.col("transitions").sum()).sort("transitions", descending=True)
    left = {name: place for place, name in enumerate(lefts["from_name"])}
    right = {name: place + len(left) for place, name in enumerate(rights["to_name"])}
    names = [*left, *right]
    figure = go.Figure(
        go.Sankey(
            node={
                "label": [name if len(name) <= 26 else name[:25].rstrip() + "…" for name in names],  # noqa: PLR2004
                "color": [colours.get(name, palette.muted) for name in names],
                "pad": 14,
                "thickness": 12,
                "line": {"width": 0},
                "hovertemplate": "%{label}: %{value:,}<extra></extra>",
            },
            link={
                "source": [left[name] for name in frame["from_name"]],
                "target": [right[name] for name in frame["to_name"]],
                "value": frame["transitions"].to_list(),
                "color": [_thin(colours.get(name, palette.muted)) for name in frame["from_name"]],
                "hovertemplate": "%{source.label} → %{target.label}: %{value:,}<extra></extra>",
            },
            textfont={"color": palette.ink, "size": 12, "shadow": "none"},
        )
    )
    return finished(figure, palette, 460, left=4, right=4, top=8)


def calibration(frame: pl.DataFrame, palette: Palette, names: dict[str, str]) -> go.Figure:
    """How often a probability comes true, beside the line on which it would always.

    Args:
        frame: judge, probability, agreement, n.
        palette: colours.
        names: judge -> what it is called.
    """
    figure = go.Figure(
        go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": palette.muted, "dash": "dot"}, showlegend=False)
    )
    for (judge, name), colour in zip(names.items(), palette.series, strict=False):
        rows = frame.filter(pl.col("judge") == judge)
        if rows.is_empty():
            continue
        most = rows["n"].max()
        figure.add_scatter(
            x=rows["probability"].to_list(),
            y=rows["agreement"].to_list(),
            mode="lines+markers",
            cliponaxis=False,
            name=name,
            line={"color": colour},
            marker={"size": [7 + 15 * (n / most) ** 0.5 for n in rows["n"]], "color": colour},
            customdata=rows["n"].to_list(),
            hovertemplate="said %{x:.0%}, right %{y:.0%} (%{customdata:,} sessions)<extra></extra>",
        )
    for update, title in ((figure.update_xaxes, "probability said"), (figure.update_yaxes, "share right")):
        update(
            title=title,
            range=[0, 1.02],
            tickformat=".0%",
            color=palette.muted,
            gridcolor=palette.faint,
            zeroline=False,
            fixedrange=True,
        )
    return with_legend(finished(figure, palette, 340, left=58, right=24, bottom=46, top=34))


def session_map(frame: pl.DataFrame, by: str, colours: dict[str, str], chosen: str, palette: Palette) -> go.Figure:
    """Sessions as dots; each kind is named where most of its dots lie.

    Args:
        frame: session_id, x, y, name, and the column `by`.
        by: column of text that colours the dots.
        colours: value of `by` -> colour; others are muted.
        chosen: the session to mark, as Plotly marks one that is clicked.
        palette: colours of the rest.
    """
    figure = go.Figure()
    for kind, rows in sorted(frame.partition_by(by, as_dict=True).items(), key=lambda kind: kind[0][0] in colours):
        name = str(kind[0])
        figure.add_scatter(
            x=rows["x"].to_list(),
            y=rows["y"].to_list(),
            mode="markers",
            name=name,
            customdata=rows["session_id"].to_list(),
            text=rows["name"].to_list(),
            marker={"color": colours.get(name, palette.muted), "size": 7, "opacity": 0.75, "line": {"width": 0}},
            hovertemplate="%{text}<extra></extra>",
            selected={"marker": {"opacity": 1, "size": 17, "color": palette.ink}},
            unselected={"marker": {"opacity": 0.75}},
            selectedpoints=[place for place, key in enumerate(rows["session_id"]) if key == chosen],
        )
    if by == "group_name":
        for name in colours:
            _name_dots(figure, frame.filter(pl.col(by) == name), name, palette)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(dragmode="pan", clickmode="event+select")
    return with_legend(finished(figure, palette, 560, top=8, bottom=110), y=-0.02, anchor="top")


def _name_dots(figure: go.Figure, dots: pl.DataFrame, name: str, palette: Palette) -> None:
    """Write a name where the most dots lie."""
    if dots.height < FEWEST_NAMED:
        return
    cells = dots.with_columns(across=(pl.col("x") * CELLS).round(), up=(pl.col("y") * CELLS).round())
    densest = (
        cells.group_by("across", "up")
        .agg(pl.len(), pl.col("x", "y").mean())
        .sort("len", "across", "up", descending=[True, False, False])
        .row(0, named=True)
    )
    figure.add_annotation(
        x=densest["x"],
        y=densest["y"],
        text=shortened(name),
        showarrow=False,
        font={"color": palette.ink, "size": 12},
        bgcolor=palette.ground,
        opacity=0.85,
        borderpad=2,
    )


def _apart(ends: dict[str, float], least: float) -> dict[str, float]:
    """Places of labels, moved up where they would lie on each other."""
    placed: dict[str, float] = {}
    floor = float("-inf")
    for name, value in sorted(ends.items(), key=lambda end: end[1]):
        placed[name] = max(value, floor)
        floor = placed[name] + least
    return placed


def _thin(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.32)"
