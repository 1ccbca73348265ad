"""The documentation site builds without a warning, asks nothing of the network, and names commands that exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from clickintent.cli import app

ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(
    r"<(?:script|img|iframe)[^>]* src=\"?(https?:)?//|<link(?![^>]*rel=\"?canonical)[^>]* href=\"?(https?:)?//"
)
NAMED_COMMAND = re.compile(r"(?:^|[`&|] ?|\$ )clickintent ((?:[a-z]+[ `\n])+)", re.MULTILINE)


def run_mkdocs(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = run_mkdocs(out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_every_page_is_built_and_in_the_navigation(site):
    """A page that is in no navigation, and a link that leads nowhere, is a warning, and so fails the build."""
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in ROOT.glob("docs/**/*.md")}
    built = {page.relative_to(site) for page in site.rglob("*.html")}
    expected = {page.with_name("index.html") if page.stem == "README" else page for page in pages}
    assert expected - built == set()


def test_a_page_loads_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    assert [str(page.relative_to(site)) for page in pages if LOADED.search(page.read_text())] == []
    # a link to a repository by `repo_url` asks GitHub for its stars
    assert [page.name for page in pages if 'data-md-component="source"' in page.read_text()] == []
    styles = [style for style in site.rglob("*.css") if re.search(r"(url\(|@import )[\"']?https?:", style.read_text())]
    assert styles == []


def test_a_link_out_of_the_docs_leads_to_the_repository(site):
    assert 'href="https://github.com/clickintent/clickintent/blob/main/README.md' in (site / "index.html").read_text()


def commands(group: typer.Typer) -> dict:
    """Name -> None for a command, or the same of a group."""
    click_group = typer.main.get_command(group)
    return {name: dict.fromkeys(getattr(command, "commands", {})) for name, command in click_group.commands.items()}


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda page: page.stem)
def test_a_command_that_is_named_exists(page):
    known = commands(app)
    wrong = []
    for named in NAMED_COMMAND.findall(page.read_text()):
        words = named.replace("`", " ").split()
        group = known.get(words[0], "missing")
        if group == "missing" or (group and len(words) > 1 and words[1] not in group):
            wrong.append(" ".join(words[:2]))
    assert wrong == []
