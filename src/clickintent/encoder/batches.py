"""Padded batches of sessions: what the model reads, for scoring and for training views."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.session_arrays import MASKED, MISSING, SessionArrays

# Batches are cut from pools of this many batches sorted by length: little padding, still shuffled.
POOL_BATCHES = 16
# A crop keeps at least this share of a session, so that two crops usually overlap in topic.
MIN_CROP_SHARE = 0.6


@dataclass(frozen=True)
class EventBatch:
    """B sessions padded to L events.

    Attributes:
        is_event: bool[B, L], false in padding; each row has at least one event.
        page, event_type: int64[B, L] codes (see SessionArrays); `page` counts rows of the page table at hand.
        dwell, gap, value, hour, weekday: float32[B, L], NaN where missing.
        elapsed: float32[B, L], seconds since the session's first event.
        channel, device, referrer: int64[B] codes.
    """

    is_event: Tensor
    page: Tensor
    event_type: Tensor
    dwell: Tensor
    gap: Tensor
    value: Tensor
    elapsed: Tensor
    hour: Tensor
    weekday: Tensor
    channel: Tensor
    device: Tensor
    referrer: Tensor


@dataclass(frozen=True)
class View:
    """A training view: the batch as shown to the model, and what was hidden from it.

    Attributes:
        batch: the corrupted events.
        is_masked: bool[B, L], events to predict.
        page, event_type: int64[B, L], the true codes.
        dwell: float32[B, L], the true dwell.
        owners, events: int64[k], the events that the view is made of, masked ones too, and whose they are.
    """

    batch: EventBatch
    is_masked: Tensor
    page: Tensor
    event_type: Tensor
    dwell: Tensor
    owners: NDArray[np.int64]
    events: NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """The first events of sessions, and what comes after them.

    Attributes:
        batch: the first events, some session fields hidden.
        owners, events: int64[k], the events shown, and whose they are.
        later_owners, later_events: int64[m], the events that follow in the same session, and whose they are.
    """

    batch: EventBatch
    owners: NDArray[np.int64]
    events: NDArray[np.int64]
    later_owners: NDArray[np.int64]
    later_events: NDArray[np.int64]


def gather_batch(sessions: SessionArrays, rows: NDArray[np.int64]) -> EventBatch:
    """The sessions `rows` (int64[B]), padded to the longest of them."""
    lengths = sessions.lengths[rows]
    position = np.arange(lengths.max())
    is_event = position < lengths[:, None]
    events = np.where(is_event, sessions.offsets[rows][:, None] + position, 0)
    return _gather(sessions, rows, events, is_event)


def make_view(
    sessions: SessionArrays, rows: NDArray[np.int64], config: EncoderConfig, random: np.random.Generator
) -> View:
    """A corrupted view: a crop with events dropped, some masked, some session fields hidden.

    Sessions of one or two events are never dropped from or masked whole; their views differ in hidden fields
    and, through n-gram dropout, in page text.
    """
    lengths = sessions.lengths[rows]
    position = np.arange(lengths.max())
    kept = _crop(lengths, position, random) & (random.random((len(rows), len(position))) < config.keep_share)
    kept &= position < lengths[:, None]
    # One random event always stays, or the view would be empty.
    kept[np.arange(len(rows)), (random.random(len(rows)) * lengths).astype(np.int64)] = True
    order = np.argsort(~kept, axis=1, kind="stable")
    view_lengths = kept.sum(axis=1)
    width = view_lengths.max()
    is_event = np.arange(width) < view_lengths[:, None]
    events = np.where(is_event, sessions.offsets[rows][:, None] + order[:, :width], 0)
    truth = _gather(sessions, rows, events, is_event)

    masked = is_event & (random.random(is_event.shape) < config.mask_share) & (view_lengths > 1)[:, None]
    # A view that is masked whole says nothing about its session.
    masked[masked.sum(axis=1) == view_lengths, 0] = False
    is_masked = torch.as_tensor(masked)
    return View(
        _corrupt(truth, is_masked, config, random),
        is_masked,
        truth.page,
        truth.event_type,
        truth.dwell,
        owners=np.nonzero(is_event)[0],
        events=events[is_event],
    )


def make_past(
    sessions: SessionArrays, rows: NDArray[np.int64], config: EncoderConfig, random: np.random.Generator
) -> Past:
    """Sessions up to a random event; a share of them, and those of one event, whole."""
    lengths = sessions.lengths[rows]
    shown = 1 + (random.random(len(rows)) * (lengths - 1)).astype(np.int64)
    shown = np.where(random.random(len(rows)) < config.whole_share, lengths, shown)
    position = np.arange(lengths.max())
    events = sessions.offsets[rows][:, None] + position
    is_shown = position < shown[:, None]
    is_later = (position >= shown[:, None]) & (position < lengths[:, None])
    width = shown.max()
    batch = _gather(sessions, rows, np.where(is_shown, events, 0)[:, :width], is_shown[:, :width])
    nothing = torch.zeros_like(batch.is_event)
    return Past(
        _corrupt(batch, nothing, config, random),
        owners=np.nonzero(is_shown)[0],
        events=events[is_shown],
        later_owners=np.nonzero(is_later)[0],
        later_events=events[is_later],
    )


def length_bucketed(
    lengths: NDArray[np.int64], batch_sessions: int, seed: int, first_step: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Endless batches of row numbers, each of similar lengths, every session once per pass.

    The order depends on the seed alone: a run that goes on at `first_step` sees what an undisturbed one would.
    """
    pool = POOL_BATCHES * batch_sessions
    step = 0
    for number in itertools.count():
        random = np.random.default_rng([seed, number])
        shuffled = random.permutation(len(lengths))
        for start in range(0, len(shuffled), pool):
            rows = shuffled[start : start + pool]
            rows = rows[np.argsort(lengths[rows], kind="stable")]
            batches = [rows[cut : cut + batch_sessions] for cut in range(0, len(rows), batch_sessions)]
            for index in random.permutation(len(batches)):
                if step >= first_step:
                    yield batches[index]
                step += 1


def _crop(lengths: NDArray[np.int64], position: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.bool_]:
    share = MIN_CROP_SHARE + (1 - MIN_CROP_SHARE) * random.random(len(lengths))
    size = np.ceil(lengths * share).astype(np.int64)
    start = (random.random(len(lengths)) * (lengths - size + 1)).astype(np.int64)
    inside: NDArray[np.bool_] = (position >= start[:, None]) & (position < (start + size)[:, None])
    return inside


def _gather(
    sessions: SessionArrays, rows: NDArray[np.int64], events: NDArray[np.int64], is_event: NDArray[np.bool_]
) -> EventBatch:
    # Padding repeats the first event of the table; is_event keeps it out of attention and pooling.
    def event(values: NDArray[np.generic]) -> Tensor:
        return torch.as_tensor(values[events])

    def session(values: NDArray[np.int64]) -> Tensor:
        return torch.as_tensor(values[rows])

    return EventBatch(
        is_event=torch.as_tensor(is_event),
        page=event(sessions.page),
        event_type=event(sessions.event_type),
        dwell=event(sessions.dwell),
        gap=event(sessions.gap),
        value=event(sessions.value),
        elapsed=event(sessions.elapsed),
        hour=event(sessions.hour),
        weekday=event(sessions.weekday),
        channel=session(sessions.channel),
        device=session(sessions.device),
        referrer=session(sessions.referrer),
    )


def _corrupt(truth: EventBatch, is_masked: Tensor, config: EncoderConfig, random: np.random.Generator) -> EventBatch:
    def hide_sessions() -> Tensor:
        return torch.as_tensor(random.random(len(truth.channel)) < config.field_drop_share)

    unknown = float("nan")
    times_hidden = hide_sessions()[:, None]
    dwell_hidden = hide_sessions()[:, None] | is_masked
    return EventBatch(
        is_event=truth.is_event,
        page=truth.page.masked_fill(is_masked, MASKED),
        event_type=truth.event_type.masked_fill(is_masked, MASKED),
        dwell=truth.dwell.masked_fill(dwell_hidden, unknown),
        gap=truth.gap.masked_fill(hide_sessions()[:, None], unknown),
        value=truth.value.masked_fill(is_masked, unknown),
        elapsed=truth.elapsed.masked_fill(times_hidden, 0.0),
        hour=truth.hour.masked_fill(times_hidden, unknown),
        weekday=truth.weekday.masked_fill(times_hidden, unknown),
        channel=truth.channel.masked_fill(hide_sessions(), MISSING),
        device=truth.device.masked_fill(hide_sessions(), MISSING),
        referrer=truth.referrer.masked_fill(hide_sessions(), MISSING),
    )
