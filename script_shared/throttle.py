"""Makes long work in a thread wait after every small piece, so that requests can use the interpreter.

>>> with throttle(lambda worked: print(f"worked {worked:.0f} s")):
...     yield_cpu()  # calls the function, with the seconds since its last call
worked 0 s
>>> yield_cpu()  # does nothing outside of the block
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Wait = Callable[[float], None]
SWITCH_SECONDS = 0.0002  # the longest that a thread of the API keeps the interpreter from another one


class _Pace(threading.local):
    wait: Wait | None = None
    since = 0.0


_pace = _Pace()


@contextmanager
def throttle(wait: Wait | None) -> Iterator[None]:
    """In the block, this thread waits at every :func:`yield_cpu`.

    Args:
        wait: lets other threads run; gets the seconds that this thread worked since the last wait. None for a block
            that must not wait, inside such work.

    Yields:
        nothing; the earlier setting applies again after the block.
    """
    before = _pace.wait
    _pace.wait, _pace.since = wait, time.perf_counter()
    try:
        yield
    finally:
        _pace.wait, _pace.since = before, time.perf_counter()


def yield_cpu() -> None:
    """Let other threads run after a piece of work; returns at once outside of a ``throttle`` block."""
    if _pace.wait is not None:
        _pace.wait(time.perf_counter() - _pace.since)
        _pace.since = time.perf_counter()
