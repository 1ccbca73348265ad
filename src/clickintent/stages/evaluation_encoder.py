"""Stage `eval_encoder`: an encoder that has seen nothing of what an evaluation judges it by."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from clickintent.encoder import EncoderConfig
from clickintent.stages.run import Run
from clickintent.stages.session_encoder import is_trained, train_version
from clickintent.stages.versions import VERSION_SCHEMA, current_version, with_current, with_promoted
from clickintent.warehouse import Relation

OF_EVALUATION: Final = "fitted before the split of the evaluation"
LONGEST_SESSION: Final = timedelta(days=1)
"""A session that an encoder was trained on may have gone on for this long after its start."""


def fit_eval_encoder(
    run: Run,
    sequences: Relation,
    pages: Relation,
    split: Relation,
    encoders: Relation,
    config: EncoderConfig,
    *,
    is_cut: bool = False,
) -> Relation:
    """Rows of `eval_encoder` to write: all of them when another version is to be judged, none otherwise.

    The encoder in force is taken where it was trained on nothing that came at the split or later and sessions are not
    cut. Else one is trained from the initial weights, once for the same sessions, split and configuration: another
    build finds it again.

    Args:
        run: the dbt run.
        sequences: `eval_training_sequences`, sessions known before the split.
        pages: `pages`.
        split: `eval_split`.
        encoders: `session_encoder`.
        config: of the encoder to train.
        is_cut: whether sessions are cut before an outcome, which the encoder in force has read.
    """
    if run.is_empty:
        return run.nothing(VERSION_SCHEMA)
    splits = run.warehouse.read(f"select split_at from {run.source(split)} as split")
    if splits.is_empty():
        return run.nothing(VERSION_SCHEMA)
    split_at: datetime = splits["split_at"][0]
    known = run.known_rows(VERSION_SCHEMA)
    sample = run.warehouse.read(
        f"""
        select * exclude (is_before_split) from {run.source(sequences)} as sequences
        order by session_id limit {config.max_training_sessions}
        """
    )
    fitted_on = _fingerprint(sample, config, split_at)
    found = _fitted(known, fitted_on)
    if found is not None:
        if found["status"] == "current":
            return run.nothing(VERSION_SCHEMA)
        return run.rows(with_promoted(known, found["version"], approved_by=OF_EVALUATION, at=run.now), VERSION_SCHEMA)
    version = None if is_cut else _earlier_encoder(run, encoders, split_at)
    if version is None:
        # of these only the pages of the sample are read
        texts = run.warehouse.read(f"select page_key, text from {run.source(pages)} as pages order by page_key")
        checkpoint = run.warehouse.file and run.warehouse.file.with_name(run.warehouse.file.name + ".eval-training")
        version = train_version(sample, texts, config, checkpoint)
    evaluation = {"split_at": str(split_at), "fitted_on": fitted_on}
    version["metrics"] = json.dumps({**json.loads(version["metrics"]), "evaluation": evaluation}, sort_keys=True)
    return run.rows(with_current(known, version, approved_by=OF_EVALUATION, at=run.now), VERSION_SCHEMA)


def _fingerprint(sample: pl.DataFrame, config: EncoderConfig, split_at: datetime) -> str:
    """What a version follows from: the sessions as they are, the configuration and the split."""
    rows = "\n".join(f"{session} {content}" for session, content in sample.select("session_id", "content_hash").rows())
    return hashlib.sha256(f"{split_at}\n{config.to_json()}\n{rows}".encode()).hexdigest()


def _fitted(known: pl.DataFrame, fitted_on: str) -> dict[str, Any] | None:
    for version in known.iter_rows(named=True):
        if json.loads(version["metrics"])["evaluation"]["fitted_on"] == fitted_on:
            return version
    return None


def _earlier_encoder(run: Run, encoders: Relation, split_at: datetime) -> dict[str, Any] | None:
    """The encoder in force less its approval, if all that it was trained on was over before the split."""
    current = current_version(run.warehouse.read(f"select * from {run.source(encoders)} as encoders"))
    if current is None or not is_trained(current) or current["trained_to"] is None:
        return None
    if current["trained_to"] + LONGEST_SESSION >= split_at:
        return None
    return {name: value for name, value in current.items() if name not in ("status", "approved_by", "approved_at")}
