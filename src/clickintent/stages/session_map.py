"""Stages `session_map` and `session_neighbours`: a picture of a sample of embeddings, and who is near whom."""

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
}
NEIGHBOUR_SCHEMA: Final[Schema] = {
    "session_id": pl.String,
    "rank": pl.Int64,
    "neighbour_id": pl.String,
    "similarity": pl.Float64,
}
NEIGHBOURS: Final = 5


def lay_out_sample(run: Run, sample: Relation) -> Relation:
    """Rows of `session_map` to write: all of them where the sample is another one than was laid out, else none.

    Args:
        run: the dbt run.
        sample: `session_map_sample`.
    """
    if run.is_empty:
        return run.nothing(MAP_SCHEMA)
    drawn = _read(run, sample)
    what = ("session_id", "encoder_version", "content_hash")
    if run.known_rows(MAP_SCHEMA).select(what).sort(what).equals(drawn.select(what).sort(what)):
        return run.nothing(MAP_SCHEMA)
    places = lay_out(embedding_matrix(drawn["embedding"]))
    return run.rows(drawn.with_columns(x=places[:, 0], y=places[:, 1]), MAP_SCHEMA)


def find_neighbours(run: Run, sample: Relation) -> Relation:
    """Rows of `session_neighbours`.

    Args:
        run: the dbt run.
        sample: `session_map_sample`.
    """
    if run.is_empty:
        return run.nothing(NEIGHBOUR_SCHEMA)
    drawn = _read(run, sample)
    nearest, cosines = most_alike(embedding_matrix(drawn["embedding"]), NEIGHBOURS)
    ids = drawn["session_id"]
    ranks = range(nearest.shape[1])
    found = [
        pl.DataFrame(
            {"session_id": ids, "rank": rank + 1, "neighbour_id": ids[nearest[:, rank]], "similarity": cosines[:, rank]}
        )
        for rank in ranks
    ]
    rows = pl.concat(
        [pl.DataFrame(schema=NEIGHBOUR_SCHEMA), *(frame.cast(pl.Schema(NEIGHBOUR_SCHEMA)) for frame in found)]
    )
    return run.rows(rows.sort("session_id", "rank"), NEIGHBOUR_SCHEMA)


def _read(run: Run, sample: Relation) -> pl.DataFrame:
    return run.warehouse.read(
        f"""
        select session_id, encoder_version, content_hash, embedding
        from {run.source(sample)} as sample order by session_id
        """
    )
