"""Passes answers from the thread that writes the log to the event loop, all answers of one commit in one step."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from script_shared.errors import UnavailableError

Answer = list[bool] | UnavailableError
Submit = Callable[[Callable[[Answer], None]], None]


class LoopAnswers:
    """Wakes the event loop once for all writers whose answers arrive together.

    Waking it takes a system call, which also delays the thread; asyncio itself makes one for each writer.

    Args:
        loop: the one on which writers wait.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._came: deque[tuple[asyncio.Future[list[bool]], Answer]] = deque()
        self._is_woken = False

    async def wait(self, submit: Submit, seconds: float) -> list[bool]:
        """Wait for the answer of the other thread.

        Args:
            submit: gets a callback, which the other thread calls with its answer.
            seconds: how long to wait.

        Raises:
            TimeoutError: the answer did not arrive in time; the work is not cancelled.
            UnavailableError: the other thread answered with this error.
        """
        waiter: asyncio.Future[list[bool]] = self._loop.create_future()
        submit(partial(self._bring, waiter))
        end = self._loop.call_later(seconds, _give_up, waiter)  # asyncio.timeout takes several times as long
        try:
            return await waiter
        finally:
            end.cancel()

    def _bring(self, waiter: asyncio.Future[list[bool]], answer: Answer) -> None:
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
            if isinstance(answer, UnavailableError):
                waiter.set_exception(answer)
            else:
                waiter.set_result(answer)


def _give_up(waiter: asyncio.Future[list[bool]]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
