"""Drafts of a taxonomy by source: the one place that knows how each source makes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clickintent.stages.run import Run
from clickintent.stages.taxonomy_sample import SessionInputs
from clickintent.taxonomy import MAX_LEAVES, MIN_LEAVES, Taxonomy, TaxonomyError
from clickintent.taxonomy.quality import Figure


@dataclass(frozen=True)
class DraftSettings:
    """What bounds a draft.

    Attributes:
        max_intents: most leaves; the var of this name.
        min_page_visitors: fewest visitors of a page or event type that may name a leaf; the var of this name.

    Raises:
        TaxonomyError: a number is out of range.
    """

    max_intents: int = MAX_LEAVES
    min_page_visitors: int = 20

    def __post_init__(self) -> None:
        if not MIN_LEAVES <= self.max_intents <= MAX_LEAVES:
            raise TaxonomyError(
                f"max_intents is {self.max_intents}: a taxonomy has {MIN_LEAVES} to {MAX_LEAVES} leaves."
            )


@dataclass(frozen=True)
class Draft:
    """A taxonomy as a source made it, with ids of its own.

    Attributes:
        taxonomy: its intents.
        quality: what the source tells of it.
        encoder_version: the encoder whose embeddings it was made from.
        config: all that shaped it.
    """

    taxonomy: Taxonomy
    quality: tuple[Figure, ...] = ()
    encoder_version: str | None = None
    config: dict[str, Any] = field(default_factory=dict)


def draft_taxonomy(
    run: Run, inputs: SessionInputs, source: str, settings: DraftSettings, in_force: Taxonomy | None
) -> Draft:
    """A draft of the present sessions.

    Args:
        run: the dbt run.
        inputs: tables of sessions.
        source: one of `DRAFTERS`.
        settings: what bounds it.
        in_force: the taxonomy so far, for sources that start from it.

    Raises:
        TaxonomyError: the source drafts nothing, or there are too few sessions.
    """
    if source not in DRAFTERS:
        raise TaxonomyError(f"the source '{source}' drafts no taxonomy; say one of {', '.join(DRAFTERS)}.")
    return DRAFTERS[source](run, inputs, settings, in_force)


def _cluster(run: Run, inputs: SessionInputs, settings: DraftSettings, in_force: Taxonomy | None) -> Draft:
    """Clusters of sessions, named by the page terms that set them apart."""
    del in_force  # matched to it afterwards
    raise TaxonomyError("not yet")


Drafter = Callable[[Run, SessionInputs, DraftSettings, Taxonomy | None], Draft]

DRAFTERS: Final[Mapping[str, Drafter]] = {"clusters": _cluster}
"""By the value of `taxonomy_source`; the seed is not drafted."""
