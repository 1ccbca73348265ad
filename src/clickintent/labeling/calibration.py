"""When the embedding labeler abstains: the margin chosen on gold labels, where there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from clickintent.classifier.calibration import ABOVE_ALL, choose_threshold
from clickintent.labeling.embedded import EmbeddedLabeler, EmbeddedSettings

WANTED_PRECISION: Final = 0.85
"""Share of the answered gold sessions that the labeler should have right."""

MIN_GOLD: Final = 50
"""Fewer gold sessions than this say too little: at 50, a share of 0.85 is known to about 10 points."""

_MARGIN_STEPS: Final = 100
"""Margins are hundredths, so that one more gold label seldom labels everything again."""


def calibrated_settings(
    labeler: EmbeddedLabeler, narratives: Sequence[str], intent_ids: Sequence[str]
) -> EmbeddedSettings:
    """The labeler's settings with the lowest margin at which its answers on gold sessions are right often enough.

    Args:
        labeler: with the settings that hold where gold labels decide nothing.
        narratives: n narratives of gold sessions that were drawn at random.
        intent_ids: n gold leaves; an id that is none of the labeler's, such as 'none', is one that no answer meets.

    Returns:
        The settings, unchanged where there are fewer than `MIN_GOLD` sessions, or where no margin reaches
        `WANTED_PRECISION`.
    """
    if len(narratives) < MIN_GOLD:
        return labeler.settings
    guesses = labeler.guess(narratives)
    margins = np.floor(guesses.margins * _MARGIN_STEPS) / _MARGIN_STEPS
    # where the evidence is too weak it abstains, whatever the margin
    is_answerable = guesses.margins >= 0
    is_right = np.asarray(guesses.intent_ids) == np.asarray(intent_ids)
    margin = choose_threshold(
        margins[is_answerable].astype(np.float32), is_right[is_answerable], WANTED_PRECISION, min_coverage=None
    )
    if not is_answerable.any() or margin == ABOVE_ALL:
        return labeler.settings
    return replace(labeler.settings, margin=round(margin * _MARGIN_STEPS) / _MARGIN_STEPS)
