"""Training the session encoder: seeded, counted in steps, reproducible; without labels, unless some are given."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from clickintent.encoder.batches import make_view
from clickintent.encoder.config import CPU, PACKAGED, SEEDED, EncoderConfig
from clickintent.encoder.devices import find_device, placed_on
from clickintent.encoder.fitting import Fitted, Progress, fit
from clickintent.encoder.heldout import masked_page_recall
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.objectives import EventHeads
from clickintent.encoder.packaged import start_from_packaged
from clickintent.encoder.page_text import HashedTexts
from clickintent.encoder.quality import alignment, effective_rank, mean_pairwise_cosine, uniformity
from clickintent.encoder.scoring import encode_arrays
from clickintent.encoder.sentence_text import with_text_model
from clickintent.encoder.session_arrays import CHANNEL_CODES
from clickintent.encoder.threads import fixed_threads
from clickintent.encoder.training_data import TrainingData, localise, prepare, sample_sessions
from clickintent.encoder.training_losses import Heads
from clickintent.encoder.version import EncoderVersion, save_encoder

# n-grams that training never met keep a quiet voice: unknown pages stay distinct, known words decide.
UNSEEN_NGRAM_SCALE = 0.3
# Random weights give all sessions one large common part. Not all of it is taken away: even a single repeated session
# then keeps a direction of its own.
UNTRAINED_CENTRE_SHARE = 0.95
# Means are taken over this many sessions.
CENTRE_SESSIONS = 20_000
# Two views of this many sessions are compared.
ALIGNMENT_SESSIONS = 1_000


def train_encoder(
    sequences: pl.DataFrame,
    pages: pl.DataFrame,
    config: EncoderConfig | None = None,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    device: str = CPU,
) -> EncoderVersion:
    """Fit an encoder version on session sequences; rows may come in any order.

    With fewer than `config.min_training_sessions` sessions nothing is learned: the version holds the initial
    weights, centred on the sessions there are, and `metrics['is_trained']` is false.

    Args:
        sequences: rows of session_sequences (human sessions). Where there is a column told_intent beside them, web and
            app sessions of one intent are to be alike; null where nobody told an intent.
        pages: columns page_key and text; a page it lacks is read by the words of its key.
        config: shape and training; defaults if null.
        progress: called as progress(step, steps, losses) after each step.
        checkpoint: a file that keeps the run's progress while it lasts; a killed run of the same data goes on from it.
        device: where the steps are taken, as `find_device` has it. Only on the CPU do the same data and seed make the
            same version.

    Raises:
        EncoderInputError: a column is missing or the lists of a session differ in length.
        EncoderConfigError: the packaged weights are to be started from and have another shape, or torch has no such
            device.
        TextModelError: a text model is to read the pages, and cannot be loaded.
    """
    config = config or EncoderConfig()
    started = time.perf_counter()
    place = find_device(device)
    sampled = sample_sessions(sequences, config)
    with fixed_threads(config.threads):
        config = with_text_model(config)
        data = prepare(sampled, pages, config)
        encoder = SessionEncoder(config)
        heads = Heads(config)
        started_from = start_from_packaged(encoder, heads, config) if config.initial_weights == PACKAGED else SEEDED
        is_trained = len(data.sessions) >= config.min_training_sessions and config.steps > 0
        fitted = Fitted({}, 0, "too few sessions")
        if is_trained:
            with placed_on(place, encoder, heads):
                fitted = fit(encoder, heads, data, config, progress, checkpoint)
        encoder.eval()
        # of the packaged weights, those that no page of theirs used are quiet already, and the others know something
        if is_trained and started_from == SEEDED and isinstance(data.pages, HashedTexts):
            quieten_unseen_ngrams(encoder, data.pages)
        _centre(encoder, data, 1.0 if is_trained else UNTRAINED_CENTRE_SHARE)
        metrics = _evaluate(encoder, heads.events, data, config)
    version, weights, config_json = save_encoder(encoder)
    metrics |= {
        "is_trained": is_trained,
        "initial_weights": started_from,
        "steps": fitted.steps,
        "stopped_by": fitted.stopped_by,
        "device": place.type if is_trained else CPU,
        "losses": fitted.losses,
        "sessions": len(data.sessions),
        "pages": len(data.pages),
        "intents_across_channels": len(data.intent_pools),
        "sessions_with_intent": sum(len(pool) for pools in data.intent_pools for pool in pools),
        "seconds": round(time.perf_counter() - started, 3),
    }
    first, last = _period(sampled.filter(pl.Series(data.is_training))) if is_trained else (None, None)
    trained_rows = len(data.training_rows) if is_trained else 0
    return EncoderVersion(version, weights, config_json, metrics, trained_rows, first, last)


def quieten_unseen_ngrams(encoder: SessionEncoder, pages: HashedTexts) -> None:
    """Scale the table rows that no page of the training uses down, in place."""
    is_unseen = torch.ones(encoder.config.text_buckets, dtype=torch.bool)
    is_unseen[torch.from_numpy(pages.buckets)] = False
    with torch.no_grad():
        encoder.get_parameter("page_text.bag.weight")[is_unseen] *= UNSEEN_NGRAM_SCALE


def _centre(encoder: SessionEncoder, data: TrainingData, share: float) -> None:
    """Take a share of each channel's mean away; a channel without sessions gets the mean of all."""
    rows = data.training_rows if len(data.training_rows) else np.arange(len(data.sessions))
    if len(rows) == 0:
        return
    with torch.inference_mode():
        vectors = encoder.page_text(data.pages)
    sampled = localise(data.sessions, rows[:CENTRE_SESSIONS], np.arange(len(data.pages)))
    raw = encode_arrays(sampled, encoder, vectors, is_unit=False)
    for channel in range(CHANNEL_CODES):
        own = raw[sampled.channel == channel]
        mean = (own if len(own) else raw).mean(axis=0)
        encoder.centre[channel] = torch.from_numpy(share * mean)


def _evaluate(encoder: SessionEncoder, heads: EventHeads, data: TrainingData, config: EncoderConfig) -> dict[str, Any]:
    with torch.inference_mode():
        page_vectors = encoder.page_text(data.pages)
    is_split = len(data.heldout_rows) > 0
    rows = data.heldout_rows if is_split else data.training_rows[: config.heldout_sessions]
    embeddings = encode_arrays(localise(data.sessions, rows, np.arange(len(data.pages))), encoder, page_vectors)
    figures = masked_page_recall(data, encoder=encoder, heads=heads, page_vectors=page_vectors, seed=config.seed)
    return {
        **{name: round(figure, 4) for name, figure in figures.items()},
        "effective_rank": round(effective_rank(embeddings), 2),
        "alignment": round(alignment(*_view_embeddings(encoder, data, rows, page_vectors, config)), 4),
        "uniformity": round(uniformity(embeddings), 4),
        "mean_pairwise_cosine": round(mean_pairwise_cosine(embeddings), 4),
        "evaluated_on": "held-out visitors" if is_split else "training sessions",
        "heldout_sessions": len(data.heldout_rows),
    }


@torch.inference_mode()
def _view_embeddings(
    encoder: SessionEncoder, data: TrainingData, rows: NDArray[np.int64], page_vectors: Tensor, config: EncoderConfig
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two corrupted views of the first of some sessions, embedded: float32[n, dim] each."""
    rows = rows[:ALIGNMENT_SESSIONS]
    if len(rows) == 0:
        return np.empty((0, config.embedding_dim), np.float32), np.empty((0, config.embedding_dim), np.float32)
    first, second = (
        encoder(
            make_view(data.sessions, rows, config, np.random.default_rng([config.seed, number])).batch, page_vectors
        ).embedding.numpy()
        for number in range(2)
    )
    return first, second


def _period(sequences: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    if "started_at" not in sequences.columns:
        return None, None
    started: list[datetime] = sequences["started_at"].drop_nulls().sort().to_list()
    return (started[0], started[-1]) if started else (None, None)
