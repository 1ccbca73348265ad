"""How long something takes on a machine that others use, too."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def measure(calls: Sequence[tuple[str, Callable[[], object]]], rows: int, repeats: int) -> dict[str, dict[str, Any]]:
    """Rows a second of several calls, in turns, so that all of them meet the same moods of the machine.

    The fastest repeat is what the machine does when it is left alone, the median what it did in these minutes.
    CPU seconds count all threads of the process.

    Args:
        calls: by name.
        rows: that each call works through.
        repeats: turns; one more goes before and does not count.
    """
    wall: dict[str, list[float]] = {name: [] for name, _ in calls}
    cpu: dict[str, list[float]] = {name: [] for name, _ in calls}
    for turn in range(repeats + 1):
        for name, call in calls:
            started, used = time.perf_counter(), time.process_time()
            call()
            seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
            if turn:
                wall[name].append(seconds)
                cpu[name].append(cpu_seconds)
    return {
        name: {
            "per_second": round(rows / min(wall[name])),
            "per_second_median": round(rows / statistics.median(wall[name])),
            "per_cpu_second": round(rows / statistics.median(cpu[name])),
            "seconds": [round(seconds, 4) for seconds in wall[name]],
        }
        for name, _ in calls
    }
