"""CoLES (Babaev et al. 2022, arXiv 2002.08232) of pytorch-lifestream, with its tutorials' settings, on sessions.

Where a setting differs from the tutorials', sessions are why: theirs are of hundreds of events, these of a handful.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pytorch_lightning as lightning
import torch
from numpy.typing import NDArray
from ptls.data_load.padded_batch import PaddedBatch
from ptls.frames.coles import CoLESModule
from ptls.frames.coles.losses import ContrastiveLoss
from ptls.frames.coles.sampling_strategies import HardNegativePairSelector
from ptls.frames.coles.split_strategy import SampleSlices
from ptls.nn import Head, RnnSeqEncoder, TransformerSeqEncoder, TrxEncoder
from torch import Tensor

from benchmarks.encoder.lifestream.sequences import MAX_EVENTS, NUMBERS, Sequences

BODIES = ("gru", "transformer")
EMBEDDING_SIZES = {"page": 32, "event_type": 16, "channel": 4, "device": 4, "referrer": 4, "hour": 8, "weekday": 4}
SCORING_SESSIONS = 1_024
# Losses that a report keeps, each the mean of as many steps
REPORTED_LOSSES = 10


@dataclass(frozen=True)
class Settings:
    """How CoLES is trained; what `coles-emb.ipynb` of the library does, unless a comment says otherwise."""

    dim: int = 64
    embeddings_noise: float = 0.003
    batch_sessions: int = 256
    split_count: int = 5
    min_events: int = 1
    min_slice: int = 1  # 25 there
    max_slice: int = MAX_EVENTS  # 200 there
    margin: float = 0.5
    negatives: int = 5
    # 1e-3 there, 2e-3 in the library's experiments on game sessions; the warm-up and the cosine after it are ours
    learning_rate: float = 2e-3
    warmup_share: float = 0.05
    # Of the Transformer alone; 6 layers of width 256 in the library's experiments
    layers: int = 2
    heads: int = 4
    hidden: int = 256
    dropout: float = 0.1
    gradient_norm: float = 1.0


@dataclass(frozen=True)
class Training:
    """What a training was: seconds, those of CPU, steps, and the mean loss a slice of each tenth of the steps."""

    seconds: float
    cpu_seconds: float
    steps: int
    sessions: int
    losses: list[float]


class EventTensors:
    """The features of `Sequences` as tensors, from which padded batches of the library are gathered.

    The batches are those of the library's `ColesDataset`, without its dictionary of tensors for each slice.
    """

    def __init__(self, sequences: Sequences) -> None:
        self.features = {name: torch.from_numpy(codes) for name, codes in sequences.categories.items()}
        self.features |= {name: torch.from_numpy(numbers) for name, numbers in sequences.numbers.items()}
        self.starts = torch.from_numpy(sequences.offsets[:-1])
        self.lengths = torch.from_numpy(sequences.lengths)

    def batch(self, starts: Tensor, lengths: Tensor) -> PaddedBatch:
        """Runs of events, int64[B] and int64[B], as a batch of B sequences."""
        place = torch.arange(int(lengths.max()))
        is_event = place < lengths[:, None]
        index = torch.where(is_event, starts[:, None] + place, 0)
        return PaddedBatch({name: values[index] * is_event for name, values in self.features.items()}, lengths)

    def sessions(self, rows: Tensor) -> PaddedBatch:
        """Whole sessions."""
        return self.batch(self.starts[rows], self.lengths[rows])


class SlicedSessions(torch.utils.data.Dataset[list[tuple[int, int]]]):
    """Slices of each session as (first event, events): the positive pairs of CoLES."""

    def __init__(self, events: EventTensors, rows: NDArray[np.int64], settings: Settings) -> None:
        self.events = events
        self.rows = rows
        self.splitter = SampleSlices(settings.split_count, settings.min_slice, settings.max_slice)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, item: int) -> list[tuple[int, int]]:
        row = self.rows[item]
        start = int(self.events.starts[row])
        return [
            (start + int(part[0]), len(part)) for part in self.splitter.split(np.empty(int(self.events.lengths[row])))
        ]

    def collate(self, sessions: Sequence[list[tuple[int, int]]]) -> tuple[PaddedBatch, Tensor]:
        """A batch of all slices, and int64[slices] which session each is of."""
        starts, lengths = torch.tensor([part for session in sessions for part in session]).T
        of_session = torch.arange(len(sessions)).repeat_interleave(torch.tensor([len(parts) for parts in sessions]))
        return self.events.batch(starts, lengths), of_session


class QuickHardNegatives(HardNegativePairSelector):
    """The library's pairs, with distances by `torch.cdist`: its own way takes 85% of a step on CPU."""

    def get_pairs(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Pairs of rows, int64[n, 2]: all of one session, and each slice with its nearest of other sessions."""
        is_same = labels[:, None] == labels
        distances = torch.cdist(embeddings.detach(), embeddings.detach()).masked_fill(is_same, torch.inf)
        nearest = distances.topk(self.neg_count, dim=0, largest=False).indices
        each = torch.arange(len(labels)).repeat(self.neg_count)
        return torch.triu(is_same, diagonal=1).nonzero(), torch.stack([each, nearest.flatten()], dim=1)


class _Losses(lightning.Callback):
    """Mean loss a slice of every step."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: dict[str, Tensor],
        batch: tuple[PaddedBatch, Tensor],
        batch_idx: int,
    ) -> None:
        self.values.append(float(outputs["loss"]) / len(batch[1]))


def new_encoder(sizes: dict[str, int], body: str, settings: Settings) -> RnnSeqEncoder | TransformerSeqEncoder:
    """A sequence encoder with random weights.

    Args:
        sizes: codes of each category.
        body: 'gru' or 'transformer'.
        settings: its shape.
    """
    events = TrxEncoder(
        embeddings={name: {"in": sizes[name], "out": size} for name, size in EMBEDDING_SIZES.items()},
        numeric_values={**dict.fromkeys(NUMBERS, "log"), **{f"has_{name}": "identity" for name in NUMBERS}},
        embeddings_noise=settings.embeddings_noise,
        linear_projection_size=settings.dim if body == "transformer" else 0,
    )
    if body == "gru":
        return RnnSeqEncoder(trx_encoder=events, hidden_size=settings.dim, type="gru")
    return TransformerSeqEncoder(
        trx_encoder=events,
        n_layers=settings.layers,
        n_heads=settings.heads,
        dim_hidden=settings.hidden,
        dropout=settings.dropout,
        # There are no more positions than these, and all are seen in training
        max_seq_len=MAX_EVENTS,
        use_start_random_shift=False,
    )


def train(
    encoder: RnnSeqEncoder | TransformerSeqEncoder,
    events: EventTensors,
    rows: NDArray[np.int64],
    steps: int,
    settings: Settings,
) -> Training:
    """Trains the encoder in place on sessions, without labels."""
    long_enough = rows[events.lengths.numpy()[rows] >= settings.min_events]
    dataset = SlicedSessions(events, long_enough, settings)
    loader = torch.utils.data.DataLoader(
        dataset,
        batch_size=settings.batch_sessions,
        shuffle=True,
        # The hardest negatives are taken from the batch: one of a session or two has none
        drop_last=len(dataset) >= settings.batch_sessions,
        collate_fn=dataset.collate,
    )
    is_transformer = isinstance(encoder, TransformerSeqEncoder)
    module = CoLESModule(
        seq_encoder=encoder,
        # As in the library's experiments: the Transformer's output is normalised over the batch first
        head=Head(input_size=settings.dim, use_batch_norm=is_transformer, use_norm_encoder=True),
        loss=ContrastiveLoss(settings.margin, QuickHardNegatives(neg_count=settings.negatives)),
        optimizer_partial=partial(torch.optim.Adam, lr=settings.learning_rate),
        lr_scheduler_partial=partial(_schedule, steps=steps, warmup_share=settings.warmup_share),
    )
    losses = _Losses()
    trainer = lightning.Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=-1,
        max_steps=steps,
        gradient_clip_val=settings.gradient_norm if is_transformer else None,
        callbacks=[losses],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    begin, cpu_begin = time.perf_counter(), time.process_time()
    trainer.fit(module, loader)
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu_begin
    tenths = np.array_split(np.asarray(losses.values), min(REPORTED_LOSSES, len(losses.values)))
    return Training(seconds, cpu_seconds, len(losses.values), len(dataset), [float(tenth.mean()) for tenth in tenths])


def measure_numbers(
    encoder: RnnSeqEncoder | TransformerSeqEncoder, events: EventTensors, rows: NDArray[np.int64]
) -> None:
    """Sets the means and variances that numbers are normalised by, as training does on its way; weights stay random."""
    encoder.trx_encoder.custom_embedding_batch_norm.bn.momentum = None  # a plain mean over the batches
    encoder.train()
    with torch.no_grad():
        for part in torch.from_numpy(rows).split(SCORING_SESSIONS):
            encoder.trx_encoder(events.sessions(part))


def embed(encoder: RnnSeqEncoder | TransformerSeqEncoder, events: EventTensors) -> NDArray[np.float32]:
    """Embeddings of all sessions, float32[sessions, dim]: what the encoder puts out, as the library's inference does.

    The head that brings embeddings to unit length is for training alone there, and so it is left out here.
    """
    encoder.eval()
    embeddings = torch.empty(len(events.lengths), encoder.embedding_size)
    with torch.no_grad():
        for rows in torch.argsort(events.lengths, stable=True).split(SCORING_SESSIONS):
            embeddings[rows] = encoder(events.sessions(rows))
    return embeddings.numpy()


def _schedule(optimizer: torch.optim.Optimizer, *, steps: int, warmup_share: float) -> dict[str, Any]:
    """A linear rise, then half a cosine down to 0, by step."""
    warmup = max(1, round(warmup_share * steps))

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))

    return {"scheduler": torch.optim.lr_scheduler.LambdaLR(optimizer, factor), "interval": "step"}


def described(settings: Settings) -> dict[str, Any]:
    """Settings for a report."""
    return {**asdict(settings), "embedding_sizes": EMBEDDING_SIZES}
