"""Stage `eval_conversion`: what a person's sessions so far, or the head of a session, tell of an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.evaluation.classification import Guesses, classification_figures
from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, Judged, bootstrap, figure_rows
from clickintent.evaluation.heads import cross_fitted
from clickintent.evaluation.histories import Histories, described
from clickintent.evaluation.session_numbers import aggregates, event_type_counts, page_counts, page_group_counts
from clickintent.stages.run import Run
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.warehouse import Relation

BASELINES: Final = ("majority", "page counts", "labels", "labels of all sessions", "student labels")
MAJORITY: Final = "majority"
FEWEST_PEOPLE: Final = 5
"""An outcome of fewer people before the split is no class of its own."""
WITHIN_SESSION: Final = "within_session"
OTHER: Final = "other"
NONE: Final = "none"
MOST_PEOPLE: Final = 20_000
"""On each side, by hash: intervals are narrow by then."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class EvaluatedTables:
    """The tables that `eval_conversion` reads.

    Attributes:
        labels: `session_labels`.
        all_labels: `eval_session_labels`.
    """

    split: Relation
    examples: Relation
    example_sessions: Relation
    sequences: Relation
    pages: Relation
    labels: Relation
    all_labels: Relation
    embeddings: Relation
    intents: Relation


@dataclass(frozen=True)
class _Tested:
    """What the tasks have in common; arrays of one entry an example."""

    judged: Judged
    weights: NDArray[np.float64]
    owners: NDArray[np.int64]
    is_train: NDArray[np.bool_]


@dataclass(frozen=True)
class _Sessions:
    """The sessions that examples know, in the order of their ids.

    Attributes:
        frame: rows of `eval_sequences`.
        row: session id -> row.
    """

    frame: pl.DataFrame
    row: dict[str, int]

    @property
    def is_train(self) -> NDArray[np.bool_]:
        return self.frame["is_before_split"].to_numpy()


def evaluate_conversion(run: Run, tables: EvaluatedTables) -> Relation:
    """Rows of `eval_conversion`: every way to describe sessions, under the same head, on the same people.

    Tasks are 'converts', whether an outcome comes at all; 'which_of_converts', which one comes where one does; and
    'which_outcome', which one or none, as the product of both. The last two are left out where there is one outcome.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    examples = _examples(run, tables)
    sides = set(examples["side"])
    if sides != {"train", "test"} or examples.filter(pl.col("side") == "train")["outcome"].n_unique() < 2:  # noqa: PLR2004
        return run.nothing(FIGURE_SCHEMA)  # nothing to learn from, or nothing to judge
    pairs = run.warehouse.read(
        f"""
        select example_id, session_id, started_at from {run.source(tables.example_sessions)} as pairs
        order by example_id, started_at, session_id desc nulls last
        """
    ).join(examples.select(example_id="session_id"), on="example_id", how="semi", maintain_order="left")
    sessions = _sessions(run, tables, pairs)
    pairs = pairs.filter(pl.col("session_id").is_in(sessions.frame["session_id"]))
    rows = dict(zip(examples["session_id"], range(examples.height), strict=True))
    histories = Histories(
        example=np.array([rows[name] for name in pairs["example_id"]], dtype=np.int64),
        session=np.array([sessions.row[name] for name in pairs["session_id"]], dtype=np.int64),
        started_at=pairs["started_at"].dt.epoch("us").to_numpy(),
        count=examples.height,
    )
    task = run.warehouse.read(f"select task from {run.source(tables.split)} as split")["task"][0]
    is_cut = task == WITHIN_SESSION
    features = _features(run, tables, sessions, histories, examples, is_cut=is_cut)
    judged = _judged(run, tables)
    figures = _figures(judged, examples, features)
    if not is_cut:
        figures += _coverage(judged, examples, histories, _label_shares(run, tables.labels, sessions))
    return run.rows(pl.DataFrame(figures, schema=FIGURE_SCHEMA), FIGURE_SCHEMA)


def _examples(run: Run, tables: EvaluatedTables) -> pl.DataFrame:
    examples = run.warehouse.read(f"select * from {run.source(tables.examples)} as examples order by session_id")
    people = examples.select("side", "person").unique().sort("person")
    kept = people.group_by("side", maintain_order=True).head(MOST_PEOPLE)
    return examples.join(kept, on=["side", "person"], how="semi", maintain_order="left")


def _sessions(run: Run, tables: EvaluatedTables, pairs: pl.DataFrame) -> _Sessions:
    frame = run.warehouse.read(
        f"""
        select * from {run.source(tables.sequences)} as sequences
        where session_id in (select session_id from {run.source(tables.example_sessions)} as pairs)
        order by session_id
        """
    ).join(pairs.select("session_id").unique(), on="session_id", how="semi", maintain_order="left")
    return _Sessions(frame, dict(zip(frame["session_id"], range(frame.height), strict=True)))


def _features(
    run: Run,
    tables: EvaluatedTables,
    sessions: _Sessions,
    histories: Histories,
    examples: pl.DataFrame,
    *,
    is_cut: bool,
) -> dict[str, Numbers]:
    """Model -> float32[examples, d], in the order in which models are told of; all but the majority know the sizes."""
    frame, is_train = sessions.frame, sessions.is_train
    groups = run.warehouse.read(f"select page_key, page_group from {run.source(tables.pages)} as pages")
    by_group = page_group_counts(frame, groups, is_train)
    plain = np.hstack([aggregates(frame), np.log1p(by_group), np.log1p(event_type_counts(frame, is_train))])
    described_by: dict[str, tuple[Numbers, bool]] = {
        "aggregates": (plain, False),
        "page group counts": (by_group, True),
        "page counts": (page_counts(frame, is_train), True),
        "labels of all sessions": (_label_shares(run, tables.all_labels, sessions), False),
    }
    if not is_cut:
        # Labels of a build are of whole sessions: of those that are evaluated here only the ones that were not cut have
        # any, so that to have one tells of the outcome.
        described_by["labels"] = (_label_shares(run, tables.labels, sessions), False)
    probabilities, is_abstained = _student(run, tables, sessions)
    if probabilities.shape[1]:
        hard = np.eye(probabilities.shape[1], dtype=np.float32)[probabilities.argmax(axis=1)]
        hard[is_abstained] = 0
        described_by["student labels"] = (np.hstack([hard, is_abstained[:, None].astype(np.float32)]), False)
        described_by["student probabilities"] = (probabilities, False)
    vectors = _vectors(run, tables, sessions)
    described_by["embedding"] = (vectors, False)
    described_by["embedding + aggregates"] = (np.hstack([vectors, plain]), False)
    moments = None if is_cut else examples["moment"].dt.epoch("us").to_numpy()
    sizes = histories.sizes((frame["channel"] == "web").to_numpy(), moments)
    features = {MAJORITY: np.zeros((examples.height, 0), dtype=np.float32), "history size": sizes}
    for model, (numbers, is_count) in described_by.items():
        if numbers.shape[1]:
            features[model] = np.hstack([described(histories, numbers, is_count=is_count), sizes])
    return features


def _label_shares(run: Run, labels: Relation, sessions: _Sessions) -> Numbers:
    """float32[sessions, leaves + 1]: confidences of a session's labels, and whether the labeler abstained.

    A session without a label of its present content has zeros: in a sample that is most of them.
    """
    found = run.warehouse.read(
        f"""
        select session_id, content_hash, intent_id, confidence, status from {run.source(labels)} as labels
        where status in ('ok', 'abstained') order by session_id, rank
        """
    ).join(sessions.frame.select("session_id", "content_hash"), on=["session_id", "content_hash"], how="semi")
    leaves = found["intent_id"].drop_nulls().unique().sort().to_list()
    column = dict(zip(leaves, range(len(leaves)), strict=True))
    shares = np.zeros((sessions.frame.height, len(leaves) + 1), dtype=np.float32)
    for session_id, intent_id, confidence in found.select("session_id", "intent_id", "confidence").iter_rows():
        row = sessions.row[session_id]
        if intent_id is None:
            shares[row, -1] = 1
        else:
            shares[row, column[intent_id]] = confidence
    return shares if found.height else shares[:, :0]


def _student(run: Run, tables: EvaluatedTables, sessions: _Sessions) -> tuple[Numbers, NDArray[np.bool_]]:
    """float32[sessions, leaves] and whether it abstains; no columns where there is no student."""
    scored = run.warehouse.read(
        f"""
        select session_id, probabilities, is_abstained from {run.source(tables.intents)} as intents
        order by session_id
        """
    )
    own = sessions.frame.select("session_id").join(scored, on="session_id", how="inner", maintain_order="left")
    if own.height < sessions.frame.height or own.is_empty():
        return np.zeros((sessions.frame.height, 0), dtype=np.float32), np.zeros(sessions.frame.height, dtype=bool)
    return np.array(own["probabilities"].to_list(), dtype=np.float32), own["is_abstained"].to_numpy()


def _vectors(run: Run, tables: EvaluatedTables, sessions: _Sessions) -> Numbers:
    found = run.warehouse.read(
        f"select session_id, embedding from {run.source(tables.embeddings)} as embeddings order by session_id"
    )
    own = sessions.frame.select("session_id").join(found, on="session_id", how="inner", maintain_order="left")
    return embedding_matrix(own["embedding"])


def _judged(run: Run, tables: EvaluatedTables) -> Judged:
    split = run.warehouse.read(f"select split_at from {run.source(tables.split)} as split")["split_at"][0]
    embeddings = run.warehouse.read(
        f"select min(encoder_version) as encoder_version from {run.source(tables.embeddings)} as embeddings"
    )
    intents = run.warehouse.read(
        f"""
        select min(classifier_version) as classifier_version, min(taxonomy_version) as taxonomy_version
        from {run.source(tables.intents)} as intents
        """
    )
    versions = {**embeddings.row(0, named=True), **intents.row(0, named=True)}
    return Judged(run.now, split_at=split, **versions)


def _figures(judged: Judged, examples: pl.DataFrame, features: dict[str, Numbers]) -> list[dict[str, Any]]:
    outcome = examples["outcome"]
    is_train = (examples["side"] == "train").to_numpy()
    has_outcome = outcome.is_not_null().to_numpy()
    people, folds = examples["person"].to_numpy(), examples["fold"].cast(pl.Int64).to_numpy()
    weights, weights_by_outcome = examples["weight"].to_numpy(), examples["weight_by_outcome"].to_numpy()
    classes = _classes(examples)
    code = {name: number for number, name in enumerate(classes)}
    labels = np.array([code.get(name or NONE, code.get(OTHER, 0)) for name in outcome], dtype=np.int64)
    is_test = ~is_train
    converts, which, both = {}, {}, {}
    for model, numbers in features.items():
        chance = cross_fitted(numbers, has_outcome.astype(np.int64), weights, people, folds, is_train, 2)
        converts[model] = chance[is_test]
        if len(classes) > 2:  # noqa: PLR2004 - none, and more than one outcome
            # of everyone who is to be judged: which one it would be
            asked = is_test | has_outcome
            of_asked = cross_fitted(
                numbers[asked], np.maximum(labels[asked] - 1, 0), weights_by_outcome[asked], people[asked],
                folds[asked], is_train[asked], len(classes) - 1,
            )  # fmt: skip
            which[model] = of_asked[(is_test & has_outcome)[asked]]
            of_test = of_asked[is_test[asked]]
            both[model] = np.hstack([chance[is_test][:, :1], chance[is_test][:, 1:] * of_test])
    tested = _Tested(judged, weights, people, is_train)
    rows = _task_rows("converts", converts, has_outcome.astype(np.int64), is_test, [1], tested)
    if which:
        by_outcome = _Tested(judged, weights_by_outcome, people, is_train)
        among = list(range(len(classes) - 1))
        rows += _task_rows("which_of_converts", which, labels - 1, is_test & has_outcome, among, by_outcome)
        rows += _task_rows("which_outcome", both, labels, is_test, list(range(1, len(classes))), tested)
    return rows


def _classes(examples: pl.DataFrame) -> list[str]:
    """'none', the outcomes of enough people before the split, and 'other' for those of fewer."""
    told = examples.filter(pl.col("outcome").is_not_null())
    frequent = (
        told.filter(pl.col("side") == "train")
        .group_by("outcome")
        .agg(people=pl.col("person").n_unique())
        .filter(pl.col("people") >= FEWEST_PEOPLE)["outcome"]
        .sort()
        .to_list()
    )
    return [NONE, *frequent, *([OTHER] if set(told["outcome"]) - set(frequent) else [])]


def _task_rows(
    task: str,
    probabilities: dict[str, NDArray[np.float64]],
    labels: NDArray[np.int64],
    is_judged: NDArray[np.bool_],
    outcomes: Sequence[int],
    tested: _Tested,
) -> list[dict[str, Any]]:
    owners = tested.owners
    guesses = Guesses(probabilities, labels[is_judged], tested.weights[is_judged], owners[is_judged], outcomes)
    people, learned_from = (len(np.unique(owners[rows])) for rows in (is_judged, tested.is_train & (labels >= 0)))
    return [
        row
        for model, figures in classification_figures(guesses, BASELINES).items()
        for row in figure_rows(tested.judged, task=task, model=model, figures=figures, n=people, train_n=learned_from)
    ]


def _coverage(judged: Judged, examples: pl.DataFrame, histories: Histories, labels: Numbers) -> list[dict[str, Any]]:
    """The share of people to be judged of whom the labeler has named an intent of some session."""
    is_named = labels[:, :-1].sum(axis=1) > 0 if labels.shape[1] else np.zeros(len(labels), dtype=bool)
    knows = np.bincount(histories.example, is_named[histories.session], histories.count) > 0
    tested = (examples["side"] == "test").to_numpy()
    weights, owners = examples["weight"].to_numpy()[tested], examples["person"].to_numpy()[tested]

    def share(rows: NDArray[np.int64]) -> dict[str, float]:
        return {"coverage": float(np.average(knows[tested][rows], weights=weights[rows]))}

    figures: dict[str, Interval] = bootstrap(owners, share)
    return figure_rows(judged, task="converts", model="labels", figures=figures, n=len(np.unique(owners)))
