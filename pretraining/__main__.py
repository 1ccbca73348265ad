"""`python -m pretraining`: trains an encoder on synthetic banks of many layouts, and writes the packaged weights."""

import argparse
import hashlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import torch
from benchmarks.encoder.dataset import build
from benchmarks.encoder.raw import RawData
from benchmarks.folders import ROOT
from rich.console import Console

from clickintent.demo import DemoBank, simulate, source_hash
from clickintent.encoder import EncoderConfig, SessionEncoder
from clickintent.encoder.config import SEEDED
from clickintent.encoder.fitting import fit
from clickintent.encoder.heldout import masked_page_recall
from clickintent.encoder.packaged import FILE, packaged_file
from clickintent.encoder.threads import fixed_threads
from clickintent.encoder.training import quieten_unseen_ngrams
from clickintent.encoder.training_data import prepare, sample_sessions
from clickintent.encoder.training_losses import Heads
from pretraining.layouts import draw_layout, relabel

LAYOUTS = 16
PEOPLE = 6_000
DAYS = 60
# Far from the seeds of the demo (7), of the benchmarks (101) and of what tests draw
FIRST_SEED = 5_000
STEPS = 6_000
LEARNING_RATE = 4e-3  # many steps: no haste
# All pages of all layouts compete, though only those of a session's own site can win
CANDIDATES = 8_192
WEIGHTS = ROOT / "src" / "clickintent" / "encoder" / FILE


def banks(layouts: int, people: int, say: Console) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sequences and pages of all layouts; ids and page keys are apart by layout."""
    sequences, pages = [], []
    for number in range(layouts):
        simulation = simulate(DemoBank(people=people, days=DAYS, seed=FIRST_SEED + number, has_noise=False))
        dataset = build(RawData(f"layout-{number}", relabel(simulation.events, draw_layout(number)), {}))
        mark = pl.lit(f"{number}:")
        sequences.append(
            dataset.sequences.with_columns(
                session_id=mark + pl.col("session_id"),
                visitor_id=mark + pl.col("visitor_id"),
                page_keys=pl.col("page_keys").list.eval(
                    pl.when(pl.element() != "").then(pl.lit(f"{number}:") + pl.element()).otherwise(pl.element())
                ),
            )
        )
        pages.append(dataset.pages.with_columns(page_key=mark + pl.col("page_key")))
        say.print(f"layout {number}: {len(dataset.sequences):,} sessions, {len(dataset.pages)} pages")
    return pl.concat(sequences), pl.concat(pages)


def main(arguments: list[str]) -> int:
    """Exit status 0, or an error is raised."""
    parser = argparse.ArgumentParser(prog="python -m pretraining", description=__doc__)
    parser.add_argument("--layouts", type=int, default=LAYOUTS)
    parser.add_argument("--people", type=int, default=PEOPLE, help="of each bank")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file to write")
    chosen = parser.parse_args(arguments)
    say = Console(highlight=False)
    started = time.monotonic()
    sequences, pages = banks(chosen.layouts, chosen.people, say)
    config = EncoderConfig(
        initial_weights=SEEDED,
        steps=chosen.steps,
        learning_rate=LEARNING_RATE,
        candidate_pages=CANDIDATES,
        max_training_sessions=len(sequences),
        patience=chosen.steps,
    )
    data = prepare(sample_sessions(sequences, config), pages, config)
    # a batch has a handful of sessions of each bank: told apart within a bank alone, they would have hardly a rival
    data = replace(data, rivals=data.sessions.channel)
    encoder, heads = SessionEncoder(config), Heads(config)

    def report(step: int, steps: int, losses: dict[str, float]) -> None:
        if step % 200 == 0 or step == steps:
            parts = ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items())
            say.print(f"step {step} of {steps}, {time.monotonic() - started:.0f} s: {parts}")

    with fixed_threads(config.threads):
        fitted = fit(encoder, heads, data, config, report)
        encoder.eval()
        quieten_unseen_ngrams(encoder, data.pages)
        with torch.inference_mode():
            vectors = encoder.page_text(data.pages)
        recall = masked_page_recall(data, encoder=encoder, heads=heads.events, page_vectors=vectors, seed=config.seed)
    about: dict[str, Any] = {
        "command": f"python -m pretraining --layouts {chosen.layouts} --people {chosen.people} --steps {chosen.steps}",
        "data": f"synthetic: {chosen.layouts} banks of {chosen.people:,} people over {DAYS} days, a layout each",
        "sessions": len(data.training_rows),
        "pages": len(data.pages),
        "steps": fitted.steps,
        "losses": fitted.losses,
        "recall": {name: round(figure, 4) for name, figure in recall.items()},
        "simulator": source_hash(),
        "config": json.loads(config.to_json()),
    }
    digest = hashlib.sha256(packaged_file(encoder, heads, about)).hexdigest()
    written = packaged_file(encoder, heads, {"name": f"packaged-{digest[:12]}", **about})
    chosen.out.write_bytes(written)
    say.print(json.dumps(about, indent=2))
    say.print(f"{chosen.out.name}: {len(written) / 1e6:.2f} MB, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
