"""The dashboard in a real browser, on the build of a small bank."""

import re
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

pytest.importorskip("streamlit", reason="needs the extra dashboard: pip install 'clickintent[dashboard]'")
pytest.importorskip("playwright", reason="needs Playwright: pip install 'clickintent[dev]'")

from docs.images.dashboard_browser import NO_CHROMIUM, browser, chromium, served, settle, turn_to
from tests.integration.conftest import ROOT

from clickintent.dashboard.data import query_copy
from clickintent.dashboard.places import published_file

pytestmark = [pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason=NO_CHROMIUM)]

PAGES = ("Intents", "Journeys", "Sessions", "Trust", "Review")


@pytest.fixture(scope="module")
def project(built_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboard")
    copied = built_demo.copy(folder)
    shutil.copy(published_file(built_demo.file), published_file(copied.file))
    for name in ("gold_labels.csv", "taxonomy_overrides.csv"):
        shutil.copy(ROOT / "seeds" / name, folder / name)
    return copied


@pytest.fixture(scope="module")
def address(project):
    with served(project.file, project.folder) as address:
        yield address


@pytest.fixture(scope="module")
def chrome():
    with browser() as launched:
        yield launched


class Reader:
    """A page of the browser that keeps what the console complains of and what is asked of other machines."""

    def __init__(self, chrome, address, width=1280, theme="light"):
        self.context = chrome.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
        self.page = self.context.new_page()
        self.complaints = []
        self.strangers = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url, address))
        self.page.goto(address)
        settle(self.page)

    def _note(self, url, address):
        own = address.removeprefix("http://")
        if not re.match(rf"(https?|wss?)://{re.escape(own)}|data:|blob:", url):
            self.strangers.append(url)

    def figure(self, label):
        return (
            self.page.locator("[data-testid=stMetric]", has_text=label)
            .locator("[data-testid=stMetricValue]")
            .inner_text()
        )

    def marked(self):
        """The session whose dot the map marks."""
        return self.page.evaluate(
            "document.querySelector('.js-plotly-plot').data"
            ".flatMap(dots => (dots.selectedpoints || []).map(place => dots.customdata[place])).join()"
        )

    def choose(self, label, value):
        self.page.locator("[data-testid=stSelectbox]", has_text=label).locator("input").click()
        self.page.get_by_role("option", name=value, exact=True).click()
        self.page.wait_for_timeout(300)  # the click is on its way to the script
        settle(self.page)


@pytest.fixture
def reader(chrome, address):
    reader = Reader(chrome, address)
    yield reader
    reader.context.close()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_page_renders_without_a_complaint_and_without_asking_another_machine(chrome, address, width, theme):
    reader = Reader(chrome, address, width, theme)
    for name in PAGES:
        if (closed := reader.page.get_by_test_id("stExpandSidebarButton")).is_visible():  # on a telephone
            closed.click()
        turn_to(reader.page, name)
        assert reader.page.locator("[data-testid=stException]").count() == 0, name
        widest = reader.page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width, f"{name} is {widest} pixels wide"
    assert reader.complaints == []
    assert reader.strangers == []
    reader.context.close()


def test_filters_change_numbers_that_equal_sql_and_stand_in_the_address(reader, project):
    query = query_copy(published_file(project.file))
    reader.choose("Channel", "web")
    counted = query("select sum(sessions) as n from intent_trends_daily where channel = 'web'").item()
    assert reader.figure("Sessions") == f"{counted:,}"
    reader.choose("Device", "mobile")
    counted = query(
        "select sum(sessions) as n from intent_trends_daily where channel = 'web' and device_type = 'mobile'"
    ).item()
    assert reader.figure("Sessions") == f"{counted:,}"
    assert "channel=web" in reader.page.url
    assert "device_type=mobile" in reader.page.url
    reader.page.reload()
    settle(reader.page)
    assert reader.figure("Sessions") == f"{counted:,}"


def test_what_is_downloaded_is_what_is_drawn(reader):
    with reader.page.expect_download() as downloaded:
        reader.page.locator(".st-key-download_intent_shares button").first.click()
    rows = pl.read_csv(Path(downloaded.value.path()))
    assert f"{rows['sessions'].sum():,}" == reader.figure("Sessions")


def test_a_click_on_the_map_tells_that_session(reader, project):
    turn_to(reader.page, "Sessions")
    points = reader.page.locator(".scatterlayer .trace .point")
    query = query_copy(published_file(project.file))
    assert points.count() == query("select count(*) as n from mapped_sessions").item()
    place = points.nth(25).bounding_box()
    reader.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    reader.page.wait_for_selector("text=Most like it")
    session_id = re.search(r"session=([0-9a-f]{32})", reader.page.url).group(1)
    narrative = query("select narrative from mapped_sessions where session_id = ?", [session_id]).item()
    assert reader.page.locator(".st-key-narrative").inner_text().split() == narrative.split()
    reader.page.wait_for_timeout(500)  # two quick clicks are a double click, which zooms
    reader.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    reader.page.wait_for_selector("text=Click a session")
    assert "session=" not in reader.page.url


def test_a_click_leaves_the_map_as_it_is_and_any_other_choice_moves_the_mark(reader):
    turn_to(reader.page, "Sessions")
    reader.page.evaluate("document.querySelector('.js-plotly-plot').isTheFirst = true")
    reader.page.locator(".scatterlayer .trace .point").nth(25).click(force=True)
    reader.page.wait_for_selector("text=Most like it")
    reader.page.wait_for_timeout(300)
    settle(reader.page)
    assert reader.page.evaluate("document.querySelector('.js-plotly-plot').isTheFirst") is True, "drawn anew"
    first = reader.marked()
    reader.page.locator(".st-key-neighbour_1 button").click()
    reader.page.wait_for_timeout(300)
    settle(reader.page)
    assert reader.marked() == reader.page.get_by_label("Find a session").input_value() != first
    reader.page.get_by_label("Find a session").fill(first)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_timeout(300)
    settle(reader.page)
    assert reader.marked() == first


def test_an_answer_in_review_is_written_to_the_seeds(reader, project):
    turn_to(reader.page, "Review")
    reader.page.get_by_role("button", name="None fits").click()
    reader.page.wait_for_selector("text=1 gold labels", timeout=30_000)
    written = (project.folder / "gold_labels.csv").read_text().splitlines()
    assert len(written) == 2
    assert ",none,random,reviewer," in written[1]


def test_a_build_beside_it_does_no_harm_and_is_shown_when_it_ends(reader, project):
    before = reader.figure("Sessions")
    command, environment = project.command("run", "--select", "tag:dashboard", min_cell_sessions=2)
    build = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    drawn = 0
    while build.poll() is None:
        reader.choose("Channel", "app" if drawn % 2 else "web")
        assert reader.page.locator("[data-testid=stException]").count() == 0
        drawn += 1
    assert build.returncode == 0, build.stdout.read()[-3000:]
    assert drawn >= 2
    reader.choose("Channel", "All")
    ((counted,),) = project.query("select sum(sessions) from intent_trends_daily")
    assert reader.figure("Sessions") == f"{counted:,}" != before
    assert reader.page.get_by_text("Cells under 2 sessions are left out.").count() == 1
    assert reader.complaints == []
