"""Taxonomies in a DuckDB file: list, propose, compare, promote, reject. What they mean is in `stages/taxonomy.py`."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from clickintent.built_file import opened
from clickintent.stages.run import BuiltTable, Run
from clickintent.stages.sending import Sending
from clickintent.stages.taxonomy import SEED, corrected, propose_taxonomy, read_corrections
from clickintent.stages.taxonomy_drafts import DraftSettings
from clickintent.stages.taxonomy_sample import SessionInputs, SessionSample
from clickintent.stages.taxonomy_versions import (
    TAXONOMY_SCHEMA,
    Row,
    find_taxonomy,
    last_approved,
    taxonomy_of,
    with_in_force,
    with_rejected,
)
from clickintent.stages.versions import VersionError, current_version, require_person
from clickintent.taxonomy.changes import Change, changes_between

TABLE: Final = "taxonomy_versions"
NARRATIVES: Final = "session_narratives"


@dataclass(frozen=True)
class Difference:
    """What one taxonomy changes against another.

    Attributes:
        from_row: the version before.
        to_row: the version after.
        changes: ordered by intent, with the share of sessions that each touches.
    """

    from_row: Row
    to_row: Row
    changes: tuple[Change, ...]


def read_taxonomies(file: Path) -> pl.DataFrame:
    """Rows of `taxonomy_versions`, the latest proposed first.

    Raises:
        BuiltFileError: the file cannot be read, or the build in it is not complete.
    """
    with _versions(file) as run:
        return run.known_rows(TAXONOMY_SCHEMA).sort("proposed_at", "taxonomy_version", descending=True)


def propose(
    file: Path,
    *,
    source: str | None = None,
    max_intents: int | None = None,
    project: Callable[[], Mapping[str, Any]] = dict,
) -> Row:
    """Draft a taxonomy from the sessions of a file and register it as a proposal.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        source: what drafts it; that of the taxonomy in force if not given.
        max_intents: most leaves; as in the last approved draft of the source if not given, else as the project says.
        project: tells the vars of the project, of which `max_intents`, `min_page_visitors` and `llm` count.

    Returns:
        The proposal's row. A draft whose content is known already keeps its row and status.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        TaxonomyError: the source drafts nothing, or there are too few sessions.
        LlmError: a language model is to be asked, and cannot be.
        VersionError: no source is given, and the taxonomy in force is a seed.
    """
    with _versions(file, is_writing=True) as run:
        known = run.known_rows(TAXONOMY_SCHEMA)
        source = source or _drafting_source(known)
        variables = project()
        settings = _settings(known, source, max_intents, variables)
        corrections = read_corrections(run, "taxonomy_overrides")
        inputs = _inputs(variables.get("llm") or {})
        sample = SessionSample(run, NARRATIVES)
        proposed, row = propose_taxonomy(run, known, inputs, sample, corrections, source, settings)
        run.warehouse.replace_rows(TABLE, "taxonomy_version", proposed)
        return row


def compare(file: Path, version: str | None = None, against: str | None = None) -> Difference:
    """What a taxonomy changes.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        version: the one after; the last proposal if not given.
        against: the one before; the one in force if not given.

    Raises:
        BuiltFileError: the file cannot be read, or the build in it is not complete.
        VersionError: there is no such version.
    """
    with _versions(file) as run:
        known = run.known_rows(TAXONOMY_SCHEMA)
        after = _last_proposal(known) if version is None else find_taxonomy(known, version)
        before = _in_force(known) if against is None else find_taxonomy(known, against)
        stored = [c for c in json.loads(after["changes"]) if c.pop("from_version") == before["taxonomy_version"]]
        if stored:
            return Difference(before, after, tuple(Change(**change) for change in stored))
        sample = SessionSample(run, NARRATIVES)
        earlier, later = taxonomy_of(before), taxonomy_of(after)
        changes = changes_between(earlier, later, sample.assign(earlier), sample.assign(later))
        return Difference(before, after, changes)


def promote(file: Path, version: str, *, by: str) -> Row:
    """Let a proposal, or an earlier draft, into force, and retire the taxonomy before.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        version: its name.
        by: who approves it.

    Returns:
        The version's row as it is now.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        VersionError: nobody approves it, there is no such version, it is in force already, or it is no draft.
        TaxonomyError: the overrides cannot be applied to it.
    """
    require_person(by)
    with _versions(file, is_writing=True) as run:
        known = run.known_rows(TAXONOMY_SCHEMA)
        row = find_taxonomy(known, version)
        _require_draft(row)
        corrected(row, read_corrections(run, "taxonomy_overrides"), known)  # what would stop the next build
        promoted = with_in_force(known, version, approved_by=by.strip(), at=run.now)
        run.warehouse.replace_rows(TABLE, "taxonomy_version", promoted)
        return find_taxonomy(promoted, version)


def reject(file: Path, version: str, *, by: str) -> Row:
    """Decide against a proposal; it stays on record.

    Returns:
        The version's row as it is now.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        VersionError: nobody decides it, there is no such version, or it is no proposal.
    """
    require_person(by)
    with _versions(file, is_writing=True) as run:
        rejected = with_rejected(run.known_rows(TAXONOMY_SCHEMA), version, by=by.strip(), at=run.now)
        run.warehouse.replace_rows(TABLE, "taxonomy_version", rejected)
        return find_taxonomy(rejected, version)


def _inputs(llm: Mapping[str, object]) -> SessionInputs:
    return SessionInputs(
        NARRATIVES,
        "session_sequences",
        "session_embedding_versions",
        "encoder_versions_in_use",
        Sending(llm, "sendable_sessions", "page_audience", "event_type_audience", "llm_prices"),
    )


def _drafting_source(known: pl.DataFrame) -> str:
    source: str = _in_force(known)["source"]
    if source == SEED:
        raise VersionError(
            "The taxonomy in force is the seed, which people write and no command drafts: edit seeds/taxonomy.csv, or "
            "say what is to draft one with --source."
        )
    return source


def _settings(known: pl.DataFrame, source: str, max_intents: int | None, variables: Mapping[str, Any]) -> DraftSettings:
    """As many leaves as is said, else as in the last approved draft of the source; all else as in a build."""
    approved = last_approved(known, source)
    bounds = {name: variables[name] for name in ("max_intents", "min_page_visitors") if name in variables}
    if max_intents is None and approved is not None:
        max_intents = json.loads(approved["config"]).get("max_intents")
    return DraftSettings(**bounds | ({} if max_intents is None else {"max_intents": max_intents}))


def _in_force(known: pl.DataFrame) -> Row:
    row = current_version(known)
    if row is None:
        raise VersionError("No taxonomy is in force yet: `dbt build` brings the first one.")
    return row


def _last_proposal(known: pl.DataFrame) -> Row:
    waiting = known.filter(pl.col("status") == "proposed").sort("proposed_at", "taxonomy_version", descending=True)
    if waiting.is_empty():
        raise VersionError("No taxonomy is proposed: `clickintent taxonomy propose` makes a draft, or name a version.")
    return waiting.row(0, named=True)


def _require_draft(row: Row) -> None:
    version = row["taxonomy_version"]
    if row["source"] == SEED:
        raise VersionError(f"{version} is the seed's, which git approves: edit seeds/taxonomy.csv and run `dbt build`.")
    if row["based_on"] is not None:
        raise VersionError(
            f"{version} is {row['based_on']} with overrides: promote {row['based_on']}, or edit "
            "seeds/taxonomy_overrides.csv, and run `dbt build`."
        )


@contextmanager
def _versions(file: Path, *, is_writing: bool = False) -> Iterator[Run]:
    with opened(file, is_writing=is_writing) as connection:
        yield Run(BuiltTable(TABLE), connection)
