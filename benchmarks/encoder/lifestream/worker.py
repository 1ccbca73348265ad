"""Trains a model of pytorch-lifestream on sessions and embeds them all; a process of the environment made for it.

PYTHON -m benchmarks.encoder.lifestream.worker --sequences sequences.parquet --train-rows rows.npy
--model coles-gru --seed 1 --out embeddings.npy --report report.json
"""

import argparse
import json
import platform
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
import pytorch_lightning as lightning
import torch

from benchmarks.encoder.lifestream.coles import (
    BODIES,
    EventTensors,
    Settings,
    Training,
    described,
    embed,
    measure_numbers,
    new_encoder,
    train,
)
from benchmarks.encoder.lifestream.sequences import read_sequences

MODELS = (*(f"coles-{body}" for body in BODIES), *(f"untrained-{body}" for body in BODIES))
PACKAGES = ("pytorch-lifestream", "torch", "pytorch-lightning", "numpy", "polars")
# As long as in the library's tutorial; within bounds for small and for large data sets
EPOCHS = 15
LEAST_STEPS = 600
MOST_STEPS = 2_000


def main() -> None:
    """Reads, trains, embeds, writes."""
    options = _options()
    settings = replace(Settings(), dim=options.dim, **json.loads(options.settings))
    torch.set_num_threads(options.threads)
    lightning.seed_everything(options.seed, verbose=False)
    rows = np.unique(np.load(options.train_rows).astype(np.int64))
    sequences = read_sequences(pl.read_parquet(options.sequences), rows)
    events = EventTensors(sequences)
    kind, body = options.model.split("-")
    encoder = new_encoder(sequences.sizes, body, settings)
    report = {
        "model": options.model,
        "seed": options.seed,
        "threads": options.threads,
        "settings": described(settings),
        "codes": sequences.sizes,
        "parameters": sum(weights.numel() for weights in encoder.parameters()),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }
    if kind == "coles":
        epoch_steps = max(1, len(rows) // settings.batch_sessions)
        usual = min(max(EPOCHS * epoch_steps, LEAST_STEPS), MOST_STEPS)
        steps = options.steps or (options.epochs * epoch_steps if options.epochs else usual)
        training = train(encoder, events, rows, steps, settings)
    else:
        measure_numbers(encoder, events, rows)
        training = Training(seconds=0.0, cpu_seconds=0.0, sessions=0, steps=0, losses=[])
    report |= {
        "training_seconds": training.seconds,
        "training_cpu_seconds": training.cpu_seconds,
        "training_sessions": training.sessions,
        "steps": training.steps,
        "losses": training.losses,
    }
    begin = time.perf_counter()
    embeddings = embed(encoder, events)
    report["embedding_seconds"] = time.perf_counter() - begin
    np.save(options.out, embeddings)
    options.report.write_text(json.dumps(report, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=Path, required=True, help="Parquet, rows of session_sequences")
    parser.add_argument("--train-rows", type=Path, required=True, help="NPY, int64 rows to train on")
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--dim", type=int, default=Settings.dim)
    parser.add_argument("--seed", type=int, required=True)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=_count, help=f"of {Settings.batch_sessions} sessions")
    length.add_argument("--epochs", type=_count)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--settings", default="{}", help="JSON, fields of coles.Settings to set otherwise")
    parser.add_argument("--out", type=Path, required=True, help="NPY, float32[sessions, dim]")
    parser.add_argument("--report", type=Path, required=True, help="JSON")
    return parser.parse_args()


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError("it must be 1 or more")
    return count


if __name__ == "__main__":
    main()
