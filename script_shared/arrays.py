"""Fitted state on disk: arrays, strings and ids, one plain .npy file each, mapped into memory when read."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from script_shared.errors import ReleaseCorruptError
from script_shared.mapped_files import FileRows, note_map

IntArray = npt.NDArray[np.integer[Any]]  # any width: for parameters that accept all of them
FloatArray = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
Int8s = npt.NDArray[np.int8]
Int16s = npt.NDArray[np.int16]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64 | np.intp]  # one type on 64 bits; NumPy's type stubs have two, one of them for indices
UInt8s = npt.NDArray[np.uint8]
UInt16s = npt.NDArray[np.uint16]
UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]
Float16s = npt.NDArray[np.float16]
Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
_HEADER_BYTES = 128  # of a .npy file that holds no element


def save_arrays(folder: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write each array to ``folder/<name>.npy``; the folder is made when missing.

    Args:
        folder: where the files are written; files of other names stay.
        arrays: arrays of any shape and dtype but ``object``, by the name of their file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)


def load_array(folder: Path, name: str) -> npt.NDArray[Any]:
    """Map ``folder/<name>.npy`` read-only into memory.

    Args:
        folder: where ``save_arrays`` wrote.
        name: of the file, without ``.npy``.

    Returns:
        the array with the shape and dtype that were saved. It is read-only.

    Raises:
        ReleaseCorruptError: the file is missing, or holds anything but a plain array.
    """
    path = folder / f"{name}.npy"
    try:
        mode: Literal["r"] | None = None if path.stat().st_size <= _HEADER_BYTES else "r"  # nothing cannot be mapped
        array: npt.NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = f"{path}: not a readable array ({error})."
        raise ReleaseCorruptError(message, fix="Publish the release again.") from error
    note_map(array)
    return np.asarray(array)  # a plain view of the map: slicing it is several times faster


class Strings:
    """Many strings as one UTF-8 block and its offsets: a tenth of the memory of Python strings, mapped from disk.

    >>> titles = Strings.of(["chuva", "", "eleição"])
    >>> titles[2], len(titles)
    ('eleição', 3)
    """

    def __init__(self, block: IntArray, offsets: IntArray, rows: FileRows | None = None) -> None:
        self.block = block
        self.offsets = offsets
        self._read = rows.read if rows is not None else None

    @classmethod
    def of(cls, values: Sequence[str]) -> "Strings":
        """Pack texts, each row its position.

        Args:
            values: texts without surrogates.
        """
        encoded = [value.encode() for value in values]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(value) for value in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return bytes(self.block[self.offsets[row] : self.offsets[row + 1]]).decode()

    def is_at(self, row: int, value: str) -> bool:
        """Whether a text is the one of a row; cheaper than to read that one."""
        start, end = self.offsets.item(row), self.offsets.item(row + 1)
        encoded = value.encode()
        if len(encoded) != end - start:
            return False
        return (self._read(start, end) if self._read is not None else self.block[start:end]).tobytes() == encoded

    def tolist(self) -> list[str]:
        """All of them as Python strings, decoded in one go."""
        block = np.asarray(self.block).tobytes()
        return [block[start:end].decode() for start, end in pairwise(self.offsets.tolist())]

    def save(self, folder: Path, name: str) -> None:
        """Write them into a folder, which ``load`` reads.

        Args:
            folder: made when missing.
            name: the files begin with it.
        """
        save_arrays(folder, {f"{name}.block": self.block, f"{name}.offsets": self.offsets})

    @classmethod
    def load(cls, folder: Path, name: str, *, scattered: bool = False) -> "Strings":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            name: as given to ``save``.
            scattered: read texts that are compared from the file, because few of them are read twice.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        block = load_array(folder, f"{name}.block")
        return cls(block, load_array(folder, f"{name}.offsets"), FileRows(block) if scattered else None)


def _digest(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "little")


class IdIndex:
    """Finds the row of an id: binary search over 64-bit hashes, the id itself compared at the end.

    >>> index = IdIndex.of(["a", "b"])
    >>> index.row("b"), index.row("z"), index.ids[0]
    (1, -1, 'a')
    """

    def __init__(self, ids: Strings, hashes: IntArray, rows: IntArray) -> None:
        self.ids = ids
        self._hashes, self._plain = hashes, memoryview(hashes)  # type: ignore[arg-type]
        self._rows = rows
        self._last = ("", -1) if len(hashes) == 0 else (ids[0], 0)  # a request looks up one user several times

    @classmethod
    def of(cls, ids: Sequence[str]) -> "IdIndex":
        """Index the ids, each row its position; ids must be unique.

        Args:
            ids: n different texts.
        """
        hashes = np.fromiter((_digest(value) for value in ids), np.uint64, len(ids))
        order = np.argsort(hashes, kind="stable")
        return cls(Strings.of(ids), hashes[order], order.astype(np.uint32))

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, value: str) -> int:
        """The row of ``value``, or -1 when it is not there.

        Args:
            value: compared as a whole; case matters.
        """
        last, row = self._last
        if last != value:
            row = self._find(value)
            self._last = (value, row)
        return row

    def _find(self, value: str) -> int:
        digest, hashes = _digest(value), self._plain
        place = bisect_left(hashes, digest)  # takes a third of numpy's time for a single number
        while place < len(hashes) and hashes[place] == digest:
            row = int(self._rows[place])
            if self.ids.is_at(row, value):
                return row
            place += 1
        return -1

    def rows(self, values: Sequence[str]) -> IntArray:
        """int64: the row of each value, -1 where it is not there; many at once cost a fifth of one by one.

        Args:
            values: n texts, which may repeat.

        Returns:
            int64 (n).
        """
        digests = np.fromiter((_digest(value) for value in values), np.uint64, len(values))
        places = np.searchsorted(self._hashes, digests)
        at = np.flatnonzero(places < len(self._hashes))
        at = at[self._hashes[places[at]] == digests[at]]
        rows, found = self._rows[places[at]].astype(np.int64), np.full(len(values), -1, np.int64)
        for place, row, same in zip(at.tolist(), rows.tolist(), self._same(values, at, rows), strict=True):
            found[place] = row if same else self.row(values[place])
        return found

    def _same(self, values: Sequence[str], at: IntArray, rows: IntArray) -> list[bool]:
        """Whether each row has the id of the value at its place; two ids in thousands of millions share a hash."""
        offsets, block = self.ids.offsets, memoryview(self.ids.block)  # type: ignore[arg-type]
        spans = zip(at.tolist(), offsets[rows].tolist(), offsets[rows + 1].tolist(), strict=True)
        return [block[start:end] == values[place].encode() for place, start, end in spans]

    def save(self, folder: Path, name: str) -> None:
        """Write it into a folder, which ``load`` reads.

        Args:
            folder: made when missing.
            name: the files begin with it.
        """
        self.ids.save(folder, name)
        save_arrays(folder, {f"{name}.hashes": self._hashes, f"{name}.rows": self._rows})

    @classmethod
    def load(cls, folder: Path, name: str, *, scattered: bool = False) -> "IdIndex":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            name: as given to ``save``.
            scattered: as in ``Strings.load``.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        ids = Strings.load(folder, name, scattered=scattered)
        return cls(ids, load_array(folder, f"{name}.hashes"), load_array(folder, f"{name}.rows"))
