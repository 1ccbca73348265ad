import hashlib
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickintent.labeling import read_channel, read_steps, write_narratives
from clickintent.labeling.page_words import MAX_PAGE_LENGTH

PAGES = pl.DataFrame(
    {
        "page_key": [
            "/mortgages/rates",
            "/help",
            "CardsHome",
            "/doc",
            "/:id",
            "/long",
            "/odd",
        ],
        "text": [
            "mortgages rates today's mortgage rates",
            "help",
            "cards home",
            "doc statement for jane@example.org 555-010-4477",
            "",
            "word " * 100,
            "odd | title\nwith, marks",
        ],
        "page_group": ["g"] * 7,
    }
)

SEQUENCE_SCHEMA = {
    "session_id": pl.String,
    "channel": pl.String,
    "device_type": pl.String,
    "referrer_medium": pl.String,
    "page_keys": pl.List(pl.String),
    "event_types": pl.List(pl.String),
    "dwell_seconds": pl.List(pl.Float64),
    "gap_seconds": pl.List(pl.Float64),
    "truncated_count": pl.Int64,
    "content_hash": pl.String,
}


def session(*events, session_id="s1", channel="web", device="desktop", referrer="search", truncated=0):
    """A sequences row from (page_key, event_type, dwell) events, ten seconds apart."""
    keys, types, dwells = (list(column) for column in zip(*events, strict=True)) if events else ([], [], [])
    gaps = [None, *[10.0] * (len(keys) - 1)] if keys else []
    return (
        session_id,
        channel,
        device,
        referrer,
        keys,
        types,
        dwells,
        gaps,
        truncated,
        f"content-{session_id}",
    )


def frame(*sessions):
    return pl.DataFrame(list(sessions), schema=SEQUENCE_SCHEMA, orient="row")


def narrate(*events, **fields):
    return write_narratives(frame(session(*events, **fields)), PAGES)["narrative"][0]


def test_a_session_reads_like_this():
    text = narrate(
        ("/mortgages/rates", "page_view", 42.0),
        ("/mortgages/rates", "click", None),
        ("/help", "page_view", 200.0),
        ("/help", "form_start", None),
        truncated=2,
    )
    assert text == (
        "web session, desktop, referrer search, 6 events (last 4 shown), 30s\n"
        "- mortgages rates today's mortgage rates | x2 | 40s\n"
        "- help | x2 | 3 min | form_start"
    )


def test_the_hash_is_the_md5_of_the_narrative_and_the_content_hash_is_kept():
    row = write_narratives(frame(session(("/help", "page_view", 1.0))), PAGES).row(0, named=True)
    assert row["narrative_hash"] == hashlib.md5(row["narrative"].encode()).hexdigest()
    assert row["content_hash"] == "content-s1"


def test_sessions_come_out_in_the_order_they_went_in():
    sessions = [session(("/help", "page_view", None), session_id=f"s{i}") for i in (3, 1, 2)]
    assert write_narratives(frame(*sessions), PAGES)["session_id"].to_list() == ["s3", "s1", "s2"]


def test_a_page_visited_again_later_is_a_step_of_its_own():
    visits = [(key, "page_view", None) for key in ("/help", "CardsHome", "/help")]
    steps = read_steps(narrate(*visits))
    assert [step.words for step in steps] == ["help", "cards home", "help"]


def test_the_last_page_of_one_session_never_joins_the_first_of_the_next():
    rows = write_narratives(frame(*(session(("/help", "page_view", None), session_id=s) for s in "ab")), PAGES)
    assert all(text.endswith("\n- help") for text in rows["narrative"])


def test_a_screen_name_is_split_into_words():
    assert read_steps(narrate(("CardsHome", "screen_view", None)))[0].words == "cards home"


def test_a_page_that_is_not_in_pages_is_described_by_its_key():
    assert read_steps(narrate(("/auto-loans/used_cars.html", "page_view", None)))[0].words == "auto loans used cars"


def test_an_event_without_a_page_belongs_to_the_page_before_it():
    (step,) = read_steps(narrate(("/help", "page_view", None), ("", "chat_opened", None)))
    assert (step.words, step.repeats, step.event_types) == ("help", 2, ("chat_opened",))


def test_an_event_before_any_page_is_a_step_without_words():
    first, second = read_steps(narrate(("", "push_opened", None), ("/help", "page_view", None)))
    assert (first.words, first.event_types, second.words) == ("", ("push_opened",), "help")


@pytest.mark.parametrize("key", ["/rates;jsessionid=zQ3k", "/rates%3Fname%3Danna-smith"])
def test_an_identifier_in_a_key_that_is_not_in_pages_is_not_written(key):
    text = narrate((key, "page_view", None))
    assert "- rates" in text
    assert not re.search("zq3k|anna|smith", text)


def test_a_page_whose_text_is_empty_is_not_described_by_its_key():
    assert narrate(("/:id", "page_view", None)).endswith("\n- (no page)")


def test_a_narrative_does_not_depend_on_the_other_sessions():
    sessions = [
        session(("/help", "page_view", 3.0), ("CardsHome", "form_start", None), session_id="a"),
        session(("", "login", None), ("/help", "page_view", 70.0), session_id="b"),
    ]
    together = write_narratives(frame(*sessions), PAGES)["narrative"].to_list()
    assert together == [write_narratives(frame(s), PAGES)["narrative"][0] for s in sessions]


@pytest.mark.parametrize(
    "event_type",
    [
        "search: divorce lawyer",
        "searched for divorce lawyer",
        "site search - divorce",
        "Internal-Search|divorce",
        "view_search_results",
        "siteSearch divorce",
        "query=divorce",
    ],
)
def test_the_terms_of_a_search_event_are_not_written(event_type):
    assert "divorce" not in narrate(("/help", event_type, None))


@pytest.mark.parametrize("event_type", ["searched for divorce lawyer", "site search - divorce", "siteSearch"])
def test_every_search_event_reads_search(event_type):
    assert read_steps(narrate(("/help", event_type, None)))[0].event_types == ("search",)


def test_an_event_type_that_only_looks_like_a_search_is_kept():
    (step,) = read_steps(narrate(("/help", "research_opened", None)))
    assert step.event_types == ("research_opened",)


def test_identifiers_in_page_text_and_event_types_are_scrubbed():
    text = narrate(("/doc", "opened by bob@example.org", None))
    assert "doc statement for <email> <phone>" in text
    assert "bob" not in text


def test_identifiers_in_the_session_fields_are_scrubbed():
    assert "@" not in narrate(("/help", "page_view", None), device="bob@example.org", referrer="bob@example.org")


def test_page_words_are_cut_between_words():
    words = read_steps(narrate(("/long", "page_view", None)))[0].words
    assert len(words) <= MAX_PAGE_LENGTH
    assert words.endswith("word")


def test_only_allow_listed_fields_reach_the_narrative():
    row = frame(session(("/help", "page_view", 1.0))).with_columns(
        visitor_id=pl.lit("secret"),
        site_id=pl.lit("secret"),
        source=pl.lit("secret"),
        event_values=pl.lit(777),
    )
    text = write_narratives(row, PAGES)["narrative"][0]
    assert "secret" not in text
    assert "777" not in text
    assert "s1" not in text


def test_unknown_device_referrer_and_dwell_are_left_out():
    text = narrate(("/help", "page_view", None), device=None, referrer=None)
    assert text == "web session, 1 event\n- help"


def test_impossible_dwell_counts_as_unknown():
    assert read_steps(narrate(("/help", "page_view", float("nan")), ("/help", "x", -5.0)))[0].dwell_seconds is None


def test_a_session_without_events_has_a_first_line_only():
    assert narrate() == "web session, desktop, referrer search, 0 events"


def test_no_sessions_give_no_narratives():
    assert write_narratives(frame(), PAGES).shape == (0, 4)


def test_field_marks_in_page_text_do_not_break_the_format():
    (step,) = read_steps(narrate(("/odd", "page_view", 60.0)))
    assert (step.words, step.dwell_seconds) == ("odd title with, marks", 60.0)


def test_the_channel_is_read_back():
    assert read_channel(narrate(("CardsHome", "screen_view", None), channel="app")) == "app"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["/help", "/mortgages/rates", "CardsHome"]),
            st.sampled_from(["page_view", "login", "form_start"]),
            st.sampled_from([None, 5.0, 30.0, 120.0]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_steps_read_back_account_for_every_event_and_its_type(events):
    steps = read_steps(narrate(*events))
    assert sum(step.repeats for step in steps) == len(events)
    assert {t for step in steps for t in step.event_types} == {t for _, t, _ in events} - {"page_view"}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abz019@.?=_- %&;#|\n,", max_size=80), st.text(alphabet="abz019@.?=_-", max_size=30))
def test_nothing_the_audit_looks_for_survives_in_a_narrative(title, event_type):
    pages = pl.DataFrame({"page_key": ["/p"], "text": [title]})
    text = write_narratives(frame(session(("/p", event_type, None), device=title)), pages)["narrative"][0]
    assert not re.search(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[a-z]{2,}|[0-9]{7,}|\?[a-z_]+=", text)
