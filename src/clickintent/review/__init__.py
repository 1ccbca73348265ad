"""A person reads sessions and says what they are about: which to show, and where the answers go."""

from clickintent.review.reading import ReviewedSession, labels_of, read_queue, review_queue
from clickintent.review.seeds import GOLD_COLUMNS, GoldLabel, SeedError, add_gold, add_override, read_gold
from clickintent.review.selection import DISAGREEING, LOW_MARGIN, choose_sessions

__all__ = [
    "DISAGREEING",
    "GOLD_COLUMNS",
    "LOW_MARGIN",
    "GoldLabel",
    "ReviewedSession",
    "SeedError",
    "add_gold",
    "add_override",
    "choose_sessions",
    "labels_of",
    "read_gold",
    "read_queue",
    "review_queue",
]
