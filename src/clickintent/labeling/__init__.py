"""Narratives of sessions and the labelers that read them."""

from clickintent.labeling.embedded import EmbeddedLabeler, EmbeddedSettings, Guesses
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.labeler import LABEL_SCHEMA, Labeler, label_rows, make_labeler
from clickintent.labeling.narratives import NarrativeStep, read_channel, read_steps, write_narratives
from clickintent.labeling.recording import write_recording
from clickintent.labeling.scrubber import scrub, scrub_all
from clickintent.labeling.session_label import SessionLabel

__all__ = [
    "LABEL_SCHEMA",
    "EmbeddedLabeler",
    "EmbeddedSettings",
    "Guesses",
    "Labeler",
    "LabelerError",
    "NarrativeStep",
    "SessionLabel",
    "label_rows",
    "make_labeler",
    "read_channel",
    "read_steps",
    "scrub",
    "scrub_all",
    "write_narratives",
    "write_recording",
]
