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
        _callers += 1
    try:
        yield
    finally:
        with _lock:
            _callers -= 1
            if _callers == 0:
                _limit.restore_original_limits()


@cache
def _controller() -> ThreadpoolController:
    """Finding the libraries takes milliseconds, setting their number microseconds."""
    return ThreadpoolController()
