"""Passes answers from the thread that writes the log to the event loop, all answers of one commit in one step."""

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any


class LoopAnswers:
    """Wakes the event loop once for all writers whose answers arrive together.

    Waking it takes a system call, which also delays the thread; asyncio's own bridge makes one for each writer.

    Args:
        loop: the one on which writers wait.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._came: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._is_woken = False

    async def wait(self, answer: "Future[list[bool]]", seconds: float) -> list[bool]:
        """Wait for the answer of the other thread.

        Args:
            answer: that thread completes it.
            seconds: how long to wait.

        Raises:
            TimeoutError: it did not come in time; it is not cancelled.
        """
        waiter: asyncio.Future[list[bool]] = self._loop.create_future()
        answer.add_done_callback(partial(self._bring, waiter))
        async with asyncio.timeout(seconds):
            return await waiter

    def _bring(self, waiter: asyncio.Future[Any], answer: Future[Any]) -> None:
        """Called in the other thread; answers that arrive before the loop runs share one wake-up."""
        self._came.append((waiter, answer))
        if not self._is_woken and not self._loop.is_closed():
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._is_woken = False  # first: an answer that arrives later wakes the loop again
        while self._came:
            waiter, answer = self._came.popleft()
            if waiter.done():
                continue  # its writer no longer waits
            if (error := answer.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(answer.result())
