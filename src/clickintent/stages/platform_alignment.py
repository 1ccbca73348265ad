"""Stage `eval_platform_alignment`: do web and app sessions of one intent meet?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.encoder import SessionEncoder, load_encoder, train_encoder
from clickintent.evaluation.alignment import (
    ChannelSessions,
    Figures,
    app_neighbours,
    channel_probe,
    head_transfer,
)
from clickintent.evaluation.figures import FIGURE_SCHEMA, figure_rows
from clickintent.evaluation.neighbours import NEIGHBOURS
from clickintent.evaluation.probes import Features
from clickintent.evaluation.representations import (
    embedded,
    mean_page_text,
    page_counts,
    page_words,
    untrained_encoder,
    with_channel_hidden,
    with_words_of_its_own,
)
from clickintent.stages.judged_sessions import JudgedInputs, JudgedSessions, figures_told, read_judged_sessions
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run
from clickintent.stages.session_encoder import can_train, with_told_intents
from clickintent.warehouse import Relation

EMBEDDING: Final = "embedding"
TOLD: Final = "embedding, told intents"
PERMUTED: Final = "embedding, permuted labels"
SEED: Final = 7


@dataclass(frozen=True)
class ToldInputs:
    """What an encoder is told of intents, all of it known before the split.

    Attributes:
        sequences: `eval_training_sequences`.
        labels: `eval_session_labels`.
        intents: `eval_session_intents`.
        taxonomy: `eval_intent_taxonomy`.
    """

    sequences: Relation
    labels: Relation
    intents: Relation
    taxonomy: Relation


def evaluate_platform_alignment(run: Run, inputs: JudgedInputs, told: ToldInputs) -> Relation:
    """Rows of `eval_platform_alignment`; none where the channels have too few sessions with an intent in common.

    Args:
        run: the dbt run.
        inputs: tables of the evaluation.
        told: what the encoder of `clickintent train --intents` would be told.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    sessions = read_judged_sessions(run, inputs)
    if sessions is None:
        return run.nothing(FIGURE_SCHEMA)
    channels = channel_sessions(sessions.sequences)
    is_judged = channels.judged()
    if len(np.unique(channels.groups[channels.intents[is_judged]])) < 2:  # noqa: PLR2004 - one group is no question
        return run.nothing(FIGURE_SCHEMA)
    kept = channels.kept(is_judged)
    rows = [
        row
        for model, features in _representations(sessions, _told_encoder(run, sessions, told))
        for row in _rows(sessions, model, features[is_judged], kept)
    ]
    return figures_told(run, rows)


def channel_sessions(sequences: pl.DataFrame) -> ChannelSessions:
    """Sessions in numbers.

    Args:
        sequences: channel, intent_id, group_id, person, is_before_split.
    """
    leaves = sequences.select("intent_id", "group_id").unique().sort("intent_id")
    groups = leaves["group_id"].rank("dense").cast(pl.Int64) - 1
    codes = dict(zip(leaves["intent_id"], range(leaves.height), strict=True))
    is_train = sequences["is_before_split"].to_numpy()
    return ChannelSessions(
        is_app=(sequences["channel"] == "app").to_numpy(),
        intents=sequences["intent_id"].replace_strict(codes, return_dtype=pl.Int64).to_numpy(),
        groups=groups.to_numpy(),
        persons=sequences["person"].to_numpy(),
        is_train=is_train,
        is_test=~is_train,
    )


def _told_encoder(run: Run, sessions: JudgedSessions, told: ToldInputs) -> SessionEncoder | None:
    """The judged encoder trained once more, as `clickintent train --intents` does; None where nothing was trained."""
    config = sessions.encoder.config
    sample = run.warehouse.read(
        f"""
        select * from {run.source(told.sequences)} as sequences order by session_id limit {config.max_training_sessions}
        """
    )
    sample = with_told_intents(run, sample, labels=told.labels, intents=told.intents, taxonomy=told.taxonomy)
    if not can_train(sample.height, config):
        return None
    with training_progress("encoder, told intents") as report:
        version = train_encoder(sample, sessions.pages, config, report)
    return load_encoder(version.weights, version.config) if version.metrics["intents_across_channels"] else None


def _representations(sessions: JudgedSessions, told: SessionEncoder | None) -> Iterator[tuple[str, Features]]:
    sequences, pages, encoder = sessions.sequences, sessions.pages, sessions.encoder
    hidden = with_channel_hidden(sequences)
    vectors = embedded(sequences, pages, encoder)
    yield EMBEDDING, vectors
    yield "embedding, channel hidden", embedded(hidden, pages, encoder)
    if told is not None:
        yield TOLD, embedded(sequences, pages, told)
        yield f"{TOLD}, channel hidden", embedded(hidden, pages, told)
    untrained = untrained_encoder(sequences.filter("is_before_split"), pages, encoder.config)
    yield "untrained encoder", embedded(sequences, pages, untrained)
    yield "mean page text", mean_page_text(sequences, pages, encoder)
    yield "page words", page_words(sequences, pages)
    yield "page counts", page_counts(sequences, pages["page_key"].to_list())
    yield PERMUTED, vectors
    own, own_pages = with_words_of_its_own(sequences, pages, "app")
    yield "embedding, disjoint vocabularies", embedded(own, own_pages, encoder)


def _rows(
    sessions: JudgedSessions, model: str, features: Features, channels: ChannelSessions
) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng(SEED) if model == PERMUTED else None
    dealt = channels.permuted(random) if random else channels
    found = [*head_transfer(features, dealt), channel_probe(features, channels, random), *_neighbours(features, dealt)]
    for part in found:
        # of two heads that know nothing, one is no share of the other
        figures = {name: told for name, told in part.figures.items() if not (random and name == "web_head_share")}
        yield from figure_rows(
            sessions.judged,
            task=f"level_{part.level}",
            model=model,
            segment=part.segment,
            figures=figures,
            n=part.n,
            train_n=part.train_n,
        )


def _neighbours(features: Features, channels: ChannelSessions) -> list[Figures]:
    """Of few intents a pool in equal shares may be too small to have nearest ones."""
    own: NDArray[np.int64] = channels.intents[channels.is_app & channels.is_test]
    counts = np.bincount(own)
    if (counts > 0).sum() * counts[counts > 0].min() < 2 * NEIGHBOURS:
        return []
    return app_neighbours(features, channels)
