"""Recordings: the labeling calls of a build in a Parquet file, in the columns of `llm_calls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from clickintent.labeling.errors import LabelerError
from clickintent.labeling.packing import LABEL_PURPOSE

_SHAPING: Final = ("model", "parameters", "prompt_hash")
_READ: Final = ("purpose", *_SHAPING, "status", "items", "called_at", "call_hash")


@dataclass(frozen=True)
class Recording:
    """Labeling calls of one model, set and asked in one way.

    Attributes:
        model, parameters, prompt_hash: of all of them.
        calls: status and items of each, the earliest first.
    """

    model: str
    parameters: str
    prompt_hash: str
    calls: Sequence[Mapping[str, Any]]


def read_recording(path: str) -> Recording:
    """Read what `write_recording` wrote, or a table `llm_calls` that was written to Parquet by other means.

    Raises:
        LabelerError: there is no such file, it holds other columns, or calls of several models.
    """
    try:
        calls = pl.read_parquet(path, columns=list(_READ)).filter(pl.col("purpose") == LABEL_PURPOSE)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise LabelerError(f"the recording {path} (llm.replay) cannot be read: {reason}") from error
    kinds = calls.select(_SHAPING).unique(maintain_order=True).rows()
    if len(kinds) != 1:
        told = f"calls of {len(kinds)} combinations of model, parameters and prompt" if kinds else "no labeling calls"
        raise LabelerError(f"the recording {path} holds {told}: write one with `clickintent labels record`.")
    rows = calls.sort("called_at", "call_hash").select("status", "items").to_dicts()
    model, parameters, prompt_hash = kinds[0]
    return Recording(model, parameters, prompt_hash, rows)


def write_recording(calls: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Write the labeling calls of the model that was asked last, as it was set and asked then.

    Args:
        calls: rows of `llm_calls`.
        path: of the Parquet file.

    Returns:
        The rows that were written.

    Raises:
        LabelerError: there are none.
    """
    labeling = calls.filter(pl.col("purpose") == LABEL_PURPOSE).sort("called_at", "call_hash")
    if labeling.is_empty():
        raise LabelerError("the build has no LLM labels to record: run `dbt build --vars '{labeler: openai}'` first.")
    last = labeling.select(_SHAPING).tail(1)
    kept = labeling.join(last, on=_SHAPING, how="semi", maintain_order="left")
    kept.write_parquet(path)
    return kept
