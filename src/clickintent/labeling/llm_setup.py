"""Sets up the labelers behind which a language model answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from clickintent.labeling.answer_book import AnswerBook
from clickintent.labeling.asking import Asking, Progress, unwatched
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.label_prompt import PROMPT_HASH, LabelKey, LabelPrompt
from clickintent.labeling.llm_labeler import LlmLabeler, ReplayLabeler
from clickintent.labeling.packing import LABEL_PURPOSE, LabelCalls
from clickintent.labeling.recording import read_recording
from clickintent.labeling.replay_settings import ReplaySettings
from clickintent.llm import CallStore, ChatClient, LlmSettings, Price
from clickintent.taxonomy import Taxonomy


@dataclass(frozen=True)
class LlmAccess:
    """What these labelers need of the world around them.

    Attributes:
        var: the var `llm`.
        store: the calls so far, and what keeps new ones.
        prices: by model.
        progress: as in `Asking`.
        environment: where the key to the server is read from.
    """

    var: Mapping[str, object]
    store: CallStore
    prices: Mapping[str, Price]
    progress: Progress = unwatched
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


def label_key(taxonomy: Taxonomy, settings: LlmSettings) -> LabelKey:
    """What shapes the answers of a server under these settings."""
    return LabelKey(_version_of(taxonomy), settings.model, settings.parameters, PROMPT_HASH)


def make_llm_labeler(taxonomy: Taxonomy, access: LlmAccess) -> LlmLabeler:
    """The labeler 'openai': any OpenAI-compatible server.

    Raises:
        LlmError: there is no key, or the settings do not fit each other or the prompt.
    """
    settings = LlmSettings.read(access.var)
    key = label_key(taxonomy, settings)
    client = ChatClient(settings, prices=access.prices, environment=access.environment)
    calls = LabelCalls(LabelPrompt(taxonomy), taxonomy.leaf_ids, settings)
    book = AnswerBook(taxonomy.leaf_ids)
    book.recall(access.store.calls(LABEL_PURPOSE, *key.cached_by))
    asking = Asking(
        key,
        taxonomy.leaf_ids,
        book=book,
        calls=calls,
        client=client,
        store=access.store,
        progress=access.progress,
    )
    return LlmLabeler(key, book, asking)


def make_replay_labeler(taxonomy: Taxonomy, access: LlmAccess) -> ReplayLabeler:
    """The labeler 'replay': what a server answered in a recorded build.

    Raises:
        LabelerError: there is no recording, or not of one model.
    """
    replay = ReplaySettings.read(access.var)
    if replay.path is None:
        raise LabelerError(
            "the labeler 'replay' reads a recording: set llm.replay to the Parquet file that `clickintent labels "
            "record` wrote."
        )
    recording = read_recording(replay.path)
    key = LabelKey(_version_of(taxonomy), recording.model, recording.parameters, recording.prompt_hash)
    book = AnswerBook(taxonomy.leaf_ids)
    book.recall(recording.calls)
    return ReplayLabeler(key, book, replay.path, is_complete=replay.missing == "error")


def _version_of(taxonomy: Taxonomy) -> str:
    if taxonomy.version is None:
        raise LabelerError(
            "the taxonomy has no version: labels are kept by it; read it from the table intent_taxonomy."
        )
    return taxonomy.version
