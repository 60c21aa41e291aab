"""The process that started this one: when it ends, this one is to end as well."""

import ctypes
import os
import signal
import sys

VARIABLE = "_PAUTA_PARENT"  # environment variable that names the parent's process id to its children
PR_SET_PDEATHSIG = 1


def child_environment() -> dict[str, str]:
    """The environment variable by which a child of this process knows its parent."""
    return {VARIABLE: str(os.getpid())}


def end_with_named_parent(number: int = signal.SIGTERM) -> None:
    """Call ``end_with_parent`` where the environment names the parent; nothing happens elsewhere.

    Args:
        number: the signal that this process gets when the parent ends.
    """
    if parent := os.environ.get(VARIABLE):
        end_with_parent(int(parent), number)


def end_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Get a signal when the parent ends, however it ends, or at once when it has ended already; only on Linux.

    The kernel counts the end of the thread that started this process as the end of the parent.

    Args:
        parent: process id of the parent.
        number: the signal.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew of our wish
        os.kill(os.getpid(), number)
