"""Signals: the first one stops everything cleanly, a second one at once."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(BaseException):
    """A request to stop the supervisor; not an error, so that only the session catches it."""


def stop_on_signals() -> None:
    """From now on a signal raises StopRequestedError, once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise StopRequestedError

    for number in SIGNALS:
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Ignore signals from now on: the supervisor is stopping already."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
