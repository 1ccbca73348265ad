"""Sets up the labelers behind which a language model answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clickintent.labeling.answer_book import AnswerBook
from clickintent.labeling.asking import Asking, Client, Progress, unwatched
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.label_prompt import PROMPT_HASH, LabelKey, LabelPrompt
from clickintent.labeling.llm_labeler import CortexLabeler, LlmLabeler, ReplayLabeler
from clickintent.labeling.packing import LABEL_PURPOSE, LabelCalls
from clickintent.labeling.recording import read_recording
from clickintent.labeling.replay_settings import ReplaySettings
from clickintent.llm import CallStore, LlmSettings, Price
from clickintent.taxonomy import Taxonomy
from clickintent.warehouse import Warehouse


@dataclass(frozen=True)
class LlmAccess:
    """What these labelers need of the world around them.

    Attributes:
        var: the var `llm`.
        store: the calls so far, and what keeps new ones.
        prices: by model.
        progress: as in `Asking`.
        environment: where the key to the server is read from; None for `asking_environment`.
        warehouse: that answers by itself, for the labeler 'cortex'.
    """

    var: Mapping[str, object]
    store: CallStore
    prices: Mapping[str, Price]
    progress: Progress = unwatched
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    warehouse: Warehouse | None = None


def label_key(taxonomy: Taxonomy, settings: LlmSettings) -> LabelKey:
    """What shapes the answers of a server under these settings."""
    return LabelKey(_version_of(taxonomy), settings.model, settings.parameters, PROMPT_HASH)


def make_llm_labeler(taxonomy: Taxonomy, access: LlmAccess) -> LlmLabeler:
    """The labeler 'openai': any OpenAI-compatible server.

    Raises:
        LlmError: there is no key, or the settings do not fit each other or the prompt.
    """
    from clickintent.llm import ChatClient  # noqa: PLC0415 - its library is not there in Snowflake

    settings = LlmSettings.read(access.var)
    client = ChatClient(settings, prices=access.prices, environment=access.environment)
    return LlmLabeler(*_asked(taxonomy, access, client))


def make_cortex_labeler(taxonomy: Taxonomy, access: LlmAccess) -> CortexLabeler:
    """The labeler 'cortex': the models that Snowflake runs itself.

    Raises:
        LabelerError: nobody says which warehouse.
        LlmError: the settings do not fit each other or the prompt.
    """
    from clickintent.llm.cortex import CortexClient, cortex_settings  # noqa: PLC0415

    if access.warehouse is None:
        raise LabelerError("the labeler 'cortex' asks inside the warehouse of a build: run `dbt build` with it.")
    client = CortexClient(cortex_settings(access.var), access.warehouse, prices=access.prices)
    return CortexLabeler(*_asked(taxonomy, access, client))


def _asked(taxonomy: Taxonomy, access: LlmAccess, client: Client) -> tuple[LabelKey, AnswerBook, Asking]:
    """What is known of the items, and the way to ask about the others."""
    key = label_key(taxonomy, client.settings)
    book = AnswerBook(taxonomy.leaf_ids)
    book.recall(access.store.calls(LABEL_PURPOSE, *key.cached_by))
    asking = Asking(
        key,
        taxonomy.leaf_ids,
        book=book,
        calls=LabelCalls(LabelPrompt(taxonomy), taxonomy.leaf_ids, client.settings),
        client=client,
        store=access.store,
        progress=access.progress,
    )
    return key, book, asking


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
