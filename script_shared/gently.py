"""Work in a thread beside requests, which need the same interpreter: after every little piece the thread rests.

>>> with gently(2.0):
...     for piece in range(3):
...         breathe()  # sleeps twice as long as the piece took
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class _Pace(threading.local):
    rest = 0.0
    since = 0.0


_pace = _Pace()


@contextmanager
def gently(rest: float) -> Iterator[None]:
    """What this thread does in the block rests, at every :func:`breathe`, ``rest`` times as long as it worked."""
    _pace.rest, _pace.since = rest, time.perf_counter()
    try:
        yield
    finally:
        _pace.rest = 0.0


def breathe() -> None:
    """Rest after a piece of work; returns at once in a thread that need not be gentle."""
    if _pace.rest:
        time.sleep(_pace.rest * (time.perf_counter() - _pace.since))
        _pace.since = time.perf_counter()
