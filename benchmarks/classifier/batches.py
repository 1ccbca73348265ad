"""Embeddings to intents: in memory, and in SQL over a table."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

import clickintent.duckdb
from benchmarks.classifier.built import Built
from benchmarks.classifier.timing import measure
from clickintent.classifier import predict
from clickintent.classifier.folded import CHUNK_SESSIONS
from clickintent.classifier.threads import one_blas_thread
from clickintent.sequence_inputs import EMBEDDING_DIM

THREADS = 2
FLOOR = "two matrix products"
TRANSPORT = "a function that returns a constant"
BATCH, UDF = "best intent", "clickintent_intent"


def measure_batches(built: Built, count: int, repeats: int) -> dict[str, Any]:
    """Sessions a second from float32[count, 64] to intents and probabilities, beside the products alone."""
    embeddings, codes = built.many(count)
    channels = [built.channels[row % len(built.channels)] for row in range(count)]
    top = built.classifier.top
    calls: list[tuple[str, Callable[[], object]]] = [
        (FLOOR, _products(built, embeddings)),
        (BATCH, lambda: top(embeddings, codes, threads=THREADS)),
        ("best three intents", lambda: top(embeddings, codes, 3, threads=THREADS)),
        ("best intent, one thread", lambda: top(embeddings, codes)),
        ("all probabilities", lambda: predict(embeddings, channels, built.student)),
    ]
    return {"rows": count, "threads": THREADS, "calls": measure(calls, count, repeats)}


def _products(built: Built, embeddings: np.ndarray) -> Callable[[], None]:
    """The products of the classifier, in chunks and on threads as it makes them, and nothing else."""
    hidden, leaves = built.student.output_weight.shape
    first = np.ascontiguousarray(built.student.hidden_weight[:EMBEDDING_DIM])
    second = np.ascontiguousarray(built.student.output_weight)
    memory = [
        [np.empty((CHUNK_SESSIONS, width), dtype=np.float32) for width in (hidden, leaves)] for _ in range(THREADS)
    ]
    starts = np.array_split(np.arange(0, len(embeddings), CHUNK_SESSIONS), THREADS)

    def share(number: int) -> None:
        middle, out = memory[number]
        for start in starts[number]:
            part = embeddings[start : start + CHUNK_SESSIONS]
            np.matmul(part, first, out=middle[: len(part)])
            np.matmul(middle[: len(part)], second, out=out[: len(part)])

    def multiply() -> None:
        with one_blas_thread(), ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(share, range(THREADS)))

    return multiply


def measure_udf(built: Built, file: Path, count: int, repeats: int) -> dict[str, Any]:
    """Sessions a second of `clickintent_intent` over a table, beside a constant function of the same arguments.

    That one costs what it takes to hand rows to Python at all.
    """
    with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "sessions.duckdb")) as connection:
        connection.execute(f"set threads = {THREADS}")
        _fill(connection, built, file, count)
        clickintent.duckdb.add_functions(connection)
        constant = pa.array(np.zeros(CHUNK_SESSIONS, dtype=np.float32))
        connection.create_function(
            "constant",
            lambda embeddings, _: constant[: len(embeddings)],
            [f"float[{EMBEDDING_DIM}]", "varchar"],
            "float",
            type=ARROW,
            null_handling=SPECIAL,
        )

        def query(sql: str) -> Callable[[], object]:
            return lambda: connection.execute(sql).fetchall()

        write = "create or replace table intents as select session_id, clickintent_intent(embedding, channel) as intent"
        calls = [
            (TRANSPORT, query("select max(constant(embedding, channel)) from embedded")),
            (UDF, query("select max(clickintent_intent(embedding, channel).probability) from embedded")),
            ("clickintent_intent, into a table", query(f"{write} from embedded")),
        ]
        return {"rows": count, "threads": THREADS, "calls": measure(calls, count, repeats)}


def _fill(connection: duckdb.DuckDBPyConnection, built: Built, file: Path, count: int) -> None:
    """The version tables of the built file, and its embeddings over and over."""
    connection.execute(f"attach '{file}' as built (read_only)")
    for table in ("session_encoder", "intent_classifier", "intent_taxonomy"):
        connection.execute(f"create table {table} as from built.{table}")
    connection.execute("detach built")
    embeddings, codes = built.many(count)
    rows = pa.table(
        {
            "session_id": pa.array(np.arange(count)),
            "embedding": pa.FixedSizeListArray.from_arrays(pa.array(embeddings.ravel()), EMBEDDING_DIM),
            "channel": pa.array(["web", "app"]).take(pa.array(codes)),
        }
    )
    connection.register("rows", rows)
    connection.execute("create table embedded as from rows")
    connection.unregister("rows")
