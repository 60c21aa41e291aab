"""The stores that count clicks, as structures for compiled code."""

import ctypes
from collections.abc import Sequence
from typing import NamedTuple

from script_shared.arrays import Float32s, FloatArray, Int32s, Int64s, UInt8s
from script_shared.compiled.addresses import FLOAT32, FLOAT64, INT32, INT64, UINT8, address

POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int64


class Table(NamedTuple):
    """A store of sums.

    Attributes:
        windows: places of its half-lives.
        sums: float32 (windows, groups, rows).
        totals: float64 (windows, groups).
        bits: uint8 (rows, bytes), the groups in which a row was counted.
    """

    windows: Sequence[int]
    sums: Float32s
    totals: FloatArray
    bits: UInt8s


class PairTable(NamedTuple):
    """A store of pairs.

    Attributes:
        windows: places of its half-lives.
        first: place of its first window in the cells.
        totals: float32 (windows, rows).
    """

    windows: Sequence[int]
    first: int
    totals: Float32s


class Cells(NamedTuple):
    """The pairs of all stores, see ``pair_cells.py``.

    Attributes:
        slots: int32 (rows, rows), slot of each pair, 0 for none.
        values: float32 (slots, windows).
        counts: int64 (2), how many slots were ever in use, and how many were given back.
        free: int32, the slots that were given back.
        bits: uint8 (rows, bytes), for each ``after`` row, the ``before`` rows with which it was counted.
    """

    slots: Int32s
    values: Float32s
    counts: Int64s
    free: Int32s
    bits: UInt8s


class Tables(NamedTuple):
    """All stores in which a click is counted, see ``state_counts.py``."""

    overall: Table
    groups: Table
    trends: Table
    together: PairTable
    following: PairTable
    onward: PairTable
    later: PairTable
    cells: Cells


class TableStructure(ctypes.Structure):
    """``Table`` in counts.c."""

    _fields_ = (
        ("windows", NUMBER),
        *((name, POINTER) for name in ("half_lives", "sums", "totals", "bits")),
        *((name, NUMBER) for name in ("width", "groups")),
    )


class PairTableStructure(ctypes.Structure):
    """``PairTable`` in counts.c."""

    _fields_ = (
        *((name, NUMBER) for name in ("windows", "first")),
        *((name, POINTER) for name in ("half_lives", "totals")),
    )


class CellsStructure(ctypes.Structure):
    """``Cells`` in counts.c."""

    _fields_ = (
        *((name, POINTER) for name in ("slots", "values", "counts", "free", "bits")),
        *((name, NUMBER) for name in ("windows", "width")),
    )


def table_of(table: Table, windows: Int64s) -> TableStructure:
    """The structure of a store for ``counts.c``; the store and ``windows`` must outlive it."""
    return TableStructure(
        len(windows),
        address(windows, INT64),
        address(table.sums, FLOAT32),
        address(table.totals, FLOAT64),
        address(table.bits, UINT8),
        table.bits.shape[1],
        table.sums.shape[1],
    )


def pair_table_of(table: PairTable, windows: Int64s) -> PairTableStructure:
    """The structure of a store of pairs."""
    return PairTableStructure(len(windows), table.first, address(windows, INT64), address(table.totals, FLOAT32))


def cells_of(cells: Cells) -> CellsStructure:
    """The structure of the pairs."""
    return CellsStructure(
        address(cells.slots, INT32),
        address(cells.values, FLOAT32),
        address(cells.counts, INT64),
        address(cells.free, INT32),
        address(cells.bits, UINT8),
        cells.values.shape[1],
        cells.bits.shape[1],
    )
