"""Gold labels as the taxonomy in force reads them."""

import polars as pl

from clickintent.labeling.quality import follow_merges
from clickintent.stages.run import Run
from clickintent.warehouse import Relation


def with_merges_followed(run: Run, gold: pl.DataFrame, taxonomy: Relation) -> pl.DataFrame:
    """Gold labels, those of a merged leaf as labels of the leaf that it became.

    Args:
        run: the model being built.
        gold: intent_id, and whatever else stands beside it.
        taxonomy: `intent_taxonomy`.
    """
    if gold.is_empty():
        return gold
    merged = run.warehouse.read(
        f"select intent_id, into_intent_id from {run.source(taxonomy)} as taxonomy where into_intent_id is not null"
    )
    went_into = dict(merged.iter_rows())
    followed = [follow_merges(leaf, went_into) for leaf in gold["intent_id"]]
    return gold.with_columns(intent_id=pl.Series(followed, dtype=pl.String))
