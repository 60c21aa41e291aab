"""Signals: the first one stops everything in good order, a second one at once."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(BaseException):
    """Somebody asked the supervisor to stop; no error, so that nothing but the session catches it."""


def stop_on_signals() -> None:
    """From now on a signal raises StopRequestedError, once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise StopRequestedError

    for number in SIGNALS:
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Signals do nothing from now on: what they ask for is under way."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
