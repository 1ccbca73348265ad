"""What the SQL functions answer by: the encoder and the classifier in force, read from the file once."""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clickintent.classifier import FoldedClassifier, channel_codes
from clickintent.classifier.folded import NO_CHANNEL
from clickintent.classifier.model import CHANNELS
from clickintent.function_errors import no_such_channel, no_such_embedding
from clickintent.sequence_inputs import EMBEDDING_DIM, SEQUENCE_INPUTS
from clickintent.sql_functions.version_tables import VersionTables, classifier_in_force, encoder_in_force

_WITH_CHANNEL: Final = 2
Loader = Callable[[VersionTables, object], tuple[object, Any]]
"""From the tables and the key of the model before: the key of the one in force, and it; None where it is the same."""


class ModelsInForce:
    """Loads each model when it is first asked for, behind a lock: DuckDB calls from several threads.

    Args:
        open_cursor: gives a cursor of the database.
        schema: where the version tables are, should several schemas have tables of those names.
    """

    def __init__(self, open_cursor: Callable[[], duckdb.DuckDBPyConnection], schema: str | None) -> None:
        self._open_cursor = open_cursor
        self._schema = schema
        self._lock = threading.Lock()
        self._loaded: dict[Loader, tuple[object, Any]] = {}
        self._is_looked_up: set[Loader] = set()

    def refresh(self) -> None:
        """Look anew, at the next call, which versions are in force."""
        self._is_looked_up.clear()

    def embed(self, columns: Sequence[pa.ChunkedArray]) -> pa.Array:
        """Embeddings of sessions, float[EMBEDDING_DIM] each.

        Args:
            columns: SEQUENCE_INPUTS, in that order.

        Raises:
            NoModelError: there is no encoder in force.
            EncoderInputError: the lists of a session differ in length.
        """
        from clickintent.encoder.threads import one_torch_thread  # noqa: PLC0415 - torch takes seconds to import

        batch = pa.RecordBatch.from_arrays([_whole(column) for column in columns], names=list(SEQUENCE_INPUTS))
        with one_torch_thread():
            vectors = self._get(encoder_in_force).embed(batch)
        return pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), EMBEDDING_DIM)

    def intent(self, columns: Sequence[pa.ChunkedArray]) -> pa.Array:
        """Structs of intent_id, probability, runner_up_intent_id, is_abstained; null where the embedding is.

        Args:
            columns: embeddings, and channels if there are any.

        Raises:
            NoModelError: there is no classifier for the encoder and the taxonomy in force.
            TypeError: there are more columns.
            ValueError: an embedding is not of EMBEDDING_DIM numbers, or a channel is none that there is.
        """
        if len(columns) > _WITH_CHANNEL:
            raise TypeError(
                "clickintent_intent takes an embedding and, if you know it, a channel; "
                f"{len(columns)} values were given."
            )
        classifier: FoldedClassifier = self._get(classifier_in_force)
        embeddings = _whole(columns[0])
        is_with_channel = len(columns) == _WITH_CHANNEL and not pa.types.is_null(columns[1].type)
        channels = _whole(columns[1]) if is_with_channel else pa.nulls(len(embeddings), pa.string())
        codes = channel_codes(channels)
        unknown = channels.filter(pa.array((codes == NO_CHANNEL) & channels.is_valid().to_numpy(zero_copy_only=False)))
        if len(unknown):
            raise no_such_channel(unknown[0].as_py(), CHANNELS)
        best = classifier.top(_matrix(embeddings), codes, 2)
        intent_ids = pa.array(classifier.classifier.intent_ids, pa.string())
        # names by their number: nothing is written out
        first, second = (
            pa.DictionaryArray.from_arrays(pa.array(best.leaf[:, rank].astype(np.int32)), intent_ids) for rank in (0, 1)
        )
        return pa.StructArray.from_arrays(
            [first, pa.array(best.probability[:, 0]), second, pa.array(best.is_abstained)],
            ["intent_id", "probability", "runner_up_intent_id", "is_abstained"],
            mask=embeddings.is_null() if embeddings.null_count else None,
        )

    def _get(self, load: Loader) -> Any:  # noqa: ANN401 - a model
        if load not in self._is_looked_up:
            with self._lock:
                if load not in self._is_looked_up:
                    before = self._loaded.get(load, (None, None))
                    with closing(self._open_cursor()) as cursor:
                        key, model = load(VersionTables(cursor, self._schema), before[0])
                    self._loaded[load] = before if model is None else (key, model)
                    self._is_looked_up.add(load)
        return self._loaded[load][1]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()  # without a copy, where it can be


def _matrix(embeddings: pa.Array) -> NDArray[np.float32]:
    """float32[n, EMBEDDING_DIM], zeros where the embedding is null; without a copy where it is FLOAT[64] already."""
    kind = pa.list_(pa.float32(), EMBEDDING_DIM)
    if embeddings.type != kind or embeddings.null_count:
        if pa.types.is_null(embeddings.type):
            return np.zeros((len(embeddings), EMBEDDING_DIM), dtype=np.float32)
        try:
            embeddings = embeddings.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise no_such_embedding(f"{embeddings.type} of another length, or no list of numbers,") from error
        embeddings = embeddings.fill_null(pa.scalar([0.0] * EMBEDDING_DIM, kind))
    values = embeddings.flatten()
    if values.null_count:
        raise ValueError(f"clickintent_intent reads embeddings of {EMBEDDING_DIM} numbers, and one of them is null.")
    matrix: NDArray[np.float32] = values.to_numpy().reshape(-1, EMBEDDING_DIM)
    return matrix
