"""Runs the supervisor under a small parent, so that nothing is left behind even when one of the two is killed.

The guard is the process that people see: it passes signals on, and when the supervisor has ended, by itself or by
SIGKILL, it ends every process that is left. When the guard is killed, the kernel tells the supervisor to stop.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from pipelines.supervisor.linux_processes import adopt_orphans, end_descendants
from pipelines.supervisor.signals import SIGNALS
from script_shared.parent import end_with_parent

GRACE_SECONDS = 10.0


def guarded(supervise: Callable[[], int]) -> int:
    """Call ``supervise`` in a child process; returns its exit code, or 128 + the signal that ended it."""
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

    def pass_on(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in SIGNALS:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, previous)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end_descendants(GRACE_SECONDS if code < 0 else 0.0)
    return code if code >= 0 else 128 - code
