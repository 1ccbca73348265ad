"""Encoders of other bodies, trained with the same objectives on the same sessions, and a supervised one."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.encoder.dataset import Dataset
from clickintent.encoder import EncoderConfig, SessionEncoder
from clickintent.encoder.batches import EventBatch, gather_batch, length_bucketed
from clickintent.encoder.fitting import fit
from clickintent.encoder.page_text import hash_texts
from clickintent.encoder.scoring import encode_arrays
from clickintent.encoder.sessions import flatten_sessions
from clickintent.encoder.threads import fixed_threads
from clickintent.encoder.training_data import prepare, sample_sessions
from clickintent.encoder.training_losses import Heads

SUPERVISED_EPOCHS = 12
SUPERVISED_RATE = 1e-3
SCORING_SESSIONS = 512


class GruEncoder(SessionEncoder):
    """The session encoder with a two-way GRU in the place of its blocks: as many numbers out of each event."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__(config)
        self.blocks = nn.ModuleList()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.gru = nn.GRU(config.width, config.width // 2, num_layers=2, bidirectional=True, batch_first=True)

    def contextual(self, events: Tensor, batch: EventBatch) -> Tensor:
        """Each event in the light of its session: float32[B, L, width] -> the same shape."""
        lengths = batch.is_event.sum(dim=1)
        packed = nn.utils.rnn.pack_padded_sequence(events, lengths, batch_first=True, enforce_sorted=False)
        out, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=events.shape[1])
        return events + out


def gru_embeddings(dataset: Dataset, rows: NDArray[np.int64], config: EncoderConfig) -> NDArray[np.float32]:
    """Embeddings of all sessions by the GRU, trained on `rows`: float32[sessions, 64]."""
    data = prepare(sample_sessions(dataset.sequences[rows], config), dataset.pages, config)
    encoder = GruEncoder(config)
    with fixed_threads(config.threads):
        fit(encoder, Heads(config), data, config, None)
        return _embed(encoder.eval(), dataset, rows)


def supervised_probabilities(
    dataset: Dataset,
    examples: NDArray[np.int64],
    labels: NDArray[np.int64],
    asked: NDArray[np.int64],
    class_count: int,
    config: EncoderConfig,
) -> NDArray[np.float64]:
    """Class probabilities, float64[asked, classes], of an encoder of the same shape trained on the labels alone."""
    sessions = flatten_sessions(dataset.sequences, config)
    text = dict(dataset.pages.select("page_key", "text").iter_rows())
    texts = [text[key] for key in sessions.page_keys]
    encoder = SessionEncoder(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        head = nn.Linear(config.embedding_dim, class_count)
    hashed = hash_texts(texts, config.text_buckets)
    optimiser = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=SUPERVISED_RATE, weight_decay=0.01)
    batches = length_bucketed(sessions.lengths[examples], 128, config.seed)
    steps = SUPERVISED_EPOCHS * max(1, len(examples) // 128)
    for step in range(steps):
        chosen = next(batches)
        for group in optimiser.param_groups:
            group["lr"] = SUPERVISED_RATE * min(1.0, (step + 1) / 20, (steps - step) / (0.5 * steps))
        encoded = encoder(gather_batch(sessions, examples[chosen]), encoder.page_text(hashed))
        loss = functional.cross_entropy(head(encoded.raw), torch.from_numpy(labels[chosen]))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    with torch.inference_mode():
        vectors = encoder.page_text(hashed)
        raw = encode_arrays(sessions, encoder.eval(), vectors, is_unit=False)[asked]
        return torch.softmax(head(torch.from_numpy(raw)), dim=1).double().numpy()


@torch.inference_mode()
def _embed(encoder: SessionEncoder, dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Unit vectors of all sessions by the model itself, each channel's mean over `rows` taken away as in training.

    Not by the folded encoder: that knows blocks of attention only, and would leave another body out.
    """
    sessions = flatten_sessions(dataset.sequences, encoder.config)
    text = dict(dataset.pages.select("page_key", "text").iter_rows())
    vectors = torch.from_numpy(encoder.embed_pages([text[key] for key in sessions.page_keys]))
    raw = np.empty((len(sessions), encoder.config.embedding_dim), dtype=np.float32)
    by_length = np.argsort(sessions.lengths, kind="stable")
    for start in range(0, len(by_length), SCORING_SESSIONS):
        chosen = by_length[start : start + SCORING_SESSIONS]
        raw[chosen] = encoder(gather_batch(sessions, chosen), vectors).raw.numpy()
    is_training = np.isin(np.arange(len(raw)), rows)
    for channel in np.unique(sessions.channel):
        own = sessions.channel == channel
        raw[own] -= raw[own & is_training if (own & is_training).any() else is_training].mean(axis=0)
    unit: NDArray[np.float32] = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    return unit
