"""The dashboard served, and a headless Chromium to look at it: for its screenshots, its tests and its benchmark."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

NO_CHROMIUM: Final = (
    "There is no Chromium: install the system's (apt install chromium), run `playwright install chromium`, or name one "
    "in CLICKINTENT_CHROMIUM."
)
START_SECONDS: Final = 60
READY_MILLISECONDS: Final = 120_000
"""How long a page may take on a machine that does other work too."""


def chromium() -> str | None:
    """A Chromium of this machine: the one that is named, the system's, or Playwright's own."""
    named = os.environ.get("CLICKINTENT_CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium.

    Raises:
        RuntimeError: there is none.
    """
    executable = chromium()
    if executable is None:
        raise RuntimeError(NO_CHROMIUM)
    with sync_playwright() as playwright:
        # the sandbox needs rights that containers seldom give; only this machine's own pages are opened
        launched = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield launched
        finally:
            launched.close()


@contextmanager
def served(file: Path, seeds: Path, checkout: Path | None = None) -> Iterator[str]:
    """The dashboard of a built file, on a free port; its address.

    Args:
        file: a built file.
        seeds: folder that answers of a review are written to.
        checkout: whose dashboard; None for the installed one.

    Raises:
        RuntimeError: it does not answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("clickintent")), "dashboard", "--file", str(file), "--no-browser"]
    command += ["--port", str(port), "--seeds", str(seeds), "--by", "reviewer"]
    environment = {**os.environ, **({"PYTHONPATH": str(checkout / "src")} if checkout else {})}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health"):  # noqa: S310 - an address of our own
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"The dashboard does not answer at {address}; exit code {server.poll()}.")


def settle(page: Page) -> None:
    """Wait until the script has run and its charts are drawn."""
    page.wait_for_selector("h1", timeout=READY_MILLISECONDS)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton]')"
        " && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(chart => chart.querySelector('svg'))",
        timeout=READY_MILLISECONDS,
    )


def turn_to(page: Page, name: str) -> None:
    """Go to a page by the navigation, as a reader does."""
    page.get_by_role("link", name=name).first.click()
    page.wait_for_function(f"() => document.title.startsWith('{name}')", timeout=READY_MILLISECONDS)
    settle(page)
