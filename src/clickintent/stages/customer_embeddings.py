"""Stage `customer_embedding_changes`: pool the sessions of the customers whose history changed."""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.encoder import EMBEDDING_DIM
from clickintent.ranking.pooling import Histories, Pooling, pool_histories
from clickintent.stages.run import Run, Schema
from clickintent.warehouse import Relation

_VECTOR: Final = pl.Array(pl.Float32, EMBEDDING_DIM)

CHANGE_SCHEMA: Final[Schema] = {
    "customer_id": pl.String,
    "valid_from": pl.Datetime("us"),
    "valid_to": pl.Datetime("us"),
    "embedding": _VECTOR,
    "web_embedding": _VECTOR,
    "app_embedding": _VECTOR,
    "session_count": pl.Int64,
    "web_session_count": pl.Int64,
    "app_session_count": pl.Int64,
    "last_session_at": pl.Datetime("us"),
    "encoder_version": pl.String,
    "pooling": pl.String,
    "history_hash": pl.String,
}
HISTORY_INPUTS: Final = {
    "known_at": "bigint[]",
    "started_at": "bigint[]",
    "is_web": "boolean[]",
    "embeddings": f"float[{EMBEDDING_DIM}][]",
}
"""A customer's sessions, in the order in which they became known; times in microseconds."""
CHANGES: Final = {
    "valid_from": "timestamp",
    "valid_to": "timestamp",
    "embedding": f"float[{EMBEDDING_DIM}]",
    "web_embedding": f"float[{EMBEDDING_DIM}]",
    "app_embedding": f"float[{EMBEDDING_DIM}]",
    "session_count": "bigint",
    "web_session_count": "bigint",
    "app_session_count": "bigint",
    "last_session_at": "timestamp",
}
"""What `pool_batch` says at each moment, column -> type."""


def pool_changed_customers(
    run: Run, histories: Relation, embeddings: Relation, pooling: Mapping[str, Any] | None
) -> Relation:
    """Embeddings over time of the customers whose history is not what the rows held so far were made of, through a UDF.

    Args:
        run: of the model that owns the rows.
        histories: `session_histories`.
        embeddings: session_id, content_hash, encoder_version, embedding; of one encoder version. Sessions without one
            do not count.
        pooling: the var `customer_pooling`.

    Raises:
        PoolingError: the var says something that there is not.
    """
    way = Pooling.of(pooling)
    if run.is_empty:
        return run.nothing(CHANGE_SCHEMA)
    in_order = "sessions.known_at, sessions.started_at, sessions.session_id"
    known_at = _microseconds("sessions.known_at")
    listed = {
        "known_at": run.warehouse.collected(known_at, in_order),
        "started_at": run.warehouse.collected(_microseconds("sessions.started_at"), in_order),
        "is_web": run.warehouse.collected("sessions.channel = 'web'", in_order),
        "embeddings": run.warehouse.collected("sessions.embedding", in_order, is_list=True),
    }
    history = "sessions.session_id || '|' || sessions.content_hash || '|' || {} || '|' || sessions.encoder_version"
    digest = history.format(f"cast({known_at} as varchar)")
    return run.map_rows(
        "clickintent_pool_history",
        f"""
        with sessions as (
            select
                histories.customer_id, histories.session_id, histories.channel, histories.known_at,
                histories.started_at, embeddings.content_hash, embeddings.encoder_version, embeddings.embedding
            from {run.source(histories)} as histories
            inner join {run.source(embeddings)} as embeddings on embeddings.session_id = histories.session_id
        ),
        -- without the vectors: few customers of a build have news
        digests as (
            select
                customer_id,
                min(encoder_version) as encoder_version,
                md5({run.warehouse.joined_text(digest, "/", in_order)} || '{way.name}') as history_hash
            from sessions
            group by customer_id
        ),
        changed as (
            select digests.*
            from digests
            left join {run.known(CHANGE_SCHEMA)} as known
                on known.customer_id = digests.customer_id and known.history_hash = digests.history_hash
            where known.customer_id is null
        )
        select
            changed.customer_id,
            changed.encoder_version,
            '{way.name}' as pooling,
            changed.history_hash,
            {", ".join(f"{value} as {name}" for name, value in listed.items())}
        from sessions
        inner join changed on changed.customer_id = sessions.customer_id
        group by changed.customer_id, changed.encoder_version, changed.history_hash
        """,
        partial(pool_batch, pooling=way),
        inputs=HISTORY_INPUTS,
        outputs=CHANGES,
        schema=CHANGE_SCHEMA,
        is_exploded=True,
    )


def _microseconds(moment: str) -> str:
    """SQL of a time as microseconds since 1970."""
    return f"datediff('microsecond', timestamp '1970-01-01', {moment})"


def pool_batch(batch: pa.RecordBatch, pooling: Pooling) -> pa.Array:
    """Customers in, what became of each one's vectors out: one element per moment at which sessions became known.

    Args:
        batch: columns as `HISTORY_INPUTS`, one row per customer.
        pooling: how sessions are weighted.

    Returns:
        Lists of structs as in `CHANGES`. An element holds from a microsecond after the moment, so that
        all it is made of was known before, until the next one.
    """
    offsets = np.asarray(batch["known_at"].offsets, dtype=np.int64)
    offsets -= offsets[0]
    known_at, started_at = (batch[name].flatten().to_numpy() for name in ("known_at", "started_at"))
    is_web = batch["is_web"].flatten().to_numpy(zero_copy_only=False)
    vectors = batch["embeddings"].flatten().flatten().to_numpy().reshape(len(known_at), EMBEDDING_DIM)
    histories = Histories(offsets, started_at, vectors)

    customer = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    is_last = np.append(customer[1:] != customer[:-1], True)[: len(customer)]
    # several sessions become known at one moment: only what is known after the last of them holds for any time
    rows = np.flatnonzero(is_last | (np.append(known_at[1:], 0)[: len(known_at)] != known_at))
    valid_from = known_at[rows] + 1

    vector_columns, count_columns = {}, {}
    for prefix, members in (("", np.ones_like(is_web)), ("web_", is_web), ("app_", ~is_web)):
        count = _so_far(np.add, members.astype(np.int64), offsets)[rows]
        pooled = pool_histories(histories, members, pooling)[rows]
        vector_columns[f"{prefix}embedding"] = pa.FixedSizeListArray.from_arrays(
            pa.array(pooled.ravel()), EMBEDDING_DIM, mask=pa.array(count == 0)
        )
        count_columns[f"{prefix}session_count"] = pa.array(count)
    columns = {
        "valid_from": _times(valid_from),
        "valid_to": _times(np.append(valid_from[1:], 0)[: len(rows)], mask=is_last[rows]),
        **vector_columns,
        **count_columns,
        "last_session_at": _times(_so_far(np.maximum, started_at, offsets)[rows]),
    }
    ends = np.cumsum(np.bincount(customer[rows], minlength=len(offsets) - 1))
    return pa.ListArray.from_arrays(
        pa.array(np.append(0, ends), pa.int32()), pa.StructArray.from_arrays(list(columns.values()), list(columns))
    )


def _so_far(operation: np.ufunc, values: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Running sum or maximum of each customer's values."""
    found = np.empty_like(values)
    for first, end in pairwise(offsets):
        operation.accumulate(values[first:end], out=found[first:end])
    return found


def _times(microseconds: NDArray[np.int64], mask: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(microseconds, pa.int64(), mask=mask).cast(pa.timestamp("us"))
