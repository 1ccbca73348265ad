"""Keeps the libraries below the client from logging what is sent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LIBRARIES: Final = ("openai", "httpx2", "httpcore2", "httpx", "httpcore", "h11", "anyio", "asyncio")
"""Loggers of the client library and of all that it sends through."""

_lock = threading.Lock()
_levels: list[tuple[logging.Logger, int]] = []
_quiet_runs: list[int] = []
"""One for each run in progress: the levels of before come back with the last of them."""


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Hold the libraries at warnings, whatever OPENAI_LOG or a debug run of dbt asks for.

    At debug level they log headers and addresses, and some versions of them whole requests.
    """
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    with _lock:
        _quiet_runs.append(1)
        if len(_quiet_runs) > 1:
            return
        names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _LIBRARIES]
        _levels[:] = [(logger, logger.level) for logger in map(logging.getLogger, {*names, *_LIBRARIES})]
        for logger, level in _levels:
            logger.setLevel(max(level, logging.WARNING))


def _end() -> None:
    with _lock:
        _quiet_runs.pop()
        if not _quiet_runs:
            for logger, level in _levels:
                logger.setLevel(level)
