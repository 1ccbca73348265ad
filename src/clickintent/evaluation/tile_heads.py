"""The head of every tile ranker: tiles, positions and counts first, then one block of numbers after the other.

Clicks are few, and a block has a weight for each of its numbers and each tile. So what a block adds is one Newton step
from what was known without it, with a ridge that held-out people choose, and as much of that step as they bear out: a
block that tells nothing does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Numbers = NDArray[np.float32]

RIDGES: Final = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Beside numbers of size 1 and as many as one row's information at a click rate of a few percent."""
PARTS: Final = 3
MOST_SHARE: Final = 3.0
"""Of a step: the ridge shortens steps, so that more than all of one may be right."""
_BASE_PENALTY: Final = 1.0
_LEAST_SIZE: Final = 1e-6
_LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True)
class TileRows:
    """Tiles that were shown.

    Attributes:
        tile: int64[n], which tile, 0 and up.
        is_clicked: bool[n].
        common: float32[n, c], what every ranker knows of a row, with one weight for all tiles, such as the position.
        people: int64[n], whose row it is: hashes.
        folds: int64[n], part of the person.
        is_train: bool[n], the rows before the split.
    """

    tile: NDArray[np.int64]
    is_clicked: NDArray[np.bool_]
    common: Numbers
    people: NDArray[np.int64]
    folds: NDArray[np.int64]
    is_train: NDArray[np.bool_]


def rank_by_blocks(rows: TileRows, blocks: Mapping[str, Numbers], arms: Mapping[str, list[str]]) -> dict[str, Floats]:
    """Click probabilities of the rows that are not trained on, for rankers that know more and more.

    Every row is guessed by a head that has seen neither its time nor its person.

    Args:
        rows: tiles that were shown.
        blocks: name -> float32[n, d], zeros where nothing is known.
        arms: ranker -> blocks that it knows, in the order in which they are added.

    Returns:
        Ranker -> float64[n]; NaN in the rows that are trained on.
    """
    found = {arm: np.full(len(rows.tile), np.nan) for arm in arms}
    part = (rows.people // 1_000) % PARTS  # the folds are the last digit of the same numbers: take another one
    with threadpool_limits(1):
        for fold in np.unique(rows.folds[~rows.is_train]):
            learns = rows.is_train & (rows.folds != fold)
            asked = ~rows.is_train & (rows.folds == fold)
            known: dict[tuple[str, ...], tuple[Floats, Floats]] = {(): _base(rows, learns, asked, part)}
            for arm, names in arms.items():
                for count in range(1, len(names) + 1):
                    way = tuple(names[:count])
                    if way not in known:
                        known[way] = _with_block(rows, blocks[way[-1]], known[way[:-1]], learns, asked, part)
                found[arm][asked] = expit(known[tuple(names)][1])
    return found


def _base(
    rows: TileRows, learns: NDArray[np.bool_], asked: NDArray[np.bool_], part: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Held-out logits of the rows to learn from, and logits of those asked for, by tile and what all rankers know."""
    tiles = np.eye(rows.tile.max() + 1, dtype=np.float32)[rows.tile]
    features = np.hstack([tiles, rows.common])

    def logits(fitted_on: NDArray[np.bool_], of: NDArray[np.bool_]) -> Floats:
        clicks = rows.is_clicked[fitted_on]
        if clicks.all() or not clicks.any():
            share = (clicks.sum() + 1) / (len(clicks) + 2)
            return np.full(int(of.sum()), np.log(share / (1 - share)))
        model = LogisticRegression(C=_BASE_PENALTY, max_iter=200).fit(features[fitted_on], clicks)
        decided: Floats = model.decision_function(features[of]).astype(np.float64)
        return decided

    heldout = np.zeros(len(rows.tile))
    for number in range(PARTS):
        out = learns & (part == number)
        heldout[out] = logits(learns & (part != number), out)
    return heldout[learns], logits(learns, asked)


def _with_block(
    rows: TileRows,
    block: Numbers,
    known: tuple[Floats, Floats],
    learns: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    part: NDArray[np.int64],
) -> tuple[Floats, Floats]:
    """The same logits with a block added, in proportion to what it is worth to held-out people."""
    size = np.sqrt((block[learns].astype(np.float64) ** 2).mean(axis=0))
    numbers = np.hstack([block / np.where(size < _LEAST_SIZE, 1, size), np.ones((len(block), 1))])
    offsets, asked_offsets = known
    own_part, own_numbers, own_tile = part[learns], numbers[learns], rows.tile[learns]
    clicks = rows.is_clicked[learns].astype(np.float64)
    heldout = np.zeros((len(RIDGES), len(clicks)))
    for number in range(PARTS):
        rest, out = own_part != number, own_part == number
        heldout[:, out] = _steps(
            own_numbers[rest], own_tile[rest], clicks[rest], offsets[rest], own_numbers[out], own_tile[out]
        )
    shares = [_share(offsets, step, clicks) for step in heldout]
    losses = [_losses(offsets + share * step, clicks).mean() for share, step in zip(shares, heldout, strict=True)]
    best = int(np.argmin(losses))
    step = _steps(own_numbers, own_tile, clicks, offsets, numbers[asked], rows.tile[asked])[best]
    return offsets + shares[best] * heldout[best], asked_offsets + shares[best] * step


def _steps(
    numbers: Floats,
    tile: NDArray[np.int64],
    clicks: Floats,
    offsets: Floats,
    asked: Floats,
    asked_tile: NDArray[np.int64],
) -> Floats:
    """float64[ridges, asked], what one Newton step of a ridge regression adds to the logits, tile by tile."""
    chance = expit(offsets)
    found = np.zeros((len(RIDGES), len(asked)))
    for number in np.unique(asked_tile):
        rows, out = tile == number, asked_tile == number
        own, weight = numbers[rows], (chance * (1 - chance))[rows]
        gradient = own.T @ (clicks - chance)[rows]
        values, vectors = np.linalg.eigh(own.T @ (own * weight[:, None]))
        turned, projected = vectors.T @ gradient, asked[out] @ vectors
        for place, ridge in enumerate(RIDGES):
            found[place, out] = projected @ (turned / (np.maximum(values, 0) + ridge))
    return found


def _share(offsets: Floats, step: Floats, clicks: Floats) -> float:
    """How much of a step held-out people bear out, 0 to MOST_SHARE.

    None of it where the loss falls by less than a standard error (Breiman et al. 1984, section 3.4.3): the best of some
    ridges and shares is a little better by chance, and then a little worse for others.
    """
    best = minimize_scalar(
        lambda share: _losses(offsets + share * step, clicks).mean(), bounds=(0, MOST_SHARE), method="bounded"
    )
    gains = _losses(offsets, clicks) - _losses(offsets + best.x * step, clicks)
    return float(best.x) if gains.mean() > gains.std() / np.sqrt(len(gains)) else 0.0


def _losses(logits: Floats, clicks: Floats) -> Floats:
    chance = np.clip(expit(logits), _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    losses: Floats = -(clicks * np.log(chance) + (1 - clicks) * np.log(1 - chance))
    return losses
