"""Stage `session_encoder`: fit an encoder version where there is none, leave the versions there are alone."""

import json
from dataclasses import asdict
from typing import Literal

import polars as pl

from clickintent.encoder import EncoderConfig, train_encoder
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run
from clickintent.stages.versions import VERSION_SCHEMA, current_version, with_current
from clickintent.warehouse import Relation

Retrain = Literal["never", "always"]


def fit_session_encoder(
    run: Run,
    sequences: Relation,
    pages: Relation,
    *,
    retrain: Retrain = "never",
    steps: int | None = None,
    min_training_sessions: int = 500,
    max_training_sessions: int = 200_000,
) -> Relation:
    """Rows of `session_encoder` to write: all of them when a version comes into force, none otherwise.

    Trains when there is no version, when the one there is was never trained for want of sessions and there are
    enough now, or when `retrain` is 'always'.
    """
    if retrain not in ("never", "always"):
        raise ValueError(f"retrain is {retrain!r}: this version of clickintent knows 'never' and 'always'.")
    human = f"select * from {run.source(sequences)} as sequences where not is_bot"
    known = run.known_rows(VERSION_SCHEMA)
    if run.is_empty or not _wants_training(run, known, human, retrain, min_training_sessions):
        return run.nothing(VERSION_SCHEMA)

    config = EncoderConfig(
        min_training_sessions=min_training_sessions,
        max_training_sessions=max_training_sessions,
        **({} if steps is None else {"steps": steps}),
    )
    # session ids are hashes: their order is a random sample, the same one on every machine
    sample = run.warehouse.read(f"{human} order by session_id limit {max_training_sessions}")
    with training_progress("session encoder") as report:
        fitted = train_encoder(
            sample,
            run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages order by page_key"),
            config,
            report,
        )
    version = {**asdict(fitted), "metrics": json.dumps(fitted.metrics, sort_keys=True)}
    approved_by = _approved_by(known, retrain)
    return run.rows(with_current(known, version, approved_by=approved_by, at=run.now), VERSION_SCHEMA)


def _approved_by(known: pl.DataFrame, retrain: Retrain) -> str:
    """The rule that lets a version into force."""
    if known.is_empty():
        return "first version"
    return "var retrain: always" if retrain == "always" else "first version with enough sessions"


def _wants_training(run: Run, known: pl.DataFrame, human: str, retrain: Retrain, min_sessions: int) -> bool:
    current = current_version(known)
    if current is None or retrain == "always":
        return True
    if json.loads(current["metrics"])["is_trained"]:
        return False
    sessions = run.warehouse.read(f"select count(*) as sessions from ({human}) as human").item()
    return bool(sessions >= min_sessions)
