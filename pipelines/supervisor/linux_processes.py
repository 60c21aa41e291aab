"""Ends all descendants, also orphans: the Linux kernel makes this process their parent (a "subreaper")."""

import ctypes
import os
import time
from contextlib import suppress

import psutil

PR_SET_CHILD_SUBREAPER = 36
KILL_SECONDS = 20.0  # a killed process ends when its memory is given back and no disk is waited for
_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own: set[int]) -> None:
    """End adopted processes that are not ``own`` children, because the component that should end them has ended."""
    for child in psutil.Process().children():
        if child.pid in own:
            continue
        with suppress(psutil.NoSuchProcess):
            _kill([*child.children(recursive=True), child])
        with suppress(psutil.TimeoutExpired):
            child.wait(timeout=KILL_SECONDS)


def end_descendants(grace: float) -> list[int]:
    """Wait for every descendant to end, for ``grace`` seconds; then kill what is left, and wait until it is gone.

    An orphan becomes a child of this process (``adopt_orphans``), so all are gone when the kernel knows no child. A
    look at the list of processes would not do: it misses the children of one that ends meanwhile, and calls a process
    ended whose first thread is gone while others still give back its memory.

    Returns:
        ids of the processes that did not end even so.
    """
    kill_from = time.monotonic() + grace
    while not (gone := _bury_all()) and time.monotonic() < kill_from + KILL_SECONDS:
        if time.monotonic() >= kill_from:
            _kill(psutil.Process().children(recursive=True))
        time.sleep(0.02)
    return [] if gone else [each.pid for each in psutil.Process().children(recursive=True)]


def _kill(processes: list[psutil.Process]) -> None:
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            each.kill()


def _bury_all() -> bool:
    """Take note of the children that have ended; whether that were all, and so all descendants."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return False
    return True
