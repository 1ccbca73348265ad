"""Drafts of a taxonomy by source: the one place that knows how each source makes one."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import polars as pl

from clickintent.encoder import EMBEDDING_DIM
from clickintent.labeling.narratives import withhold
from clickintent.labeling.page_words import words_by_page
from clickintent.stages.run import Run
from clickintent.stages.taxonomy_llm import propose_by_model
from clickintent.stages.taxonomy_sample import SessionInputs
from clickintent.stages.visitors import possible_person
from clickintent.taxonomy import MAX_LEAVES, MIN_LEAVES, Taxonomy, TaxonomyError
from clickintent.taxonomy.clusters import ClusterInputs, cluster_taxonomy
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.quality import Figure

LLM: Final = "llm"
MAX_CLUSTERED_SESSIONS: Final = 20_000
"""A hash sample above this: clusters of more sessions are no others."""


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
        # a command reads vars as they are written, whatever they are
        if not isinstance(self.max_intents, int) or not MIN_LEAVES <= self.max_intents <= MAX_LEAVES:
            raise TaxonomyError(
                f"max_intents is {self.max_intents!r}: a taxonomy has {MIN_LEAVES} to {MAX_LEAVES} leaves."
            )
        if not isinstance(self.min_page_visitors, int) or self.min_page_visitors < 1:
            raise TaxonomyError(
                f"min_page_visitors is {self.min_page_visitors!r}: it has to be a whole number above 0."
            )


@dataclass(frozen=True)
class Draft:
    """A taxonomy as a source made it, with ids of its own.

    Attributes:
        taxonomy: its intents.
        quality: what the source tells of the taxonomy as a whole; its leaves get other ids yet.
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
    """Clusters of sessions, named by the page terms that set them apart; matched to the one in force afterwards."""
    del in_force
    versions = run.warehouse.read(f"select version from {run.source(inputs.encoder_versions)} as v where is_current")
    encoder_version = versions["version"][0] if versions.height else None
    # session ids are hashes: their order is a random sample, the same one on every machine
    sessions = run.warehouse.read(
        f"""
        select
            sequences.channel, sequences.page_keys, narratives.narrative, embeddings.embedding,
            {possible_person("sequences")} as visitor
        from {run.source(inputs.sequences)} as sequences
        inner join {run.source(inputs.narratives)} as narratives on narratives.session_id = sequences.session_id
        inner join {run.source(inputs.embeddings)} as embeddings
            on embeddings.session_id = sequences.session_id and embeddings.encoder_version = '{encoder_version}'
        where not sequences.is_bot
        order by sequences.session_id
        limit {MAX_CLUSTERED_SESSIONS}
        """
    )
    rare = _words_of_rare_titles(run, inputs, sessions, settings.min_page_visitors)
    told = [withhold(text, lambda words: words not in rare, lambda _: True) for text in sessions["narrative"]]
    vectors = sessions["embedding"].cast(pl.Array(pl.Float32, EMBEDDING_DIM)).to_numpy()
    taxonomy, quality = cluster_taxonomy(
        ClusterInputs(
            vectors.reshape(sessions.height, EMBEDDING_DIM),
            channels=sessions["channel"].to_list(),
            visitors=sessions["visitor"].to_list(),
            narratives=told,
            page_keys=sessions["page_keys"].to_list(),
        ),
        settings.max_intents,
        settings.min_page_visitors,
    )
    config = {**asdict(settings), "sessions": sessions.height}
    return Draft(taxonomy, tuple(quality), encoder_version, config)


def _words_of_rare_titles(
    run: Run, inputs: SessionInputs, sessions: pl.DataFrame, min_page_visitors: int
) -> frozenset[str]:
    """Words of pages that enough visitors have seen, and few of them under the title that is in the words."""
    visits = sessions.select("visitor", page_key="page_keys").explode("page_key").unique()
    often_seen = visits.group_by("page_key").len().filter(pl.col("len") >= min_page_visitors)
    pages = run.warehouse.read(
        f"select page_key, text from {run.source(inputs.sending.pages)} as pages where not is_known order by page_key"
    )
    rare = pages.join(often_seen, on="page_key", how="semi")
    return frozenset(words_by_page(rare["page_key"], rare)["words"])


def _ask_model(run: Run, inputs: SessionInputs, settings: DraftSettings, in_force: Taxonomy | None) -> Draft:
    """What a language model proposes, from sessions or from the draft of clusters."""
    proposal, encoder_version, config = propose_by_model(
        run, inputs, settings.max_intents, lambda: _cluster(run, inputs, settings, in_force).taxonomy
    )
    return Draft(versioned(proposal.intents), proposal.quality, encoder_version, {**asdict(settings), "llm": config})


Drafter = Callable[[Run, SessionInputs, DraftSettings, Taxonomy | None], Draft]

DRAFTERS: Final[Mapping[str, Drafter]] = {"clusters": _cluster, LLM: _ask_model}
"""By the value of `taxonomy_source`; the seed is not drafted."""
