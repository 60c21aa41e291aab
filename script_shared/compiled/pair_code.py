"""Adds up rows of a table of pairs in compiled code."""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from script_shared.arrays import Float32s, Int32s, Int64s, IntArray
from script_shared.compiled.addresses import FLOAT32, INT32, INT64, address
from script_shared.compiled.library import load

POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Pairs(ctypes.Structure):
    """``Pairs`` in pairs.c."""

    _fields_ = (*((name, NUMBER) for name in ("rows", "width")), *((name, POINTER) for name in ("slots", "values")))


class PairSums:
    """Adds up rows of a table of pairs.

    Args:
        slots: int32 (rows, rows), the place of each pair in ``values``.
        values: float32 (places, windows).
    """

    def __init__(self, slots: Int32s, values: Float32s) -> None:
        self._arrays = slots, values  # the addresses are valid only while the arrays exist
        pairs = _Pairs(len(slots), values.shape[1], address(slots, INT32), address(values, FLOAT32))
        self._code, self._pairs, self._pointer = _code(), pairs, ctypes.addressof(pairs)

    @classmethod
    def of(cls, slots: Int32s, values: Float32s) -> "PairSums | None":
        """Create one; None if the C code was not built."""
        return None if _code() is None else cls(slots, values)

    def sum(self, befores: IntArray, used: int, windows: Int64s, coefficients: Float32s) -> Float32s:
        """float32 (outputs, used): for each ``after`` row, the sum of coefficient x value over ``befores``, in order.

        Args:
            befores: int (k).
            used: number of ``after`` rows.
            windows: int64 (outputs), the window of each row of sums.
            coefficients: float32 (outputs, k).

        Raises:
            IndexError: a row or a window does not exist.
        """
        chosen = np.ascontiguousarray(befores, np.int64)
        sums = np.zeros((len(windows), used), np.float32)
        of_rows, of_windows, by = address(chosen, INT64), address(windows, INT64), address(coefficients, FLOAT32)
        to = address(sums, FLOAT32)
        if self._code(self._pointer, of_rows, len(chosen), used, of_windows, len(windows), by, to):
            raise IndexError("a row or a window does not exist")
        return sums


@cache
def _code() -> Any:
    """The function of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    code = library.sum_pairs
    code.argtypes = [POINTER, POINTER, NUMBER, NUMBER, POINTER, NUMBER, POINTER, POINTER]
    code.restype = NUMBER
    return code
