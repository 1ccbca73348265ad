"""What is told of a session: only pages and event types that many people have seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from clickintent.labeling.narratives import SEARCH_TYPE, spoken_type, withhold
from clickintent.labeling.page_words import words_by_page


def redact_rare_pages(narrative: str, known_words: Collection[str], known_types: Collection[str]) -> str:
    """Make a narrative fit to be sent: without the pages and event types that few people have seen.

    Args:
        narrative: a text of `write_narratives`.
        known_words: words of the pages that enough people have seen, as narratives write them.
        known_types: event types that enough people have sent, as narratives write them.

    Returns:
        The narrative with `RARE_PAGE` in the place of other pages' words, without other event types and without a
        device that is no plain one; `read_steps` reads it. Redacting it again changes nothing.
    """
    return withhold(narrative, known_words.__contains__, known_types.__contains__)


@dataclass(frozen=True, slots=True)
class Audience:
    """What enough people know of a site.

    Attributes:
        words: words of pages, as narratives write them.
        event_types: event types, likewise.
    """

    words: frozenset[str]
    event_types: frozenset[str]

    @classmethod
    def read(cls, pages: pl.DataFrame, event_types: pl.DataFrame) -> Audience:
        """Read it from the warehouse's counts.

        Args:
            pages: rows of `page_audience`: page_key, text, is_known.
            event_types: rows of `event_type_audience`: event_type, is_known.
        """
        known_pages = pages.filter("is_known")
        words = words_by_page(known_pages.get_column("page_key"), known_pages)
        known_types = event_types.filter("is_known").get_column("event_type")
        # a search is told without its term, so that it is the same for everybody
        return cls(frozenset(words.get_column("words")), frozenset(map(spoken_type, known_types)) | {SEARCH_TYPE})

    def redact(self, narrative: str) -> str:
        """A narrative fit to be sent: see `redact_rare_pages`."""
        return redact_rare_pages(narrative, self.words, self.event_types)
