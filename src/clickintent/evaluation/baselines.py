"""What anyone could do without a model."""

import hashlib
from collections import Counter

import polars as pl

from clickintent.taxonomy import Taxonomy


def keyword_baseline(sequences: pl.DataFrame, pages: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    """The level-1 intent whose keywords occur most often in the session's page texts.

    A keyword counts for a page when its words stand in the page's text, side by side; ties go to the earlier id.

    Args:
        sequences: session_id, page_keys.
        pages: page_key, text.
        taxonomy: leaves with keywords.

    Returns:
        session_id, intent_l1: null where no keyword occurs.
    """
    votes = {
        row["page_key"]: Counter(
            taxonomy.parent_of(leaf)
            for leaf in taxonomy.leaf_ids
            for keyword in taxonomy.intent(leaf).keywords
            if f" {keyword.lower()} " in f" {row['text']} "
        )
        for row in pages.iter_rows(named=True)
    }
    intents = []
    for keys in sequences["page_keys"]:
        found: Counter[str] = Counter()
        for key in keys:
            found.update(votes.get(key, {}))
        intents.append(min(found, key=lambda group: (-found[group], group)) if found else None)
    return sequences.select("session_id").with_columns(intent_l1=pl.Series(intents, dtype=pl.String))


def entry_group_baseline(sessions: pl.DataFrame) -> pl.DataFrame:
    """The intent most common among other people's sessions that entered on the same page group and channel.

    Fitted on one half of the visitors and applied to the other, both ways.

    Args:
        sessions: session_id, visitor_id, channel, entry_group, truth.

    Returns:
        session_id, intent_l1.
    """
    visitors = sessions["visitor_id"].unique().to_list()
    halves = pl.DataFrame(
        {"visitor_id": visitors, "half": [_half(visitor) for visitor in visitors]},
        schema={"visitor_id": pl.String, "half": pl.Int64},
    )
    halved = sessions.join(halves, on="visitor_id", maintain_order="left")
    fitted = (
        halved.group_by("half", "channel", "entry_group", "truth")
        .len()
        .sort("len", "truth", descending=[True, False])
        .unique(["half", "channel", "entry_group"], keep="first", maintain_order=True)
        .select("channel", "entry_group", half=1 - pl.col("half"), intent_l1="truth")
    )
    return halved.join(
        fitted, on=["half", "channel", "entry_group"], how="left", nulls_equal=True, maintain_order="left"
    ).select("session_id", "intent_l1")


def _half(visitor_id: str) -> int:
    """0 or 1, the same with every version of every library."""
    return hashlib.md5(visitor_id.encode(), usedforsecurity=False).digest()[0] % 2
