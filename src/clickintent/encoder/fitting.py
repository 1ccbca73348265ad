"""The training loop: seeded, resumable, stopped by steps, by want of progress or by a clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from clickintent.encoder.batches import length_bucketed
from clickintent.encoder.checkpoint import Checkpoint, fingerprint_of
from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.model import SessionEncoder
from clickintent.encoder.training_data import TrainingData
from clickintent.encoder.training_losses import Heads, intent_loss, training_losses

Progress = Callable[[int, int, dict[str, float]], None]

# Losses are reported as the mean of this many last steps.
REPORTED_STEPS = 50


@dataclass(frozen=True)
class Fitted:
    """How a training run ended.

    Attributes:
        losses: means over the last steps.
        steps: taken.
        stopped_by: 'steps', 'no progress' or 'clock'.
    """

    losses: dict[str, float]
    steps: int
    stopped_by: str


def fit(
    encoder: SessionEncoder,
    heads: Heads,
    data: TrainingData,
    config: EncoderConfig,
    progress: Progress | None,
    checkpoint_file: Path | None = None,
) -> Fitted:
    """Run at most `config.steps` steps in place, where the modules are; tensors are made on torch's default device.

    With a file for checkpoints, a run over the same sessions with the same config that was killed goes on where its
    last checkpoint was, and ends with the weights that an undisturbed one would have.
    """
    started = time.monotonic()
    optimiser = _optimiser(encoder, heads, config)
    both = nn.ModuleDict({"encoder": encoder, "heads": heads})
    device = next(encoder.parameters()).device.type
    checkpoint = Checkpoint(checkpoint_file, fingerprint_of(data, config, device)) if checkpoint_file else None
    done, notes = checkpoint.load(both, optimiser) if checkpoint else (0, {})
    batches = length_bucketed(data.sessions.lengths[data.training_rows], config.batch_sessions, config.seed, done)
    encoder.train()
    recent: list[dict[str, float]] = notes.get("recent", [])
    patience = _Patience(config.patience, **notes.get("patience", {}))
    stopped_by = "steps"
    step = done
    for step in range(done + 1, config.steps + 1):
        rows = data.training_rows[next(batches)]
        for group in optimiser.param_groups:
            group["lr"] = config.rate * _share_of_rate(step - 1, config)
        losses = training_losses(
            encoder, heads, data, rows, config=config, random=np.random.default_rng([config.seed, step])
        )
        if data.intent_pools:
            # of a stream of its own: what else a step draws is the same with intents and without
            for_intents = np.random.default_rng([config.seed, step, 1])
            losses["intent"] = intent_loss(encoder, data, config=config, random=for_intents)
            losses["total"] = losses["total"] + config.intent_weight * losses["intent"]
        optimiser.zero_grad(set_to_none=True)
        losses["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*encoder.parameters(), *heads.parameters()], config.gradient_norm)
        optimiser.step()
        recent = [*recent[-(REPORTED_STEPS - 1) :], _numbers(losses)]
        if progress is not None:
            progress(step, config.steps, recent[-1])
        if step % config.evaluate_every == 0:
            if patience.is_over(_heldout_loss(encoder, heads, data, config)):
                stopped_by = "no progress"
                break
            if checkpoint:
                checkpoint.save(step, both, optimiser, {"recent": recent, "patience": patience.notes()})
        if config.max_seconds is not None and time.monotonic() - started > config.max_seconds:
            stopped_by = "clock"
            break
    if checkpoint:
        checkpoint.remove()
    means = {name: round(float(np.mean([losses[name] for losses in recent])), 4) for name in recent[0]}
    return Fitted(means, step, stopped_by)


class _Patience:
    """Says when a loss has not fallen for a number of evaluations."""

    def __init__(self, evaluations: int, best: float = math.inf, since_best: int = 0) -> None:
        self.evaluations = evaluations
        self.best = best
        self.since_best = since_best

    def notes(self) -> dict[str, Any]:
        """What a checkpoint needs to keep."""
        return {"best": self.best, "since_best": self.since_best}

    def is_over(self, loss: float) -> bool:
        self.since_best = 0 if loss < self.best else self.since_best + 1
        self.best = min(self.best, loss)
        return self.since_best >= self.evaluations


@torch.no_grad()
def _heldout_loss(encoder: SessionEncoder, heads: Heads, data: TrainingData, config: EncoderConfig) -> float:
    """Total loss on held-out visitors, the same views at every call; endless progress where nobody is held out."""
    rows = data.heldout_rows[: config.batch_sessions * 4]
    if len(rows) < 2:  # noqa: PLR2004 - nothing to tell apart
        return -math.inf
    random = np.random.default_rng([config.seed, 0])
    parts = np.array_split(rows, max(1, len(rows) // config.batch_sessions))
    totals = [training_losses(encoder, heads, data, part, config=config, random=random)["total"] for part in parts]
    return float(torch.stack(totals).mean())


def _numbers(losses: dict[str, Tensor]) -> dict[str, float]:
    # all at once: from a GPU each number would be waited for
    return dict(zip(losses, torch.stack(list(losses.values())).cpu().tolist(), strict=True))


def _optimiser(encoder: SessionEncoder, heads: Heads, config: EncoderConfig) -> torch.optim.AdamW:
    named = [*encoder.named_parameters(), *heads.named_parameters()]
    # Norms, scales and embedding tables are not decayed: rows that a batch does not touch must not shrink.
    is_decayed = {
        name: parameter.dim() > 1 and not name.endswith(("bag.weight", "position.weight")) for name, parameter in named
    }
    groups = [
        {"params": [p for name, p in named if is_decayed[name]], "weight_decay": config.weight_decay},
        {"params": [p for name, p in named if not is_decayed[name]], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.rate)


def _share_of_rate(step: int, config: EncoderConfig) -> float:
    """Linear warm-up, then a cosine down to a hundredth."""
    warmup = max(int(config.warmup_share * config.steps), 1)
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(config.steps - warmup, 1)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))
