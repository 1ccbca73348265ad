"""One session from its events to its intent, on one thread."""

import time
from typing import Any

import numpy as np
import torch

from benchmarks.classifier.built import Built
from clickintent.classifier import channel_codes
from clickintent.encoder.threads import fixed_threads

WARM = 50


@torch.inference_mode()
def measure_latency(built: Built, rounds: int) -> dict[str, Any]:
    """Milliseconds from the lists of a session, as in `session_sequences`, to its best intent.

    All of `built.sessions`, one after the other, `rounds` times.
    """
    taken: dict[str, list[float]] = {"wall": [], "cpu": [], "embed": []}
    with fixed_threads(1):
        for number, session in enumerate(built.sessions * rounds):
            started, used = time.perf_counter(), time.thread_time()
            embedding = built.encoder.embed_one(session)
            embedded = time.perf_counter()
            built.classifier.top(embedding, channel_codes([session["channel"]]))
            finished, finished_used = time.perf_counter(), time.thread_time()
            if number >= WARM:
                taken["wall"].append(finished - started)
                taken["cpu"].append(finished_used - used)
                taken["embed"].append(embedded - started)
    events = [len(session["page_keys"]) for session in built.sessions]

    def percentile(part: str, q: int) -> float:
        return round(1e3 * float(np.percentile(taken[part], q)), 3)

    return {
        "sessions": len(built.sessions),
        "rounds": rounds,
        "events_mean": round(float(np.mean(events)), 1),
        "ms_p50": percentile("wall", 50),
        "ms_p99": percentile("wall", 99),
        "cpu_ms_p50": percentile("cpu", 50),
        "cpu_ms_p99": percentile("cpu", 99),
        "embedding_ms_p50": percentile("embed", 50),
    }
