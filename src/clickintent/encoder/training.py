"""Training the session encoder without labels: seeded, counted in steps, reproducible."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from clickintent.encoder.batches import length_bucketed, make_view
from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderInputError
from clickintent.encoder.heldout import masked_page_recall
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.objectives import (
    Candidates,
    EventHeads,
    contrastive_loss,
    masked_event_losses,
    may_repel,
    spread_loss,
)
from clickintent.encoder.page_text import HashedTexts, bucket_of, hash_texts, page_key_text
from clickintent.encoder.quality import effective_rank, mean_pairwise_cosine
from clickintent.encoder.scoring import encode_arrays
from clickintent.encoder.sessions import FIRST_CODE, SessionArrays, flatten_sessions
from clickintent.encoder.threads import fixed_threads
from clickintent.encoder.version import EncoderVersion, save_encoder

Progress = Callable[[int, int, dict[str, float]], None]

# The hash space of visitors and sessions, finer than any share in use.
HASH_SPACE = 1_000_000
# n-grams that training never met keep a quiet voice: unknown pages stay distinct, known words decide.
UNSEEN_NGRAM_SCALE = 0.3
# Share of the mean that an untrained encoder takes away: cosines then spread, and even a single
# repeated session keeps a direction of its own.
CENTRE_SHARE = 0.95
# Losses are reported as the mean of this many last steps.
REPORTED_STEPS = 50


@dataclass(frozen=True)
class TrainingData:
    """Sessions ready to train on, in an order that depends on their ids only.

    Attributes:
        sessions: flat sessions; page codes count rows of `pages`.
        pages: hashed text of the distinct pages.
        page_counts: float64[pages], events per page.
        visitors, contents: int64[sessions], codes for `may_repel`.
        training_rows, heldout_rows: int64, apart by visitor.
    """

    sessions: SessionArrays
    pages: HashedTexts
    page_counts: NDArray[np.float64]
    visitors: NDArray[np.int64]
    contents: NDArray[np.int64]
    training_rows: NDArray[np.int64]
    heldout_rows: NDArray[np.int64]


def train_encoder(
    sequences: pl.DataFrame,
    pages: pl.DataFrame,
    config: EncoderConfig | None = None,
    progress: Progress | None = None,
) -> EncoderVersion:
    """Fit an encoder version on session sequences; rows may come in any order.

    With fewer than `config.min_training_sessions` sessions nothing is learned: the version holds seeded
    weights, centred on the sessions there are, and `metrics['is_trained']` is false.

    Args:
        sequences: rows of session_sequences (human sessions).
        pages: columns page_key and text; a page it lacks is read by the words of its key.
        config: shape and training; defaults if null.
        progress: called as progress(step, steps, losses) after each step.

    Raises:
        EncoderInputError: a column is missing or the lists of a session differ in length.
    """
    config = config or EncoderConfig()
    started = time.perf_counter()
    sampled = _sample(sequences, config)
    data = _prepare(sampled, pages, config)
    encoder = SessionEncoder(config)
    heads = EventHeads(config)
    is_trained = len(data.sessions) >= config.min_training_sessions and config.steps > 0
    with fixed_threads(config.threads):
        losses = _fit(encoder, heads, data, config, progress) if is_trained else {}
        encoder.eval()
        if not is_trained:
            _centre_untrained(encoder, data)
        metrics = _evaluate(encoder, heads, data, config)
    version, weights, config_json = save_encoder(encoder)
    metrics |= {
        "is_trained": is_trained,
        "steps": config.steps if is_trained else 0,
        "losses": losses,
        "sessions": len(data.sessions),
        "pages": len(data.pages),
        "seconds": round(time.perf_counter() - started, 3),
    }
    first, last = _period(sampled.filter(pl.Series(_is_training(data)))) if is_trained else (None, None)
    trained_rows = len(data.training_rows) if is_trained else 0
    return EncoderVersion(version, weights, config_json, metrics, trained_rows, first, last)


def _sample(sequences: pl.DataFrame, config: EncoderConfig) -> pl.DataFrame:
    """At most `max_training_sessions` rows, chosen by hash of their id: no dependence on row order."""
    absent = [name for name in ("session_id", "visitor_id") if name not in sequences.columns]
    if absent:
        raise EncoderInputError(f"The table session_sequences lacks the columns {absent}.")
    if len(sequences) > config.max_training_sessions:
        hashes = [bucket_of(session_id, HASH_SPACE) for session_id in sequences["session_id"].to_list()]
        sequences = sequences.with_columns(pl.Series("_hash", hashes)).sort("_hash", "session_id")
        sequences = sequences.head(config.max_training_sessions).drop("_hash")
    return sequences.sort("session_id")


def _prepare(sequences: pl.DataFrame, pages: pl.DataFrame, config: EncoderConfig) -> TrainingData:
    sessions = flatten_sessions(sequences, config)
    known_text = dict(pages.select("page_key", "text").iter_rows())
    texts = [known_text.get(key) or page_key_text(key) for key in sessions.page_keys]
    visitors = sequences["visitor_id"].cast(pl.String).fill_null("")
    is_heldout = np.asarray(
        [bucket_of(visitor, HASH_SPACE) < config.heldout_share * HASH_SPACE for visitor in visitors],
        dtype=bool,
    )
    contents = sequences.select(
        pl.col("page_keys").list.join("\n").fill_null("")
        + "\t"
        + pl.col("event_types").list.join("\n", ignore_nulls=True).fill_null("")
    ).to_series()
    page_counts = np.bincount(
        sessions.page[sessions.page >= FIRST_CODE] - FIRST_CODE, minlength=len(sessions.page_keys)
    ).astype(np.float64)
    return TrainingData(
        sessions=sessions,
        pages=hash_texts(texts, config.text_buckets),
        page_counts=page_counts,
        visitors=_dense_codes(visitors),
        contents=_dense_codes(contents),
        training_rows=np.flatnonzero(~is_heldout),
        heldout_rows=np.flatnonzero(is_heldout)[: config.heldout_sessions],
    )


def _fit(
    encoder: SessionEncoder,
    heads: EventHeads,
    data: TrainingData,
    config: EncoderConfig,
    progress: Progress | None,
) -> dict[str, float]:
    """Run `config.steps` steps in place; returns mean losses of the last ones."""
    random = np.random.default_rng(config.seed)
    rows_of_batches = length_bucketed(data.sessions.lengths[data.training_rows], config.batch_sessions, random)
    optimiser = _optimiser(encoder, heads, config)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, config))
    encoder.train()
    recent: list[dict[str, float]] = []
    for step in range(1, config.steps + 1):
        rows = data.training_rows[next(rows_of_batches)]
        losses = _losses(encoder, heads, data, rows, config=config, random=random)
        optimiser.zero_grad(set_to_none=True)
        losses["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*encoder.parameters(), *heads.parameters()], config.gradient_norm)
        optimiser.step()
        schedule.step()
        recent = [
            *recent[-(REPORTED_STEPS - 1) :],
            {name: float(loss.detach()) for name, loss in losses.items()},
        ]
        if progress is not None:
            progress(step, config.steps, recent[-1])
    _quieten_unseen_ngrams(encoder, data.pages)
    return {name: round(float(np.mean([step[name] for step in recent])), 4) for name in recent[0]}


def _losses(
    encoder: SessionEncoder,
    heads: EventHeads,
    data: TrainingData,
    rows: NDArray[np.int64],
    *,
    config: EncoderConfig,
    random: np.random.Generator,
) -> dict[str, Tensor]:
    """The terms of one step, and 'total', their weighted sum."""
    candidates = _candidates(data, rows, config, random)
    local = _localise(data.sessions, rows, candidates.rows)
    texts = data.pages.take(candidates.rows)
    everyone = np.arange(len(rows))
    views = [make_view(local, everyone, config, random) for _ in range(2)]
    masked: list[dict[str, Tensor]] = []
    encoded = []
    for view in views:
        # Each view reads the pages with other n-grams left out, so that no page rests on a single word.
        page_vectors = encoder.page_text(texts, _dropped_weights(texts, config.ngram_drop_share, random))
        encoded.append(encoder(view.batch, page_vectors))
        masked.append(masked_event_losses(view, encoded[-1], heads, page_vectors, candidates.log_chance))
    losses = {name: (masked[0][name] + masked[1][name]) / 2 for name in masked[0]}
    losses["contrastive"] = contrastive_loss(
        encoded[0].embedding,
        encoded[1].embedding,
        may_repel(data.visitors[rows], data.contents[rows]),
        config.temperature,
    )
    losses["spread"] = (spread_loss(encoded[0].raw) + spread_loss(encoded[1].raw)) / 2
    losses["total"] = (
        config.page_weight * losses["page"]
        + config.event_type_weight * losses["event_type"]
        + config.dwell_weight * losses["dwell"]
        + config.contrastive_weight * losses["contrastive"]
        + config.spread_weight * losses["spread"]
    )
    return losses


def _candidates(
    data: TrainingData, rows: NDArray[np.int64], config: EncoderConfig, random: np.random.Generator
) -> Candidates:
    """All pages where they are few; else the pages of the batch and a sample by popularity."""
    pages = len(data.pages)
    if pages <= config.candidate_pages:
        return Candidates(np.arange(pages), torch.zeros(pages))
    events = _events_of(data.sessions, rows)
    in_batch = np.unique(data.sessions.page[events])
    in_batch = in_batch[in_batch >= FIRST_CODE] - FIRST_CODE
    chance = data.page_counts / data.page_counts.sum()
    drawn = random.choice(pages, size=config.candidate_pages, p=chance)
    chosen = np.union1d(in_batch, drawn)
    draws = len(events) + config.candidate_pages
    log_chance = np.log(-np.expm1(draws * np.log1p(-chance[chosen].clip(max=1 - 1e-9))))
    return Candidates(chosen, torch.from_numpy(log_chance.astype(np.float32)))


def _localise(sessions: SessionArrays, rows: NDArray[np.int64], page_rows: NDArray[np.int64]) -> SessionArrays:
    """The sessions `rows` alone, with page codes that count `page_rows` (sorted)."""
    events = _events_of(sessions, rows)
    page = sessions.page[events]
    has_page = page >= FIRST_CODE
    page = np.where(has_page, FIRST_CODE + np.searchsorted(page_rows, page - FIRST_CODE), page)
    return SessionArrays(
        offsets=np.concatenate([[0], np.cumsum(sessions.lengths[rows])]).astype(np.int64),
        page=page,
        page_keys=[sessions.page_keys[row] for row in page_rows],
        event_type=sessions.event_type[events],
        dwell=sessions.dwell[events],
        gap=sessions.gap[events],
        value=sessions.value[events],
        hour=sessions.hour[events],
        weekday=sessions.weekday[events],
        channel=sessions.channel[rows],
        device=sessions.device[rows],
        referrer=sessions.referrer[rows],
    )


def _events_of(sessions: SessionArrays, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = sessions.lengths[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    events: NDArray[np.int64] = np.repeat(sessions.offsets[rows] - starts, lengths) + np.arange(lengths.sum())
    return events


def _dropped_weights(texts: HashedTexts, share: float, random: np.random.Generator) -> Tensor:
    kept = random.random(len(texts.weights)) >= share
    return torch.from_numpy(texts.weights * kept.astype(np.float32))


def _quieten_unseen_ngrams(encoder: SessionEncoder, pages: HashedTexts) -> None:
    is_unseen = torch.ones(encoder.config.text_buckets, dtype=torch.bool)
    is_unseen[torch.from_numpy(pages.buckets)] = False
    with torch.no_grad():
        encoder.page_text.bag.weight[is_unseen] *= UNSEEN_NGRAM_SCALE


def _centre_untrained(encoder: SessionEncoder, data: TrainingData) -> None:
    """Take most of the mean away: random weights give all sessions one large common part."""
    if len(data.sessions) == 0:
        return
    with torch.inference_mode():
        vectors = encoder.page_text(data.pages)
    raw = encode_arrays(data.sessions, encoder, vectors, is_unit=False)
    encoder.centre.copy_(torch.from_numpy(CENTRE_SHARE * raw.mean(axis=0)))


def _evaluate(encoder: SessionEncoder, heads: EventHeads, data: TrainingData, config: EncoderConfig) -> dict[str, Any]:
    with torch.inference_mode():
        page_vectors = encoder.page_text(data.pages)
    is_split = len(data.heldout_rows) > 0
    rows = data.heldout_rows if is_split else data.training_rows[: config.heldout_sessions]
    embeddings = encode_arrays(_localise(data.sessions, rows, np.arange(len(data.pages))), encoder, page_vectors)
    figures = masked_page_recall(
        data.sessions,
        data.training_rows,
        data.heldout_rows,
        encoder=encoder,
        heads=heads,
        page_vectors=page_vectors,
        seed=config.seed,
    )
    return {
        **{name: round(figure, 4) for name, figure in figures.items()},
        "effective_rank": round(effective_rank(embeddings), 2),
        "mean_pairwise_cosine": round(mean_pairwise_cosine(embeddings), 4),
        "evaluated_on": "held-out visitors" if is_split else "training sessions",
        "heldout_sessions": len(data.heldout_rows),
    }


def _optimiser(encoder: SessionEncoder, heads: EventHeads, config: EncoderConfig) -> torch.optim.AdamW:
    named = [*encoder.named_parameters(), *heads.named_parameters()]
    # Norms, scales and embedding tables are not decayed: rows that a batch does not touch must not shrink.
    is_decayed = {
        name: parameter.dim() > 1 and not name.endswith(("bag.weight", "position.weight")) for name, parameter in named
    }
    groups = [
        {"params": [p for name, p in named if is_decayed[name]], "weight_decay": config.weight_decay},
        {"params": [p for name, p in named if not is_decayed[name]], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate)


def _rate(step: int, config: EncoderConfig) -> float:
    """Linear warm-up, then a cosine down to a hundredth."""
    warmup = max(int(config.warmup_share * config.steps), 1)
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(config.steps - warmup, 1)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))


def _dense_codes(values: pl.Series) -> NDArray[np.int64]:
    """Equal values get equal codes."""
    codes: NDArray[np.int64] = values.rank("dense").cast(pl.Int64).to_numpy()
    return codes


def _is_training(data: TrainingData) -> NDArray[np.bool_]:
    is_training = np.zeros(len(data.sessions), dtype=bool)
    is_training[data.training_rows] = True
    return is_training


def _period(sequences: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    if "started_at" not in sequences.columns:
        return None, None
    started: list[datetime] = sequences["started_at"].drop_nulls().sort().to_list()
    return (started[0], started[-1]) if started else (None, None)
