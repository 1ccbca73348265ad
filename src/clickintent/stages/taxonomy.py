"""Stage `taxonomy_versions`: which taxonomy is in force, from its source and what people corrected in it."""

from typing import Final

import polars as pl

from clickintent.stages.run import Run
from clickintent.stages.taxonomy_drafts import DRAFTERS, DraftSettings, draft_taxonomy
from clickintent.stages.taxonomy_sample import SessionInputs, SessionSample
from clickintent.stages.taxonomy_versions import (
    TAXONOMY_SCHEMA,
    Row,
    find_taxonomy,
    former_ids,
    is_known,
    last_approved,
    last_proposed,
    taxonomy_in_force,
    taxonomy_of,
    with_changes,
    with_in_force,
    with_proposed,
)
from clickintent.stages.versions import FIRST_VERSION, current_version
from clickintent.taxonomy import Taxonomy, TaxonomyError, read_taxonomy
from clickintent.taxonomy.applying import apply_overrides
from clickintent.taxonomy.changes import Change, changes_between
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.matching import keep_ids
from clickintent.taxonomy.overrides import Override, read_overrides
from clickintent.taxonomy.quality import describe_fit
from clickintent.warehouse import Relation

SEED: Final = "seed"
SOURCES: Final = (SEED, *DRAFTERS)
SEED_APPROVAL: Final = "seeds/taxonomy.csv"
OVERRIDES_APPROVAL: Final = "seeds/taxonomy_overrides.csv"


def settle_taxonomy(
    run: Run,
    seed: Relation,
    overrides: Relation,
    inputs: SessionInputs,
    *,
    source: str = SEED,
    settings: DraftSettings,
) -> Relation:
    """Rows of `taxonomy_versions` to write: all of them when something changed, none otherwise.

    The base is the seed as it stands, which git approves, or the last approved draft of the source; where none is
    approved yet, the one that waits or else a new one comes into force. The overrides apply to it. What comes out is
    in force from then on; an earlier version of the same content comes back.

    Args:
        run: the dbt run.
        seed: the seed `taxonomy`.
        overrides: the seed `taxonomy_overrides`.
        inputs: tables of sessions.
        source: the var `taxonomy_source`.
        settings: of drafts.

    Raises:
        TaxonomyError: the source is unknown, the seed or a row of the overrides is wrong, there are too few sessions
            to draft from, or the draft was rejected.
    """
    if source not in SOURCES:
        raise TaxonomyError(f"taxonomy_source is {source!r}: this version of clickintent knows {', '.join(SOURCES)}.")
    known = run.known_rows(TAXONOMY_SCHEMA)
    if run.is_empty:
        return run.nothing(TAXONOMY_SCHEMA)
    sample = SessionSample(run, inputs.narratives)
    corrections = read_corrections(run, overrides)
    if source == SEED:
        written = versioned(read_taxonomy(run.warehouse.read(f"select * from {run.source(seed)} as seed")).intents)
        settled, base = _with_seed(known, written, sample, run)
    else:
        settled, base = _with_draft(run, known, inputs, sample, corrections, source, settings)
    effective, stated = corrected(base, corrections, known)
    settled = _with_effective(run, known, settled, base, effective, stated, sample)
    return run.nothing(TAXONOMY_SCHEMA) if settled.equals(known) else run.rows(settled, TAXONOMY_SCHEMA)


def propose_taxonomy(
    run: Run,
    known: pl.DataFrame,
    inputs: SessionInputs,
    sample: SessionSample,
    corrections: tuple[Override, ...],
    source: str,
    settings: DraftSettings,
) -> tuple[pl.DataFrame, Row]:
    """Rows of `taxonomy_versions` after a draft of the present sessions was proposed, and its row.

    Its intents keep the ids that they have in the taxonomy in force, and pinned ones their names, too.

    Raises:
        TaxonomyError: there are too few sessions to draft from.
    """
    in_force = taxonomy_in_force(known)
    draft = draft_taxonomy(run, inputs, source, settings, in_force)
    taxonomy = draft.taxonomy
    if in_force is not None:
        pinned = {row.intent_id for row in corrections if row.action == "pin"}
        intents = keep_ids(
            taxonomy,
            in_force,
            sample.assign(in_force),
            sample.assign(taxonomy),
            taken=former_ids(known),
            pinned=pinned.intersection(intent.intent_id for intent in in_force.intents),
            max_leaves=settings.max_intents,
        )
        taxonomy = versioned(intents)
    proposed = with_proposed(
        known,
        taxonomy,
        source=source,
        at=run.now,
        encoder_version=draft.encoder_version,
        quality=[*draft.quality, *describe_fit(taxonomy, sample.assign(taxonomy))],
        config=draft.config,
    )
    proposed = _with_changes_from(proposed, in_force, taxonomy, sample)
    return proposed, find_taxonomy(proposed, taxonomy.version or "")


def read_corrections(run: Run, overrides: Relation) -> tuple[Override, ...]:
    """The rows of `taxonomy_overrides`, each checked alone.

    Raises:
        TaxonomyError: a row is wrong.
    """
    return read_overrides(run.warehouse.read(f"select * from {run.source(overrides)} as overrides"))


def corrected(base: Row, corrections: tuple[Override, ...], known: pl.DataFrame) -> tuple[Taxonomy, tuple[Change, ...]]:
    """What the overrides make of a base, and what they changed.

    Raises:
        TaxonomyError: a row cannot be applied to it.
    """
    return apply_overrides(taxonomy_of(base), corrections, former_ids(known), is_drafted=base["source"] != SEED)


def _with_seed(known: pl.DataFrame, written: Taxonomy, sample: SessionSample, run: Run) -> tuple[pl.DataFrame, Row]:
    """The rows with the seed as it stands, and its own; new content is approved by who merged it."""
    version = written.version or ""
    if not is_known(known, version):
        quality = describe_fit(written, sample.assign(written))
        known = with_proposed(known, written, source=SEED, at=run.now, quality=quality)
        known = with_in_force(known, version, approved_by=SEED_APPROVAL, at=run.now)
    return known, find_taxonomy(known, version)


def _with_draft(
    run: Run,
    known: pl.DataFrame,
    inputs: SessionInputs,
    sample: SessionSample,
    corrections: tuple[Override, ...],
    source: str,
    settings: DraftSettings,
) -> tuple[pl.DataFrame, Row]:
    """The rows with an approved draft of the source, and its own."""
    approved = last_approved(known, source)
    if approved is not None:
        return known, approved
    waiting = last_proposed(known, source)
    if waiting is None:
        known, waiting = propose_taxonomy(run, known, inputs, sample, corrections, source, settings)
    version = waiting["taxonomy_version"]
    if waiting["status"] == "rejected":
        raise TaxonomyError(
            f"taxonomy_source is '{source}', and its draft {version} was rejected by {waiting['rejected_by']}: promote "
            "it after all, propose another one, or set another source."
        )
    if waiting["status"] != "current":
        known = with_in_force(known, version, approved_by=FIRST_VERSION, at=run.now)
    return known, find_taxonomy(known, version)


def _with_effective(
    run: Run,
    known: pl.DataFrame,
    settled: pl.DataFrame,
    base: Row,
    effective: Taxonomy,
    stated: tuple[Change, ...],
    sample: SessionSample,
) -> pl.DataFrame:
    """The rows with what is in force after this build; its changes are those against what was before it."""
    version = effective.version or ""
    is_corrected = version != base["taxonomy_version"]
    if not is_known(settled, version):
        settled = with_proposed(
            settled,
            effective,
            source=base["source"],
            at=run.now,
            based_on=base["taxonomy_version"],
            encoder_version=base["encoder_version"],
            quality=describe_fit(effective, sample.assign(effective)),
        )
    in_force = current_version(settled)
    if in_force is None or in_force["taxonomy_version"] != version:
        approved_by = OVERRIDES_APPROVAL if is_corrected else base["approved_by"]
        settled = with_in_force(settled, version, approved_by=approved_by or SEED_APPROVAL, at=run.now)
    before = taxonomy_in_force(known) or taxonomy_of(base)
    return _with_changes_from(settled, before, effective, sample, stated)


def _with_changes_from(
    known: pl.DataFrame,
    before: Taxonomy | None,
    after: Taxonomy,
    sample: SessionSample,
    stated: tuple[Change, ...] = (),
) -> pl.DataFrame:
    if before is None or before.version == after.version:
        return known
    changes = changes_between(before, after, sample.assign(before), sample.assign(after), stated)
    return with_changes(known, after.version or "", before.version or "", changes)
