"""What is sent names only what many people have seen."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickintent.labeling import read_channel, read_steps, write_narratives
from clickintent.labeling.page_words import RARE_PAGE
from clickintent.privacy import Audience, redact_rare_pages

NARRATIVE = """web session, desktop, referrer search, 6 events, 4 min
- mortgage rates | x2 | 45s
- appeal of case smith | 3 min | form_start, printed for anna
- (no page) | search"""


def test_a_rare_page_and_a_rare_event_type_are_not_told_and_all_else_stays():
    redacted = redact_rare_pages(NARRATIVE, {"mortgage rates"}, {"form_start", "search"})
    assert (
        redacted
        == """web session, desktop, referrer search, 6 events, 4 min
- mortgage rates | x2 | 45s
- (rare page) | 3 min | form_start
- (no page) | search"""
    )
    assert [step.words for step in read_steps(redacted)] == ["mortgage rates", "", ""]


def test_a_step_whose_every_event_type_is_rare_has_none():
    assert redact_rare_pages("app session, 1 event\n- home | 5s | printed for anna", {"home"}, set()).endswith(
        "- home | 5s"
    )


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("web session, anna's iphone, referrer search, 1 event", "web session, referrer search, 1 event"),
        ("web session, mobile, referrer anna, 1 event", "web session, mobile, 1 event"),
        ("app session, tablet, 70 events (last 64 shown), 55s", "app session, tablet, 70 events (last 64 shown), 55s"),
        ("app session, my phone, 3 min", "app session, 3 min"),
    ],
)
def test_the_first_line_tells_no_device_that_is_free_text(header, told):
    assert redact_rare_pages(header, set(), set()) == told


def test_the_known_words_are_those_that_narratives_use():
    pages = pl.DataFrame(
        {
            "page_key": ["/cards", "AccountsHome", "/case", "/doc", "/gone", "/:id"],
            "text": ["cards all cards", "accounts home", "case smith", "doc for 4111 1111 1111 1111", None, ""],
            "is_known": [True, True, False, True, True, False],
        }
    )
    types = pl.DataFrame(
        {
            "event_type": ["form_start", "Searched for divorce", "printed for anna", "Video  Play"],
            "is_known": [True, False, False, True],
        }
    )
    audience = Audience.read(pages, types)
    assert audience.words == {"cards all cards", "accounts home", "doc for <card>", "gone"}
    assert audience.event_types == {"form_start", "search", "video play"}


WORDS = st.sampled_from(
    ["cards", "Cards, all | of them", "x2", "45s", "3 min", "search", "Suche: haus", "form_start", "-", "a\nb", ""]
)
EVENTS = st.lists(st.tuples(WORDS | st.text(max_size=12), WORDS | st.text(max_size=12)), max_size=8)


@given(EVENTS, st.data())
def test_only_what_is_known_is_told_and_the_rest_of_the_narrative_stays(events, data):
    keys, types = [key for key, _ in events], [kind for _, kind in events]
    pages = pl.DataFrame(
        {"page_key": sorted(set(keys)), "text": sorted(set(keys))}, schema={"page_key": pl.String, "text": pl.String}
    )
    sequences = pl.DataFrame(
        {
            "session_id": ["s"],
            "channel": ["web"],
            "device_type": ["desktop"],
            "referrer_medium": ["search"],
            "page_keys": [keys],
            "event_types": [types],
            "dwell_seconds": [[10.0 * number for number in range(len(events))]],
            "gap_seconds": [[10.0] * len(events)],
            "truncated_count": [0],
            "content_hash": ["h"],
        },
        schema_overrides={
            "page_keys": pl.List(pl.String),
            "event_types": pl.List(pl.String),
            "dwell_seconds": pl.List(pl.Float64),
            "gap_seconds": pl.List(pl.Float64),
        },
    )
    narrative = write_narratives(sequences, pages)["narrative"][0]
    steps = read_steps(narrative)
    words = sorted({step.words for step in steps})
    kinds = sorted({kind for step in steps for kind in step.event_types})
    known_words = set(data.draw(st.lists(st.sampled_from(words)))) if words else set()
    known_types = set(data.draw(st.lists(st.sampled_from(kinds)))) if kinds else set()

    redacted = redact_rare_pages(narrative, known_words, known_types)

    assert read_channel(redacted) == "web"
    assert redacted.split("\n")[0] == narrative.split("\n")[0]
    told = read_steps(redacted)
    assert len(told) == len(steps)
    for before, after in zip(steps, told, strict=True):
        assert after.words == (before.words if before.words in known_words else "")
        assert (after.repeats, after.dwell_seconds) == (before.repeats, before.dwell_seconds)
        assert after.event_types == tuple(kind for kind in before.event_types if kind in known_types)
    assert redact_rare_pages(redacted, known_words, known_types) == redacted
    assert redact_rare_pages(narrative, set(words), set(kinds)).replace(RARE_PAGE, "(no page)") == narrative
