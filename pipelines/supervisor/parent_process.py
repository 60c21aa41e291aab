"""Runs the supervisor under a small parent, so that nothing is left behind even when one of the two is killed.

The guard is the process that people see: it passes signals on, and when the supervisor has ended, by itself or by
SIGKILL, it ends every process that is left. When the guard is killed, the kernel tells the supervisor to stop.
"""

import os
import signal
import sys
from collections.abc import Callable

from pipelines.supervisor.linux_processes import adopt_orphans, end_descendants
from script_shared.parent import end_with_parent

GRACE_SECONDS = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(BaseException):
    """A request to stop the supervisor; not an error, so that only the session catches it."""


def stop_on_signals() -> None:
    """From now on a signal raises StopRequestedError, once."""

    def stop(*_: object) -> None:
        ignore_signals()
        raise StopRequestedError

    for number in SIGNALS:
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Ignore signals from now on: the supervisor is stopping already."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def run_guarded(supervise: Callable[[], int]) -> int:
    """Call ``supervise`` in a child process; returns its exit code, or 128 + the signal that ended it.

    Args:
        supervise: gives the exit code of the child.
    """
    adopt_orphans()
    guard = os.getpid()
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    child = os.fork()
    if child == 0:
        os.setsid()  # Ctrl-C at the terminal reaches the guard alone, which passes it on once
        end_with_parent(guard)
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)
        adopt_orphans()
        sys.exit(supervise())
    for number in SIGNALS:
        signal.signal(number, lambda received, _: os.kill(child, received))
    signal.pthread_sigmask(signal.SIG_SETMASK, previous)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end_descendants(GRACE_SECONDS if code < 0 else 0.0)
    return code if code >= 0 else 128 - code
