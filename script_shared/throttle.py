"""Work in a thread beside requests, which need the same interpreter: after every little piece they have their turn.

>>> with throttle(lambda worked: print(f"worked {worked:.0f} s")):
...     yield_cpu()  # calls what was given, with the seconds since the last call
worked 0 s
>>> yield_cpu()  # nobody need be waited for
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
    """What this thread does in the block waits at every :func:`yield_cpu`.

    Args:
        wait: lets the others have their turn; is given how many seconds this thread worked since it last did. None for
            a block in the midst of such work that must hurry.

    Yields:
        nothing; the setting of before applies again after the block.
    """
    before = _pace.wait
    _pace.wait, _pace.since = wait, time.perf_counter()
    try:
        yield
    finally:
        _pace.wait, _pace.since = before, time.perf_counter()


def yield_cpu() -> None:
    """Let the others have their turn after a piece of work; returns at once in a thread that need not be gentle."""
    if _pace.wait is not None:
        _pace.wait(time.perf_counter() - _pace.since)
        _pace.since = time.perf_counter()
