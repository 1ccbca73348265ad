"""The one rule for registering a version and letting it into force, shared by encoder, classifier and taxonomy."""

from datetime import datetime
from typing import Any, Final, Literal, get_args

import polars as pl

from clickintent.stages.run import Run, Schema
from clickintent.warehouse import Relation

Retrain = Literal["propose", "always", "never"]
"""The var `retrain`: what is trained after the first version waits for approval, comes into force at every build, or
is not trained."""

FIRST_VERSION: Final = "first version"
"""Approves a version where none is in force: nothing would be scored without it."""

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


class VersionError(ValueError):
    """A version that cannot come into force; the message says what to do."""


def require_retrain(retrain: str) -> None:
    """Refuse a value of the var `retrain` that no rule stands for.

    Raises:
        ValueError: the value is not one of `Retrain`.
    """
    if retrain not in get_args(Retrain):
        raise ValueError(f"retrain is {retrain!r}: this version of clickintent knows 'propose', 'always' and 'never'.")


def require_person(by: str) -> None:
    """Refuse a decision that nobody stands for.

    Raises:
        VersionError: the name is blank.
    """
    if not by.strip():
        raise VersionError("Nobody is named who decides it: say who with --by.")


def current_version(known: pl.DataFrame) -> dict[str, Any] | None:
    """The version in force, or None."""
    current = known.filter(pl.col("status") == "current")
    return current.row(0, named=True) if current.height else None


def encoder_in_force(run: Run, encoder_versions: Relation) -> str | None:
    """Version of the encoder in force, by `encoder_versions_in_use`; None where there is none."""
    current = run.warehouse.read(f"select version from {run.source(encoder_versions)} as versions where is_current")
    return current["version"][0] if current.height else None


def find_version(
    known: pl.DataFrame, version: str, *, key: str = "version", made_at: str = "trained_at"
) -> dict[str, Any]:
    """The row of a version.

    Args:
        known: rows of a version table.
        version: its name.
        key: column of the names.
        made_at: column of the time when a version was made.

    Raises:
        VersionError: there is none of that name.
    """
    found = known.filter(pl.col(key) == version)
    if found.is_empty():
        names = ", ".join(known.sort(made_at, descending=True)[key]) or "none yet"
        raise VersionError(f"There is no version {version}. Those that there are, the latest first: {names}.")
    return found.row(0, named=True)


def previous_version(known: pl.DataFrame) -> dict[str, Any]:
    """The version that was in force before the current one: the retired one that was approved last.

    Raises:
        VersionError: none was.
    """
    retired = known.filter(pl.col("status") == "retired").sort("approved_at", "version", descending=True)
    if retired.is_empty():
        current = current_version(known)
        in_force = f"{current['version']} is the first one in force" if current else "none is in force"
        raise VersionError(f"There is no earlier version to go back to: {in_force}.")
    return retired.row(0, named=True)


def with_candidate(known: pl.DataFrame, version: dict[str, Any], *, at: datetime) -> pl.DataFrame:
    """All rows of a version table after `version` was trained and waits for approval.

    Where no version is in force it is the first, and comes into force.

    Args:
        known: the rows so far, by VERSION_SCHEMA.
        version: columns of the new one, less status and approval.
        at: when, UTC.
    """
    if current_version(known) is None:
        return with_current(known, version, approved_by=FIRST_VERSION, at=at)
    return _with_trained(known, version, at)


def with_current(known: pl.DataFrame, version: dict[str, Any], *, approved_by: str, at: datetime) -> pl.DataFrame:
    """All rows of a version table after `version` was trained and has come into force.

    Args:
        known: the rows so far, by VERSION_SCHEMA.
        version: columns of the new one, less status and approval.
        approved_by: who or what let it into force.
        at: when, UTC.
    """
    trained = _with_trained(known, version, at)
    if find_version(trained, version["version"])["status"] == "current":
        return trained
    return with_promoted(trained, version["version"], approved_by=approved_by, at=at)


def with_promoted(
    known: pl.DataFrame,
    version: str,
    *,
    approved_by: str,
    at: datetime,
    key: str = "version",
    made_at: str = "trained_at",
) -> pl.DataFrame:
    """All rows of a version table after one of them has come into force, and the one before has retired.

    Args:
        known: the rows so far, with a status and an approval.
        version: the one to come into force.
        approved_by: who or what lets it.
        at: when, UTC.
        key: column of the versions' names.
        made_at: column of the time when a version was made.

    Raises:
        VersionError: there is no such version, or it is in force already.
    """
    row = find_version(known, version, key=key, made_at=made_at)
    if row["status"] == "current":
        raise VersionError(f"{version} is in force already: {row['approved_by']} approved it at {row['approved_at']}.")
    is_chosen = pl.col(key) == version
    return known.with_columns(
        status=pl.when(is_chosen)
        .then(pl.lit("current"))
        .when(pl.col("status") == "current")
        .then(pl.lit("retired"))
        .otherwise("status"),
        approved_by=pl.when(is_chosen).then(pl.lit(approved_by)).otherwise("approved_by"),
        approved_at=pl.when(is_chosen).then(pl.lit(at, dtype=pl.Datetime("us"))).otherwise("approved_at"),
    )


def _with_trained(known: pl.DataFrame, version: dict[str, Any], at: datetime) -> pl.DataFrame:
    """The same data, seed and machine give the same version: it then replaces its own row and keeps its approval."""
    own = known.filter(pl.col("version") == version["version"])
    standing = {"status": "candidate", "approved_by": None, "approved_at": None}
    if own.height:
        standing = own.select(list(standing)).row(0, named=True)
    row = pl.DataFrame([{**version, **standing, "trained_at": at}], schema=VERSION_SCHEMA)
    return pl.concat([known.filter(pl.col("version") != version["version"]), row])
