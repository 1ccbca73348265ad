"""Sessions a second that models of pytorch-lifestream embed: from padded tensors to embeddings, as JSON.

PYTHON -m benchmarks.encoder.lifestream.speed, of the environment made for it.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from ptls.data_load.padded_batch import PaddedBatch
from torch import Tensor

from benchmarks.encoder.lifestream.coles import EMBEDDING_SIZES, Settings, new_encoder
from benchmarks.encoder.lifestream.sequences import FIRST_CODE, HOURS, NUMBERS, WEEKDAYS
from benchmarks.encoder.workload import BATCH_SESSIONS, LENGTHS, MATMUL_SIZE

# Body, and whether PyTorch may take its quick path through a Transformer, as it does unless told not to: on CPU, with
# the padding mask that the library always gives, that path is the slower one
CONTENDERS = {
    "coles-gru": ("gru", True),
    "coles-transformer": ("transformer", True),
    "coles-transformer-no-fastpath": ("transformer", False),
}
BATCHES = 2
REPEATS = 9
WARM_UPS = 2
SEED = 7
CODES = {
    "page": 1_000,
    "event_type": 20,
    "channel": 4,
    "device": 6,
    "referrer": 8,
    "hour": HOURS + 2,
    "weekday": WEEKDAYS + 2,
}
LONGEST_SECONDS = 600.0
PACKAGES = ("pytorch-lifestream", "torch")


def main() -> None:
    """Measures all in turn, round by round, and prints figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    encoders = {name: new_encoder(CODES, body, Settings()).eval() for name, (body, _) in CONTENDERS.items()}
    batches = {length: [_batch(length) for _ in range(BATCHES)] for length in LENGTHS}
    matrix, other = torch.randn(2, MATMUL_SIZE, MATMUL_SIZE)

    seconds: dict[tuple[str, int], list[float]] = {(name, length): [] for name in encoders for length in LENGTHS}
    gigaflops: list[float] = []
    with torch.inference_mode():
        for repeat in range(WARM_UPS + REPEATS):
            for (name, length), taken in seconds.items():
                torch.backends.mha.set_fastpath_enabled(CONTENDERS[name][1])
                taken.append(_seconds(encoders[name], batches[length]))
            gigaflops.append(BATCHES * 2 * MATMUL_SIZE**3 / _seconds(matrix.matmul, [other] * BATCHES) / 1e9)
            if repeat < WARM_UPS:
                for taken in (*seconds.values(), gigaflops):
                    taken.clear()
    sessions = BATCHES * BATCH_SESSIONS
    print(
        json.dumps(
            {
                "sessions_per_second": {
                    name: {str(length): sessions / statistics.median(seconds[name, length]) for length in LENGTHS}
                    for name in encoders
                },
                "matmul_gflops": statistics.median(gigaflops),
                "seconds": {name: {str(length): seconds[name, length] for length in LENGTHS} for name in encoders},
                "sessions_a_run": sessions,
                "batch_sessions": BATCH_SESSIONS,
                "parameters": {
                    name: sum(weights.numel() for weights in encoder.parameters()) for name, encoder in encoders.items()
                },
                "threads": threads,
                "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
            }
        )
    )


def _batch(length: int) -> PaddedBatch:
    """Sessions that are all of one length, so that nothing is padding."""
    shape = (BATCH_SESSIONS, length)
    features: dict[str, Tensor] = {name: torch.randint(FIRST_CODE, CODES[name], shape) for name in EMBEDDING_SIZES}
    for name in NUMBERS:
        is_known = torch.rand(shape) < 0.5  # noqa: PLR2004 - half of the numbers are missing
        features |= {name: torch.rand(shape) * LONGEST_SECONDS * is_known, f"has_{name}": is_known.float()}
    return PaddedBatch(features, torch.full((BATCH_SESSIONS,), length))


def _seconds(run: Callable[[Any], object], items: list[Any]) -> float:
    begin = time.perf_counter()
    for item in items:
        run(item)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
