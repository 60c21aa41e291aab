"""A thread beside the event loop waits for requests that are there, and for nothing when there are none."""

import asyncio
import threading

LONGEST_SECONDS = 0.02  # a loop that is never idle must not keep a release from being loaded


class TurnTaking:
    """Waits until the event loop has run once: everything that was due then is done.

    An idle loop answers within a tenth of a millisecond, so who works beside it hardly waits. A busy one first answers
    the requests that wait, so each of them is delayed by one piece of work at most.

    Args:
        loop: the event loop that answers requests.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def __call__(self, worked: float) -> None:
        """Wait for the loop, ``LONGEST_SECONDS`` at most."""
        came_round = threading.Event()
        try:
            self._loop.call_soon_threadsafe(came_round.set)
        except RuntimeError:  # the loop ended: nobody need be waited for
            return
        came_round.wait(LONGEST_SECONDS)
