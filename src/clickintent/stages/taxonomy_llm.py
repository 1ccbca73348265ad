"""A taxonomy by a language model: which sessions it reads, and who answers."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import polars as pl

from clickintent.clustering import fit_clusters, nearest_cluster
from clickintent.labeling import EmbeddedLabeler
from clickintent.llm import CallStore, LlmSettings
from clickintent.stages.run import Run
from clickintent.stages.sending import CALLS_TABLE
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.taxonomy_sample import SessionInputs
from clickintent.stages.versions import encoder_in_force
from clickintent.taxonomy import Taxonomy
from clickintent.taxonomy.proposal import (
    Asker,
    Proposal,
    ProposalSettings,
    SessionText,
    choose_representatives,
    propose_from_clusters,
    propose_from_sessions,
)

MAX_READ_SESSIONS: Final = 20_000
"""A hash sample above this: a few hundred of them are sent."""


def propose_by_model(
    run: Run, inputs: SessionInputs, max_intents: int, draft_of_clusters: Callable[[], Taxonomy]
) -> tuple[Proposal, str | None, dict[str, Any]]:
    """A taxonomy that a language model proposes for the present sessions.

    It reads what may be sent of sessions: none whose visitor refused consent, and no page that few people know. Each
    answer is in `llm_calls` as soon as it comes, and what was answered before is not asked again.

    Args:
        run: the dbt run.
        inputs: tables of sessions, and what the model is asked with.
        max_intents: most leaves.
        draft_of_clusters: makes the draft that the model names where it starts from clusters.

    Returns:
        The proposal, the encoder whose embeddings chose the sessions, and the settings that shaped it.

    Raises:
        TaxonomyError: there are too few sessions, or the model gives no answer that can be used.
        LlmError: there is no key, a setting is wrong, or the server refuses every call.
    """
    from clickintent.llm import ChatClient  # noqa: PLC0415 - its library is not there in Snowflake

    chosen = ProposalSettings.read(inputs.sending.llm)
    settings = chosen.client_settings(LlmSettings.read(inputs.sending.llm))
    client = ChatClient(settings, prices=inputs.sending.price_table(run))
    asker = Asker(client, CallStore(run.warehouse, run.table(CALLS_TABLE)))
    encoder_version = encoder_in_force(run, inputs.encoder_versions)
    sessions = _sendable_sessions(run, inputs, encoder_version)
    representatives = choose_representatives(_with_clusters(sessions), near=chosen.near, far=chosen.far)
    heldout = _held_out(sessions, representatives, chosen.heldout_sessions)
    if chosen.start == "clusters":
        draft = draft_of_clusters()
        shown = _sessions_of_leaves(draft, sessions, heldout)
        proposal = propose_from_clusters(draft, shown, heldout, asker, max_leaves=max_intents)
    else:
        proposal = propose_from_sessions(representatives, heldout, asker, chosen, max_leaves=max_intents)
    config = {**asdict(chosen), "model": settings.model, "parameters": json.loads(settings.parameters)}
    return proposal, encoder_version, config


def _sendable_sessions(run: Run, inputs: SessionInputs, encoder_version: str | None) -> pl.DataFrame:
    """session_id, channel, narrative as it may be sent, and embedding; only sessions of which a page may be told."""
    # session ids are hashes: their order is a random sample, the same one on every machine
    sessions = run.warehouse.read(
        f"""
        select narratives.session_id, narratives.channel, narratives.narrative, embeddings.embedding
        from {run.source(inputs.narratives)} as narratives
        inner join {run.source(inputs.embeddings)} as embeddings
            on embeddings.session_id = narratives.session_id and embeddings.encoder_version = '{encoder_version}'
        order by narratives.session_id
        limit {MAX_READ_SESSIONS}
        """
    )
    told = inputs.sending.narratives(run, sessions)
    has_page = [bool(SessionText(text, "").main_pages) for text in told["narrative"]]
    return told.filter(pl.Series(has_page, dtype=pl.Boolean))


def _with_clusters(sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions with cluster_id and distance to its centre, by k-means of each channel."""
    found = [
        pl.DataFrame(schema={**sessions.schema, "cluster_id": pl.Int64, "distance": pl.Float32}),
    ]
    for _, of_channel in sessions.group_by("channel", maintain_order=True):
        vectors = embedding_matrix(of_channel["embedding"])
        centroids, _ = fit_clusters(vectors)
        nearest = nearest_cluster(vectors, centroids)
        distance = np.linalg.norm(vectors - centroids[nearest], axis=1).astype(np.float32)
        found.append(of_channel.with_columns(cluster_id=pl.Series(nearest), distance=pl.Series(distance)))
    return pl.concat(found)


def _held_out(sessions: pl.DataFrame, representatives: list[SessionText], count: int) -> list[SessionText]:
    """Distinct sessions that read like none of the representatives, from the far end of the sample."""
    shown = [session.text for session in representatives]
    others = sessions.filter(~pl.col("narrative").is_in(shown)).unique("narrative", maintain_order=True).tail(count)
    return [SessionText(text, channel) for text, channel in others.select("narrative", "channel").iter_rows()]


def _sessions_of_leaves(
    draft: Taxonomy, sessions: pl.DataFrame, heldout: list[SessionText]
) -> Mapping[str, list[SessionText]]:
    """Sessions that the embedding labeler gives each leaf, the surest first; none that the result is judged on."""
    distinct = sessions.filter(~pl.col("narrative").is_in([session.text for session in heldout])).unique(
        "narrative", maintain_order=True
    )
    texts, channels = distinct["narrative"].to_list(), distinct["channel"].to_list()
    found: dict[str, list[tuple[float, SessionText]]] = defaultdict(list)
    for text, channel, label in zip(texts, channels, EmbeddedLabeler(draft).label(texts, channels), strict=True):
        if label is not None and label.intents:
            leaf, confidence = label.intents[0]
            found[leaf].append((confidence, SessionText(text, channel)))
    return {
        leaf: [session for _, session in sorted(scored, key=lambda pair: (-pair[0], pair[1].text))]
        for leaf, scored in found.items()
    }
