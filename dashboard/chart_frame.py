"""What all charts share: their ground, their legend, and how long a name may be."""

from typing import Final

import plotly.graph_objects as go
import plotly.io

from clickintent.dashboard.palette import Palette

# every figure says all it needs; a template would be sent with each, and make Plotly draw it twice (`finished`)
plotly.io.templates.default = None

LONGEST_NAME: Final = 22
"""Characters of a name beside a line, over a column or on the map."""


def shortened(name: str) -> str:
    """A name that fits."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def finished(
    figure: go.Figure,
    palette: Palette,
    height: int,
    *,
    left: int = 0,
    right: int = 0,
    top: int = 4,
    bottom: int = 4,
    **layout: object,
) -> go.Figure:
    """A figure in the colours of the page, without what Plotly adds by itself; margins and height in pixels.

    Streamlit hands a figure to Plotly twice, the second time as a copy. With a revision and no template, Plotly sees
    that nothing has changed, and draws it once.
    """
    return figure.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": palette.ink, "family": "Source Sans, sans-serif", "size": 13},
        showlegend=False,
        datarevision=0,
        hoverlabel={"bgcolor": palette.ground, "font": {"color": palette.ink}, "bordercolor": palette.faint},
        **layout,
    )


def with_legend(figure: go.Figure, y: float = 1.0, anchor: str = "bottom") -> go.Figure:
    """A figure with a legend above it, or below."""
    return figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": y, "yanchor": anchor, "itemclick": False, "title": None},
    )
