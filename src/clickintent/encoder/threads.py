"""A fixed number of torch threads while fitting."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def fixed_threads(threads: int | None) -> Iterator[None]:
    """Fit with `threads` torch threads (null: all available cores), then restore the caller's number.

    Floating-point sums depend on the number of threads: the version hash must not depend on who calls.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads or available_cores())
    try:
        yield
    finally:
        torch.set_num_threads(before)


def available_cores() -> int:
    """Cores this process may use: affinity where the system has it, else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
