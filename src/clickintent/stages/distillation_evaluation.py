"""Stage `eval_distillation`: the student beside its teacher, and beside what is true where somebody knows it."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.classifier import ClassifierConfig
from clickintent.classifier.agreement import OVERALL, agreement_by_leaf
from clickintent.classifier.calibration import (
    Judged,
    at_temperature,
    best_guesses,
    cross_fitted,
    fit_calibration,
)
from clickintent.classifier.folds import FoldedClassifier, load_folds
from clickintent.classifier.labels import UNANSWERED
from clickintent.evaluation import figures
from clickintent.evaluation.distillation import (
    abstention_figures,
    calibration_figures,
    isotonic,
    kept_of_teacher,
    llm_costs,
)
from clickintent.evaluation.figures import FIGURE_SCHEMA, Interval, figure_rows
from clickintent.labeling.calibration import MIN_GOLD
from clickintent.labeling.session_label import NO_INTENT
from clickintent.llm import LlmSettings
from clickintent.stages.gold import with_merges_followed
from clickintent.stages.run import Run
from clickintent.stages.sending import Sending
from clickintent.stages.session_embeddings import embedding_matrix
from clickintent.stages.session_labels import active_taxonomy
from clickintent.stages.versions import current_version
from clickintent.stages.visitors import possible_person
from clickintent.taxonomy import Taxonomy
from clickintent.warehouse import Relation

LABELS: Final = "labels"
"""The judge that the student was taught by; the others are those of `intent_truth`."""

COSTED_NARRATIVES: Final = 1_000
"""Sessions whose narratives tokens are counted of: known to about 2%, as lengths vary by half of their mean."""

MOST_JUDGED: Final = 10_000
"""Sessions of one judge that calibration is told of: shares are then known to about a point, in seconds. The simulator
knows all; this many of its answers stand where gold labels would."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What a judge says of all sessions.

    Attributes:
        answers: int64[n], a leaf; UNANSWERED where it says nothing, or that no leaf fits.
        is_known: bool[n], whether it says anything.
        weights: float64[n], sessions that each stands for in what it says.
    """

    answers: NDArray[np.int64]
    is_known: NDArray[np.bool_]
    weights: NDArray[np.float64]

    def first(self, count: int) -> "Said":
        """The same of the first sessions that it knows: their ids, by which they are ordered, are hashes."""
        return replace(self, is_known=self.is_known & (np.cumsum(self.is_known) <= count))


@dataclass(frozen=True)
class Student:
    """The classifier in force, and all sessions scored by its folds.

    Attributes:
        row: of `intent_classifier`.
        folded: its folds.
        config: by which it was trained.
        groups: int64[leaves], number of each leaf's level-1 intent.
        sessions: session_id, channel, visitor, weight, teacher (leaf, null without an answer), is_labeled.
        embeddings: float32[n, dim].
        probabilities: float32[n, leaves], at temperature 1.
    """

    row: dict[str, Any]
    folded: FoldedClassifier
    config: ClassifierConfig
    groups: NDArray[np.int64]
    sessions: pl.DataFrame
    embeddings: NDArray[np.float32]
    probabilities: NDArray[np.float32]

    @property
    def leaves(self) -> list[str]:
        """Names of the columns."""
        return list(self.folded.classifiers[0].intent_ids)

    def codes(self, intents: pl.Series) -> NDArray[np.int64]:
        """Columns of leaves, int64[n]; UNANSWERED for any other text and null."""
        columns = {leaf: number for number, leaf in enumerate(self.leaves)}
        return intents.replace_strict(columns, default=UNANSWERED, return_dtype=pl.Int64).to_numpy()

    def versions(self, run: Run) -> figures.Judged:
        """What its figures have in common."""
        config = json.loads(self.row["config"])
        return figures.Judged(
            evaluated_at=run.now,
            encoder_version=config["encoder_version"],
            taxonomy_version=config["taxonomy_version"],
            classifier_version=self.row["version"],
        )

    @property
    def visitors(self) -> NDArray[np.str_]:
        """Visitor of each session."""
        return self.sessions["visitor"].to_numpy().astype(str)

    @property
    def teacher(self) -> Said:
        """What the labeler says that taught it."""
        is_labeled = self.sessions["is_labeled"].to_numpy()
        return Said(self.codes(self.sessions["teacher"]), is_labeled, self.sessions["weight"].to_numpy())

    def judged(self, said: Said) -> Judged:
        """The sessions that a judge knows, beside what it says of them."""
        fold = self.folded.folds.of(self.sessions["visitor"].to_list())
        return Judged(self.probabilities, said.answers, said.weights, fold).only(said.is_known)


def evaluate_distillation(
    run: Run,
    *,
    classifier: Relation,
    embeddings: Relation,
    sequences: Relation,
    labels: Relation,
    sample: Relation,
    narratives: Relation,
    taxonomy: Relation,
    truth: Relation,
    sending: Sending,
) -> Relation:
    """Rows of `eval_distillation`; none without a classifier that has folds.

    Every score is by weights that were fitted without the visitor.
    """
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    version = current_version(run.warehouse.read(f"select * from {run.source(classifier)} as classifier"))
    leaves = active_taxonomy(run, taxonomy)
    if version is None or not is_evaluable(version, leaves):
        return run.nothing(FIGURE_SCHEMA)
    student = read_student(run, version, leaves, embeddings, sequences, labels, sample)
    judged = student.versions(run)
    rows = list(_agreement(student, judged))
    judges = read_judges(run, student, truth, taxonomy)
    for judge, said in {LABELS: student.teacher, **judges}.items():
        rows += _worth(student, judge, said.first(MOST_JUDGED), judged)
    for judge, said in judges.items():
        rows += _kept(student, judge, said, judged)
    rows += _costs(run, leaves, sending, narratives, sample, judged)
    return run.rows(pl.DataFrame(rows, schema=FIGURE_SCHEMA), FIGURE_SCHEMA)


def read_student(
    run: Run,
    version: dict[str, Any],
    taxonomy: Taxonomy,
    embeddings: Relation,
    sequences: Relation,
    labels: Relation,
    sample: Relation,
) -> Student:
    """A classifier version with every session scored by the fold that has not seen its visitor.

    Args:
        run: the dbt run.
        version: a row of `intent_classifier` that has folds.
        taxonomy: the one that it was distilled for.
        embeddings: `session_embedding_versions`.
        sequences: `session_sequences`.
        labels: `session_labels`.
        sample: `label_sample`.
    """
    config = json.loads(version["config"])
    folded = load_folds(version["weights"], version["config"])
    read = run.warehouse.read(
        f"""
        select embeddings.session_id, embeddings.channel, embeddings.embedding,
            {possible_person("sequences")} as visitor,
            coalesce(sampled.weight, 0) as weight,
            labels.intent_id as teacher, labels.labeler, labels.model,
            labels.session_id is not null as is_labeled
        from {run.source(embeddings)} as embeddings
        inner join {run.source(sequences)} as sequences on sequences.session_id = embeddings.session_id
        left join (
            select * from {run.source(labels)} as labels
            where rank = 1 and status in ('ok', 'abstained') and taxonomy_version = '{config["taxonomy_version"]}'
        ) as labels on labels.session_id = embeddings.session_id and labels.content_hash = embeddings.content_hash
        left join {run.source(sample)} as sampled on sampled.session_id = embeddings.session_id
        where embeddings.encoder_version = '{config["encoder_version"]}'
        order by embeddings.session_id
        """
    )
    is_own = (pl.col("labeler") == config["labeler"]) & (pl.col("model") == config["labeler_model"])
    is_taught = (pl.col("is_labeled") & is_own).fill_null(value=False)
    sessions = read.with_columns(teacher=pl.when(is_taught).then("teacher"), is_labeled=is_taught)
    matrix, visitors = embedding_matrix(sessions["embedding"]), sessions["visitor"].to_list()
    untempered = FoldedClassifier(folded.folds, tuple(replace(one, temperature=1.0) for one in folded.classifiers))
    probabilities = untempered.predict(matrix, sessions["channel"].to_list(), visitors)
    parents = [taxonomy.parent_of(leaf) for leaf in config["intent_ids"]]
    return Student(
        row=version,
        folded=folded,
        config=ClassifierConfig(**config["training"]),
        groups=np.unique(parents, return_inverse=True)[1].astype(np.int64),
        sessions=sessions.drop("embedding", "labeler", "model"),
        embeddings=matrix,
        probabilities=probabilities,
    )


def read_judges(run: Run, student: Student, truth: Relation, taxonomy: Relation) -> dict[str, Said]:
    """What each judge of `intent_truth` says, where that is a leaf in force for at least `MIN_GOLD` sessions.

    Args:
        run: the dbt run.
        student: whose sessions and leaves.
        truth: `intent_truth`.
        taxonomy: `intent_taxonomy`.
    """
    known = run.warehouse.read(f"select session_id, judge, intent_id from {run.source(truth)} as truth")
    followed = with_merges_followed(run, known, taxonomy)
    judges = {}
    for judge in known["judge"].unique().sort():
        said = followed.filter(pl.col("judge") == judge).select("session_id", "intent_id")
        intents = student.sessions.join(said, on="session_id", how="left", maintain_order="left")["intent_id"]
        is_known = intents.is_in([*student.leaves, NO_INTENT]).fill_null(value=False).to_numpy()
        answers = student.codes(intents)
        if (answers != UNANSWERED).sum() >= MIN_GOLD:
            judges[judge] = Said(answers, is_known, np.ones(len(answers)))
    return judges


def is_evaluable(version: dict[str, Any], taxonomy: Taxonomy) -> bool:
    """Whether a classifier version has folds and is of the taxonomy in force; the log says what it lacks."""
    config = json.loads(version["config"])
    if "fold_ends" not in config:
        _log.warning(
            "%s was trained before folds were kept, so it cannot be evaluated: build once with retrain: always.",
            version["version"],
        )
        return False
    return bool(config["taxonomy_version"] == taxonomy.version)


def _agreement(student: Student, judged: figures.Judged) -> Iterator[dict[str, Any]]:
    """Agreement with the labels of sessions that no score has seen: overall, by channel and by leaf."""
    answers, weights = student.teacher.answers, student.teacher.weights
    channel, visitors = student.sessions["channel"].to_numpy(), student.visitors
    common = {"task": "agreement_with_labels", "model": "student", "train_n": student.row["trained_rows"]}
    is_answered = answers != UNANSWERED
    segments = {"all": is_answered} | {str(name): is_answered & (channel == name) for name in np.unique(channel)}
    for segment, rows in segments.items():
        by_leaf = agreement_by_leaf(
            student.probabilities[rows], answers[rows], student.leaves, visitors[rows].tolist(), weights[rows]
        )
        shown = {OVERALL: segment} if segment != "all" else {OVERALL: segment} | {leaf: leaf for leaf in student.leaves}
        for name, title in shown.items():
            if name not in by_leaf:
                continue
            n = int(rows.sum() if name == OVERALL else (answers[rows] == student.leaves.index(name)).sum())
            yield from figure_rows(judged, figures={"agreement": by_leaf[name]}, n=n, segment=title, **common)


def _worth(student: Student, judge: str, said: Said, judged: figures.Judged) -> Iterator[dict[str, Any]]:
    """What probabilities and threshold are worth by one judge."""
    by_judge = student.judged(said)
    owners = student.visitors[said.is_known]
    in_force = student.folded.classifiers[0]
    tempered = at_temperature(by_judge.probabilities, in_force.temperature)
    own, is_covered_by_own = cross_fitted(by_judge, student.config)
    arms = {
        "uncalibrated": by_judge.probabilities,
        "temperature in force": tempered,
        "temperature by this judge": own,
        "isotonic by this judge": isotonic(by_judge),
    }
    common = {"segment": f"judged by {judge}", "train_n": student.row["trained_rows"]}
    has_answer = by_judge.answers != UNANSWERED
    for arm, probabilities in arms.items():
        told = calibration_figures(
            owners[has_answer],
            probabilities[has_answer],
            by_judge.answers[has_answer],
            by_judge.weights[has_answer],
            student.groups,
        )
        n = int(has_answer.sum())
        yield from figure_rows(judged, task="calibration", model=f"student, {arm}", figures=told, n=n, **common)
    alone = replace(student.config, min_coverage=None)
    thresholds = {
        "threshold in force": (in_force.threshold, tempered.max(axis=1) >= in_force.threshold),
        "threshold by this judge": (fit_calibration(by_judge, student.config).threshold, is_covered_by_own),
        "threshold by this judge, for precision alone": (
            fit_calibration(by_judge, alone).threshold,
            cross_fitted(by_judge, alone)[1],
        ),
    }
    is_right = best_guesses(by_judge.probabilities, by_judge.answers)[1]
    for arm, (threshold, is_covered) in thresholds.items():
        told = abstention_figures(owners, is_right, is_covered, by_judge.weights)
        told["threshold"] = _exact(threshold)
        yield from figure_rows(
            judged, task="abstention", model=f"student, {arm}", figures=told, n=len(owners), **common
        )


def _kept(student: Student, judge: str, said: Said, judged: figures.Judged) -> Iterator[dict[str, Any]]:
    """Teacher and student on the sessions that the teacher answered and the judge knows."""
    truth, teacher = said.answers, student.teacher.answers
    both = (teacher != UNANSWERED) & (truth != UNANSWERED)
    guessed = student.probabilities.argmax(axis=1)
    visitors, weights = student.visitors[both], student.teacher.weights[both]
    labeler = json.loads(student.row["config"])["labeler"]
    common = {"model": f"{labeler} labeler and student", "segment": f"judged by {judge}"}
    for level, of in (("level_2", np.arange(len(student.leaves))), ("level_1", student.groups)):
        told = kept_of_teacher(visitors, of[truth[both]], of[teacher[both]], of[guessed[both]], weights)
        yield from figure_rows(
            judged,
            task=f"kept_of_teacher_{level}",
            figures=told,
            n=int(both.sum()),
            train_n=student.row["trained_rows"],
            **common,
        )


def _costs(
    run: Run, taxonomy: Taxonomy, sending: Sending, narratives: Relation, sample: Relation, judged: figures.Judged
) -> Iterator[dict[str, Any]]:
    # ids are hashes: the first ones are as good as drawn
    drawn = run.warehouse.read(
        f"""
        select session_id, narrative from {run.source(narratives)} as narratives
        order by session_id limit {COSTED_NARRATIVES}
        """
    )
    told = sending.narratives(run, drawn)["narrative"].to_list()
    sampled = run.warehouse.read(f"select count(*) as n from {run.source(sample)} as sampled")["n"][0]
    if not told:
        return
    costs: Mapping[str, Mapping[str, float]] = llm_costs(
        told, sampled, taxonomy, LlmSettings.read(sending.llm), sending.price_table(run)
    )
    for model, of_model in costs.items():
        exact = {metric: _exact(value) for metric, value in of_model.items()}
        yield from figure_rows(judged, task="cost", model=model, figures=exact, n=len(told))


def _exact(value: float) -> Interval:
    """A figure that is computed, and not estimated of persons: without an interval."""
    return Interval(value, float("nan"), float("nan"))
