"""What the documents name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
NAMED_FILE = re.compile(r"`((?:benchmarks|docs|examples|macros|models|python_models|seeds|src|tests)/[\w./-]+)`")


def anchors(page: Path) -> set[str]:
    """Of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere_and_files_that_are_named_exist(page):
    text = page.read_text()
    missing = [name for name in NAMED_FILE.findall(text) if "NAME" not in name and not (ROOT / name).exists()]
    for name, anchor in LINK.findall(text):
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            missing.append(f"{name}#{anchor}")
    assert missing == []


def test_the_readme_tells_what_ran_where_as_the_page_on_snowflake_does():
    def table(page: Path) -> list[str]:
        lines = page.read_text().splitlines()
        first = lines.index("| | emulator | local testing | golden | live |")
        return lines[first : lines.index("", first)]

    of_readme = [line.replace("](docs/", "](") for line in table(ROOT / "README.md")]
    assert len(of_readme) > 10
    assert of_readme == table(ROOT / "docs" / "snowflake.md")
