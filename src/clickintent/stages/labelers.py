"""The labeler of a build: what the var names, set up with what the warehouse knows of pages and of gold labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from clickintent.encoder import HASHED, EncoderConfig
from clickintent.encoder.sentence_text import read_sentences
from clickintent.labeling import EmbeddedLabeler, Labeler, make_labeler
from clickintent.labeling.calibration import calibrated_settings
from clickintent.labeling.session_label import NO_INTENT
from clickintent.stages.gold import with_merges_followed
from clickintent.stages.run import Run
from clickintent.stages.sending import Sending
from clickintent.taxonomy import Taxonomy
from clickintent.warehouse import Relation


@dataclass(frozen=True)
class ConfiguredSentences:
    """The text model that reads page text for the encoder in force.

    Attributes:
        config: of that encoder.
    """

    config: EncoderConfig

    @property
    def name(self) -> str:
        """The model's name and the numbers that it makes of a known text."""
        return f"{self.config.page_text_model} {self.config.page_text_sample}"

    def read(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32[len(texts), dim] of unit length; zeros for an empty text.

        Raises:
            TextModelError: the model cannot be loaded, or is another one than the encoder was trained with.
        """
        return read_sentences(texts, self.config).vectors


def labeler_of_build(
    run: Run,
    kind: str,
    taxonomy: Taxonomy,
    sending: Sending,
    *,
    narratives: Relation,
    gold: Relation,
    intents: Relation,
    encoders: Relation,
) -> Labeler:
    """The labeler that the var `labeler` names.

    The embedded one reads lines by the encoder's text model too, where it has one, and abstains as gold labels of
    sessions that were drawn at random say, where there are enough.

    Args:
        run: the model being built.
        kind: the var `labeler`.
        taxonomy: the leaves it may name.
        sending: what labelers need that ask a language model.
        narratives: `session_narratives`.
        gold: `gold_labels`.
        intents: `intent_taxonomy`, which tells what became of leaves that gold labels name.
        encoders: `session_encoder`.
    """
    if kind != EmbeddedLabeler.name:
        return make_labeler(kind, taxonomy, lambda: sending.access(run))
    labeler = embedding_labeler(run, taxonomy, encoders)
    known = run.warehouse.read(
        f"""
        select narratives.narrative, gold.intent_id
        from {run.source(gold)} as gold
        inner join {run.source(narratives)} as narratives on narratives.session_id = gold.session_id
        where gold.shown_because = 'random'
        order by gold.session_id
        """
    )
    # a leaf that has gone and was not merged says nothing of the answers that are left
    known = with_merges_followed(run, known, intents).filter(pl.col("intent_id").is_in([*taxonomy.leaf_ids, NO_INTENT]))
    settings = calibrated_settings(labeler, known["narrative"].to_list(), known["intent_id"].to_list())
    return labeler if settings == labeler.settings else EmbeddedLabeler(taxonomy, settings, labeler.sentences)


def embedding_labeler(run: Run, taxonomy: Taxonomy, encoders: Relation) -> EmbeddedLabeler:
    """The embedded labeler with its own settings, and with the text model of the encoder in force if it has one."""
    in_force = run.warehouse.read(f"select config from {run.source(encoders)} as encoders where status = 'current'")
    config = EncoderConfig.from_json(in_force["config"][0]) if in_force.height else EncoderConfig()
    return EmbeddedLabeler(taxonomy, sentences=None if config.page_text == HASHED else ConfiguredSentences(config))
