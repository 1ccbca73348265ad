"""What a visitor typed or a site wrote about them ends at the events: page texts and narratives do not repeat it."""

import re

import duckdb
import polars as pl
import pytest

# event_id, page_url, page_title, event_type; the secrets are the words that SECRETS knows
EVENTS = """
e-mail in a title | https://bank.example/inbox | Inbox of anna.smith@mailhost.example | page_view
greeting with a name | https://bank.example/home | Welcome back, Anna | page_view
greeting without a comma | https://bank.example/start | Hello Anna Smith | page_view
greeting in small letters | https://bank.example/offers | hi anna! New offers | page_view
search page with an extension | https://bank.example/search.html?q=divorce | divorce loan - 4 hits | page_view
search page of a language | https://bank.example/de/suche/divorce | divorce | page_view
search title | https://bank.example/find | You searched for divorce | page_view
encoded query string | https://bank.example/x%3Fname%3Danna-smith | Cards | page_view
session in the path | https://bank.example/rates;jsessionid=zQ3k | Rates | page_view
phone and account | https://bank.example/pay | Pay +1 (555) 123-4567 from 12345678901 | page_view
card number | https://bank.example/card | Card 4111 1111 1111 1111 | page_view
token | https://bank.example/reset | Reset q7x9q7x9q7x9q7x9q7x9q7x9 | page_view
search event | https://bank.example/help | Help | searched for divorce lawyer
search event with a dash | https://bank.example/help | Help | site search - divorce
e-mail as event type | https://bank.example/help | Help | mailed anna.smith@mailhost.example
"""
SECRETS = re.compile(
    r"anna|smith|mailhost|divorce|lawyer|zq3k|q7x9|jsessionid|555|123 ?4567|12345678901|4111|1111", re.IGNORECASE
)


def build_narratives(project) -> None:
    """The events above as one visitor's session, built up to the narratives."""
    rows = [[field.strip() for field in line.split("|")] for line in EVENTS.strip().split("\n")]
    events = pl.DataFrame(rows, schema=["event_id", "page_url", "page_title", "event_type"], orient="row")
    times = pl.Series([f"2026-03-01T10:{minute:02d}:00Z" for minute in range(len(events))])
    path = project.folder / "events.csv"
    events.with_columns(event_at=times, visitor_id=pl.lit("v1")).write_csv(path)
    project.vars |= {"event_source": "generic", "events_path": str(path)}
    project.run("--select", "+session_narratives")


@pytest.mark.slow
def test_no_planted_identifier_stays_in_page_texts_or_narratives_even_in_those_an_older_version_wrote(project):
    build_narratives(project)
    texts = [text for (text,) in project.query("select text from pages")]
    assert len(texts) == 13
    assert [text for text in texts if SECRETS.search(text)] == []

    ((written,),) = project.query("select narrative from session_narratives")
    assert not SECRETS.search(written)
    for kept in ("inbox", "home welcome back", "new offers", "search results", "rates", "pay", "card", "cards", "help"):
        assert kept in written

    with duckdb.connect(str(project.file)) as connection:
        connection.execute("update session_narratives set narrative = 'anna'")
        connection.execute("alter table session_narratives drop column narrative_revision")
    project.run("--select", "session_narratives")
    assert project.query("select narrative from session_narratives where narrative_revision > 0") == [(written,)]
