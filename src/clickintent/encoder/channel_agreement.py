"""Web and app sessions of one intent are drawn together, where somebody has told intents.

Without labels the two channels meet only through words that both use, since nothing says that two pages of different
names serve one need. Labels say it. Each step draws sessions of many intents, as many of the web as of the app and as
many of a rare intent as of a common one, and each session is to recognise those of its intent in the other channel
(supervised contrast, Khosla et al. 2020, arXiv 2004.11362, with positives and negatives of other channels alone). So
nothing is learned from how often an intent comes up in either channel, and nothing pushes the channels apart or forces
their distributions together.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clickintent.encoder.config import EncoderConfig

NO_INTENT = -1
# Fewer sessions of an intent in a channel would be learned by heart
LEAST_SESSIONS = 2

IntentPools = tuple[tuple[NDArray[np.int64], ...], ...]
"""Per intent, the rows of its sessions in each channel that has enough of them; at least two channels."""


def intent_pools(intents: NDArray[np.int64], channel: NDArray[np.int64], rows: NDArray[np.int64]) -> IntentPools:
    """The intents that can be learned across channels.

    Args:
        intents: int64[sessions], a code per intent, NO_INTENT where none is told.
        channel: int64[sessions].
        rows: int64, the sessions that may be learned from.
    """
    pools = []
    for intent in np.unique(intents[rows]):
        own = rows[intents[rows] == intent]
        by_channel = [own[channel[own] == code] for code in np.unique(channel[own])]
        enough = tuple(pool for pool in by_channel if len(pool) >= LEAST_SESSIONS)
        if intent != NO_INTENT and len(enough) > 1:
            pools.append(enough)
    return tuple(pools)


def draw_by_intent(
    pools: IntentPools, config: EncoderConfig, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sessions of some intents, `config.sessions_per_intent` of each of its channels.

    Returns:
        int64[n] rows, and int64[n] which of the drawn intents each is of.
    """
    drawn = random.permutation(len(pools))[: config.intents_per_step]
    rows, intents = [], []
    for intent in drawn:
        for pool in pools[intent]:
            rows.append(random.choice(pool, size=config.sessions_per_intent))
            intents.append(np.full(config.sessions_per_intent, intent))
    return np.concatenate(rows), np.concatenate(intents)


def channel_agreement_loss(embedding: Tensor, channel: Tensor, intent: Tensor, temperature: float) -> Tensor:
    """How badly each session recognises those of its intent among all sessions of other channels.

    Args:
        embedding: float32[n, dim], unit length.
        channel: int64[n].
        intent: int64[n]; each is in at least two channels.
        temperature: divides the cosines.
    """
    is_elsewhere = channel[:, None] != channel[None, :]
    is_same = is_elsewhere & (intent[:, None] == intent[None, :])
    cosines = (embedding @ embedding.T / temperature).masked_fill(~is_elsewhere, float("-inf"))
    told = torch.log_softmax(cosines, dim=1).masked_fill(~is_same, 0.0)
    return -(told.sum(dim=1) / is_same.sum(dim=1)).mean()
