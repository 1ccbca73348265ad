"""The words a narrative uses for a page: readable, scrubbed, short, and without anybody's search terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from clickintent.labeling.scrubber import scrub_all


def word_set(text: str) -> frozenset[str]:
    """Read a vocabulary written as one readable text."""
    return frozenset(text.split())


MAX_PAGE_LENGTH: Final = 120
"""Characters kept of a page's words: a path and a title fit, an article's teaser does not."""

_MAX_RAW_LENGTH: Final = 1000
"""Characters of a page's text that are looked at, so that one enormous title cannot stall the scrubber."""

NO_PAGE: Final = "(no page)"
"""Stands for events that came before any page."""

SEARCH_PAGE: Final = "search results"
"""Stands for every search result page, whose title usually repeats what the visitor typed."""

_SEARCH_SEGMENTS: Final = word_set("search search-results searchresults search_results")
_SEARCH_TITLE = re.compile(r"\bsearch results?\b|\bresults? for\b|\byou searched\b|\bsearch(?:ed|ing)? for\b")
_CAMEL_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[\s|/_\-]+")
_EXTENSION = re.compile(r"\.(?:html?|aspx?|jsp|php|do)\b", re.I)


def split_words(key: str) -> str:
    """Split a path or a screen name into lower-case words: '/cards/home.html' gives 'cards home'."""
    return tidy(_CAMEL_EDGE.sub(" ", _EXTENSION.sub("", key))).lower()


def tidy(text: str) -> str:
    """Make text fit on one field of a narrative line: separators become single spaces."""
    return _NOT_WORDS.sub(" ", text).strip()


def shorten(text: str, length: int) -> str:
    """Cut text to at most `length` characters, between words where there is a space to cut at."""
    if len(text) <= length:
        return text
    return text[: length + 1].rsplit(" ", 1)[0][:length].rstrip()


def words_by_page(page_keys: pl.Series, pages: pl.DataFrame) -> pl.DataFrame:
    """Give every page its words.

    Args:
        page_keys: distinct page keys that occur in sessions; '' for events without a page.
        pages: page_key and text; a key that is absent, or whose text is empty, is described by the key's own
            words.

    Returns:
        One row per key except '': page_key, words, words_code (UInt32, equal exactly where the words are
        equal).
    """
    keyed = (
        pl.DataFrame({"page_key": page_keys.cast(pl.String)})
        .filter(pl.col("page_key") != "")
        .join(
            pages.select("page_key", "text").unique("page_key"),
            on="page_key",
            how="left",
            maintain_order="left",
        )
    )
    texts = [_describe(key, text or "") for key, text in keyed.select("page_key", "text").iter_rows()]
    words = [shorten(text, MAX_PAGE_LENGTH) or NO_PAGE for text in _scrubbed(texts)]
    return keyed.select("page_key").with_columns(
        words=pl.Series(words, dtype=pl.String),
        words_code=pl.Series(words, dtype=pl.String).rank("dense").cast(pl.UInt32),
    )


def _scrubbed(texts: Iterable[str]) -> list[str]:
    return [tidy(text) for text in scrub_all(list(texts))]


def _describe(key: str, text: str) -> str:
    """Words of one page, before scrubbing."""
    key, text = key[:_MAX_RAW_LENGTH], text[:_MAX_RAW_LENGTH].lower()
    segments = key.lower().strip("/").split("/")
    searched = next((i for i, segment in enumerate(segments) if segment in _SEARCH_SEGMENTS), None)
    if searched is not None:
        # What comes before says which part of the site is searched ('careers'); terms can only come after.
        return f"{split_words('/'.join(segments[:searched]))} {SEARCH_PAGE}"
    if _SEARCH_TITLE.search(text):
        return SEARCH_PAGE
    split = split_words(key) if _CAMEL_EDGE.search(key) else ""
    if split:
        # A screen name arrives in lower case ('cardshome'); only its key still shows where the words begin.
        text = text.replace(key.lower(), "").replace(split, "")
        return f"{split} {text}"
    return text if text.strip() else split_words(key)
