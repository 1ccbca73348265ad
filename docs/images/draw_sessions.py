"""Draw the pictures of docs/sessions.md, one SVG a rule, into docs/images/sessions/.

    python docs/images/draw_sessions.py

A picture is a few lanes. A lane is a stretch of one visitor's time: events as dots, sessions as bars behind them, what
is measured as spans below. Minutes count from the left edge of the picture.
"""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

OUT = Path(__file__).parent / "sessions"
WIDTH = 760
LEFT, RIGHT = 160, 28  # room for the names of lanes, and for half a label
LANE = 96
TOP = 44

# The card has a ground of its own in both schemes, so that a page's colour can be anything.
STYLE = """
.card { fill: #ffffff; stroke: #d0d7de } .text { fill: #1f2328 } .quiet { fill: #59636e } .line { stroke: #818b98 }
.one { fill: #b6d8f7; stroke: #2f6fb0 } .two { fill: #f8d5a8; stroke: #a8640a }
.dot { fill: #1f2328; stroke: #1f2328 } .ping { fill: #ffffff; stroke: #1f2328 } .new { fill: #c4161c; stroke: #c4161c }
.out { fill: none; stroke: #c4161c } .mark { stroke: #8250df } .marked { fill: #8250df }
@media (prefers-color-scheme: dark) {
.card { fill: #161b22; stroke: #3d444d } .text { fill: #f0f6fc } .quiet { fill: #9ba5b0 } .line { stroke: #7d8590 }
.one { fill: #1d4469; stroke: #79b8f0 } .two { fill: #5c3c0d; stroke: #eaa64a }
.dot { fill: #f0f6fc; stroke: #f0f6fc } .ping { fill: #161b22; stroke: #f0f6fc } .new { fill: #ff7b72; stroke: #ff7b72 }
.out { fill: none; stroke: #ff7b72 } .mark { stroke: #c297ff } .marked { fill: #c297ff }
}
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif }
.title { font-weight: 600; font-size: 14px }
.small { font-size: 11.5px }
"""


@dataclass(frozen=True)
class Event:
    """A dot: 'dot' for an event, 'ping' for a heartbeat, 'new' for what arrives now, 'out' for what is set aside."""

    minute: float
    text: str = ""
    kind: str = "dot"


@dataclass(frozen=True)
class Bar:
    """A session, from its first to its last event."""

    start: float
    end: float
    text: str
    colour: str = "one"


@dataclass(frozen=True)
class Span:
    """A stretch of time with something to say of it."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Lane:
    """One line of time."""

    name: str
    events: list[Event]
    bars: list[Bar]
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """What one file shows. `marks` are moments, named on top."""

    name: str
    title: str
    minutes: float
    lanes: list[Lane]
    marks: list[tuple[float, str]] = field(default_factory=list)


PICTURES = [
    Picture(
        "idle_gap",
        "A gap of exactly 30 minutes stays, a microsecond more splits",
        50,
        [
            Lane(
                "exactly at the limit",
                [Event(5, "10:00"), Event(15, "10:10"), Event(45, "10:40:00")],
                [Bar(5, 45, "one session")],
                [Span(15, 45, "30 min")],
            ),
            Lane(
                "just over it",
                [Event(5, "10:00"), Event(15, "10:10"), Event(45, "10:40:00.000001")],
                [Bar(5, 15, "first"), Bar(45, 45, "second", "two")],
                [Span(15, 45, "30 min and a microsecond")],
            ),
        ],
    ),
    Picture(
        "midnight",
        "Midnight splits nothing",
        40,
        [
            Lane(
                "over midnight",
                [Event(4, "23:46"), Event(12, "23:54"), Event(24, "00:06"), Event(34, "00:16")],
                [Bar(4, 34, "one session, of the day it started on")],
            )
        ],
        [(18, "00:00")],
    ),
    Picture(
        "login",
        "A login splits nothing: it is written down",
        40,
        [
            Lane(
                "signs in halfway",
                [Event(4, "nobody"), Event(13, "nobody"), Event(22, "customer c7", "new"), Event(34, "customer c7")],
                [Bar(4, 34, "one session: auth_state 'mixed', customer_id c7")],
            )
        ],
        [(22, "login_at")],
    ),
    Picture(
        "campaign",
        "Another campaign splits only if split_on_campaign is on",
        50,
        [
            Lane(
                "off (default)",
                [Event(5, "spring"), Event(15, "none"), Event(25, "spring"), Event(38, "autumn")],
                [Bar(5, 38, "one session, utm_campaign spring")],
            ),
            Lane(
                "on",
                [Event(5, "spring"), Event(15, "none"), Event(25, "spring"), Event(38, "autumn")],
                [Bar(5, 25, "a page without one keeps the campaign"), Bar(38, 38, "another", "two")],
            ),
        ],
    ),
    Picture(
        "hours",
        "A session lasts less than 24 hours; the next begins at once",
        50,
        [
            Lane(
                "never idle",
                [
                    Event(4, "10:00"),
                    Event(10),
                    Event(16),
                    Event(22),
                    Event(28),
                    Event(33, "09:59:59"),
                    Event(38, "10:00"),
                    Event(45, "10:20"),
                ],
                [Bar(4, 33, "is_capped: true"), Bar(38, 45, "the next", "two")],
            )
        ],
        [(38, "24 h")],
    ),
    Picture(
        "events",
        "A session holds 2,000 events; the next begins at once",
        50,
        [
            Lane(
                "a busy stream",
                [
                    Event(4, "1"),
                    Event(9, "2"),
                    Event(14, "3"),
                    Event(28, "1,999"),
                    Event(33, "2,000"),
                    Event(39, "2,001"),
                    Event(45, "2,002"),
                ],
                [Bar(4, 33, "is_capped: true"), Bar(39, 45, "the next", "two")],
            )
        ],
    ),
    Picture(
        "tie",
        "Events of one moment are put in order by their ids",
        40,
        [
            Lane(
                "both at 10:05:00",
                [Event(5, "10:00, id m"), Event(18, "id a"), Event(21, "id z"), Event(34, "10:10, id b")],
                [Bar(5, 34, "m, a, z, b: at every build, however they arrive")],
            )
        ],
        [(19.5, "10:05:00")],
    ),
    Picture(
        "bridge",
        "A late event can join two sessions",
        50,
        [
            Lane(
                "before",
                [Event(5, "10:00, id a"), Event(45, "10:40, id c")],
                [Bar(5, 5, "session a"), Bar(45, 45, "session c", "two")],
                [Span(5, 45, "40 min")],
            ),
            Lane(
                "id b arrives",
                [Event(5, "10:00, id a"), Event(25, "10:20, id b", "new"), Event(45, "10:40, id c")],
                [Bar(5, 45, "session a; session c is gone, here and in every table below")],
            ),
        ],
    ),
    Picture(
        "inside",
        "A late event inside a session splits nothing",
        40,
        [
            Lane(
                "before",
                [Event(5, "10:00, id a"), Event(31, "10:26, id c")],
                [Bar(5, 31, "session a")],
                [Span(5, 31, "dwell of a: 26 min")],
            ),
            Lane(
                "id b arrives",
                [Event(5, "10:00, id a"), Event(18, "10:13, id b", "new"), Event(31, "10:26, id c")],
                [Bar(5, 31, "still session a, with another content_hash")],
                [Span(5, 18, "13 min"), Span(18, 31, "13 min")],
            ),
        ],
    ),
    Picture(
        "first_last",
        "Where the first event arrives last, the session has another id",
        40,
        [
            Lane("before", [Event(14, "10:10, id b"), Event(31, "10:27, id c")], [Bar(14, 31, "session b")]),
            Lane(
                "id a arrives",
                [Event(5, "10:01, id a", "new"), Event(14, "10:10, id b"), Event(31, "10:27, id c")],
                [Bar(5, 31, "session a; session b is gone", "two")],
            ),
        ],
    ),
    Picture(
        "future",
        "An event from the future is set aside, not placed",
        50,
        [
            Lane(
                "loaded at 10:30",
                [Event(5, "10:00"), Event(15, "10:20"), Event(44, "the day after tomorrow", "out")],
                [Bar(5, 15, "a session")],
                [Span(22, 44, "more than 24 h: future_timestamp")],
            )
        ],
        [(22, "load")],
    ),
    Picture(
        "dwell",
        "How long a page was looked at",
        50,
        [
            Lane(
                "no heartbeats",
                [Event(4, "page A"), Event(18, "page B")],
                [Bar(4, 18, "")],
                [Span(4, 18, "A: 14 min"), Span(18, 30, "B: unknown")],
            ),
            Lane(
                "page pings",
                [
                    Event(4, "page A"),
                    Event(9, "", "ping"),
                    Event(13, "", "ping"),
                    Event(18, "page B"),
                    Event(23, "", "ping"),
                    Event(28, "", "ping"),
                    Event(33, "last ping", "ping"),
                ],
                [Bar(4, 33, "")],
                [Span(4, 18, "A: 14 min, no ping ends it"), Span(18, 33, "B: 15 min, up to its last ping")],
            ),
            Lane(
                "left open",
                [Event(4, "page A"), *(Event(m, "", "ping") for m in range(9, 44, 5)), Event(44, "last ping", "ping")],
                [Bar(4, 44, "")],
                [Span(4, 34, "A: 30 min, max_dwell_seconds")],
            ),
        ],
    ),
    Picture(
        "correction",
        "A correction carries the id of the row it mends",
        50,
        [
            Lane(
                "first load",
                [Event(5, "10:00, id a"), Event(32, "id b, time 'yesterday'", "out")],
                [Bar(5, 5, "session a")],
                [Span(24, 40, "quarantined: bad_timestamp")],
            ),
            Lane(
                "second load",
                [Event(5, "10:00, id a"), Event(32, "10:27, id b", "new")],
                [Bar(5, 32, "session a; b has left the quarantine")],
            ),
        ],
    ),
]


def x(minute: float, picture: Picture) -> float:
    """Where a minute lies in a picture, in pixels."""
    return LEFT + minute / picture.minutes * (WIDTH - LEFT - RIGHT)


def text(at: float, height: float, words: str, style: str, anchor: str = "middle") -> str:
    """A line of text."""
    return f'<text x="{at:.1f}" y="{height:.1f}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'


def draw_lane(lane: Lane, middle: float, picture: Picture) -> list[str]:
    """A lane whose line of time lies at the height `middle`."""
    parts = [
        text(LEFT - 18, middle + 4, lane.name, "text", "end"),
        f'<line x1="{LEFT - 6}" y1="{middle}" x2="{WIDTH - RIGHT + 14}" y2="{middle}" class="line"/>',
    ]
    for bar in lane.bars:
        left, right = x(bar.start, picture) - 12, x(bar.end, picture) + 12
        parts.append(
            f'<rect x="{left:.1f}" y="{middle - 12}" width="{right - left:.1f}" height="24" rx="12" '
            f'class="{bar.colour}"/>'
        )
        parts.append(text((left + right) / 2, middle + (29 if not lane.spans else 46), bar.text, "text small"))
    for span in lane.spans:
        left, right = x(span.start, picture), x(span.end, picture)
        parts.append(f'<path d="M{left:.1f} {middle + 16}v6H{right:.1f}v-6" fill="none" class="line"/>')
        parts.append(text((left + right) / 2, middle + 34, span.text, "quiet small"))
    for event in lane.events:
        at = x(event.minute, picture)
        parts.append(f'<circle cx="{at:.1f}" cy="{middle}" r="5" stroke-width="1.6" class="{event.kind}"/>')
        parts.append(text(at, middle - 19, event.text, "quiet small"))
    return parts


def draw(picture: Picture) -> str:
    """The SVG of a picture."""
    height = TOP + LANE * len(picture.lanes) + 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(picture.title)}">',
        f"<style>{STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" class="card"/>',
        text(18, 26, picture.title, "text title", "start"),
    ]
    for minute, name in picture.marks:
        at = x(minute, picture)
        parts.append(text(at, TOP + 8, name, "marked small"))
    for number, lane in enumerate(picture.lanes):
        middle = TOP + LANE * number + 46
        parts += draw_lane(lane, middle, picture)
        parts += [f'<path d="M{x(minute, picture):.1f} {middle - 17}v34" class="mark"/>' for minute, _ in picture.marks]
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Write all pictures."""
    OUT.mkdir(exist_ok=True)
    for picture in PICTURES:
        (OUT / f"{picture.name}.svg").write_text(draw(picture), encoding="utf-8")


if __name__ == "__main__":
    main()
