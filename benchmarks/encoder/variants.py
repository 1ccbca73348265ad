"""The encoder with one thing changed: objectives left out, more or less data, steps and parameters."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.encoder.models import CONFIG, SEEDED_CONFIG, measure_features
from benchmarks.encoder.representations import trained
from benchmarks.encoder.tasks import Split, Subject
from clickintent.encoder import EncoderConfig, SessionEncoder


@dataclass(frozen=True)
class Variant:
    """A change of a config, and how many sessions of the training part are shown; all where null.

    Most start from seeded weights: the packaged ones were made by all objectives and would lend what is left out.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    sessions: int | None = None
    base: EncoderConfig = SEEDED_CONFIG


def _one_pass(sessions: int) -> dict[str, Any]:
    """Changes that let training read each of as many sessions once; nothing ends it before."""
    steps = round(sessions * (1 - SEEDED_CONFIG.heldout_share) / SEEDED_CONFIG.batch_sessions)
    return {"max_training_sessions": sessions, "steps": steps, "patience": steps}


ALL = "as it is"
KINDS: Mapping[str, Mapping[str, Variant]] = {
    "ablation": {
        ALL: Variant(),
        "without masked events": Variant({"page_weight": 0.0, "event_type_weight": 0.0, "dwell_weight": 0.0}),
        "without content": Variant({"content_weight": 0.0}),
        "without what follows": Variant({"future_weight": 0.0}),
        "without agreement of views": Variant({"contrastive_weight": 0.0}),
        "agreement of views ten times": Variant({"contrastive_weight": 0.5}),
        "without spread": Variant({"spread_weight": 0.0}),
        "without hidden fields": Variant({"field_drop_share": 0.0}),
        "without left-out n-grams": Variant({"ngram_drop_share": 0.0}),
        "masked twice as often": Variant({"mask_share": 0.4}),
        "without the block": Variant({"layers": 0}),
        "two layers": Variant({"layers": 2}),
    },
    "sessions": {f"{count:,}": Variant(sessions=count) for count in (300, 1_000, 3_000, 10_000, 30_000)},
    "sessions, large bank": {
        f"{count:,}": Variant({"max_training_sessions": count}, count) for count in (1_000, 10_000, 100_000, 1_000_000)
    },
    "each session read once, large bank": {
        f"{count:,}": Variant(_one_pass(count), count) for count in (100_000, 300_000, 1_000_000)
    },
    # as many steps as it takes to read 300,000 once: is it the sessions that help, or the steps?
    "2,109 steps, large bank": {f"{count:,}": Variant(_one_pass(300_000), count) for count in (10_000, 100_000)},
    "steps": {f"{steps:,}": Variant({"steps": steps}) for steps in (100, 300, 900, 2_700)},
    "parameters": {
        f"width {width}, {layers} layer{'s' if layers > 1 else ''}": Variant(
            {"width": width, "hidden": width, "layers": layers}
        )
        for width, layers in ((32, 1), (64, 1), (64, 2), (128, 1), (128, 2))
    },
    "start": {
        "packaged, no training": Variant({"steps": 0}, base=CONFIG),
        **{
            f"{start}, {count:,} sessions": Variant({}, count, base)
            for count in (300, 1_000, 3_000, 10_000, 30_000)
            for start, base in (("packaged", CONFIG), ("seeded", SEEDED_CONFIG))
        },
    },
}
"""Kind -> name -> variant."""


def has_enough_sessions(variant: Variant, split: Split) -> bool:
    """Whether the training part has as many sessions as the variant is to be shown."""
    return variant.sessions is None or variant.sessions <= len(split.rows("train"))


def measure_variant(variant: Variant, subject: Subject, split: Split) -> tuple[dict[str, dict[str, float]], float]:
    """Figures by task, and the seconds that training and scoring took."""
    rows = split.rows("train")
    if variant.sessions is not None:
        rows = np.sort(np.random.default_rng(split.seed).permutation(rows)[: variant.sessions])
    config = replace(variant.base, seed=split.seed + 1, min_training_sessions=1, **variant.changes)
    started = time.perf_counter()
    sessions = trained(subject.dataset, rows, config, subject.needed)
    seconds = time.perf_counter() - started
    return {task.name: measure_features(sessions, "logistic", task, split) for task in subject.tasks}, seconds


def parameter_count(variant: Variant) -> int:
    """Numbers that training fits, the table of n-grams left out: it is the same in every variant."""
    config: EncoderConfig = replace(variant.base, **variant.changes)
    named = SessionEncoder(config).named_parameters()
    return sum(parameter.numel() for name, parameter in named if name != "page_text.bag.weight")
