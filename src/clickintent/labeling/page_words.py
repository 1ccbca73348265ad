"""The words a narrative uses for a page: readable, scrubbed and short.

Search terms and what only punctuation gives away (e-mails, names after a greeting) are already gone from the
table `pages`, whose macros `scrub_text` and `search_segment` see a title as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from clickintent.labeling.scrubber import scrub, scrub_all


def word_set(text: str) -> frozenset[str]:
    """Read a vocabulary written as one readable text."""
    return frozenset(text.split())


MAX_PAGE_LENGTH: Final = 120
"""Characters kept of a page's words: a path and a title fit, an article's teaser does not."""

_MAX_RAW_LENGTH: Final = 1000
"""Characters of a page's text that are looked at, so that one enormous title cannot stall the scrubber."""

NO_PAGE: Final = "(no page)"
"""Stands for events that came before any page, and for pages without words."""

RARE_PAGE: Final = "(rare page)"
"""Stands for pages that too few people have seen, in what is sent to an LLM."""

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
        pages: page_key and text; a page without words is `NO_PAGE`, and a key that is absent is described by
            its own words, scrubbed.

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
    texts = [_describe(key, text) for key, text in keyed.select("page_key", "text").iter_rows()]
    words = [shorten(text, MAX_PAGE_LENGTH) or NO_PAGE for text in _scrubbed(texts)]
    return keyed.select("page_key").with_columns(
        words=pl.Series(words, dtype=pl.String),
        words_code=pl.Series(words, dtype=pl.String).rank("dense").cast(pl.UInt32),
    )


def _scrubbed(texts: Iterable[str]) -> list[str]:
    return [tidy(text) for text in scrub_all(list(texts))]


def _describe(key: str, text: str | None) -> str:
    """Words of one page; only what the key alone gives is scrubbed yet."""
    if text is None:
        # Before the words are split: an identifier is recognised by its punctuation.
        return split_words(scrub(key[:_MAX_RAW_LENGTH]))
    # An empty text stays empty: its key may be all identifier. A screen name that arrives as one word is split in
    # place, so that nothing which was taken from the text comes back with it.
    return text[:_MAX_RAW_LENGTH].lower().replace(key.lower(), split_words(key))
