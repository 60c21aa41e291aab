"""Lets the event loop answer the requests that wait before a thread beside it continues."""

import asyncio
import threading

LONGEST_SECONDS = 0.02  # a loop that is never idle must not stop the loading of a release


class TurnTaking:
    """Waits until the event loop has run once: everything that was due then is done.

    An idle loop answers within a tenth of a millisecond, so the thread beside it hardly waits. A busy loop first
    answers the requests that wait, so at most one piece of work delays each of them.

    Args:
        loop: the event loop that answers requests.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def __call__(self, worked: float) -> None:
        """Wait for the loop, ``LONGEST_SECONDS`` at most."""
        has_run = threading.Event()
        try:
            self._loop.call_soon_threadsafe(has_run.set)
        except RuntimeError:  # the loop has ended: there is no request to wait for
            return
        has_run.wait(LONGEST_SECONDS)
