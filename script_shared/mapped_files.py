"""Files that are mapped into memory, whose pages a process can drop when it does not need them."""

import mmap
import os
from threading import Lock
from typing import Any
from weakref import WeakSet, finalize

import numpy as np
import numpy.typing as npt

from script_shared.errors import ReleaseCorruptError
from script_shared.throttle import yield_cpu

DROPPED_BYTES = 8 << 20  # at once; dropping them keeps the interpreter for about a millisecond
_maps: "WeakSet[mmap.mmap]" = WeakSet()
_scattered: "WeakSet[mmap.mmap]" = WeakSet()
_lock = Lock()


def note_map(array: npt.NDArray[Any]) -> None:
    """Note a mapped file.

    Args:
        array: as ``np.load`` returns it; one that is not mapped is ignored.
    """
    if (found := _map_of(array)) is not None:
        with _lock:
            _maps.add(found)


def note_scattered(*arrays: npt.NDArray[Any]) -> None:
    """Note mapped files of which each request reads a different small part, so few pages are read twice.

    Args:
        arrays: from ``load_array``; those that are not mapped are ignored.
    """
    with _lock:
        _scattered.update(found for array in arrays if (found := _map_of(array)) is not None)


def drop_pages(*, scattered: bool) -> None:
    """Drop pages of mapped files from this process; later reads get them from the system's page cache.

    Every read maps the 16 pages around it, so after a while nearly all of a file is mapped and counts as memory of
    the process.

    Args:
        scattered: only files noted by ``note_scattered``; otherwise all.
    """
    with _lock:
        maps = list(_scattered if scattered else _maps)
    for each in maps:
        for start in range(0, len(each), DROPPED_BYTES):
            each.madvise(mmap.MADV_DONTNEED, start, min(DROPPED_BYTES, len(each) - start))
            yield_cpu()


class FileRows:
    """Reads rows of an array from its file, so that no pages are mapped for them. It takes as long as a mapped read.

    Args:
        array: (n, ...), as ``load_array`` returns it; rows of one that is not mapped are taken from memory.
    """

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array, self._file = array, -1
        mapped = array if isinstance(array, np.memmap) else array.base
        if isinstance(mapped, np.memmap) and mapped.shape == array.shape and array.flags.c_contiguous:
            self._name = str(mapped.filename)
            self._file, self._start = os.open(self._name, os.O_RDONLY), mapped.offset
            self._row_bytes, self._shape = array.nbytes // len(array), (-1, *array.shape[1:])
            finalize(self, os.close, self._file)

    def read(self, first: int, stop: int) -> npt.NDArray[Any]:
        """(stop - first, ...): some rows, read-only.

        Args:
            first, stop: 0 <= first <= stop <= n.

        Raises:
            ReleaseCorruptError: the file has become shorter.
        """
        if self._file < 0 or first >= stop:
            return self._array[first:stop]
        size = self._row_bytes
        block = os.pread(self._file, (stop - first) * size, self._start + first * size)
        if len(block) != (stop - first) * size:
            raise ReleaseCorruptError(
                f"{self._name}: the file is shorter than it was when it was opened.", fix="Fetch the release again."
            )
        rows = np.frombuffer(block, self._array.dtype)
        return rows if len(self._shape) == 1 else rows.reshape(self._shape)


def _map_of(array: npt.NDArray[Any]) -> mmap.mmap | None:
    """The map below an array or a plain view of it."""
    mapped = array if isinstance(array, np.memmap) else array.base
    return getattr(mapped, "_mmap", None)
