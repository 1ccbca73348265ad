"""Draw how data flows through the project, and what is inside the encoder, into docs/images/flow/.

    python docs/images/draw_flow.py

A picture is boxes on a grid of columns and rows, and arrows between them. It has a ground of its own in both colour
schemes, so that a page's colour can be anything.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

OUT = Path(__file__).parent / "flow"
COLUMN, ROW = 214, 62  # distances of the grid
BOX_WIDTH, BOX_HEIGHT = 180, 40
LEFT, TOP, BOTTOM = 20, 74, 52

STYLE = """
.card { fill: #ffffff; stroke: #d0d7de } .text { fill: #1f2328 } .quiet { fill: #59636e }
.line { fill: none; stroke: #818b98 }
.head { fill: #818b98 } .table { fill: #eef2f6; stroke: #818b98 } .fitted { fill: #f8d5a8; stroke: #a8640a }
.result { fill: #b6d8f7; stroke: #2f6fb0 }
@media (prefers-color-scheme: dark) {
.card { fill: #161b22; stroke: #3d444d } .text { fill: #f0f6fc } .quiet { fill: #9ba5b0 } .line { stroke: #7d8590 }
.head { fill: #7d8590 } .table { fill: #262d36; stroke: #7d8590 } .fitted { fill: #5c3c0d; stroke: #eaa64a }
.result { fill: #1d4469; stroke: #79b8f0 }
}
text { font: 12.5px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif }
.title { font-weight: 600; font-size: 15px } .small { font-size: 11.5px }
"""


@dataclass(frozen=True)
class Box:
    """A table or step at a place of the grid; 'fitted' for what is trained or asked, 'result' for what people read."""

    name: str
    column: float
    row: float
    kind: str = "table"

    @property
    def x(self) -> float:
        """Left edge, in the picture's units."""
        return LEFT + self.column * COLUMN

    @property
    def y(self) -> float:
        """Upper edge."""
        return TOP + self.row * ROW


@dataclass(frozen=True)
class Picture:
    """What one file shows. `heads` name the columns; `arrows` go from box to box, by name."""

    name: str
    title: str
    heads: list[str]
    boxes: list[Box]
    arrows: list[tuple[str, str]]
    legend: str


FLOW = Picture(
    "flow",
    "From events to intents: tables, and what is fitted on them",
    ["events in", "sessions", "what a session is", "numbers and words", "intents", "for people"],
    [
        Box("your events", 0, 1.4),
        Box("stg_events", 0, 2.6),
        Box("sessions", 1, 1.6),
        Box("session_events", 1, 2.6),
        Box("pages", 1, 3.6),
        Box("session_customers", 1, 4.6),
        Box("session_features", 2, 0.6),
        Box("session_sequences", 2, 1.6),
        Box("page_embeddings", 2, 2.6),
        Box("session_narratives", 2, 3.9),
        Box("session_encoder", 3, 0.6, "fitted"),
        Box("session_embeddings", 3, 1.6, "result"),
        Box("intent_taxonomy", 3, 2.9, "fitted"),
        Box("session_labels", 3, 3.9, "fitted"),
        Box("intent_classifier", 4, 2.2, "fitted"),
        Box("session_intents", 4, 3.4, "result"),
        Box("intent_distribution_daily", 5, 2.6, "result"),
        Box("journeys", 5, 3.6, "result"),
        Box("tile_ranking_examples", 5, 0.6, "result"),
        Box("customer_embeddings", 5, 1.6, "result"),
        Box("metrics, dashboard", 5, 4.6, "result"),
    ],
    [
        ("your events", "stg_events"),
        ("stg_events", "sessions"),
        ("stg_events", "pages"),
        ("stg_events", "session_events"),
        ("stg_events", "session_customers"),
        ("sessions", "session_sequences"),
        ("sessions", "session_features"),
        ("pages", "page_embeddings"),
        ("session_sequences", "session_encoder"),
        ("session_encoder", "session_embeddings"),
        ("session_sequences", "session_embeddings"),
        ("page_embeddings", "session_embeddings"),
        ("pages", "session_narratives"),
        ("session_narratives", "session_labels"),
        ("intent_taxonomy", "session_labels"),
        ("session_labels", "intent_classifier"),
        ("session_embeddings", "intent_classifier"),
        ("intent_classifier", "session_intents"),
        ("session_intents", "intent_distribution_daily"),
        ("session_intents", "journeys"),
        ("session_intents", "metrics, dashboard"),
        ("session_embeddings", "customer_embeddings"),
        ("session_embeddings", "tile_ranking_examples"),
    ],
    "blue: what people read · orange: fitted on the data, or asked of a labeler, and versioned · grey: the rest. What "
    "cannot be read goes to quarantined_events; ingestion_audit counts every row.",
)

ENCODER = Picture(
    "encoder",
    "The encoder: a session of up to 64 events becomes 64 numbers",
    ["of each event", "one vector an event", "of the session", "one vector", "trained by"],
    [
        Box("page text: hashed words", 0, 0),
        Box("event type", 0, 0.8),
        Box("dwell, gap, value", 0, 1.6),
        Box("hour, weekday, place", 0, 2.4),
        Box("channel, device, referrer", 0, 3.2),
        Box("weighted sum", 1, 1.6, "fitted"),
        Box("attention by order, time", 2, 1.1, "fitted"),
        Box("GeGLU layer", 2, 2.1, "fitted"),
        Box("mean of the events", 3, 0.4),
        Box("one matrix", 3, 1.2, "fitted"),
        Box("less the channel's mean", 3, 2),
        Box("64 numbers, length 1", 3, 2.8, "result"),
        Box("masked page, type, dwell", 4, 0),
        Box("what the session holds", 4, 0.8),
        Box("what follows", 4, 1.6),
        Box("two views of one session", 4, 2.4),
        Box("spread of the numbers", 4, 3.2),
    ],
    [
        ("page text: hashed words", "weighted sum"),
        ("event type", "weighted sum"),
        ("dwell, gap, value", "weighted sum"),
        ("hour, weekday, place", "weighted sum"),
        ("channel, device, referrer", "weighted sum"),
        ("weighted sum", "attention by order, time"),
        ("attention by order, time", "GeGLU layer"),
        ("GeGLU layer", "mean of the events"),
        ("mean of the events", "one matrix"),
        ("one matrix", "less the channel's mean"),
        ("less the channel's mean", "64 numbers, length 1"),
    ],
    "orange: weights · blue: the result · the last column is what training asks, without a label",
)


def arrow(start: Box, end: Box) -> str:
    """A curve from right edge to left edge, or straight down within a column."""
    if start.column == end.column:
        down = end.row > start.row
        x = start.x + BOX_WIDTH / 2
        first, last = (start.y + BOX_HEIGHT, end.y - 5) if down else (start.y, end.y + BOX_HEIGHT + 5)
        return f'<path class="line" d="M {x} {first} L {x} {last}" marker-end="url(#head)"/>'
    first, last = start.x + BOX_WIDTH, end.x - 5
    y, z = start.y + BOX_HEIGHT / 2, end.y + BOX_HEIGHT / 2
    middle = (first + last) / 2
    return f'<path class="line" d="M {first} {y} C {middle} {y}, {middle} {z}, {last} {z}" marker-end="url(#head)"/>'


def svg(picture: Picture) -> str:
    """The whole file."""
    width = LEFT * 2 + (len(picture.heads) - 1) * COLUMN + BOX_WIDTH
    height = TOP + max(box.row for box in picture.boxes) * ROW + BOX_HEIGHT + BOTTOM
    by_name = {box.name: box for box in picture.boxes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img">',
        f"<title>{escape(picture.title)}</title><style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 6 6" refX="3" refY="3" markerWidth="6" markerHeight="6" orient="auto">'
        '<path class="head" d="M 0 0 L 6 3 L 0 6 z"/></marker></defs>',
        f'<rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height - 1:g}" rx="8"/>',
        f'<text class="text title" x="{LEFT}" y="30">{escape(picture.title)}</text>',
    ]
    for column, head in enumerate(picture.heads):
        parts.append(f'<text class="quiet small" x="{LEFT + column * COLUMN}" y="60">{escape(head)}</text>')
    parts += [arrow(by_name[start], by_name[end]) for start, end in picture.arrows]
    for box in picture.boxes:
        parts.append(
            f'<rect class="{box.kind}" x="{box.x:g}" y="{box.y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>'
            f'<text class="text" x="{box.x + BOX_WIDTH / 2:g}" y="{box.y + 25:g}" text-anchor="middle">'
            f"{escape(box.name)}</text>"
        )
    parts.append(f'<text class="quiet small" x="{LEFT}" y="{height - 18:g}">{escape(picture.legend)}</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for picture in (FLOW, ENCODER):
        (OUT / f"{picture.name}.svg").write_text(svg(picture))
