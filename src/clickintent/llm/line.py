"""An event loop beside the caller's thread: requests in flight, and what has arrived of them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from openai import AsyncOpenAI

from clickintent.llm.budget import Spending
from clickintent.llm.chat import ChatRequest
from clickintent.llm.sending import Action, Sender, Sent

T = TypeVar("T")

_LOOK_UP_SECONDS: Final = 0.5
"""Longest wait for an answer in one piece."""


class Line:
    """Requests in flight in an event loop, whose outcomes arrive in the caller's thread."""

    def __init__(self, sender: Sender, loop: asyncio.AbstractEventLoop) -> None:
        self._sender = sender
        self._loop = loop
        self._client: AsyncOpenAI = sender.open()
        self._arrived: queue.SimpleQueue[tuple[Future[Sent], Spending]] = queue.SimpleQueue()
        self._futures: set[Future[Sent]] = set()

    @property
    def in_flight(self) -> int:
        """Requests that have not arrived yet."""
        return len(self._futures)

    def send(self, request: ChatRequest, spending: Spending) -> None:
        """Put a request in flight; what is reserved for it comes back with it."""
        future = asyncio.run_coroutine_threadsafe(self._sender.send(self._client, request), self._loop)
        self._futures.add(future)
        future.add_done_callback(lambda done: self._arrived.put((done, spending)))

    def receive(self) -> tuple[Sent, Spending]:
        """The next to arrive; waits for it."""
        arrived = None
        while arrived is None:
            # a signal that comes just before the wait is noticed only after it
            with suppress(queue.Empty):
                arrived = self._arrived.get(timeout=_LOOK_UP_SECONDS)
        future, spending = arrived
        self._futures.remove(future)
        return future.result(), spending

    def insist(self, action: Action[T]) -> T:
        """Do one thing, as `Sender.insist` does it, and wait for it."""
        return asyncio.run_coroutine_threadsafe(self._sender.insist(self._client, action), self._loop).result()

    def close(self) -> None:
        """Cancel what is in flight and close the connections."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()

    async def _close(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()


@contextmanager
def open_line(sender: Sender) -> Iterator[Line]:
    """An event loop in a thread of its own: it sends and waits while the caller writes answers down."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="clickintent-llm", daemon=True)
    thread.start()
    try:
        line = Line(sender, loop)
        try:
            yield line
        finally:
            line.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
