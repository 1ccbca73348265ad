"""What a reader waits for, in a headless Chromium: from a click until the script is done and its charts are drawn."""

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from docs.images.dashboard_browser import READY_MILLISECONDS, browser, served, settle, turn_to
from playwright.sync_api import Browser, Page

from benchmarks.dashboard.processor_time import ProcessorTime, spent
from benchmarks.folders import ROOT

READING_SECONDS: Final = 6
"""A reader looks at the first page before anything is chosen; meanwhile the server loads what *Review* needs."""

REST_SECONDS: Final = 0.5
"""What the browser still has to do once the charts are there is counted as well."""

_WATCH = """
() => {
    const app = document.querySelector('[data-testid=stApp]');
    window.lastRun = {started: 0, ended: 0};
    new MutationObserver(() => {
        if (app.dataset.testScriptState === 'running') { window.lastRun.started += 1; }
        if (app.dataset.testScriptState === 'notRunning') { window.lastRun.ended += 1; }
    }).observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
}
"""


class Waited(NamedTuple):
    """Seconds that a reader waited for a step, and of processor time until the page had come to rest after it."""

    seconds: float
    server_seconds: float
    browser_seconds: float


def measure(copy: Path, repeats: int, checkouts: Mapping[str, Path]) -> dict[str, dict[str, list[Waited]]]:
    """What each step takes, each time with a server that has answered nothing before.

    Args:
        copy: a published copy, named as that of a built file: NAME.published.duckdb.
        repeats: how often to start anew.
        checkouts: name -> whose dashboard; they take turns.

    Returns:
        Name of the checkout -> step -> what was waited, once for each repeat.
    """
    file = copy.with_name(copy.name.replace(".published", ""))
    told: dict[str, dict[str, list[Waited]]] = {name: {} for name in checkouts}
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        for name in ("gold_labels.csv", "taxonomy_overrides.csv"):
            shutil.copy(ROOT / "seeds" / name, folder)
        for _ in range(repeats):
            for name, checkout in checkouts.items():
                for step, waited in _visit(chromium, file, Path(folder), checkout).items():
                    told[name].setdefault(step, []).append(waited)
    return told


def _visit(chromium: Browser, file: Path, seeds: Path, checkout: Path) -> dict[str, Waited]:
    before, started = spent(), time.perf_counter()
    with served(file, seeds, checkout) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        page = context.new_page()
        page.goto(address)
        settle(page)
        told = {"first view, from the command on": _waited(time.perf_counter() - started, before)}
        time.sleep(READING_SECONDS)
        for step, act in _steps(page).items():
            before = spent()
            told[step] = _waited(_timed(page, act), before)
        context.close()
    return told


def _waited(seconds: float, before: ProcessorTime) -> Waited:
    time.sleep(REST_SECONDS)
    after = spent()
    return Waited(seconds, after.server - before.server, after.browser - before.browser)


def _steps(page: Page) -> dict[str, Callable[[], None]]:
    return {
        "filter by channel": lambda: _choose(page, "Channel", "web"),
        "filter by campaign": lambda: _choose(page, "Campaign", "none"),
        "leaves in place of groups": lambda: _choose(page, "Intents", "Leaves"),
        "all days": lambda: _choose(page, "Period", "All days"),
        "days in place of weeks": lambda: _segment(page, "day").click(),
        "split by device": lambda: _segment(page, "Device").click(),
        "turn to Journeys": lambda: turn_to(page, "Journeys"),
        "paths from web to app": lambda: _choose(page, "Paths", "From web to app"),
        "turn to Sessions": lambda: turn_to(page, "Sessions"),
        "colour the map by channel": lambda: _segment(page, "Channel").click(),
        "click a session on the map": lambda: _click_dot(page),
        "turn to Trust": lambda: turn_to(page, "Trust"),
        "turn to Review": lambda: turn_to(page, "Review"),
    }


def _timed(page: Page, act: Callable[[], None]) -> float:
    page.evaluate(_WATCH)
    started = time.perf_counter()
    act()
    page.wait_for_function(
        "() => window.lastRun.started > 0 && window.lastRun.ended >= window.lastRun.started",
        timeout=READY_MILLISECONDS,
    )
    settle(page)
    return time.perf_counter() - started


def _choose(page: Page, label: str, value: str) -> None:
    page.locator("[data-testid=stSelectbox]", has_text=label).first.locator("input").click()
    page.get_by_role("option", name=value, exact=True).click()


def _segment(page: Page, name: str):  # noqa: ANN202 - a locator of Playwright
    return page.locator("[data-testid=stButtonGroup] button", has_text=name)


def _click_dot(page: Page) -> None:
    place = page.locator(".scatterlayer .trace .point").nth(300).bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
