"""Model versions in a DuckDB file: train, list, promote, roll back. What they mean is in `stages/versions.py`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from clickintent.built_file import opened
from clickintent.classifier import ClassifierError, load_classifier
from clickintent.encoder import EncoderConfig, EncoderError, load_encoder
from clickintent.encoder.config import CPU
from clickintent.encoder.devices import find_device
from clickintent.model_card import ModelName, render_card
from clickintent.stages.classifier_versions import fits, versions_in_force
from clickintent.stages.run import BuiltTable, Run
from clickintent.stages.session_encoder import (
    can_train,
    count_human_sessions,
    longest_sequence,
    read_training_data,
    train_version,
    with_told_intents,
)
from clickintent.stages.versions import (
    VERSION_SCHEMA,
    VersionError,
    current_version,
    find_version,
    previous_version,
    require_person,
    with_candidate,
    with_promoted,
)

# A version's name begins with its model's sign.
PREFIXES: Final[dict[str, ModelName]] = {"enc-": "session_encoder", "cls-": "intent_classifier"}

# A training is not thrown away because a build has the file when it ends; this is longer than builds take.
WAIT_FOR_BUILD_SECONDS: Final = 3600.0

Row = dict[str, Any]
"""A row of a version table, by `VERSION_SCHEMA`."""


def read_versions(file: Path, model: ModelName) -> pl.DataFrame:
    """Rows of a version table, the latest trained first.

    Raises:
        BuiltFileError: the file cannot be read, or the build in it is not complete.
    """
    with _registry(file, model) as run:
        return run.known_rows(VERSION_SCHEMA).sort("trained_at", "version", descending=True)


def train_candidate(
    file: Path,
    config: EncoderConfig,
    *,
    keeps_page_text: bool = False,
    is_told_intents: bool = False,
    device: str = CPU,
) -> Row:
    """Train an encoder on the sessions of a file and register it: in force where none is, else as a candidate.

    The file is free while the training lasts. Where it was killed, the same call goes on.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        config: shape and training of the encoder.
        keeps_page_text: whether page text is read as the encoder in force reads it, and not as `config` says.
        is_told_intents: whether sessions of one intent, by label or classifier, are to be alike in all channels.
        device: what trains, as `clickintent.encoder.devices` has it.

    Returns:
        The version's row. A version that was there already keeps its status.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        VersionError: there are too few sessions, or no intent is told in two channels.
        EncoderConfigError: there is no such device.
        TextModelError: a text model is to read the pages, and cannot be loaded.
    """
    find_device(device)  # one that is not there is told before anything is read
    with _registry(file, "session_encoder") as run:
        known = run.known_rows(VERSION_SCHEMA)  # a table that is not there is told before the training, not after
        if keeps_page_text:
            config = replace(config, **_page_text_in_force(known))
        sessions = count_human_sessions(run, "session_sequences")
        if not can_train(sessions, config):
            raise VersionError(
                f"{sessions} sessions, {config.steps} steps and a sample of at most {config.max_training_sessions} "
                f"make no trained encoder: it takes at least one step and {config.min_training_sessions} sessions "
                "(--steps, --max-sessions, --min-sessions)."
            )
        # as in a build, which knows it by the var sequence_events: the encoder reads all that the sequences keep
        config = replace(config, max_events=max(config.max_events, longest_sequence(run, "session_sequences")))
        sample, pages = read_training_data(run, "session_sequences", "pages", config)
        if is_told_intents:
            sample = with_told_intents(run, sample)
            _require_intents_in_two_channels(sample)
    version = train_version(sample, pages, config, file.with_name(file.name + ".training"), device)
    with _registry(file, "session_encoder", is_writing=True, wait_seconds=WAIT_FOR_BUILD_SECONDS) as run:
        known = with_candidate(run.known_rows(VERSION_SCHEMA), version, at=run.now)
        run.warehouse.replace_rows("session_encoder", "version", known)
    return find_version(known, version["version"])


def promote(file: Path, model: ModelName, version: str, *, by: str) -> Row:
    """Let a version into force, and retire the one before.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        model: the table that owns the version.
        version: its name.
        by: who approves it.

    Returns:
        The version's row as it is now.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        VersionError: nobody approves it, there is no such version, it is in force already, or it cannot be.
    """
    require_model(version, model)
    require_person(by)
    with _registry(file, model, is_writing=True) as run:
        known = run.known_rows(VERSION_SCHEMA)
        return _let_into_force(run, model, known, find_version(known, version), by)


def roll_back(file: Path, model: ModelName, *, by: str) -> Row:
    """Let the version into force that was before the current one; done twice, the current one is back.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        model: the table that owns the versions.
        by: who decides it.

    Returns:
        The version's row as it is now.

    Raises:
        BuiltFileError: the file cannot be opened, or the build in it is not complete.
        VersionError: nobody decides it, no version was in force before, or it cannot be.
    """
    require_person(by)
    with _registry(file, model, is_writing=True) as run:
        known = run.known_rows(VERSION_SCHEMA)
        return _let_into_force(run, model, known, previous_version(known), by)


def read_card(file: Path, version: str) -> str:
    """The model card of a version, as Markdown.

    Raises:
        BuiltFileError: the file cannot be read, or the build in it is not complete.
        VersionError: there is no such version.
    """
    model = model_of(version) or "session_encoder"
    return render_card(model, find_version(read_versions(file, model), version))


def write_card(folder: Path, row: Row) -> Path:
    """Write the model card of an encoder version into a folder, which is made where it is not there.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{row['version']}.md"
    path.write_text(render_card("session_encoder", row))
    return path


def model_of(version: str) -> ModelName | None:
    """The model that a version's name speaks of; None where it speaks of none."""
    return next((model for prefix, model in PREFIXES.items() if version.startswith(prefix)), None)


def require_model(version: str, model: ModelName) -> None:
    """Refuse a version whose name speaks of another model.

    Raises:
        VersionError: it does.
    """
    own = model_of(version)
    if own not in {None, model}:
        option = "encoder" if own == "session_encoder" else "classifier"
        raise VersionError(f"{version} is a version of {own}, and not of {model}: say --model {option}.")


def _page_text_in_force(known: pl.DataFrame) -> dict[str, Any]:
    """What reads page text, as fields of a config; none where no encoder is in force."""
    current = current_version(known)
    if current is None:
        return {}
    config = json.loads(current["config"])
    return {name: config[name] for name in ("page_text", "page_text_model")}


def _let_into_force(run: Run, model: ModelName, known: pl.DataFrame, row: Row, by: str) -> Row:
    promoted = with_promoted(known, row["version"], approved_by=by.strip(), at=run.now)
    if model == "session_encoder":
        _require_loadable_encoder(row)
    else:
        _require_fitting_classifier(run, row)
    run.warehouse.replace_rows(model, "version", promoted)
    return find_version(promoted, row["version"])


def _require_loadable_encoder(row: Row) -> None:
    """A version of another clickintent is refused here, and does not stop the next build."""
    try:
        load_encoder(row["weights"], row["config"])
    except EncoderError as error:
        raise VersionError(f"{row['version']} cannot come into force: {error}") from error


def _require_fitting_classifier(run: Run, row: Row) -> None:
    """A classifier for another encoder or taxonomy would abstain everywhere, and the next build would replace it."""
    try:
        load_classifier(row["weights"], row["config"])
    except ClassifierError as error:
        raise VersionError(f"{row['version']} cannot come into force: {error}") from error
    encoder, taxonomy = versions_in_force(run, "encoder_versions_in_use", "intent_taxonomy")
    if encoder is None or not fits(row, encoder, taxonomy):
        config = json.loads(row["config"])
        raise VersionError(
            f"{row['version']} was distilled for encoder {config['encoder_version']} and taxonomy "
            f"{config['taxonomy_version']}, and in force are {encoder} and {taxonomy}: promote that encoder, or take "
            "the change of the taxonomy back, and run `dbt build`. The classifier follows."
        )


def _require_intents_in_two_channels(sample: pl.DataFrame) -> None:
    told = sample.drop_nulls("told_intent").group_by("told_intent").agg(channels=pl.col("channel").n_unique())
    if not (told["channels"] > 1).any():
        raise VersionError(
            f"{told.height} intents are told, by label or classifier, and none of them in two channels: there is "
            "nothing to learn across channels. Train without --intents, or see session_labels and session_intents "
            "first."
        )


@contextmanager
def _registry(file: Path, model: ModelName, *, is_writing: bool = False, wait_seconds: float = 0) -> Iterator[Run]:
    with opened(file, is_writing=is_writing, wait_seconds=wait_seconds) as connection:
        yield Run(BuiltTable(model), connection)
