"""The one rule for registering a model version, shared by the encoder and the classifier."""

from datetime import datetime
from typing import Any, Final, Literal, get_args

import polars as pl

from clickintent.stages.run import Schema

Retrain = Literal["never", "always"]
"""The var `retrain`: only train where a rule of the model asks for it, or at every build."""

VERSION_SCHEMA: Final[Schema] = {
    "version": pl.String,
    "status": pl.String,
    "trained_at": pl.Datetime("us"),
    "trained_rows": pl.Int64,
    "trained_from": pl.Datetime("us"),
    "trained_to": pl.Datetime("us"),
    "config": pl.String,
    "metrics": pl.String,
    "weights": pl.Binary,
    "approved_by": pl.String,
    "approved_at": pl.Datetime("us"),
}


def require_retrain(retrain: str) -> None:
    """Refuse a value of the var `retrain` that no rule stands for.

    Raises:
        ValueError: the value is not one of `Retrain`.
    """
    if retrain not in get_args(Retrain):
        raise ValueError(f"retrain is {retrain!r}: this version of clickintent knows 'never' and 'always'.")


def current_version(known: pl.DataFrame) -> dict[str, Any] | None:
    """The version in force, or None."""
    current = known.filter(pl.col("status") == "current")
    return current.row(0, named=True) if current.height else None


def with_current(known: pl.DataFrame, version: dict[str, Any], *, approved_by: str, at: datetime) -> pl.DataFrame:
    """All rows of a version table after `version` has come into force.

    The same data, seed and machine give the same version: it then replaces its own row.

    Args:
        known: the rows so far, by VERSION_SCHEMA.
        version: columns of the new one, less status and approval.
        approved_by: who or what let it into force.
        at: when, UTC.
    """
    row = {**version, "status": "current", "trained_at": at, "approved_by": approved_by, "approved_at": at}
    others = known.filter(pl.col("version") != version["version"]).with_columns(
        status=pl.when(pl.col("status") == "current").then(pl.lit("retired")).otherwise("status")
    )
    return pl.concat([others, pl.DataFrame([row], schema=VERSION_SCHEMA)])
