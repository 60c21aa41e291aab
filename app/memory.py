"""How the process asks the system for memory."""

import ctypes

M_MMAP_THRESHOLD = -3  # of glibc's mallopt(3)
LARGE_BYTES = 256 * 1024


def give_back_large() -> None:
    """Let every array of a release that has gone return to the system; on systems without glibc nothing happens.

    Left to itself, glibc raises the size from which it returns memory at once with every large array that is freed, and
    each release taken into service leaves the process some 50 MB larger than the one before.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
