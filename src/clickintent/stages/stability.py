"""Stage `eval_stability`: what stays of neighbours and of drafted taxonomies when they are made once more."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.encoder import EncoderConfig, SessionEncoder, load_encoder, train_encoder
from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, figure_rows
from clickintent.evaluation.representations import embedded, mean_page_text, untrained_encoder
from clickintent.evaluation.stability import NOBODY, agreement, neighbours_kept
from clickintent.labeling import EmbeddedLabeler, write_narratives
from clickintent.stages.judged_sessions import JudgedInputs, JudgedSessions, figures_told, read_judged_sessions
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run
from clickintent.taxonomy import Taxonomy, TaxonomyError
from clickintent.taxonomy.clusters import ClusterInputs, cluster_taxonomy
from clickintent.warehouse import Relation

POOL_SESSIONS: Final = 8_000
"""Sessions after the split among which neighbours are looked up, and that two taxonomies divide."""
QUERIES: Final = 3_000
DRAFTED_SESSIONS: Final = 3_000
"""Sessions before the split that a taxonomy is drafted from."""
ANOTHER_SEED: Final = "another seed"
HALF: Final = "half of the people"
HALVES: Final = "halves of the people"

_log = logging.getLogger(__name__)


def evaluate_stability(
    run: Run, inputs: JudgedInputs, *, max_intents: int, min_page_visitors: int, steps: int | None = None
) -> Relation:
    """Rows of `eval_stability`; none where there are too few sessions.

    Two encoders are trained for it, as the judged one was but for the seed, and on half of the people.

    Args:
        run: the dbt run.
        inputs: tables of the evaluation.
        max_intents: most leaves of a draft; the var of this name.
        min_page_visitors: fewest visitors of a page that may name a leaf; the var of this name.
        steps: of training; those of the judged encoder if null.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    sessions = read_judged_sessions(run, inputs, has_intent=False)
    if sessions is None:
        return run.nothing(FIGURE_SCHEMA)
    config = sessions.encoder.config
    config = replace(config, steps=config.steps if steps is None else steps)
    before = sessions.sequences.filter("is_before_split")
    half = before.filter(before["person"] % 2 == 0)
    encoders = {
        ANOTHER_SEED: _trained(before, sessions.pages, replace(config, seed=config.seed + 1)),
        HALF: _trained(half, sessions.pages, config),
    }
    rows = [
        *_neighbour_rows(sessions, encoders, before),
        *_taxonomy_rows(sessions, encoders[ANOTHER_SEED], before, max_intents, min_page_visitors),
    ]
    return figures_told(run, rows)


def _trained(sequences: pl.DataFrame, pages: pl.DataFrame, config: EncoderConfig) -> SessionEncoder:
    with training_progress("encoder, once more") as report:
        version = train_encoder(sequences, pages, config, report)
    return load_encoder(version.weights, version.config)


def _neighbour_rows(
    sessions: JudgedSessions, encoders: Mapping[str, SessionEncoder], before: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    pool, pages = _after(sessions), sessions.pages
    trained = {ANOTHER_SEED: before.height, HALF: before.filter(before["person"] % 2 == 0).height}
    others: dict[str, NDArray[Any]] = {name: embedded(pool, pages, encoder) for name, encoder in encoders.items()}
    others["untrained encoder"] = embedded(pool, pages, untrained_encoder(before, pages, sessions.encoder.config))
    others["mean page text"] = mean_page_text(pool, pages, sessions.encoder)
    queries = np.arange(min(QUERIES, pool.height))
    channels = pool["channel"].to_numpy()[queries]
    segments = {"all": np.ones(len(queries), dtype=bool)} | {name: channels == name for name in sorted(set(channels))}
    persons = pool["person"].to_numpy()
    kept = neighbours_kept(embedded(pool, pages, sessions.encoder), others, persons, queries, segments)
    for (model, segment), (figures, n) in kept.items():
        yield from figure_rows(
            sessions.judged,
            task="neighbours",
            model=model,
            segment=segment,
            figures=figures,
            n=n,
            train_n=trained.get(model),
        )


def _taxonomy_rows(
    sessions: JudgedSessions, another: SessionEncoder, before: pl.DataFrame, max_intents: int, min_page_visitors: int
) -> Iterator[dict[str, Any]]:
    """Drafts of half of the people by two encoders, and of two halves by one."""
    pool, (half, other) = _after(sessions), (before.filter(before["person"] % 2 == part) for part in (0, 1))
    drawn = {"": (half, sessions.encoder), ANOTHER_SEED: (half, another), HALVES: (other, sessions.encoder)}
    try:
        drafts = {
            name: _draft(part.head(DRAFTED_SESSIONS), sessions.pages, encoder, max_intents, min_page_visitors)
            for name, (part, encoder) in drawn.items()
        }
    except TaxonomyError as error:
        _log.warning("eval_stability compares no drafts of taxonomies: %s", error)
        return
    texts = _narratives(pool, sessions.pages)
    answers = {name: _assigned(draft, texts, pool["channel"].to_list()) for name, draft in drafts.items()}
    for model in (ANOTHER_SEED, HALVES):
        for level in (1, 2):
            first, second = (
                _groups(drafts[name], answers[name]) if level == 1 else answers[name] for name in ("", model)
            )
            value, share, n = agreement(first, second)
            unknown = float("nan")
            figures = {
                "adjusted_mutual_information": Interval(value, unknown, unknown),
                "labelled_by_both_share": Interval(share, unknown, unknown),
            }
            yield from figure_rows(
                sessions.judged,
                task=f"taxonomy, level {level}",
                model=model,
                figures=figures,
                n=n,
                train_n=min(DRAFTED_SESSIONS, half.height),
            )


def _after(sessions: JudgedSessions) -> pl.DataFrame:
    """A sample of the sessions after the split, in the order of their ids, which are hashes."""
    return sessions.sequences.filter(~pl.col("is_before_split")).head(POOL_SESSIONS)


def _draft(
    sequences: pl.DataFrame, pages: pl.DataFrame, encoder: SessionEncoder, max_intents: int, min_page_visitors: int
) -> Taxonomy:
    taxonomy, _ = cluster_taxonomy(
        ClusterInputs(
            embedded(sequences, pages, encoder),
            channels=sequences["channel"].to_list(),
            visitors=sequences["person"].cast(pl.String).to_list(),
            narratives=_narratives(sequences, pages),
            page_keys=sequences["page_keys"].to_list(),
        ),
        max_intents,
        min_page_visitors,
    )
    return taxonomy


def _narratives(sequences: pl.DataFrame, pages: pl.DataFrame) -> list[str]:
    written = write_narratives(sequences, pages)
    narratives: list[str] = written["narrative"].to_list()
    return narratives


def _assigned(taxonomy: Taxonomy, narratives: list[str], channels: list[str]) -> NDArray[np.int64]:
    number = {leaf: place for place, leaf in enumerate(taxonomy.leaf_ids)}
    answers = EmbeddedLabeler(taxonomy).label(narratives, channels)
    return np.array([number[answer.intents[0][0]] if answer.intents else NOBODY for answer in answers], dtype=np.int64)


def _groups(taxonomy: Taxonomy, leaves: NDArray[np.int64]) -> NDArray[np.int64]:
    parents = [taxonomy.parent_of(leaf) for leaf in taxonomy.leaf_ids]
    codes = np.unique(parents, return_inverse=True)[1]
    return np.where(leaves == NOBODY, NOBODY, codes[leaves])
