"""Stage `eval_sensitive`: what a ranker could read out of embeddings about sensitive intents, masked or not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.encoder.page_text import page_key_text
from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, figure_rows
from clickintent.evaluation.probes import Features
from clickintent.evaluation.representations import embedded, page_counts
from clickintent.evaluation.sensitive import (
    MIN_SENSITIVE,
    Probed,
    leaf_f1,
    left_out,
    masked,
    people,
    probe,
    probe_figures,
    telling_pages,
)
from clickintent.labeling import EmbeddedLabeler
from clickintent.sequence_inputs import SEQUENCE_INPUTS
from clickintent.stages.judged_sessions import JudgedInputs, JudgedSessions, figures_told, read_judged_sessions
from clickintent.stages.run import Run
from clickintent.stages.session_labels import active_taxonomy
from clickintent.taxonomy import Taxonomy
from clickintent.warehouse import Relation

EMBEDDING: Final = "embedding"
NAMED_NULL: Final = "embedding, named pages null"
NAMED_OUT: Final = "embedding, named pages left out"
TELLING_OUT: Final = "embedding, telling pages left out"
COUNTS: Final = "page counts"
PERMUTED: Final = "embedding, permuted labels"
SEED: Final = 7


def evaluate_sensitive_intents(run: Run, inputs: JudgedInputs) -> Relation:
    """Rows of `eval_sensitive`; none where the taxonomy has no sensitive leaf, or too few sessions are of one.

    Args:
        run: the dbt run.
        inputs: tables of the evaluation.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    sessions = read_judged_sessions(run, inputs)
    if sessions is None:
        return run.nothing(FIGURE_SCHEMA)
    is_sensitive = sessions.sequences["is_sensitive"].to_numpy()
    if min((is_sensitive & part).sum() for part in (sessions.is_train, ~sessions.is_train)) < MIN_SENSITIVE:
        return run.nothing(FIGURE_SCHEMA)
    masks = {
        "named": named_pages(active_taxonomy(run, inputs.taxonomy), sessions.pages),
        "telling": _telling(sessions),
    }
    features = _representations(sessions, masks)
    rows = [
        *_session_rows(sessions, features, is_sensitive),
        *_person_rows(sessions, features, is_sensitive),
        *_cost_rows(sessions, features, is_sensitive),
        *_mask_rows(sessions, masks),
    ]
    return figures_told(run, rows)


def named_pages(taxonomy: Taxonomy, pages: pl.DataFrame) -> list[str]:
    """Pages whose words the embedding labeler takes for a sensitive leaf: what can be masked without a single label.

    Args:
        taxonomy: the taxonomy in force.
        pages: page_key, text.
    """
    keys = pages["page_key"].to_list()
    words = [text or page_key_text(key) for key, text in pages.select("page_key", "text").iter_rows()]
    narratives = [f"web session, 1 event\n- {text}" for text in words]
    answers = EmbeddedLabeler(taxonomy).label(narratives, ["web"] * len(narratives))
    return [
        key
        for key, answer in zip(keys, answers, strict=True)
        if answer.intents and taxonomy.intent(answer.intents[0][0]).is_sensitive
    ]


def _telling(sessions: JudgedSessions) -> list[str]:
    before = sessions.sequences.filter("is_before_split")
    return telling_pages(before["page_keys"], before["is_sensitive"])


def _representations(sessions: JudgedSessions, masks: Mapping[str, list[str]]) -> dict[str, Features]:
    sequences, pages, encoder = sessions.sequences, sessions.pages, sessions.encoder
    lists = [name for name, kind in SEQUENCE_INPUTS.items() if kind.endswith("[]")]
    vectors = embedded(sequences, pages, encoder)
    return {
        EMBEDDING: vectors,
        NAMED_NULL: embedded(masked(sequences, masks["named"]), pages, encoder),
        NAMED_OUT: embedded(left_out(sequences, masks["named"], lists), pages, encoder),
        TELLING_OUT: embedded(left_out(sequences, masks["telling"], lists), pages, encoder),
        COUNTS: page_counts(sequences, pages["page_key"].to_list()),
        PERMUTED: vectors,
    }


def _session_rows(
    sessions: JudgedSessions, features: Mapping[str, Features], is_sensitive: NDArray[np.bool_]
) -> Iterator[dict[str, Any]]:
    train, test = sessions.is_train, ~sessions.is_train
    channels = sessions.sequences["channel"].to_numpy()[test]
    segments = {"all": np.ones(len(channels), dtype=bool)} | {name: channels == name for name in sorted(set(channels))}
    labels = {model: _labels(model, is_sensitive, train) for model in features}
    scores = {
        model: probe(part, labels[model], sessions.persons, train=train, test=test) for model, part in features.items()
    }
    judged_by = {model: dealt[test] for model, dealt in labels.items()}
    probed = Probed(sessions.persons[test], segments, scores, judged_by, int(train.sum()))
    yield from _probed_rows(sessions, "session", probed)


def _person_rows(
    sessions: JudgedSessions, features: Mapping[str, Features], is_sensitive: NDArray[np.bool_]
) -> Iterator[dict[str, Any]]:
    scores, judged_by = {}, {}
    for model, part in features.items():
        means, is_theirs, persons, train = people(part, is_sensitive, sessions.persons, sessions.is_train)
        labels = _labels(model, is_theirs, train)
        scores[model] = probe(means, labels, persons, train=train, test=~train)
        judged_by[model] = labels[~train]
    everybody = {"all": np.ones(int((~train).sum()), dtype=bool)}
    yield from _probed_rows(sessions, "person", Probed(persons[~train], everybody, scores, judged_by, int(train.sum())))


def _probed_rows(sessions: JudgedSessions, task: str, probed: Probed) -> Iterator[dict[str, Any]]:
    for (model, segment), (figures, n) in probe_figures(probed, EMBEDDING).items():
        yield from figure_rows(
            sessions.judged, task=task, model=model, segment=segment, figures=figures, n=n, train_n=probed.train_n
        )


def _cost_rows(
    sessions: JudgedSessions, features: Mapping[str, Features], is_sensitive: NDArray[np.bool_]
) -> Iterator[dict[str, Any]]:
    """What a mask costs where nothing is sensitive: the leaves of the other sessions."""
    train, test = sessions.is_train & ~is_sensitive, ~sessions.is_train & ~is_sensitive
    intents = sessions.sequences["intent_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    for model in (EMBEDDING, NAMED_NULL, NAMED_OUT, TELLING_OUT):
        figure = leaf_f1(features[model], intents, sessions.persons, train=train, test=test)
        yield from figure_rows(
            sessions.judged,
            task="other intents",
            model=model,
            figures={"macro_f1": figure},
            n=int(test.sum()),
            train_n=int(train.sum()),
        )


def _mask_rows(sessions: JudgedSessions, masks: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """How much of the traffic is masked, and how many sessions nothing is left of."""
    after = sessions.sequences.filter(~pl.col("is_before_split"))
    on_pages = after["page_keys"].explode()
    for model, mask in ((NAMED_OUT, "named"), (TELLING_OUT, "telling")):
        is_masked = pl.element().is_in(masks[mask]).fill_null(False)
        is_emptied = (after["page_keys"].list.eval(is_masked).list.all()) & (after["page_keys"].list.len() > 0)
        for metric, value, n in (
            ("masked_page_share", len(masks[mask]) / sessions.pages.height, sessions.pages.height),
            ("masked_event_share", on_pages.is_in(masks[mask]).fill_null(False).mean(), len(on_pages)),
            ("emptied_session_share", is_emptied.mean(), after.height),
        ):
            figures = {metric: Interval(float(str(value)), float("nan"), float("nan"))}
            yield from figure_rows(sessions.judged, task="masking", model=model, figures=figures, n=n)


def _labels(model: str, is_sensitive: NDArray[np.bool_], train: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What a probe is fitted on and judged by: for the control dealt out anew, before the split and after it."""
    if model != PERMUTED:
        return is_sensitive
    random, dealt = np.random.default_rng(SEED), is_sensitive.copy()
    for part in (train, ~train):
        dealt[part] = random.permutation(dealt[part])
    return dealt
