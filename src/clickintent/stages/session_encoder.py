"""Stage `session_encoder`: fit an encoder version where there is none, leave the versions there are alone."""

import json
import logging
from dataclasses import asdict
from typing import Any

import polars as pl

from clickintent.encoder import EncoderConfig, train_encoder
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run
from clickintent.stages.versions import VERSION_SCHEMA, Retrain, current_version, require_retrain, with_current
from clickintent.warehouse import Relation

_log = logging.getLogger(__name__)


def fit_session_encoder(
    run: Run,
    sequences: Relation,
    pages: Relation,
    *,
    retrain: Retrain = "never",
    steps: int | None = None,
    max_events: int | None = None,
    min_training_sessions: int = 500,
    max_training_sessions: int = 200_000,
) -> Relation:
    """Rows of `session_encoder` to write: all of them when a version comes into force, none otherwise.

    Trains when there is no version, when the one there is was never trained for want of sessions and there are
    enough now, or when `retrain` is 'always'; an untrained version never takes the place of a trained one.

    Args:
        run: the dbt run.
        sequences: `session_sequences`.
        pages: `pages`.
        retrain: whether to train again where nothing asks for it.
        steps: of training; None is the encoder's default.
        max_events: most events of a session that the encoder reads; None is the encoder's default.
        min_training_sessions: with fewer the version holds seeded weights.
        max_training_sessions: with more a sample is trained on.

    Raises:
        ValueError: `retrain` is unknown.
        EncoderConfigError: a number is out of range.
    """
    require_retrain(retrain)
    chosen = {"steps": steps, "max_events": max_events}
    config = EncoderConfig(
        min_training_sessions=min_training_sessions,
        max_training_sessions=max_training_sessions,
        **{name: value for name, value in chosen.items() if value is not None},
    )
    human = f"select * from {run.source(sequences)} as sequences where not is_bot"
    known = run.known_rows(VERSION_SCHEMA)
    if run.is_empty or not _wants_training(run, current_version(known), human, retrain, config):
        return run.nothing(VERSION_SCHEMA)

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


def _warn_of_longer_sequences(current: dict[str, Any], config: EncoderConfig) -> None:
    """An encoder in force reads as many events as it was trained for, whatever `session_sequences` keeps since."""
    read = EncoderConfig.from_json(current["config"]).max_events
    if read < config.max_events:
        _log.warning(
            "%s reads the last %d events of a session, session_sequences keeps %d (var sequence_events): "
            "build once with retrain: always for an encoder that reads them.",
            current["version"],
            read,
            config.max_events,
        )


def _wants_training(
    run: Run, current: dict[str, Any] | None, human: str, retrain: Retrain, config: EncoderConfig
) -> bool:
    if current is None:
        return True
    is_trained = json.loads(current["metrics"])["is_trained"]
    if is_trained and retrain == "never":
        _warn_of_longer_sequences(current, config)
        return False
    sessions = run.warehouse.read(f"select count(*) as sessions from ({human}) as human").item()
    can_train = config.steps > 0 and min(sessions, config.max_training_sessions) >= config.min_training_sessions
    if is_trained and not can_train:
        _log.warning(
            "retrain is 'always', but %d sessions and %d steps make no trained encoder (min_training_sessions is %d, "
            "max_training_sessions %d): %s stays in force.",
            sessions,
            config.steps,
            config.min_training_sessions,
            config.max_training_sessions,
            current["version"],
        )
    return can_train or (retrain == "always" and not is_trained)
