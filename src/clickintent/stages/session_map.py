"""Stages `session_map` and `session_neighbours`: a picture of a sample of embeddings, and who is near whom.

Both are drawn once for a sample and kept, through a full refresh too, as versions of models are: t-SNE magnifies what
embeddings are rounded by, so that drawing the same sample again would move everything.
"""

import hashlib
from typing import Final

import polars as pl

from clickintent.session_map import lay_out, most_alike
from clickintent.stages.run import Run, Schema
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.warehouse import Relation

MAP_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "encoder_version": pl.String,
    "content_hash": pl.String,
    "x": pl.Float32,
    "y": pl.Float32,
    "sample_hash": pl.String,
}
NEIGHBOUR_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "rank": pl.Int64,
    "neighbour_id": pl.String,
    "similarity": pl.Float64,
    "sample_hash": pl.String,
}
NEIGHBOURS: Final = 5


def lay_out_sample(run: Run, sample: Relation) -> Relation:
    """Rows of `session_map` to write: all of them where the sample is another one than was laid out, else none.

    Args:
        run: the dbt run.
        sample: `session_map_sample`.
    """
    drawn = _to_draw(run, sample)
    if drawn is None:
        return run.nothing(MAP_SCHEMA)
    places = lay_out(embedding_matrix(drawn["embedding"]))
    return run.rows(drawn.with_columns(x=places[:, 0], y=places[:, 1]), MAP_SCHEMA)


def find_neighbours(run: Run, sample: Relation) -> Relation:
    """Rows of `session_neighbours` to write: all of them where the sample is another one than before, else none.

    Args:
        run: the dbt run.
        sample: `session_map_sample`.
    """
    drawn = _to_draw(run, sample)
    if drawn is None:
        return run.nothing(NEIGHBOUR_SCHEMA)
    nearest, cosines = most_alike(embedding_matrix(drawn["embedding"]), NEIGHBOURS)
    found = [
        drawn.select(
            "session_id",
            "sample_hash",
            rank=pl.lit(rank + 1),
            neighbour_id=drawn["session_id"][nearest[:, rank]],
            similarity=pl.Series(cosines[:, rank]),
        )
        for rank in range(nearest.shape[1])
    ]
    if not found:
        return run.nothing(NEIGHBOUR_SCHEMA)
    return run.rows(pl.concat(found).sort("session_id", "rank"), NEIGHBOUR_SCHEMA)


def _to_draw(run: Run, sample: Relation) -> pl.DataFrame | None:
    """The sample, with its hash, where the table that is built is not of it already.

    Rows that were erased from a table leave it one of a sample that had more.
    """
    if run.is_empty:
        return None
    drawn = run.warehouse.read(
        f"""
        select session_id, encoder_version, content_hash, embedding
        from {run.source(sample)} as drawn order by session_id
        """
    )
    sample_hash = _sample_hash(drawn)
    if run.known_rows({"sample_hash": pl.String})["sample_hash"].unique().to_list() == [sample_hash]:
        return None
    return drawn.with_columns(sample_hash=pl.lit(sample_hash))


def _sample_hash(drawn: pl.DataFrame) -> str:
    """md5 of which sessions were drawn, of what content, embedded by which version."""
    rows = drawn.select("session_id", "encoder_version", "content_hash").write_csv()
    return hashlib.md5(rows.encode(), usedforsecurity=False).hexdigest()
