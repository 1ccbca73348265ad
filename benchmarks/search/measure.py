"""The ten nearest embeddings to one, in DuckDB."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from clickintent.sequence_inputs import EMBEDDING_DIM

NEAREST = 10
# Embeddings are no noise: sessions come in kinds, and an index is the better for it
KINDS = 200
SPREAD = 0.7
QUERIES = {
    "array_inner_product": f"order by array_inner_product(embedding, $1::float[{EMBEDDING_DIM}]) desc",
    "array_cosine_distance": f"order by array_cosine_distance(embedding, $1::float[{EMBEDDING_DIM}])",
}
INDEXED = "array_cosine_distance, HNSW index"
PRODUCT = "NumPy: one product with the matrix in memory, and a partial sort"


def made_up_embeddings(count: int, seed: int = 0) -> np.ndarray:
    """float32[count, EMBEDDING_DIM] of unit length, in kinds; speed in plain SQL does not depend on what they say."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(KINDS, EMBEDDING_DIM)).astype(np.float32)
    embeddings = centres[random.integers(KINDS, size=count)]
    embeddings += SPREAD * random.standard_normal(embeddings.shape, dtype=np.float32)
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


@contextmanager
def searchable(embeddings: np.ndarray, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB file with a table `session_embeddings` of them."""
    rows = pa.table(
        {
            "session_id": pa.array([f"{row:032x}" for row in range(len(embeddings))]),
            "embedding": pa.FixedSizeListArray.from_arrays(pa.array(embeddings.ravel()), EMBEDDING_DIM),
        }
    )
    with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "embeddings.duckdb")) as connection:
        connection.execute(f"set threads = {threads}")
        connection.register("rows", rows)
        connection.execute("create table session_embeddings as from rows")
        connection.unregister("rows")
        connection.execute("checkpoint")
        yield connection


def nearest(connection: duckdb.DuckDBPyConnection, order: str, embedding: np.ndarray) -> list[str]:
    """Ids of the nearest sessions, the nearest first."""
    query = f"select session_id from session_embeddings {order} limit {NEAREST}"  # noqa: S608 - of QUERIES
    return [row[0] for row in connection.execute(query, [embedding.tolist()]).fetchall()]


def measure_search(count: int, threads: int, repeats: int) -> dict[str, Any]:
    """Milliseconds of each query, its plan, and whether they agree."""
    embeddings = made_up_embeddings(count)
    asked = embeddings[:: max(count // repeats, 1)][:repeats]
    found: dict[str, Any] = {"rows": count, "threads": threads, "nearest": NEAREST, "queries": {}}
    with searchable(embeddings, threads) as connection:
        exact = [_nearest_by_product(embeddings, embedding) for embedding in asked]
        found["queries"][PRODUCT] = _timed(lambda embedding: _nearest_by_product(embeddings, embedding), asked)
        for name, order in QUERIES.items():
            answers = [nearest(connection, order, embedding) for embedding in asked]
            found["queries"][name] = {
                **_timed(lambda embedding: nearest(connection, order, embedding), asked),  # noqa: B023 - called at once
                "recall": _recall(answers, exact),
                "plan": _plan(connection, order, asked[0]),
            }
        found["index"] = _measure_index(connection, asked, exact)
    return found


def load_index_extension(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether DuckDB's extension vss is installed on this machine; nothing is downloaded."""
    try:
        connection.execute("load vss")
    except duckdb.Error:
        return False
    connection.execute("set hnsw_enable_experimental_persistence = true")
    return True


def create_index(connection: duckdb.DuckDBPyConnection) -> None:
    """An HNSW index over the embeddings."""
    connection.execute(
        "create index session_embeddings_hnsw on session_embeddings using hnsw (embedding) with (metric = 'cosine')"
    )


def _measure_index(
    connection: duckdb.DuckDBPyConnection, asked: np.ndarray, exact: list[list[str]]
) -> dict[str, Any] | None:
    """None where there is no such extension."""
    if not load_index_extension(connection):
        return None
    started = time.perf_counter()
    create_index(connection)
    built = time.perf_counter() - started
    order = QUERIES["array_cosine_distance"]
    answers = [nearest(connection, order, embedding) for embedding in asked]
    return {
        **_timed(lambda embedding: nearest(connection, order, embedding), asked),
        "recall": _recall(answers, exact),
        "plan": _plan(connection, order, asked[0]),
        "build_seconds": round(built, 1),
    }


def _nearest_by_product(embeddings: np.ndarray, embedding: np.ndarray) -> list[str]:
    cosine = embeddings @ embedding
    best = np.argpartition(-cosine, NEAREST)[:NEAREST]
    return [f"{row:032x}" for row in best[np.argsort(-cosine[best])]]


def _timed(call: Callable[[np.ndarray], object], asked: np.ndarray) -> dict[str, Any]:
    taken = []
    for embedding in asked:
        started = time.perf_counter()
        call(embedding)
        taken.append(1e3 * (time.perf_counter() - started))
    return {
        "ms_fastest": round(min(taken), 1),
        "ms_median": round(statistics.median(taken), 1),
        "ms": [round(milliseconds, 1) for milliseconds in taken],
    }


def _recall(answers: list[list[str]], exact: list[list[str]]) -> float:
    """Share of the nearest that were found."""
    kept = [len(set(answer) & set(right)) / NEAREST for answer, right in zip(answers, exact, strict=True)]
    return round(statistics.mean(kept), 4)


def _plan(connection: duckdb.DuckDBPyConnection, order: str, embedding: np.ndarray) -> list[str]:
    """Operators from the first to the last, with the rows they gave and the seconds of all threads that they took."""
    query = f"explain (analyze, format json) select session_id from session_embeddings {order} limit {NEAREST}"  # noqa: S608
    profile = json.loads(connection.execute(query, [embedding.tolist()]).fetchall()[0][1])
    return _operators(profile)[::-1]


def _operators(profile: dict[str, Any]) -> list[str]:
    own = []
    if "operator_name" in profile or "operator_type" in profile:
        name = profile.get("operator_name") or profile["operator_type"]
        rows, seconds = profile["operator_cardinality"], profile["operator_timing"]
        own = [f"{name.strip()}: {rows:,} rows, {seconds:.3f} s"] if name != "EXPLAIN_ANALYZE" else []
    return own + [line for child in profile.get("children", []) for line in _operators(child)]
