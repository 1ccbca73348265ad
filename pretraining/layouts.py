"""Layouts: the synthetic bank's events under other page names, paths, event names and gaps in the data.

What people do stays the simulator's; what it looks like is drawn. No name of the demo's own site or app is used: a
layout's names are checked against them.
"""

import json
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from clickintent.demo.pages import APP, CHANNEL_NAMES, WEB, Page, actions_of
from pretraining.words import EVENT_TYPES, OPEN_PAGES, PHRASES, STEPS, SYLLABLES, TEMPLATES

# Shares of pages that a layout does without, that share the name of another one, and whose name means nothing
GONE_SHARE = 0.1
SHARED_SHARE = 0.1
OBSCURE_SHARE = 0.12
# Chance that a layout has no titles, no device, no referrer
BARE_CHANCE = 0.25
# A page serves several needs: the second one names it this often
SECOND_NEED_SHARE = 0.2
TRIES = 50
_NUMBER = r"/\d{5,6}\b"


@dataclass(frozen=True)
class Layout:
    """How one bank looks.

    Attributes:
        number: of the layout; also its seed.
        pages: channel, path (with {id}), page_url and page_title of each page that this bank has.
        event_types: what the bank's tracker calls each event.
        lacks: columns of the event contract that the bank does not fill.
    """

    number: int
    pages: pl.DataFrame
    event_types: dict[str, str]
    lacks: tuple[str, ...]


def draw_layout(number: int) -> Layout:
    """The layout of a number: the same one every time."""
    random = np.random.default_rng([number, 20_260_101])
    rows = []
    for channel in (WEB, APP):
        taken = set(names_of_the_demo())
        named: dict[str, tuple[str, str]] = {}
        for page in actions_of(channel).pages:
            if random.random() < GONE_SHARE:
                continue
            kin = named.get(_need(page, random))
            if kin and random.random() < SHARED_SHARE:
                url, title = kin
            else:
                url, title = _new_name(page, channel, taken, random)
                named[_need(page, random)] = (url, title)
            rows.append((CHANNEL_NAMES[channel], page.url, url, title))
    return Layout(
        number,
        pl.DataFrame(rows, schema=["channel", "path", "page_url", "page_title"], orient="row"),
        {name: str(random.choice(others)) for name, others in EVENT_TYPES.items()},
        tuple(name for name in ("page_title", "device_type", "referrer_url") if random.random() < BARE_CHANCE),
    )


def names_of_the_demo() -> set[str]:
    """Titles and paths of the demo's own site and app, lower case: no layout may use one."""
    pages = [page for channel in (WEB, APP) for page in actions_of(channel).pages]
    return {page.title.lower() for page in pages} | {page.url.lower() for page in pages}


def relabel(events: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The bank's events (columns of `render.EVENT_COLUMNS`) as the layout's tracker would send them."""
    path = pl.col("page_url").str.replace("https://www.northwindbank.example", "", literal=True)
    path = path.str.split("?").list.first().str.replace_all(_NUMBER, "/{id}")
    named = events.with_columns(path=path).drop("page_url", "page_title")
    return (
        named.join(layout.pages, on=["channel", "path"], how="inner", maintain_order="left")
        .with_columns(
            site_id=pl.lit(f"bank-{layout.number}"),
            event_type=pl.col("event_type").replace_strict(layout.event_types),
            # within a visit the referrer is the page before, under the demo's own name
            referrer_url=pl.when(~pl.col("referrer_url").str.starts_with("/")).then("referrer_url"),
            # names of campaigns and the like are the demo's too
            properties=pl.lit(json.dumps({})),
        )
        .drop("path", *layout.lacks)
    )


def _need(page: Page, random: np.random.Generator) -> str:
    if not page.draws:
        return "open"
    needs = sorted(page.draws, key=lambda name: -page.draws[name])
    return needs[1] if len(needs) > 1 and random.random() < SECOND_NEED_SHARE else needs[0]


def _new_name(page: Page, channel: int, taken: set[str], random: np.random.Generator) -> tuple[str, str]:
    """page_url and page_title, neither of them taken."""
    for tried in range(TRIES):
        title = _title(page, random) + (f" {len(taken)}" if tried == TRIES - 1 else "")
        url = _path(title, random) if channel == WEB else _screen(title)
        if title not in taken and url.lower() not in taken:
            break
    taken |= {title, url.lower()}
    return url, title


def _title(page: Page, random: np.random.Generator) -> str:
    if random.random() < OBSCURE_SHARE:
        return "".join(random.choice(SYLLABLES, size=int(random.integers(2, 5))))
    if page.kind == "open":
        return str(random.choice(OPEN_PAGES))
    title = str(random.choice(TEMPLATES[page.kind])).format(p=random.choice(PHRASES[_need(page, random)]))
    if page.kind == "form":
        is_last = page.url.lower().endswith(("review", "sign"))
        title = f"{title}, {random.choice(STEPS[int(is_last)])}"
    return title


def _path(title: str, random: np.random.Generator) -> str:
    words = re.findall(r"[a-z0-9]+", title)
    section = str(random.choice(["", "personal", "private", "en", "products", "services", "bank"]))
    ending = str(random.choice(["", "", ".html", "/"]))
    return "/" + "/".join(filter(None, [section, "-".join(words)])) + ending


def _screen(title: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[a-z0-9]+", title))
