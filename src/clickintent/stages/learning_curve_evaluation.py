"""Stage `eval_learning_curve`: students of more and more labels, of the labeler and of simulated teachers."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clickintent.classifier.config import config_of_labeler
from clickintent.classifier.labels import UNANSWERED
from clickintent.evaluation import figures
from clickintent.evaluation.figures import FIGURE_SCHEMA, figure_rows
from clickintent.evaluation.learning_curve import LABEL_COUNTS, Lesson, learning_curve, simulated_teacher
from clickintent.stages.distillation_evaluation import LABELS, Student, is_evaluable, read_judges, read_student
from clickintent.stages.intent_classifier import soft_targets
from clickintent.stages.run import Run
from clickintent.stages.session_labels import active_taxonomy
from clickintent.stages.versions import current_version
from clickintent.warehouse import Relation

SIMULATOR: Final = "simulator"
NOISY_COUNTS: Final = (5_000,)
"""Labels of the simulated teachers that are wrong at times."""

WRONG_SHARE: Final = 0.1
"""Of their answers: a round figure, and no claim about any labeler."""


def evaluate_learning_curve(
    run: Run,
    *,
    classifier: Relation,
    embeddings: Relation,
    sequences: Relation,
    labels: Relation,
    sample: Relation,
    taxonomy: Relation,
    truth: Relation,
) -> Relation:
    """Rows of `eval_learning_curve`; none without a classifier that has folds. It trains a dozen students."""
    if run.is_empty:
        return run.nothing(FIGURE_SCHEMA)
    version = current_version(run.warehouse.read(f"select * from {run.source(classifier)} as classifier"))
    leaves = active_taxonomy(run, taxonomy)
    if version is None or not is_evaluable(version, leaves):
        return run.nothing(FIGURE_SCHEMA)
    student = read_student(run, version, leaves, embeddings, sequences, labels, sample)
    rows = list(_of_labeler(run, student, labels, student.versions(run)))
    simulated = read_judges(run, student, truth, taxonomy).get(SIMULATOR)
    if simulated is not None:
        rows += _of_simulated(student, simulated.answers, _oracle(run, student, truth), student.versions(run))
    return run.rows(pl.DataFrame(rows, schema=FIGURE_SCHEMA), FIGURE_SCHEMA)


def _of_labeler(run: Run, student: Student, labels: Relation, judged: figures.Judged) -> Iterator[dict[str, Any]]:
    """The labeler of the student in force, judged by its own labels: how fast agreement grows."""
    answers = student.teacher.answers
    answered = np.flatnonzero(answers != UNANSWERED)
    sessions = student.sessions[answered]["session_id"]
    read = run.warehouse.read(
        f"""
        select session_id, intent_id, confidence from {run.source(labels)} as labels
        where status = 'ok' and taxonomy_version = '{judged.taxonomy_version}' order by session_id, rank
        """
    ).filter(pl.col("session_id").is_in(sessions.implode()))
    targets = soft_targets(read, sessions.to_list(), student.leaves)
    lesson = _lesson(student, answered, targets, answers[answered], student.teacher.weights[answered])
    for count, (n, told) in learning_curve(lesson, LABEL_COUNTS, student.config).items():
        agreement = {name.replace("student_accuracy", "agreement"): told[name] for name in told if "student" in name}
        common = {"task": "learning_curve", "model": "labeler of the student", "segment": f"judged by {LABELS}"}
        yield from figure_rows(judged, figures=agreement, n=n, train_n=count, **common)


def _of_simulated(
    student: Student, truth: NDArray[np.int64], oracle: NDArray[np.int64], judged: figures.Judged
) -> Iterator[dict[str, Any]]:
    """Teachers that do not read what the student reads, made from the truth, and what their students keep."""
    known = np.flatnonzero((truth != UNANSWERED) & (oracle != UNANSWERED))
    leaves = len(student.leaves)
    config = config_of_labeler(
        SIMULATOR, min_precision=student.config.min_precision, min_coverage=student.config.min_coverage
    )
    teachers = {"simulated teacher: the oracle": (oracle[known], LABEL_COUNTS)} | {
        f"simulated teacher: {WRONG_SHARE:.0%} wrong {how}": (
            simulated_teacher(truth[known], leaves, WRONG_SHARE, is_patterned=is_patterned),
            NOISY_COUNTS,
        )
        for how, is_patterned in (("at random", False), ("in a pattern", True))
    }
    for name, (answers, counts) in teachers.items():
        targets = np.eye(leaves, dtype=np.float32)[answers]
        lesson = _lesson(student, known, targets, truth[known], np.ones(len(known)))
        for count, (n, told) in learning_curve(lesson, counts, config).items():
            common = {"task": "learning_curve", "model": name, "segment": f"judged by {SIMULATOR}"}
            yield from figure_rows(judged, figures=told, n=n, train_n=count, **common)


def _lesson(
    student: Student,
    rows: NDArray[np.int64],
    targets: NDArray[np.float32],
    truth: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> Lesson:
    sessions = student.sessions[rows]
    return Lesson(
        embeddings=student.embeddings[rows],
        channels=sessions["channel"].to_list(),
        visitors=sessions["visitor"].to_list(),
        targets=targets,
        weights=weights,
        truth=truth,
        leaves=student.leaves,
        groups=student.groups,
    )


def _oracle(run: Run, student: Student, truth: Relation) -> NDArray[np.int64]:
    """The simulator's best guess by what a session shows, int64[n]."""
    guessed = run.warehouse.read(
        f"""
        select session_id, oracle_intent_id from {run.source(truth)} as truth where judge = '{SIMULATOR}'
        """
    )
    joined = student.sessions.join(guessed, on="session_id", how="left", maintain_order="left")
    return student.codes(joined["oracle_intent_id"])
