"""How well a proposed taxonomy fits sessions that it was not made from, as far as a model can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sklearn.metrics import cohen_kappa_score

from clickintent.llm.untrusted import line_of
from clickintent.taxonomy.proposal.answers import read_assignment
from clickintent.taxonomy.proposal.asking import Asker, Question
from clickintent.taxonomy.proposal.merging import likeness_of_leaves
from clickintent.taxonomy.proposal.prompt import (
    JUDGING_PURPOSES,
    data_message,
    judging_instructions,
    judging_schema,
    keyed,
    session_line,
)
from clickintent.taxonomy.proposal.sketch import SessionText, Sketch
from clickintent.taxonomy.quality import Figure, share_figure

SESSIONS_A_CALL: Final = 20

HELDOUT_COVERAGE: Final = "heldout_coverage"
HELDOUT_OTHER: Final = "heldout_other_share"
PROMPT_AGREEMENT: Final = "prompt_agreement"
PROMPT_KAPPA: Final = "prompt_kappa"
MEAN_LIKENESS: Final = "mean_description_likeness"
MAX_LIKENESS: Final = "max_description_likeness"

Assignment = list[str | None]


def judge(sketch: Sketch, heldout: Sequence[SessionText], asker: Asker) -> list[Figure]:
    """Figures of a proposal.

    Each held-out session is assigned by two prompts that ask the same in different words and show the leaves in
    opposite orders: where they disagree, the taxonomy leaves room for it. Leaves whose words may not be sent are not
    among those they can name.

    Returns:
        Likeness of descriptions; and, with held-out sessions, the share that both prompts give a leaf, the share of
        all answers that are 'other', how often the prompts agree, and Cohen's kappa of it.
    """
    likeness = likeness_of_leaves(sketch.leaves)
    pairs = likeness[np.triu_indices(len(likeness), k=1)]
    figures = [
        Figure(MEAN_LIKENESS, None, float(pairs.mean()), None, None, len(pairs)),
        Figure(MAX_LIKENESS, None, float(pairs.max()), None, None, len(pairs)),
    ]
    if not heldout:
        return figures
    first, second = _assign(sketch, heldout, asker)
    both = list(zip(first, second, strict=True))
    n = len(both)
    others = sum(leaf is None for pair in both for leaf in pair)
    figures += [
        share_figure(HELDOUT_COVERAGE, None, sum(None not in pair for pair in both), n),
        share_figure(HELDOUT_OTHER, None, others, 2 * n),
        share_figure(PROMPT_AGREEMENT, None, sum(one == other for one, other in both), n),
    ]
    if len({leaf for pair in both for leaf in pair}) > 1:
        kappa = cohen_kappa_score([str(leaf) for leaf in first], [str(leaf) for leaf in second])
        figures.append(Figure(PROMPT_KAPPA, None, float(kappa), None, None, n))
    return figures


def _assign(sketch: Sketch, heldout: Sequence[SessionText], asker: Asker) -> tuple[Assignment, Assignment]:
    """Names of leaves by either prompt, all asked at once."""
    batches = [heldout[i : i + SESSIONS_A_CALL] for i in range(0, len(heldout), SESSIONS_A_CALL)]
    sendable = tuple(leaf for leaf in sketch.leaves if leaf.is_sendable)
    orders = (sendable, sendable[::-1])
    questions = [
        _question(purpose, Sketch(sketch.groups, leaves), batch)
        for purpose, leaves in zip(JUDGING_PURPOSES, orders, strict=True)
        for batch in batches
    ]
    answers = asker.ask(questions)
    half = len(batches)
    first, second = ([leaf for batch in part for leaf in batch] for part in (answers[:half], answers[half:]))
    return first, second


def _question(purpose: str, sketch: Sketch, batch: Sequence[SessionText]) -> Question[Assignment]:
    leaves = keyed(sketch.leaves)
    lines = [
        *(
            line_of(key=key, name=leaf.name, description=leaf.description, excludes=leaf.excludes)
            for key, leaf in leaves.items()
        ),
        *(session_line(number, session) for number, session in enumerate(batch, start=1)),
    ]
    return Question(
        purpose,
        judging_instructions(purpose),
        data_message(lines, f"Answer for these {len(batch)} sessions."),
        judging_schema(leaves),
        batch,
        read=lambda answer: [
            None if key is None else leaves[key].name for key in read_assignment(answer, leaves, len(batch))
        ],
    )
