"""Actions of a channel: which (page, event type) pairs exist and how likely each intent makes them.

Both the simulator and its oracle read the same tables, which is what makes the oracle a Bayes oracle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clickintent.demo import app, site
from clickintent.demo.needs import INTENT_INDEX, INTENTS

Floats = NDArray[np.float64]

WEB, APP = 0, 1
CHANNEL_NAMES = ("web", "app")

# Styles of a session, and of what is merely looked at beside its purpose.
VAGUE, BROWSE, ACT, GLANCE = 0, 1, 2, 3
STYLE_COUNT = 3  # styles a session can have; GLANCE belongs to the secondary intent only

KINDS = ("open", "hub", "detail", "story", "compare", "tool", "rates", "form", "task", "faq")

# Event types by kind of page, with their shares. A session that acts leaves other types than one that looks.
TYPES_OF_KIND: dict[str, dict[str, float]] = {
    "open": {"page_view": 0.8, "click": 0.2},
    "hub": {"page_view": 0.8, "click": 0.2},
    "detail": {"page_view": 0.7, "click": 0.24, "file_download": 0.06},
    "story": {"page_view": 0.86, "click": 0.09, "video_play": 0.05},
    "compare": {"page_view": 0.5, "click": 0.2, "compare_select": 0.3},
    "tool": {"page_view": 0.45, "calculate": 0.55},
    "rates": {"page_view": 0.75, "click": 0.25},
    "form": {"form_start": 0.35, "page_view": 0.4, "form_error": 0.15, "click": 0.1},
    "task": {"page_view": 0.65, "click": 0.2, "form_submit": 0.15},
    "faq": {"page_view": 0.85, "click": 0.15},
}
SEARCH_PAGES = ("/search", "FindInApp")

# How much a style favours a kind of page. A glance stays on the surface: that is how purpose and distraction
# differ.
_WEIGHT_OF_KIND: dict[int, dict[str, float]] = {
    VAGUE: {"hub": 1.3, "story": 1.2, "tool": 0.7, "form": 0.05},
    BROWSE: {"hub": 1.1, "story": 1.1, "tool": 0.8, "form": 0.08},
    ACT: {"hub": 0.5, "story": 0.4, "tool": 1.3, "compare": 1.2, "form": 1.5, "task": 1.3, "faq": 0.6},
    GLANCE: {"hub": 1.5, "story": 1.2, "tool": 0.35, "compare": 0.6, "form": 0.01, "task": 0.8},
}

# Median seconds on a page of a kind, for someone there on purpose.
MEDIAN_DWELL_SECONDS = {
    "open": 22.0, "hub": 26.0, "detail": 48.0, "story": 75.0, "compare": 65.0,
    "tool": 80.0, "rates": 35.0, "form": 95.0, "task": 30.0, "faq": 45.0,
}  # fmt: skip
# The app is used in shorter breaths than the site.
DWELL_FACTOR = {WEB: 1.0, APP: 0.55}

# Weight of each of an application's pages in a body of events; the submission itself is placed by the
# journey.
_FORM_PAGE_WEIGHT = {"start": 2.0, "details": 1.5, "review": 0.8, "sign": 0.8}


@dataclass(frozen=True)
class Page:
    """A page of the site or a screen of the app.

    Attributes:
        url: Path on the site (may hold `{id}`) or screen name.
        title: Title without the bank's suffix.
        kind: One of `KINDS`.
        draws: Weight by intent name; empty for `open` pages.
        open_weight: Weight among the ambiguous pages.
    """

    url: str
    title: str
    kind: str
    draws: dict[str, float]
    open_weight: float = 0.0


@dataclass(frozen=True)
class Actions:
    """Every (page, event type) pair of a channel and the probabilities behind it.

    Attributes:
        pages: Pages of the channel.
        page: Page index by action, shape (actions,).
        event_type: Event type by action.
        body: P(action | style, intent), shape (4 styles with GLANCE, intents, actions).
        open: P(action | wandering over ambiguous pages), shape (actions,).
        stray: P(action | a misclick), shape (actions,).
        median_dwell: Median seconds by action for someone there on purpose, shape (actions,).
        submit_of_product: Action index of the submission of each product.
        start_of_product: Action index of the form start of each product.
    """

    pages: tuple[Page, ...]
    page: NDArray[np.int64]
    event_type: tuple[str, ...]
    body: Floats
    open: Floats
    stray: Floats
    median_dwell: Floats
    submit_of_product: dict[str, int]
    start_of_product: dict[str, int]

    def find(self, url: str, event_type: str) -> int:
        """Index of the action of `event_type` on the page `url`.

        Raises:
            KeyError: If the channel has no such action.
        """
        for index, (page, kind) in enumerate(zip(self.page, self.event_type, strict=True)):
            if self.pages[page].url == url and kind == event_type:
                return index
        raise KeyError(f"no action {event_type!r} on page {url!r}")


def parse_pages(table: str) -> list[Page]:
    """Read a table of `url | title | kind | draws` lines.

    Raises:
        ValueError: If a line has not four columns or names a kind or an intent that does not exist.
    """
    pages = []
    for line in filter(None, map(str.strip, table.splitlines())):
        columns = [column.strip() for column in line.split("|")]
        if len(columns) != 4 or columns[2] not in KINDS:  # noqa: PLR2004 - the four columns of the docstring
            raise ValueError(f"page table: expected 'url | title | kind | draws', got {line!r}")
        url, title, kind, draws = columns
        if kind == "open":
            pages.append(Page(url, title, kind, {}, float(draws)))
            continue
        weights = {name: float(weight) for name, weight in (draw.split() for draw in draws.split(","))}
        unknown = weights.keys() - INTENT_INDEX.keys()
        if unknown:
            raise ValueError(f"page table: {url!r} names unknown intents {sorted(unknown)}")
        pages.append(Page(url, title, kind, weights))
    return pages


def _draws_of_products(products: tuple[str, ...], weight: float) -> dict[str, float]:
    return {intent.name: weight for intent in INTENTS if intent.product in products}


def _site_pages() -> tuple[list[Page], dict[str, tuple[str, str]]]:
    pages = parse_pages(site.PAGES)
    doors = {}
    for product, (title, _) in site.PRODUCTS.items():
        for step in ("start", "details", "review"):
            draws = _draws_of_products((product,), _FORM_PAGE_WEIGHT[step])
            pages.append(Page(f"/apply/{product}/{{id}}/{step}", f"Apply: {title}, {step}", "form", draws))
        doors[product] = (f"/apply/{product}/{{id}}/start", f"/apply/{product}/{{id}}/review")
    return pages, doors


def _app_pages() -> tuple[list[Page], dict[str, tuple[str, str]]]:
    pages = parse_pages(app.SCREENS)
    doors = {}
    for screen, products in app.SIGN_UPS.items():
        for step, title in (("Start", "Let's begin"), ("Sign", "Sign here")):
            draws = _draws_of_products(products, _FORM_PAGE_WEIGHT[step.lower()])
            pages.append(Page(f"{screen}{step}", title, "form", draws))
        for product in products:
            doors[product] = (f"{screen}Start", f"{screen}Sign")
    pages += [Page(f"Home/Tile/{tile}", "", "open", {}) for tile in app.TILES]
    return pages, doors


def _normalised(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


@cache
def actions_of(channel: int) -> Actions:
    """The action tables of a channel (WEB or APP), built once."""
    pages, doors = _site_pages() if channel == WEB else _app_pages()
    page_of: list[int] = []
    types: list[str] = []
    shares: list[float] = []
    # Actions with share 0 never occur in a body of events; journeys place them.
    placed = {"/login": "login", "SignIn": "login", "Welcome": "app_open"}
    for index, page in enumerate(pages):
        options = {"search": 1.0} if page.url in SEARCH_PAGES else TYPES_OF_KIND[page.kind]
        if page.url.startswith("Home/Tile/"):
            options = {"tile_impression": 0.0, "tile_click": 0.0}
        if page.url in placed:
            options = {**options, placed[page.url]: 0.0}
        if page.url.endswith(("/review", "Sign")) and page.kind == "form":
            options = {**options, "application_submit": 0.0}
        for event_type, share in options.items():
            page_of.append(index)
            types.append(event_type)
            shares.append(share)
    page_index = np.array(page_of)
    type_share = np.array(shares)
    draws = np.zeros((len(INTENTS), len(pages)))
    for index, page in enumerate(pages):
        for name, weight in page.draws.items():
            draws[INTENT_INDEX[name], index] = weight
    styles = [
        _normalised(draws * np.array([weights.get(page.kind, 1.0) for page in pages]))
        for weights in (_WEIGHT_OF_KIND[style] for style in (VAGUE, BROWSE, ACT, GLANCE))
    ]
    body = np.stack(styles)[:, :, page_index] * type_share
    open_pages = np.array([page.open_weight for page in pages])
    stray_pages = np.array([float(page.kind not in ("form", "task")) for page in pages])
    dwell = np.array([MEDIAN_DWELL_SECONDS[page.kind] for page in pages]) * DWELL_FACTOR[channel]
    actions = Actions(
        pages=tuple(pages),
        page=page_index,
        event_type=tuple(types),
        body=_normalised(body),
        open=_normalised(open_pages[page_index] * type_share),
        stray=_normalised(stray_pages[page_index] * type_share),
        median_dwell=dwell[page_index],
        submit_of_product={},
        start_of_product={},
    )
    for product, (start, review) in doors.items():
        actions.start_of_product[product] = actions.find(start, "form_start")
        actions.submit_of_product[product] = actions.find(review, "application_submit")
    return actions
