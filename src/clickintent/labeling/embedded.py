"""The embedded labeler: each session matched to the nearest leaf by its page words, offline, without a key.

It is an *embedding labeler*, not a language model: TF-IDF vectors of the narrative's page lines against
TF-IDF vectors of what the taxonomy says of each leaf. It reads nothing but the narrative, the channel and the
taxonomy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]

from clickintent.labeling.leaf_matching import LeafMatcher
from clickintent.labeling.narratives import NarrativeStep, read_steps
from clickintent.labeling.page_words import split_words, word_set
from clickintent.labeling.session_label import ABSTAINED, MAX_INTENTS, SessionLabel
from clickintent.taxonomy import Taxonomy

_REVISION: Final = 2
"""Raised whenever the method changes what it answers, so that `model` changes too."""

_COMMITTING: Final = tuple(word_set("form appl submit purchase checkout complete confirm enrol quote calculat"))
"""Beginnings of event words that show a visitor acting on a page, not only reading it."""

_PLAIN_EVENT_WORDS: Final = word_set(
    "form start started step submit submitted search login logout sign in out success failed failure error "
    "complete completed application apply event action custom conversion open close select view viewed video "
    "play download"
)
"""Event words that say that something happened and not what about."""

_EVENT_SHARE: Final = 0.7
"""Weight of an event type's subject beside its page: a name given by developers, terse and irregular."""


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """Parameters of the embedded labeler; all of them enter `model`.

    Attributes:
        word_share, phrase_share, unknown_word_weight: see `LeafMatcher`.
        sharpness: power on a line's scores; higher lets only the best leaf of a line count.
        line_floor: score below which a line is no evidence at all.
        unmatched_weight: what a line without evidence counts, beside 1 for a line with evidence, when a
            session's score is averaged: pages that fit nowhere speak against a session's being about banking
            at all.
        dwell_half_seconds: dwell at which half of the dwell weight is reached.
        depth_weight: extra weight of the last step over the first.
        acting_weight: factor for steps with a form, application or similar event.
        temperature: of the softmax over leaves, in units of the session score.
        minimum_evidence: session score below which the labeler abstains.
        margin: lead of the best over the second confidence below which the labeler abstains.
        minimum_confidence: further leaves below this confidence are not reported.
    """

    word_share: float = 0.6
    phrase_share: float = 0.6
    unknown_word_weight: float = 0.5
    sharpness: float = 2.0
    line_floor: float = 0.1
    unmatched_weight: float = 0.2
    dwell_half_seconds: float = 20.0
    depth_weight: float = 0.5
    acting_weight: float = 1.5
    temperature: float = 0.08
    minimum_evidence: float = 0.25
    margin: float = 0.15
    minimum_confidence: float = 0.1


class EmbeddedLabeler:
    """Labels narratives by matching their page lines to the leaves of a taxonomy.

    Args:
        taxonomy: the leaves it may name.
        settings: parameters; the defaults were chosen on hand-written sessions of bank sites and apps.
    """

    name = "embedded"
    reads_what_is_sent = False

    def __init__(self, taxonomy: Taxonomy, settings: EmbeddedSettings | None = None) -> None:
        self.settings = settings or EmbeddedSettings()
        parameters = json.dumps({"revision": _REVISION, **asdict(self.settings)}, sort_keys=True)
        self.model = f"tfidf-{_REVISION}-{hashlib.sha256(parameters.encode()).hexdigest()[:8]}"
        self._leaf_ids = taxonomy.leaf_ids
        self._matcher = LeafMatcher(
            taxonomy.leaves,
            word_share=self.settings.word_share,
            phrase_share=self.settings.phrase_share,
            unknown_word_weight=self.settings.unknown_word_weight,
        )

    def label(self, narratives: Sequence[str], channels: Sequence[str]) -> list[SessionLabel]:
        """Label n sessions.

        A label depends on its narrative alone, never on the others of the batch: sessions that arrive in parts are
        labelled as they would be at once.

        Args:
            narratives: n texts of `write_narratives`.
            channels: n channels; not used by this labeler, whose taxonomy holds examples of both.

        Returns:
            n labels, in order.
        """
        if len(narratives) != len(channels):
            raise ValueError(f"{len(narratives)} narratives with {len(channels)} channels; give one channel each")
        confidences, evidence = self._confidences([read_steps(narrative) for narrative in narratives])
        return self._decide(confidences, evidence)

    def _confidences(
        self, sessions: Sequence[Sequence[NarrativeStep]]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Confidences (n x leaves, rows sum to 1) and the best leaf's evidence (n) of n sessions."""
        weights, lines = _weigh_lines(sessions, self.settings)
        fit = self._line_evidence(lines)
        is_matched = fit.max(axis=1, initial=0.0) > 0
        mass = weights @ np.where(is_matched, 1.0, self.settings.unmatched_weight)
        scores = np.asarray(weights @ fit) / np.where(mass > 0, mass, 1.0)[:, None]
        heat = np.exp((scores - scores.max(axis=1, keepdims=True)) / self.settings.temperature)
        return heat / heat.sum(axis=1, keepdims=True), scores.max(axis=1)

    def _line_evidence(self, lines: Sequence[str]) -> npt.NDArray[np.float64]:
        """What each distinct line says for each leaf: its score, sharpened towards its best leaf."""
        fit = self._matcher.score(lines).astype(float)
        fit[fit < self.settings.line_floor] = 0.0
        best = fit.max(axis=1, keepdims=True, initial=0.0)
        return fit * (fit / np.where(best > 0, best, 1.0)) ** (self.settings.sharpness - 1.0)

    def _decide(self, confidences: npt.NDArray[np.float64], evidence: npt.NDArray[np.float64]) -> list[SessionLabel]:
        settings = self.settings
        order = np.argsort(-confidences, axis=1, kind="stable")[:, :MAX_INTENTS]
        ranked = np.take_along_axis(confidences, order, axis=1)
        is_clear = (evidence >= settings.minimum_evidence) & (ranked[:, 0] - ranked[:, 1] >= settings.margin)
        labels = []
        for clear, leaves, values in zip(is_clear.tolist(), order.tolist(), ranked.tolist(), strict=True):
            named = tuple(
                (self._leaf_ids[leaf], value)
                for rank, (leaf, value) in enumerate(zip(leaves, values, strict=True))
                if rank == 0 or value >= settings.minimum_confidence
            )
            labels.append(SessionLabel("ok", named) if clear else ABSTAINED)
        return labels


def _weigh_lines(
    sessions: Sequence[Sequence[NarrativeStep]], settings: EmbeddedSettings
) -> tuple[csr_matrix, list[str]]:
    """Weight of each distinct line in each session (n x m), and the m lines."""
    code: dict[str, int] = {}
    rows, columns, values = [], [], []
    for row, steps in enumerate(sessions):
        last = max(len(steps) - 1, 1)
        for position, step in enumerate(steps):
            weight = _step_weight(step, position / last, settings)
            for line, share in lines_of(step):
                rows.append(row)
                columns.append(code.setdefault(line, len(code)))
                values.append(weight * share)
    # Two visits to one page add up; csr sums duplicates.
    weights = csr_matrix((values, (rows, columns)), shape=(len(sessions), len(code)), dtype=float)
    return weights, list(code)


def _step_weight(step: NarrativeStep, depth: float, settings: EmbeddedSettings) -> float:
    """Weight of a step from its dwell (saturating), its depth in the session (0 to 1) and acts on it."""
    dwell = settings.dwell_half_seconds if step.dwell_seconds is None else step.dwell_seconds
    attention = 0.5 + dwell / (dwell + settings.dwell_half_seconds)
    is_acting = any(_is_committing(event_type) for event_type in step.event_types)
    return attention * (1.0 + settings.depth_weight * depth) * (settings.acting_weight if is_acting else 1.0)


def lines_of(step: NarrativeStep) -> list[tuple[str, float]]:
    """Texts that may say what a step is about: its page words, and event types that name a subject."""
    lines = [(step.words, 1.0)] if step.words else []
    return lines + [(words, _EVENT_SHARE) for event_type in step.event_types if (words := _subject(event_type))]


@lru_cache(maxsize=4096)
def _is_committing(event_type: str) -> bool:
    return any(word.startswith(_COMMITTING) for word in split_words(event_type).split())


@lru_cache(maxsize=4096)
def _subject(event_type: str) -> str:
    return " ".join(word for word in split_words(event_type).split() if word not in _PLAIN_EVENT_WORDS)
