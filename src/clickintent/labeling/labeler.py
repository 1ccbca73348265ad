"""The interface behind which labelers are chosen, and the rows their answers become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol

import polars as pl

from clickintent.labeling.embedded import EmbeddedLabeler
from clickintent.labeling.errors import LabelerError
from clickintent.labeling.llm_setup import LlmAccess, make_cortex_labeler, make_llm_labeler, make_replay_labeler
from clickintent.labeling.narratives import read_channel
from clickintent.labeling.session_label import SessionLabel
from clickintent.taxonomy import Taxonomy

LABELER_KINDS: Final = ("embedded", "openai", "cortex", "replay")
"""Labelers that exist."""

LABEL_SCHEMA: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "session_id": pl.String,
    "rank": pl.Int64,
    "intent_id": pl.String,
    "confidence": pl.Float64,
    "labeler": pl.String,
    "model": pl.String,
    "taxonomy_version": pl.String,
    "narrative_hash": pl.String,
    "content_hash": pl.String,
    "status": pl.String,
    "error": pl.String,
    "labeled_at": pl.Datetime("us"),
}


class Labeler(Protocol):
    """Anything that reads narratives and names leaves of the taxonomy."""

    @property
    def name(self) -> str:
        """Kind of labeler, such as 'embedded'."""

    @property
    def model(self) -> str:
        """Version of the labeler, with a hash of the parameters that change its answers."""

    @property
    def reads_what_is_sent(self) -> bool:
        """Whether it reads what may leave the warehouse, and nothing of sessions that may not."""

    def label(self, narratives: Sequence[str], channels: Sequence[str]) -> Sequence[SessionLabel | None]:
        """Label n narratives of sessions on n channels ('web' or 'app'); n answers in the same order.

        None stands for a narrative that stays unlabelled until a later build.
        """


def make_labeler(kind: str, taxonomy: Taxonomy, access: Callable[[], LlmAccess]) -> Labeler:
    """Set a labeler up.

    Args:
        kind: the `labeler` var; one of `LABELER_KINDS`.
        taxonomy: the leaves it may name.
        access: gives what the labelers need behind which a language model answers; no other one asks for it.

    Raises:
        LabelerError: there is no such labeler, or it cannot be set up.
        LlmError: the settings in the var `llm` do not fit.
    """
    if kind == "embedded":
        return EmbeddedLabeler(taxonomy)
    if kind == "openai":
        return make_llm_labeler(taxonomy, access())
    if kind == "cortex":
        return make_cortex_labeler(taxonomy, access())
    if kind == "replay":
        return make_replay_labeler(taxonomy, access())
    raise LabelerError(f"the labeler '{kind}' is unknown; set the var `labeler` to one of: {', '.join(LABELER_KINDS)}.")


def label_rows(
    labeler: Labeler, narratives_frame: pl.DataFrame, taxonomy_version: str, labeled_at: datetime
) -> pl.DataFrame:
    """Label sessions, each distinct narrative once.

    Args:
        labeler: reads the narratives.
        narratives_frame: session_id, narrative (as the labeler may read it), and narrative_hash and content_hash of
            `session_narratives`.
        taxonomy_version: version of the taxonomy the labeler was made with.
        labeled_at: time of the labels (UTC, without time zone).

    Returns:
        Rows of `session_labels`: session_id, rank (from 1), intent_id, confidence, labeler, model,
        taxonomy_version, narrative_hash, content_hash, status, error, labeled_at. An abstained or invalid
        answer is one row of rank 1 with null intent_id and confidence; a session that stays unlabelled has none.
    """
    narratives = narratives_frame.get_column("narrative").unique(maintain_order=True).to_list()
    labels = labeler.label(narratives, [read_channel(narrative) for narrative in narratives])
    answers = pl.DataFrame(
        [
            row
            for narrative, label in zip(narratives, labels, strict=True)
            if label is not None
            for row in _answer_rows(narrative, label)
        ],
        schema={"narrative": pl.String}
        | {column: LABEL_SCHEMA[column] for column in ("rank", "intent_id", "confidence", "status", "error")},
        orient="row",
    )
    return (
        narratives_frame.select("session_id", "narrative", "narrative_hash", "content_hash")
        .join(answers, on="narrative", how="inner", maintain_order="left_right")
        .with_columns(
            labeler=pl.lit(labeler.name),
            model=pl.lit(labeler.model),
            taxonomy_version=pl.lit(taxonomy_version),
            labeled_at=pl.lit(labeled_at),
        )
        .select(pl.col(column).cast(kind) for column, kind in LABEL_SCHEMA.items())
    )


_AnswerRow = tuple[str, int, str | None, float | None, str, str | None]


def _answer_rows(narrative: str, label: SessionLabel) -> Iterator[_AnswerRow]:
    if not label.intents:
        yield narrative, 1, None, None, label.status, label.error
    for rank, (intent_id, confidence) in enumerate(label.intents, start=1):
        yield narrative, rank, intent_id, confidence, label.status, label.error
