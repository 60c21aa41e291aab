"""Counts clicks and clears rows in compiled code: the same sums as the array operations in ``news/counting``."""

import ctypes
from array import array
from collections.abc import Sequence
from functools import cache
from struct import Struct
from typing import Any

import numpy as np

from script_shared.arrays import Float32s, IntArray, UInt8s
from script_shared.compiled.addresses import FLOAT32, FLOAT64, INT64, UINT8, address
from script_shared.compiled.count_tables import (
    CellsStructure,
    PairTableStructure,
    Tables,
    TableStructure,
    cells_of,
    pair_table_of,
    table_of,
)
from script_shared.compiled.library import load

POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int64
MOST_WINDOWS = 16  # as in counts.c
_click = Struct("=qdqqqqqQqq")  # ``Click`` in counts.c


class _Counts(ctypes.Structure):
    """``Counts`` in counts.c."""

    _fields_ = (
        ("rows", NUMBER),
        ("half_lives", NUMBER),
        *((name, POINTER) for name in ("half_lives_ms", "landmarks", "amounts")),
        *((name, TableStructure) for name in Tables._fields[:3]),
        *((name, PairTableStructure) for name in Tables._fields[3:7]),
        ("cells", CellsStructure),
    )


class ClickCounter:
    """Counts clicks in the stores of one live state.

    Args:
        tables: the stores; they must keep these arrays while the counter is in use.
        half_lives_ms: half-life of each window, milliseconds.
        amounts: float32 (8), weight of a pair by the number of steps back in the visit.
    """

    def __init__(self, tables: Tables, half_lives_ms: Sequence[float], amounts: "array[float]") -> None:
        self._code, _ = _functions()
        self._tables = tables
        self._half_lives, self._landmarks = np.array(half_lives_ms), np.zeros(len(half_lives_ms), np.int64)
        self._amounts = np.array(amounts, np.float32)
        self._windows = [np.array(table.windows, np.int64) for table in tables[:7]]
        self._counts = _Counts(
            tables.overall.sums.shape[2],
            len(half_lives_ms),
            address(self._half_lives, FLOAT64),
            address(self._landmarks, INT64),
            address(self._amounts, FLOAT32),
            *map(table_of, tables[:3], self._windows[:3]),
            *map(pair_table_of, tables[3:7], self._windows[3:]),
            cells_of(tables.cells),
        )
        self._pointer = ctypes.addressof(self._counts)
        self._click = ctypes.create_string_buffer(_click.size)
        self._click_pointer = ctypes.addressof(self._click)

    @classmethod
    def of(cls, tables: Tables, half_lives_ms: Sequence[float], amounts: "array[float]") -> "ClickCounter | None":
        """Create one; None if the C code was not built."""
        return (
            None if _functions() is None or len(half_lives_ms) > MOST_WINDOWS else cls(tables, half_lives_ms, amounts)
        )

    def counts_in(self, tables: Tables) -> bool:
        """Whether this counter writes to the arrays of these stores."""
        same = all(
            mine.sums is other.sums and mine.bits is other.bits
            for mine, other in zip(self._tables[:3], tables[:3], strict=True)
        )
        return same and self._tables.cells.slots is tables.cells.slots

    def move_landmarks(self, landmarks: Sequence[int]) -> None:
        """Set the landmarks.

        Args:
            landmarks: one for each half-life, epoch milliseconds, UTC.
        """
        self._landmarks[:] = landmarks

    def count(
        self,
        time_ms: int,
        weight: float,
        row: int,
        codes: "array[int]",
        cluster: int,
        reads: bytes,
        depth: int,
        row_of: "array[int]",
    ) -> None:
        """Count a click, and its pairs with what the user read before.

        Args:
            time_ms: of the click, epoch milliseconds, UTC.
            weight: how much it counts, above 0.
            row: of its article.
            codes: int16, groups of the user; the first two are everybody and the region.
            cluster: place of the user's cluster among the trends, -1 for none.
            reads: uint32, numbers of the articles that the user read, latest last; empty to count no pairs.
            depth: how many of these reads belong to the current visit.
            row_of: int32, the row of each article, -1 for none.

        Raises:
            IndexError: the row, a group or an article does not exist.
        """
        rows, numbers = row_of.buffer_info()
        named, count = codes.buffer_info()
        _click.pack_into(
            self._click, 0, time_ms, weight, row, codes[1] - 1, cluster, depth, len(reads) >> 2, rows, numbers, count
        )
        if self._code(self._pointer, self._click_pointer, named, reads):
            raise IndexError("a row, a group or an article does not exist")


def clear_rows(sums: Float32s, steps: tuple[int, int], bits: UInt8s, rows: IntArray) -> bool:
    """In some rows, clear the cells whose bits are set, and the bits; False if the C code was not built.

    Args:
        sums: float32 (tables, a, b), changed in place.
        steps: distance of two rows and of two columns in ``sums``, in numbers; rows are one of the axes a and b.
        bits: uint8 (rows, bytes), the lowest bit of a byte first.
        rows: int (n).

    Raises:
        IndexError: a row does not exist.
    """
    if (functions := _functions()) is None:
        return False
    chosen = np.ascontiguousarray(rows, np.int64)
    if len(chosen) and not 0 <= int(chosen.min()) <= int(chosen.max()) < len(bits):
        raise IndexError("a row does not exist")
    tables, size = len(sums), sums[0].size
    of_sums, of_bits = address(sums, FLOAT32), address(bits, UINT8)
    functions[1](of_sums, tables, size, *steps, of_bits, bits.shape[1], address(chosen, INT64), len(chosen))
    return True


@cache
def _functions() -> Any:
    """Both functions of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    count, clear = library.count_click, library.clear_rows
    count.argtypes, count.restype = [POINTER, POINTER, POINTER, ctypes.c_char_p], NUMBER
    clear.argtypes = [POINTER, NUMBER, NUMBER, NUMBER, NUMBER, POINTER, NUMBER, POINTER, NUMBER]
    clear.restype = None
    return count, clear
