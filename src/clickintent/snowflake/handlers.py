"""Handlers of the SQL functions: batches as pandas data frames in, one value per row out.

Snowflake hands a vectorized function a data frame whose columns are numbered from 0. An ARRAY comes as a list, or as
its JSON text; a null in a column of text as None or as NaN. The file of the models lies in the folder of the imports.
"""

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clickintent.classifier import FoldedClassifier, channel_codes
from clickintent.classifier.folded import NO_CHANNEL
from clickintent.classifier.model import CHANNELS
from clickintent.function_errors import NoModelError, no_such_channel, no_such_embedding
from clickintent.sequence_inputs import EMBEDDING_DIM, SEQUENCE_INPUTS
from clickintent.snowflake.models_file import LoadedModels
from clickintent.snowflake.naming import MODELS_FILE

MAX_BATCH_ROWS: Final = 2_048
"""Rows of a call: at ten events each they take a tenth of a second, far from any limit on a batch's time."""

_lock = threading.Lock()
_loaded: list[LoadedModels] = []


def embed(frame: pd.DataFrame) -> pd.Series:
    """Embeddings of sessions as lists of EMBEDDING_DIM numbers.

    Args:
        frame: SEQUENCE_INPUTS, in that order.

    Raises:
        EncoderInputError: the lists of a session differ in length.
    """
    columns: dict[str, Sequence[Any]] = {}
    for place, (name, kind) in enumerate(SEQUENCE_INPUTS.items()):
        values = [_given(value) for value in frame.iloc[:, place]]
        if kind == "varchar[]":
            columns[name] = [_list_of(value) for value in values]
        else:
            columns[name] = [_numbers_of(value) for value in values] if kind.endswith("[]") else values
    return pd.Series(_models().encoder.embed(columns).tolist(), dtype=object)


def intent(frame: pd.DataFrame) -> pd.Series:
    """Objects of intent_id, probability, runner_up_intent_id, is_abstained; None where the embedding is null.

    Args:
        frame: embeddings, and channels if there are any.

    Raises:
        NoModelError: the deployment has no classifier.
        ValueError: an embedding is not of EMBEDDING_DIM numbers, or a channel is none that there is.
    """
    classifier = _models().classifier
    if classifier is None:
        raise NoModelError("The deployment has no intent classifier: build, then run `clickintent snowflake deploy`.")
    embeddings = [_numbers_of(_given(value)) for value in frame.iloc[:, 0]]
    channels = [_given(value) for value in frame.iloc[:, 1]] if frame.shape[1] > 1 else [None] * len(frame)
    codes = channel_codes(channels)
    unknown = [
        channel for channel, code in zip(channels, codes, strict=True) if code == NO_CHANNEL and channel is not None
    ]
    if unknown:
        raise no_such_channel(unknown[0], CHANNELS)
    answers = _answers(classifier, _matrix(embeddings), codes)
    told = [None if embedding is None else answer for embedding, answer in zip(embeddings, answers, strict=True)]
    return pd.Series(told, dtype=object)


for _handler in (embed, intent):
    # how Snowflake is told that a handler takes data frames, where its own module cannot be imported
    _handler._sf_vectorized_input = pd.DataFrame  # type: ignore[attr-defined]
    _handler._sf_max_batch_size = MAX_BATCH_ROWS  # type: ignore[attr-defined]


def _models() -> LoadedModels:
    """Loaded once in a process, by whichever thread comes first."""
    with _lock:
        if not _loaded:
            _loaded.append(LoadedModels(Path(sys._xoptions["snowflake_import_directory"], MODELS_FILE)))
        return _loaded[0]


def _answers(
    classifier: FoldedClassifier, embeddings: NDArray[np.float32], codes: NDArray[np.int8]
) -> list[dict[str, Any]]:
    best = classifier.top(embeddings, codes, 2)
    names = classifier.classifier.intent_ids
    return [
        {
            "intent_id": names[first],
            "probability": float(probability),
            "runner_up_intent_id": names[second],
            "is_abstained": bool(is_abstained),
        }
        for (first, second), probability, is_abstained in zip(
            best.leaf.tolist(), best.probability[:, 0], best.is_abstained, strict=True
        )
    ]


def _matrix(embeddings: Sequence[list[float | None] | None]) -> NDArray[np.float32]:
    """float32[n, EMBEDDING_DIM], zeros where the embedding is null."""
    nothing = [0.0] * EMBEDDING_DIM
    for embedding in embeddings:
        if embedding is not None and (len(embedding) != EMBEDDING_DIM or None in embedding):
            raise no_such_embedding(f"one of {len(embedding)} numbers, or with a null among them,")
    return np.array(
        [nothing if embedding is None else embedding for embedding in embeddings], dtype=np.float32
    ).reshape(len(embeddings), EMBEDDING_DIM)


def _given(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """None for what stands for null: None, NaN, and the object that Snowflake puts in its place in a VARIANT."""
    if value is None or getattr(value, "is_sql_null", False) or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    return value


def _list_of(value: Any) -> list[Any] | None:  # noqa: ANN401
    """The list that an ARRAY is, or that its JSON text tells."""
    if isinstance(value, str):
        value = json.loads(value)
    return None if value is None else [_given(entry) for entry in value]


def _numbers_of(value: Any) -> list[float | None] | None:  # noqa: ANN401
    """Likewise of numbers: decimals of a VARIANT come as text."""
    values = _list_of(value)
    return None if values is None else [None if entry is None else float(entry) for entry in values]
