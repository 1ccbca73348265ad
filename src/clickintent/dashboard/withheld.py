"""What a published copy does not tell: words that few people have seen, and sessions of sensitive intents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

if TYPE_CHECKING:
    from clickintent.privacy.audience import Audience
    from clickintent.review.reading import ReviewedSession

RARE: Final = "(rare)"
"""What stands for an event type or a page that fewer than `min_page_visitors` people have seen."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What enough people have seen, and may be told of single sessions.

    Attributes:
        audience: of words and event types as narratives write them.
        page_words: column page_words, as `pages` has them.
        event_types: column event_type.
    """

    audience: "Audience"
    page_words: pl.DataFrame
    event_types: pl.DataFrame

    @classmethod
    def read(cls, cursor: duckdb.DuckDBPyConnection) -> "Telling":
        """Read it from `page_audience` and `event_type_audience`, which are found by their names alone."""
        from clickintent.privacy.audience import Audience  # noqa: PLC0415 - heavy, and a build in part goes without

        pages = cursor.execute("select page_key, text, is_known from page_audience").pl()
        event_types = cursor.execute("select event_type, is_known from event_type_audience").pl()
        return cls(
            Audience.read(pages, event_types),
            pages.filter("is_known").select(page_words="text").unique(),
            event_types.filter("is_known").select("event_type"),
        )

    def events(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of `mapped_session_events`, with `RARE` for what few people have seen."""
        return rows.with_columns(
            pl.when(pl.col(column).is_in(known[column].to_list()) | pl.col(column).is_null())
            .then(column)
            .otherwise(pl.lit(RARE))
            .alias(column)
            for column, known in (("event_type", self.event_types), ("page_words", self.page_words))
        )

    def narratives(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with a column `narrative`, as it may be sent to an LLM."""
        told = [self.audience.redact(narrative) for narrative in rows["narrative"]]
        return rows.with_columns(pl.Series("narrative", told, dtype=pl.String))


def without_sensitive(cursor: duckdb.DuckDBPyConnection, queue: "Sequence[ReviewedSession]") -> "list[ReviewedSession]":
    """Sessions of which neither a label nor the best intent is sensitive; all, where var sensitive_intents_for is set.

    Args:
        cursor: finds the build's tables by their names alone.
        queue: sessions to publish.
    """
    (use,) = cursor.execute("select sensitive_intents_for from dashboard_settings").fetchone() or (None,)
    if use is not None:
        return list(queue)
    sensitive = {leaf for (leaf,) in cursor.execute("select intent_id from dim_intents where is_sensitive").fetchall()}
    best = dict(cursor.execute("select session_id, intent_id from session_intents").fetchall())
    return [
        session
        for session in queue
        if sensitive.isdisjoint([best.get(session.session_id), *(leaf for leaf, _ in session.labels)])
    ]
