"""Threads of NumPy's matrix products: one each, where the callers are the threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_callers = 0
_limit: Any = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Products on the thread that asks for them, until the last of the callers inside has left.

    The number is of the whole process, and DuckDB calls from several threads at once: were each of them to set it and
    to put back what it found, the last might put back the 1 that another had set.
    """
    global _callers, _limit  # noqa: PLW0603 - the number of threads is of the process, too
    with _lock:
        if _callers == 0:
            _limit = _controller().limit(limits=1, user_api="blas")
            _let_others_set_it()
        _callers += 1
    try:
        yield
    finally:
        with _lock:
            _callers -= 1
            if _callers == 0:
                _limit.restore_original_limits()
                _let_others_set_it()


def _let_others_set_it() -> None:
    """Gives up the right to set the number, which threadpoolctl 3.8 keeps for the thread that set it first.

    To all others it then does nothing, and says so to nobody. DuckDB's threads never end, so that one that called once
    would decide for as long as the process runs: over what the last caller puts back, and over every fit after it.
    """
    for library in _controller().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread()


@cache
def _controller() -> ThreadpoolController:
    """Finding the libraries takes milliseconds, setting their number microseconds."""
    return ThreadpoolController()
