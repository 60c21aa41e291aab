"""Keeps the memory of a serving process small."""

import asyncio
import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np

from script_shared.mapped_files import drop_pages

M_MMAP_THRESHOLD = -3  # of glibc's mallopt(3)
LARGE_BYTES = 256 * 1024
MOST_MAPPED = 256 << 20  # bytes of mapped files in a process; all lists touch about 100 MB of them
LOOK_SECONDS = 1.0
_STATM = Path("/proc/self/statm")
NOT_SERVED_WITH = ("sklearn", "pandas")


def give_back_large() -> None:
    """Let every array of a release that has gone return to the system; on systems without glibc nothing happens.

    Left to itself, glibc raises the size from which it returns memory at once with every large array that is freed, and
    each release taken into service leaves the process some 50 MB larger than the one before.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def import_lightgbm() -> None:
    """Import LightGBM, where it is installed, without the interfaces that serving does not use.

    It imports scikit-learn and pandas for those where it finds them, which takes 0.9 s and 130 MB in each process.
    """
    absent = [name for name in NOT_SERVED_WITH if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: as if it were not installed
    with contextlib.suppress(ImportError), _without_f2py():
        import lightgbm  # noqa: F401
    for name in absent:
        del sys.modules[name]


@contextlib.contextmanager
def _without_f2py() -> Iterator[None]:
    """Keep scipy from importing numpy's Fortran compiler, which it never calls; that takes 70 ms and 6 MB."""
    if "numpy.f2py" in sys.modules:
        yield
        return
    np.f2py = ModuleType("numpy.f2py")  # scipy imports everything that numpy lists
    try:
        yield
    finally:
        del np.f2py


def keep_imports() -> None:
    """Switch garbage collection on, and exclude what was imported from collections.

    Imports leave little garbage, so nothing is collected before, which would take 0.15 s.
    """
    gc.freeze()
    gc.enable()


class MappedFiles:
    """Keeps few pages of the release's files in this process; they stay in the page cache of the system."""

    def __init__(self) -> None:
        self._libraries = mapped_bytes()

    def look(self) -> None:
        """Drop the pages that are unlikely to be read again, if there are many."""
        if mapped_bytes() - self._libraries > MOST_MAPPED:
            drop_pages(scattered=True)

    async def watch(self) -> None:
        """Look once a second until cancelled."""
        while _STATM.exists():
            self.look()
            await asyncio.sleep(LOOK_SECONDS)


def mapped_bytes() -> int:
    """Bytes of files in the memory of this process, libraries too; 0 on systems without ``/proc``."""
    try:
        return int(_STATM.read_text().split()[2]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
