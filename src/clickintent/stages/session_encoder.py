"""Stage `session_encoder`: fit an encoder version where there is none, leave the versions there are alone."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from clickintent.encoder import HASHED, EncoderConfig, train_encoder
from clickintent.encoder.config import CPU, PACKAGED
from clickintent.stages.progress import training_progress
from clickintent.stages.run import Run
from clickintent.stages.versions import (
    FIRST_VERSION,
    VERSION_SCHEMA,
    Retrain,
    current_version,
    require_retrain,
    with_candidate,
    with_current,
)
from clickintent.warehouse import Relation

_log = logging.getLogger(__name__)


def fit_session_encoder(
    run: Run,
    sequences: Relation,
    pages: Relation,
    *,
    retrain: Retrain = "propose",
    is_demo: bool = False,
    initial_weights: str = PACKAGED,
    steps: int | None = None,
    max_events: int | None = None,
    page_text: str = HASHED,
    page_text_model: str | None = None,
    min_training_sessions: int = 500,
    max_training_sessions: int = 200_000,
    device: str = CPU,
) -> Relation:
    """Rows of `session_encoder` to write: all of them when a version is trained, none otherwise.

    Trains when no version is in force; when the one in force was never trained for want of sessions, no other one was
    either, and there are enough now, unless `retrain` is 'never'; and at every build when it is 'always'. The first
    version comes into force, and so does every one of 'always' and of the demo; another one is a candidate. An
    untrained version never takes the place of a trained one. A training that was killed goes on at the next build with
    the same sessions.

    Args:
        run: the dbt run.
        sequences: `session_sequences`.
        pages: `pages`.
        retrain: what becomes of versions after the first.
        is_demo: whether the events are the synthetic bank's, where nobody is there to approve.
        initial_weights: 'packaged' or 'seeded'.
        steps: of training; None is the encoder's default.
        max_events: most events of a session that the encoder reads; None is the encoder's default.
        page_text: what reads page text, 'hashed' or 'sentence-transformers'.
        page_text_model: hub name or folder of the model that reads it; None where it is hashed.
        min_training_sessions: with fewer the version holds the initial weights.
        max_training_sessions: with more a sample is trained on.
        device: what trains, as `clickintent.encoder.devices` has it.

    Raises:
        ValueError: `retrain` is unknown.
        EncoderConfigError: a number is out of range, what reads page text is unknown or not named, or a version is to
            be trained on a device that is not there.
        TextModelError: a version is to be trained, and the model that reads page text cannot be loaded.
    """
    require_retrain(retrain)
    config = config_of_vars(
        initial_weights=initial_weights,
        steps=steps,
        max_events=max_events,
        page_text=page_text,
        page_text_model=page_text_model,
        min_training_sessions=min_training_sessions,
        max_training_sessions=max_training_sessions,
    )
    known = run.known_rows(VERSION_SCHEMA)
    if run.is_empty or not _wants_training(run, known, sequences, retrain, config):
        return run.nothing(VERSION_SCHEMA)

    sample, texts = read_training_data(run, sequences, pages, config)
    version = train_version(sample, texts, config, _checkpoint(run.warehouse.file), device)
    if retrain == "propose" and not is_demo:
        registered = with_candidate(known, version, at=run.now)
        if current_version(known) is not None:
            _log.warning(
                "%s is trained and waits for approval: `clickintent models card %s` describes it, "
                "`clickintent models promote %s` lets it into force.",
                *[version["version"]] * 3,
            )
    else:
        registered = with_current(known, version, approved_by=_approved_by(known, retrain), at=run.now)
    return run.rows(registered, VERSION_SCHEMA)


def config_of_vars(
    *,
    initial_weights: str,
    steps: int | None,
    max_events: int | None,
    page_text: str,
    page_text_model: str | None,
    min_training_sessions: int,
    max_training_sessions: int,
) -> EncoderConfig:
    """The encoder that the vars of a project ask for; arguments and errors are those of `fit_session_encoder`."""
    chosen: dict[str, Any] = {"steps": steps, "max_events": max_events}
    return EncoderConfig(
        initial_weights=initial_weights,
        page_text=page_text,
        page_text_model=page_text_model,
        min_training_sessions=min_training_sessions,
        max_training_sessions=max_training_sessions,
        **{name: value for name, value in chosen.items() if value is not None},
    )


def read_training_data(
    run: Run, sequences: Relation, pages: Relation, config: EncoderConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What an encoder is trained on: human sessions, a sample where there are many, and the text of the pages."""
    # session ids are hashes: their order is a random sample, the same one on every machine
    sample = run.warehouse.read(f"{_human(run, sequences)} order by session_id limit {config.max_training_sessions}")
    texts = run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages order by page_key")
    return sample, texts


def with_told_intents(
    run: Run,
    sample: pl.DataFrame,
    *,
    labels: Relation = "session_labels",
    intents: Relation = "session_intents",
    taxonomy: Relation = "intent_taxonomy",
) -> pl.DataFrame:
    """Sessions beside the intent that a label, or else the classifier in force, gives them; null where neither does.

    For `clickintent train`, and for evaluations of what it does: labels and intents come of the encoder in force, and a
    build whose own encoder was trained on them would act on its own output.

    Args:
        run: of a command, over the tables of a build, or of an evaluation.
        sample: rows of `session_sequences`.
        labels: rows as of `session_labels`.
        intents: session_id, intent_id, is_abstained, taxonomy_version.
        taxonomy: rows as of `intent_taxonomy`.

    Returns:
        The rows with told_intent, a leaf of the taxonomy in force.
    """
    told = run.warehouse.read(
        f"""
        with leaves as (
            select intent_id, taxonomy_version
            from {run.source(taxonomy)} as taxonomy where status = 'active' and level = 2
        ),

        labelled as (
            select labels.session_id, min(labels.intent_id) as intent_id
            from {run.source(labels)} as labels
            inner join leaves using (intent_id, taxonomy_version)
            where labels.rank = 1 and labels.status = 'ok'
            group by labels.session_id
            -- two labelers that disagree tell nothing
            having count(distinct labels.intent_id) = 1
        ),

        scored as (
            select intents.session_id, intents.intent_id
            from {run.source(intents)} as intents
            inner join leaves using (intent_id, taxonomy_version)
            where not intents.is_abstained
        )

        select session_id, coalesce(labelled.intent_id, scored.intent_id) as told_intent
        from labelled
        full join scored using (session_id)
        """
    )
    return sample.join(told, on="session_id", how="left", maintain_order="left")


def train_version(
    sample: pl.DataFrame,
    pages: pl.DataFrame,
    config: EncoderConfig,
    checkpoint: Path | None = None,
    device: str = CPU,
) -> dict[str, Any]:
    """A trained version as a row of `session_encoder`, less status and approval.

    Args:
        sample: rows of `session_sequences`, with told_intent where intents are to be learned across channels.
        pages: page_key and text.
        config: shape and training of the encoder.
        checkpoint: a file that keeps the progress of the training, so that a killed one goes on.
        device: what trains.
    """
    with training_progress("session encoder") as report:
        fitted = train_encoder(sample, pages, config, report, checkpoint=checkpoint, device=device)
    by_channel = dict(sample.group_by("channel").len().sort("channel").iter_rows())
    metrics = {**fitted.metrics, "sessions_by_channel": by_channel}
    return {**asdict(fitted), "metrics": json.dumps(metrics, sort_keys=True)}


def count_human_sessions(run: Run, sequences: Relation) -> int:
    """How many sessions there are to train on."""
    counted = run.warehouse.read(f"select count(*) as sessions from ({_human(run, sequences)}) as human")
    sessions: int = counted.item()
    return sessions


def longest_sequence(run: Run, sequences: Relation) -> int:
    """Events of the longest session, at most as many as the sequences keep; 0 where there is none."""
    found = run.warehouse.read(f"""
        select max({run.warehouse.list_length("page_keys")}) as events
        from {run.source(sequences)} as sequences
        """)
    longest: int | None = found.item()
    return longest or 0


def can_train(sessions: int, config: EncoderConfig) -> bool:
    """Whether training on that many sessions takes a step at all."""
    return config.steps > 0 and min(sessions, config.max_training_sessions) >= config.min_training_sessions


def is_trained(version: dict[str, Any]) -> bool:
    """Whether a version took a training step of its own; initial weights did not."""
    trained: bool = json.loads(version["metrics"])["is_trained"]
    return trained


def _checkpoint(file: Path | None) -> Path | None:
    """A build's own: `clickintent train` may be at work meanwhile, as it leaves the file free."""
    return file and file.with_name(file.name + ".build-training")


def _human(run: Run, sequences: Relation) -> str:
    return f"select * from {run.source(sequences)} as sequences where not is_bot"


def _approved_by(known: pl.DataFrame, retrain: Retrain) -> str:
    """The rule that lets a version into force."""
    if current_version(known) is None:
        return FIRST_VERSION
    return "var retrain: always" if retrain == "always" else "first version with enough sessions"


def _warn_of_longer_sequences(current: dict[str, Any], config: EncoderConfig) -> None:
    """An encoder in force reads as many events as it was trained for, whatever `session_sequences` keeps since."""
    read = EncoderConfig.from_json(current["config"]).max_events
    if read < config.max_events:
        _log.warning(
            "%s reads the last %d events of a session, session_sequences keeps %d (var sequence_events): "
            "`clickintent train` makes an encoder that reads them.",
            current["version"],
            read,
            config.max_events,
        )


def _warn_of_another_page_text(current: dict[str, Any], config: EncoderConfig) -> None:
    """An encoder in force reads page text as it was trained to, whatever the vars ask for since."""
    read = EncoderConfig.from_json(current["config"])
    if (read.page_text, read.page_text_model) != (config.page_text, config.page_text_model):
        options = f"--page-text-encoder {config.page_text}"
        if config.page_text_model:
            options += f" --page-text-model {config.page_text_model}"
        _log.warning(
            "%s reads page text by %s, the vars page_text_encoder and page_text_model ask for %s: "
            "`clickintent train %s` makes an encoder that reads so.",
            current["version"],
            _reader_of(read),
            _reader_of(config),
            options,
        )


def _reader_of(config: EncoderConfig) -> str:
    return "hashed words" if config.page_text == HASHED else f"the text model {config.page_text_model}"


def _wants_training(
    run: Run, known: pl.DataFrame, sequences: Relation, retrain: Retrain, config: EncoderConfig
) -> bool:
    current = current_version(known)
    if current is None:
        return True
    if is_trained(current) and retrain != "always":
        _warn_of_longer_sequences(current, config)
        _warn_of_another_page_text(current, config)
        return False
    # a trained version that waits, or that somebody went back from, is not made once more by itself
    has_trained = any(map(is_trained, known.iter_rows(named=True)))
    if retrain == "never" or (retrain == "propose" and has_trained):
        return False
    sessions = count_human_sessions(run, sequences)
    if is_trained(current) and not can_train(sessions, config):
        _log.warning(
            "retrain is 'always', but %d sessions and %d steps make no trained encoder (min_training_sessions is %d, "
            "max_training_sessions %d): %s stays in force.",
            sessions,
            config.steps,
            config.min_training_sessions,
            config.max_training_sessions,
            current["version"],
        )
    return can_train(sessions, config) or (retrain == "always" and not is_trained(current))
