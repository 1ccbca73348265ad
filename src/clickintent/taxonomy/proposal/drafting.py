"""The steps of a proposal: generate, update, review, or name what is there; then merge and judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickintent.llm import LlmSettings, LlmSettingsError, estimate_tokens
from clickintent.llm.untrusted import line_of
from clickintent.taxonomy.proposal.answers import read_sketch
from clickintent.taxonomy.proposal.asking import Asker, Question
from clickintent.taxonomy.proposal.judging import judge
from clickintent.taxonomy.proposal.merging import merge_near_duplicates
from clickintent.taxonomy.proposal.prompt import (
    data_message,
    keyed,
    leaf_lines,
    session_line,
    writing_instructions,
    writing_schema,
)
from clickintent.taxonomy.proposal.settings import ProposalSettings
from clickintent.taxonomy.proposal.sketch import LeafSketch, SessionText, Sketch
from clickintent.taxonomy.quality import Figure
from clickintent.taxonomy.reading import MIN_LEAVES, Intent, Taxonomy
from clickintent.taxonomy.rows import TaxonomyError

MIN_REPRESENTATIVES: Final = 10
"""From fewer sessions than this there is nothing to generalise."""

SESSIONS_OF_A_CLUSTER: Final = 4
"""Shown of each cluster that is named; fewer where the context is small."""

MERGED: Final = "merged_near_duplicates"
_SPARE_TOKENS: Final = 500
"""For marks, a refusal, and estimates that are too low."""


@dataclass(frozen=True)
class Proposal:
    """A proposed taxonomy: its intents, under ids of their own, and what is known of it."""

    intents: tuple[Intent, ...]
    quality: tuple[Figure, ...]


def propose_from_sessions(
    representatives: Sequence[SessionText],
    heldout: Sequence[SessionText],
    asker: Asker,
    settings: ProposalSettings,
    *,
    max_leaves: int,
) -> Proposal:
    """A taxonomy generated from a first mini-batch of sessions, updated over the others, and reviewed.

    Args:
        representatives: of `choose_representatives`.
        heldout: sessions that are none of them.
        asker: asks the model.
        settings: of the proposal.
        max_leaves: most leaves.

    Raises:
        TaxonomyError: there are too few sessions.
        AskingError: the model gives no answer that can be used.
        LlmError: the server refuses every call, or a session does not fit the context.
    """
    if len(representatives) < MIN_REPRESENTATIVES:
        raise TaxonomyError(
            f"a language model proposes a taxonomy from {MIN_REPRESENTATIVES} different sessions at least, and "
            f"{len(representatives)} may be sent: take taxonomy_source: clusters or seed until there are more."
        )
    first, *others = _mini_batches(representatives, asker.client.settings, settings.batch_sessions, max_leaves)
    sketch = _write("taxonomy_generate", None, first, asker, max_leaves)
    for batch in others:
        sketch = _write("taxonomy_update", sketch, batch, asker, max_leaves)
    sketch = _write("taxonomy_review", sketch, (), asker, max_leaves)
    return _finished(sketch, heldout, asker, max_leaves)


def propose_from_clusters(
    draft: Taxonomy,
    sessions_of_leaf: Mapping[str, Sequence[SessionText]],
    heldout: Sequence[SessionText],
    asker: Asker,
    *,
    max_leaves: int,
) -> Proposal:
    """A draft of clusters, named and grouped: as many leaves as it has, less near-duplicates.

    Args:
        draft: of `taxonomy_source: clusters`; of its texts none is sent.
        sessions_of_leaf: sessions of each leaf, the most typical first; a leaf without any keeps its name.
        heldout: sessions to judge on.
        asker: asks the model.
        max_leaves: most leaves.

    Raises:
        TaxonomyError: fewer than two leaves have sessions that may be sent.
        AskingError: the model gives no answer that can be used.
        LlmError: the server refuses every call.
    """
    leaves = [
        LeafSketch(
            leaf.name,
            leaf.description,
            draft.intent(draft.parent_of(leaf.intent_id)).name,
            keywords=leaf.keywords,
            examples=tuple(sessions_of_leaf.get(leaf.intent_id, ())),
            is_sendable=bool(sessions_of_leaf.get(leaf.intent_id)),
        )
        for leaf in draft.leaves
    ]
    shown = [leaf for leaf in leaves if leaf.is_sendable]
    if len(shown) < MIN_LEAVES:
        raise TaxonomyError(
            f"{len(shown)} clusters have sessions that may be sent, and a taxonomy needs {MIN_LEAVES} leaves: take "
            "taxonomy_source: clusters until more people have come."
        )
    named = _name_clusters(shown, asker, max_leaves)
    unseen = [leaf for leaf in leaves if not leaf.is_sendable]
    groups = {leaf.group: "" for leaf in unseen} | named.groups
    return _finished(Sketch(groups, (*named.leaves, *unseen)), heldout, asker, max_leaves)


def _finished(sketch: Sketch, heldout: Sequence[SessionText], asker: Asker, max_leaves: int) -> Proposal:
    merged = merge_near_duplicates(sketch, max_leaves)
    gone = len(sketch.leaves) - len(merged.leaves)
    figures = [Figure(MERGED, None, gone, None, None, len(sketch.leaves)), *judge(merged, heldout, asker)]
    return Proposal(tuple(merged.intents()), tuple(figures))


def _write(
    purpose: str, sketch: Sketch | None, sessions: Sequence[SessionText], asker: Asker, max_leaves: int
) -> Sketch:
    before = keyed(sketch.leaves) if sketch else {}
    lines = [
        *(leaf_lines(sketch) if sketch else ()),
        *(session_line(number, session) for number, session in enumerate(sessions, start=1)),
    ]
    question = Question(
        purpose,
        writing_instructions(purpose, max_leaves),
        data_message(lines, "Answer with the whole taxonomy."),
        writing_schema(),
        sessions,
        read=lambda answer: read_sketch(
            answer, before=before, sessions=sessions, max_leaves=max_leaves, may_add=purpose != "taxonomy_review"
        ),
    )
    return asker.ask([question])[0]


def _name_clusters(shown: Sequence[LeafSketch], asker: Asker, max_leaves: int) -> Sketch:
    before = keyed(shown)
    purpose = "taxonomy_name"
    instructions = writing_instructions(purpose, max_leaves)
    room = _room(asker.client.settings, instructions)
    for count in range(SESSIONS_OF_A_CLUSTER, 0, -1):
        lines = [
            line_of(key=key, sessions=[session.text for session in leaf.examples[:count]])
            for key, leaf in before.items()
        ]
        data = data_message(lines, "Answer with all clusters.")
        if count == 1 or estimate_tokens(data) <= room:
            break
    sessions = [session for leaf in shown for session in leaf.examples[:count]]
    question = Question(
        purpose,
        instructions,
        data,
        writing_schema(),
        sessions,
        read=lambda answer: read_sketch(
            answer, before=before, sessions=(), max_leaves=max_leaves, may_add=False, must_keep_all=True
        ),
    )
    return asker.ask([question])[0]


def _mini_batches(
    sessions: Sequence[SessionText], settings: LlmSettings, most: int, max_leaves: int
) -> list[list[SessionText]]:
    """Sessions in calls that the model's context holds beside instructions, the taxonomy so far, and the answer."""
    instructions = writing_instructions("taxonomy_update", max_leaves)
    # the taxonomy that is shown is no longer than the one that is answered
    room = _room(settings, instructions) - settings.max_output_tokens
    batches: list[list[SessionText]] = [[]]
    taken = 0
    for session in sessions:
        tokens = estimate_tokens(session_line(len(sessions), session)) + 1
        if tokens > room:
            raise LlmSettingsError(
                f"llm.context_tokens is {settings.context_tokens}, which holds no session beside a taxonomy and an "
                f"answer of {settings.max_output_tokens} tokens: raise it, or lower llm.taxonomy.max_output_tokens."
            )
        if batches[-1] and (taken + tokens > room or len(batches[-1]) == most):
            batches.append([])
            taken = 0
        batches[-1].append(session)
        taken += tokens
    return batches


def _room(settings: LlmSettings, instructions: str) -> int:
    """Tokens of a call that are left for data."""
    return settings.context_tokens - settings.max_output_tokens - estimate_tokens(instructions) - _SPARE_TOKENS
