"""Masked pages of held-out visitors, found again by the encoder, by popularity and by a Markov chain."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor

from clickintent.encoder.batches import gather_batch
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.objectives import EventHeads
from clickintent.encoder.quality import recall_at
from clickintent.encoder.session_arrays import FIRST_CODE, MASKED, SessionArrays
from clickintent.encoder.training_data import TrainingData

SESSIONS_PER_PASS = 256
TOP_RANKS = (1, 10)
# How many events a page's popularity weighs in the Markov chain, where transitions are few
PRIOR_EVENTS = 1.0


@torch.inference_mode()
def masked_page_recall(
    data: TrainingData, *, encoder: SessionEncoder, heads: EventHeads, page_vectors: Tensor, seed: int
) -> dict[str, float]:
    """Hide one event in each held-out session and rank the pages of its site and channel for it.

    The rivals: popularity ranks pages by their count in the training sessions of the same site and channel; the Markov
    chain by how often they were seen between the page before and the page after.

    Args:
        data: the sessions, some of them held out.
        encoder: what was trained.
        heads: the heads trained with it.
        page_vectors: float32[pages, page_dim].
        seed: which event is hidden.

    Returns:
        masked_page_recall_at_1 and _10, popularity_recall_at_1 and _10, markov_recall_at_1 and _10, masked_page_n.
    """
    sessions = data.sessions
    rows = data.heldout_rows[sessions.lengths[data.heldout_rows] > 1]
    random = np.random.default_rng(seed)
    hidden = (random.random(len(rows)) * sessions.lengths[rows]).astype(np.int64)
    target = sessions.page[sessions.offsets[rows] + hidden] - FIRST_CODE
    has_page = target >= 0
    rows, hidden, target = rows[has_page], hidden[has_page], target[has_page]
    order = np.argsort(sessions.lengths[rows], kind="stable")
    rows, hidden, target = rows[order], hidden[order], target[order]

    def possible(row: int) -> NDArray[np.bool_]:
        pages: NDArray[np.bool_] = data.site_pages[data.sites[rows[row]]]
        return pages

    own = np.empty(len(rows), dtype=np.int64)
    for start in range(0, len(rows), SESSIONS_PER_PASS):
        part = np.arange(start, min(start + SESSIONS_PER_PASS, len(rows)))
        events = _hidden_event(sessions, rows[part], hidden[part], encoder, page_vectors)
        logits = heads.page_logits(events, page_vectors).numpy()
        own[part] = [_rank(logits[row - start], possible(int(row)), target[row]) for row in part]
    popularity = _page_counts_by_site(data)
    chain = _MarkovChain(data)
    rival, chained = np.empty_like(own), np.empty_like(own)
    for row in range(len(rows)):
        counts = popularity[data.sites[rows[row]]].toarray().ravel()
        rival[row] = _rank(counts, possible(row), target[row])
        chained[row] = _rank(chain.scores(rows[row], hidden[row]), possible(row), target[row])
    figures = {f"markov_recall_at_{k}": recall_at(chained, k) for k in TOP_RANKS}
    figures |= {f"masked_page_recall_at_{k}": recall_at(own, k) for k in TOP_RANKS}
    figures |= {f"popularity_recall_at_{k}": recall_at(rival, k) for k in TOP_RANKS}
    return figures | {"masked_page_n": len(rows)}


def _hidden_event(
    sessions: SessionArrays,
    rows: NDArray[np.int64],
    hidden: NDArray[np.int64],
    encoder: SessionEncoder,
    page_vectors: Tensor,
) -> Tensor:
    batch = gather_batch(sessions, rows)
    at = (torch.arange(len(rows)), torch.from_numpy(hidden))
    is_hidden = torch.zeros_like(batch.is_event)
    is_hidden[at] = True
    unknown = float("nan")
    masked = replace(
        batch,
        page=batch.page.masked_fill(is_hidden, MASKED),
        event_type=batch.event_type.masked_fill(is_hidden, MASKED),
        dwell=batch.dwell.masked_fill(is_hidden, unknown),
        value=batch.value.masked_fill(is_hidden, unknown),
    )
    events: Tensor = encoder(masked, page_vectors).events[at]
    return events


def _page_counts_by_site(data: TrainingData) -> csr_matrix:
    """[sites, pages], page events of the training sessions."""
    lengths = data.sessions.lengths
    counted = np.repeat(data.is_training, lengths) & (data.sessions.page >= FIRST_CODE)
    cells = (np.repeat(data.sites, lengths)[counted], data.sessions.page[counted] - FIRST_CODE)
    return csr_matrix((np.ones(int(counted.sum())), cells), shape=data.site_pages.shape)


class _MarkovChain:
    """Transitions between the pages of training sessions, with popularity as a prior."""

    def __init__(self, data: TrainingData) -> None:
        self.sessions = data.sessions
        pages = len(data.pages)
        is_given = data.is_training
        owner = np.repeat(np.arange(len(self.sessions)), self.sessions.lengths)
        page = self.sessions.page - FIRST_CODE
        is_step = (owner[1:] == owner[:-1]) & is_given[owner[1:]] & (page[1:] >= 0) & (page[:-1] >= 0)
        steps = (page[:-1][is_step], page[1:][is_step])
        counts = csr_matrix((np.ones(int(is_step.sum())), steps), shape=(pages, pages))
        self.onward, self.backward = counts, csr_matrix(counts.T)
        seen = page[is_given[owner] & (page >= 0)]
        self.popularity = (np.bincount(seen, minlength=pages) + 1) / (len(seen) + pages)

    def scores(self, row: int, place: int) -> NDArray[np.float64]:
        """Log chance of each page at a place of a session, up to a constant: float64[pages]."""
        page = self.sessions.page
        event = self.sessions.offsets[row] + place
        total = np.log(self.popularity)
        if place > 0 and page[event - 1] >= FIRST_CODE:
            total = total + self._told_by(self.onward, page[event - 1] - FIRST_CODE)
        if place + 1 < self.sessions.lengths[row] and page[event + 1] >= FIRST_CODE:
            total = total + self._told_by(self.backward, page[event + 1] - FIRST_CODE)
        return total

    def _told_by(self, counts: csr_matrix, neighbour: int) -> NDArray[np.float64]:
        """Log of how much likelier each page is beside this neighbour."""
        beside = counts[neighbour].toarray().ravel() + PRIOR_EVENTS * self.popularity
        likelier: NDArray[np.float64] = np.log(beside / beside.sum()) - np.log(self.popularity)
        return likelier


def _rank(scores: NDArray[np.floating], possible: NDArray[np.bool_], true_page: int) -> int:
    """How many of the possible pages score above the true one; ties count by half."""
    own, others = scores[true_page], scores[possible]
    return int((others > own).sum() + ((others == own).sum() - 1) // 2)
