"""Rows of the table `taxonomy_versions`: proposed, let into force, rejected."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import polars as pl

from clickintent.stages.run import Schema
from clickintent.stages.versions import VersionError, current_version, find_version, with_promoted
from clickintent.taxonomy import Taxonomy
from clickintent.taxonomy.changes import Change
from clickintent.taxonomy.content import intents_json, read_intents
from clickintent.taxonomy.quality import Figure

TAXONOMY_SCHEMA: Final[Schema] = {
    "taxonomy_version": pl.String,
    "status": pl.String,
    "source": pl.String,
    "based_on": pl.String,
    "intents": pl.String,
    "changes": pl.String,
    "quality": pl.String,
    "encoder_version": pl.String,
    "config": pl.String,
    "proposed_at": pl.Datetime("us"),
    "approved_by": pl.String,
    "approved_at": pl.Datetime("us"),
    "rejected_by": pl.String,
    "rejected_at": pl.Datetime("us"),
}

Row = dict[str, Any]
"""A row by `TAXONOMY_SCHEMA`."""


def find_taxonomy(known: pl.DataFrame, version: str) -> Row:
    """The row of a version.

    Raises:
        VersionError: there is none of that name.
    """
    return find_version(known, version, key="taxonomy_version", made_at="proposed_at")


def is_known(known: pl.DataFrame, version: str | None) -> bool:
    """Whether there is a row of that version."""
    return not known.filter(pl.col("taxonomy_version") == version).is_empty()


def taxonomy_in_force(known: pl.DataFrame) -> Taxonomy | None:
    """The taxonomy that labels are of, None where there is none yet."""
    current = current_version(known)
    return None if current is None else taxonomy_of(current)


def taxonomy_of(row: Row) -> Taxonomy:
    """The intents of a row."""
    return read_intents(row["taxonomy_version"], row["intents"])


def former_ids(known: pl.DataFrame) -> frozenset[str]:
    """Every id that any version has used, whatever became of it."""
    return frozenset(intent["intent_id"] for text in known["intents"] for intent in json.loads(text))


def with_proposed(
    known: pl.DataFrame,
    taxonomy: Taxonomy,
    *,
    source: str,
    at: datetime,
    based_on: str | None = None,
    encoder_version: str | None = None,
    quality: Iterable[Figure] = (),
    config: dict[str, Any] | None = None,
) -> pl.DataFrame:
    """All rows after a taxonomy was proposed; one whose content is known already keeps its row."""
    if is_known(known, taxonomy.version):
        return known
    row = {
        "taxonomy_version": taxonomy.version,
        "status": "proposed",
        "source": source,
        "based_on": based_on,
        "intents": intents_json(taxonomy),
        "changes": "[]",
        "quality": json.dumps([asdict(figure) for figure in quality]),
        "encoder_version": encoder_version,
        "config": json.dumps(config or {}, sort_keys=True),
        "proposed_at": at,
    }
    return pl.concat([known, pl.DataFrame([row], schema=TAXONOMY_SCHEMA)])


def with_changes(known: pl.DataFrame, version: str, from_version: str, changes: Iterable[Change]) -> pl.DataFrame:
    """All rows after it was written what a version changes against another one; once for each other one."""
    told = json.loads(find_taxonomy(known, version)["changes"])
    if any(change["from_version"] == from_version for change in told):
        return known
    told += [{"from_version": from_version, **asdict(change)} for change in changes]
    is_version = pl.col("taxonomy_version") == version
    text = pl.lit(json.dumps(told, ensure_ascii=False))
    return known.with_columns(changes=pl.when(is_version).then(text).otherwise("changes"))


def with_in_force(known: pl.DataFrame, version: str, *, approved_by: str, at: datetime) -> pl.DataFrame:
    """All rows after a version has come into force, and the one before has retired.

    Raises:
        VersionError: there is no such version, or it is in force already.
    """
    promoted = with_promoted(
        known, version, approved_by=approved_by, at=at, key="taxonomy_version", made_at="proposed_at"
    )
    is_version = pl.col("taxonomy_version") == version
    return promoted.with_columns(
        rejected_by=pl.when(~is_version).then("rejected_by"), rejected_at=pl.when(~is_version).then("rejected_at")
    )


def with_rejected(known: pl.DataFrame, version: str, *, by: str, at: datetime) -> pl.DataFrame:
    """All rows after a proposal was rejected.

    Raises:
        VersionError: there is no such version, or it is no proposal.
    """
    row = find_taxonomy(known, version)
    if row["status"] != "proposed":
        raise VersionError(f"{version} is {row['status']}: only a proposal can be rejected.")
    is_version = pl.col("taxonomy_version") == version
    return known.with_columns(
        status=pl.when(is_version).then(pl.lit("rejected")).otherwise("status"),
        rejected_by=pl.when(is_version).then(pl.lit(by)).otherwise("rejected_by"),
        rejected_at=pl.when(is_version).then(pl.lit(at, dtype=pl.Datetime("us"))).otherwise("rejected_at"),
    )


def last_approved(known: pl.DataFrame, source: str) -> Row | None:
    """The drafted taxonomy of a source that was approved last; None where none was."""
    return _latest(known.filter(pl.col("approved_at").is_not_null()), source, "approved_at")


def last_proposed(known: pl.DataFrame, source: str) -> Row | None:
    """The drafted taxonomy of a source that was proposed last and waits; None where none does."""
    return _latest(known.filter(pl.col("status") == "proposed"), source, "proposed_at")


def _latest(known: pl.DataFrame, source: str, by: str) -> Row | None:
    drafts = known.filter(pl.col("source") == source, pl.col("based_on").is_null())
    latest = drafts.sort(by, "taxonomy_version", descending=True)
    return latest.row(0, named=True) if latest.height else None
