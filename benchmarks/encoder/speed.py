"""Sessions a second and milliseconds a session of scoring, as shares of what this process's matrix products reach."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import torch

from benchmarks.encoder.lifestream import lifestream_python, lifestream_speed
from benchmarks.encoder.workload import BATCH_SESSIONS, LENGTHS, MATMUL_SIZE
from clickintent.encoder import EncoderConfig, SessionEncoder, encode
from clickintent.encoder.folded import FoldedEncoder
from clickintent.encoder.scoring import encode_folded, page_table
from clickintent.encoder.sessions import flatten_sessions

PAGES = 200
THREADS = 2
LATENCY_CALLS = 2_000
LATENCY_LENGTH = 16
# One multiplication and one addition
_FLOPS = 2


def made_up_sessions(count: int, length: int, seed: int = 0) -> pl.DataFrame:
    """Rows of `session_sequences`, all of one length; speed does not depend on what they say."""
    random = np.random.default_rng(seed)
    total = count * length

    def lists(values: list[Any] | np.ndarray) -> pl.Series:
        return pl.Series(values).reshape((count, length)).arr.to_list()

    gaps = random.exponential(30, total)
    return pl.DataFrame(
        {
            "session_id": [f"s{number}" for number in range(count)],
            "channel": ["web"] * count,
            "device_type": ["desktop"] * count,
            "referrer_medium": ["search"] * count,
            "page_keys": lists([f"/page/{number}" for number in random.integers(0, PAGES, total)]),
            "event_types": lists(["page_view" if draw < 0.7 else "click" for draw in random.random(total)]),  # noqa: PLR2004
            "dwell_seconds": lists(gaps),
            "gap_seconds": lists(gaps),
            "hours": lists(random.integers(0, 24, total)),
            "weekdays": lists(random.integers(0, 7, total)),
            "event_values": lists(random.exponential(100, total)),
        }
    )


def flops_of_session(config: EncoderConfig, length: int) -> float:
    """Operations of the matrix products of one session without padding; sums, norms and table rows are not counted."""
    width, hidden = config.width, config.hidden
    per_event = config.layers * (4 * width * width + 3 * width * hidden)
    attention = config.layers * 2 * length * length * width
    return _FLOPS * (length * per_event + attention + width * config.embedding_dim)


def matmul_rate(repeats: int) -> float:
    """Operations a second of a float32 product of two square matrices, the median."""
    one, other = torch.randn(2, MATMUL_SIZE, MATMUL_SIZE)
    seconds = _median_seconds(lambda: one @ other, repeats * 5)
    return float(_FLOPS * MATMUL_SIZE**3 / seconds)


@torch.inference_mode()
def measure_speed(repeats: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Throughput at each length on two threads, and the latency of one session on one."""
    torch.set_num_threads(THREADS)
    config = EncoderConfig()
    encoder = SessionEncoder(config).eval().requires_grad_(False)
    lengths: dict[str, Any] = {}
    for length in LENGTHS:
        frame = made_up_sessions(BATCH_SESSIONS, length)
        sessions = flatten_sessions(frame, config)
        pages = page_table(sessions.page_keys, encoder, {})
        vectors = dict(zip(sessions.page_keys, pages.numpy(), strict=True))
        folded = FoldedEncoder(encoder, pages)
        from_arrays = _median_seconds(lambda: encode_folded(sessions, folded), repeats)  # noqa: B023 - called at once
        from_rows = _median_seconds(lambda: encode(frame, encoder, vectors), repeats)  # noqa: B023
        rate = matmul_rate(repeats)
        lengths[str(length)] = {
            "sessions_per_second": round(BATCH_SESSIONS / from_arrays),
            "sessions_per_second_from_rows": round(BATCH_SESSIONS / from_rows),
            "matmul_gflops": round(rate / 1e9, 1),
            "matmul_share": round(flops_of_session(config, length) * BATCH_SESSIONS / from_arrays / rate, 4),
        }
        each, from_each = BATCH_SESSIONS / from_arrays, BATCH_SESSIONS / from_rows
        say(f"  {length} events: {each:,.0f} sessions a second, {from_each:,.0f} from rows")
    found: dict[str, Any] = {"lengths": lengths, **_latency(encoder), "threads": THREADS, "batch": BATCH_SESSIONS}
    if lifestream_python():
        found["lifestream"] = lifestream_speed()
    return found


def _latency(encoder: SessionEncoder) -> dict[str, float]:
    """Milliseconds from the arrays of one session to its embedding, on one thread."""
    torch.set_num_threads(1)
    sessions = flatten_sessions(made_up_sessions(1, LATENCY_LENGTH), encoder.config)
    folded = FoldedEncoder(encoder, page_table(sessions.page_keys, encoder, {}))
    taken = []
    for _ in range(LATENCY_CALLS):
        started = time.perf_counter()
        encode_folded(sessions, folded)
        taken.append(1e3 * (time.perf_counter() - started))
    return {
        "latency_ms_p50": round(float(np.percentile(taken, 50)), 3),
        "latency_ms_p99": round(float(np.percentile(taken, 99)), 3),
    }


def _median_seconds(call: Callable[[], object], repeats: int) -> float:
    call()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
