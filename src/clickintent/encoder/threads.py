"""Threads of torch: a fixed number while fitting, one for each pass of scoring."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Item = TypeVar("Item")

_lock = threading.Lock()
_callers = 0
_before = 1


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


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Score on the thread that calls, as one of several that are not torch's: DuckDB's, say.

    A thread that asks torch for the first time finds what another has set for itself, and would put that back. So all
    callers that are inside at once put back what the first of them found.
    """
    global _callers, _before  # noqa: PLW0603 - the number of threads is of the process, too
    with _lock:
        if _callers == 0:
            _before = torch.get_num_threads()
        before = _before
        _callers += 1
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        with _lock:
            _callers -= 1


def each_on_one_thread(call: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Call with each item, as many at a time as torch has threads for the caller, each of them on one.

    The products of a small model are too short to be shared: threads would wait for each other at every one.
    """
    before = torch.get_num_threads()
    threads = min(before, len(items))
    if threads < 2:  # noqa: PLR2004 - nothing to share
        with fixed_threads(1):
            for item in items:
                call(item)
        return
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            for _ in pool.map(call, items):  # an error of a call is raised here
                pass
    finally:
        torch.set_num_threads(before)  # what threads that start later begin with


def available_cores() -> int:
    """Cores this process may use: affinity where the system has it, else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
