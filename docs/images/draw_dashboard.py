"""Screenshots of the dashboard for the README and the docs: `make screenshots`, after `make demo`."""

import shutil
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Final

from docs.images.dashboard_browser import browser, served, settle
from PIL import Image
from playwright.sync_api import Browser, Page

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
COLOURS: Final = 128
"""Of a picture: enough for flat charts, and a third of the bytes."""

# name of the file, page, theme, width and height in pixels
SHOTS: Final = (
    ("intents-light", "", "light", 1280, 1010),
    ("intents-dark", "", "dark", 1280, 1010),
    ("journeys-light", "journeys", "light", 1280, 1010),
    ("sessions-dark", "sessions", "dark", 1280, 1010),
    ("trust-light", "trust", "light", 1280, 1010),
    ("intents-phone", "", "light", 390, 1010),
)


def main(file: Path) -> None:
    """Draw all of them.

    Args:
        file: a built file, such as clickintent.duckdb.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name in ("gold_labels.csv", "taxonomy_overrides.csv"):
            shutil.copy(ROOT / "seeds" / name, folder)
        with served(file, Path(folder)) as address, browser() as chromium:
            for name, page, theme, width, height in SHOTS:
                picture = _shot(chromium, f"{address}/{page}", theme, width, height)
                Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
                    HERE / f"dashboard-{name}.png", optimize=True
                )


def _shot(chromium: Browser, address: str, theme: str, width: int, height: int) -> bytes:
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    settle(page)
    if address.endswith("sessions"):
        _choose_a_session(page)
    time.sleep(2)  # fonts and charts come to rest
    picture = page.screenshot()
    context.close()
    return picture


def _choose_a_session(page: Page) -> None:
    point = page.locator(".scatterlayer .trace .point").nth(1200).bounding_box()
    assert point is not None
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.wait_for_selector("text=Most like it")
    settle(page)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "clickintent.duckdb"))
