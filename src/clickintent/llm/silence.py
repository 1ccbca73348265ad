"""Keeps the libraries below the client from logging what is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LIBRARIES: Final = ("openai", "httpx2", "httpcore2", "httpx", "httpcore", "h11", "anyio", "asyncio")
"""Loggers of the client library and of all that it sends through."""


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Hold the libraries at warnings, whatever OPENAI_LOG or a debug run of dbt asks for.

    At debug level they log headers and addresses, and some versions of them whole requests.
    """
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _LIBRARIES]
    loggers = [logging.getLogger(name) for name in {*names, *_LIBRARIES}]
    levels = [(logger, logger.level) for logger in loggers]
    try:
        for logger, level in levels:
            logger.setLevel(max(level, logging.WARNING))
        yield
    finally:
        for logger, level in levels:
            logger.setLevel(level)
