"""Thousands of made-up identifiers, planted wherever a visitor can write: none is told."""

import re
from collections import Counter

import duckdb
import polars as pl
import pytest
from tests.integration.conftest import SHORT_TRAINING, Project
from tests.planting import Plant, plants

from clickintent.dashboard.places import published_file
from clickintent.labeling import read_steps

COUNT = 4000
PLACES = ("title", "path", "query", "search", "event type", "property", "campaign", "screen")

# What a bank writes over its pages, numbers, streets, names and colons among it: all of it stays.
TITLES = """
Today's mortgage rates
30-Year Fixed Mortgage Rates 2026
5/1 ARM vs 30-year fixed: which is right for you?
Form 1099-INT and 1098: when will I get mine?
Roll over an old 401(k) to an IRA
How to dispute a charge in 5 steps
Zero-interest credit card offer for 2026
0% intro APR for 21 months, then 18.99%
Open a checking account online
Cards: compare all cards
Wall Street explained
Main Street small business loans
Find an ATM on your street
10 ways to save on your next car
Drive now, pay later
Student loans for 2026 graduates
Bankkonto eröffnen
Hypothek: Zinsen vergleichen
Kreditkarte sperren
Prêt immobilier: simulation
Ouvrir un compte en 5 minutes
Cuenta corriente sin comisiones
Pay via app or online
Transfer via Zelle
SBA 7(a) and 504 programs
Call us 24/7
24 hour support
Savings goals: a place for your plans
A better way to bank
Your next best mortgage
Holiday hours: Dec 24 to Jan 2
CD rates as of June 2026
Private banking for families
Report a lost or stolen card
Beneficiary rules for IRAs
Names on your account
E-mail alerts
Customer service
User guide for online banking
"""


def written(title: str) -> str:
    """The words of a title, as a page has them."""
    return re.sub(r"[^\w]+|_", " ", title.lower()).strip()


def letters(number: int) -> str:
    """A number in letters, so that no page of ours has a number of its own."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:05d}")


def event(number: int, place: str, plant: Plant) -> dict[str, str]:
    page = f"https://bank.example/alpha/{letters(number)}x"
    text = plant.text.replace("?", "").replace("#", "") if place == "path" else plant.text
    said = {
        "title": {"page_title": text},
        "path": {"page_url": f"{page}/{text}"},
        "query": {"page_url": f"{page}?q={text}"},
        "search": {"page_url": f"{page}/search/{text}", "page_title": f"Results for {text}"},
        "event type": {"event_type": text},
        "property": {"properties": f'{{"term": "{text}"}}'},
        "campaign": {"page_url": f"{page}?utm_campaign={text}"},
        "screen": {"page_url": text.replace("/", "")},
    }[place]
    plain = {"page_url": page, "page_title": "Cards", "event_type": "page_view", "properties": "{}"}
    return {"visitor_id": f"v{number}", "event_at": "2026-03-01T10:00:00Z", **plain, **said}


@pytest.fixture(scope="module")
def planted() -> list[tuple[str, Plant]]:
    found = list(plants(seed=7, count=COUNT))
    # every kind at every place: there are as many kinds in a row as it takes
    return [(PLACES[number // 12 % len(PLACES)], plant) for number, plant in enumerate(found)]


def tells(plant: Plant, words: str) -> bool:
    return any(name in words for name in plant.names) or sum(c.isdigit() for c in words) >= 4


@pytest.fixture(scope="module")
def project(planted, tmp_path_factory, parsed) -> Project:
    """A build of these events, and of a page for each title of a bank."""
    of_bank = [
        {**event(COUNT + number, "title", Plant("title", title)), "page_url": f"https://bank.example/{letters(number)}"}
        for number, title in enumerate(titles())
    ]
    folder = tmp_path_factory.mktemp("planted")
    path = folder / "events.csv"
    pl.DataFrame([event(number, *each) for number, each in enumerate(planted)] + of_bank).write_csv(path)
    project = Project(folder, parsed, {**SHORT_TRAINING, "event_source": "generic", "events_path": str(path)})
    project.run("--exclude", "tag:ranking", "tag:evaluation")
    return project


def titles() -> list[str]:
    return TITLES.strip().split("\n")


def test_no_planted_identifier_reaches_a_narrative_and_the_words_of_a_bank_stay(project, planted):
    narratives = dict(
        project.query("select visitor_id, narrative from session_narratives inner join sessions using (session_id)")
    )
    assert len(narratives) == COUNT + len(titles())
    leaks = []
    for number, (place, plant) in enumerate(planted):
        steps = read_steps(narratives[f"v{number}"])
        told = " ".join([step.words for step in steps] + [kind for step in steps for kind in step.event_types])
        if tells(plant, told):
            leaks.append((place, plant.kind, plant.text, told))
    assert leaks == []
    assert min(Counter(place for place, _ in planted).values()) > 400

    lost = [
        (title, step.words)
        for number, title in enumerate(titles())
        for step in read_steps(narratives[f"v{COUNT + number}"])
        if step.words != f"{letters(number)} {written(title)}"
    ]
    assert lost == []


@pytest.mark.slow
def test_no_planted_identifier_reaches_the_published_copy(project, planted):
    with duckdb.connect(str(published_file(project.file)), read_only=True) as connection:
        # ids of sessions are hashes, of which any four letters may be a piece of an identifier
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where not internal and data_type = 'VARCHAR' and column_name not in ('session_id', 'neighbour_id')"
        ).fetchall()
        assert {("mapped_session_events", "event_type"), ("intent_trends_daily", "campaign")} <= set(columns)
        texts = {
            (table, column): connection.execute(f"select distinct {column} from {table}").fetchall()
            for table, column in columns
        }
        events = connection.execute(
            "select session_id, concat_ws(' ', event_type, page_words) from mapped_session_events"
        ).fetchall()
    words = {
        word: place
        for place, rows in texts.items()
        for (text,) in rows
        if text
        for word in re.findall(r"[^\W\d_]+", text.lower())
    }
    assert "view" in words
    assert [(name, words[name]) for _, plant in planted for name in plant.names if name in words] == []

    visitors = dict(project.query("select session_id, visitor_id from sessions"))
    of_visitor = {f"v{number}": plant for number, (_, plant) in enumerate(planted)}
    told = [(of_visitor.get(visitors[session_id]), text) for session_id, text in events]
    assert len(told) > 500
    assert [(plant, text) for plant, text in told if plant and tells(plant, text.lower())] == []
