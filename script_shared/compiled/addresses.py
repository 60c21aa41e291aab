"""Addresses of arrays, as arguments of compiled code."""

from ctypes import addressof, c_char
from typing import Any

import numpy as np
import numpy.typing as npt

BOOL, INT16, INT32, INT64 = np.dtype(bool), np.dtype(np.int16), np.dtype(np.int32), np.dtype(np.int64)
UINT8, UINT16, UINT32 = np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.uint32)
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def address(array: npt.NDArray[Any], dtype: np.dtype[Any]) -> int:
    """The address of an array's first number; six times as fast as ``array.ctypes.data``.

    Args:
        array: C-contiguous; keep a reference to it while the code uses it.
        dtype: the dtype that the code expects.

    Returns:
        the address; 0 for an empty array.

    Raises:
        TypeError: the array has another dtype, or is not contiguous.
    """
    if array.dtype != dtype:
        raise TypeError(f"the compiled code expects {dtype}, not {array.dtype}")
    if not array.size:
        return 0
    try:
        return addressof(c_char.from_buffer(array))  # type: ignore[arg-type]
    except TypeError:  # read-only, such as a mapped file, or not contiguous
        if not array.flags.c_contiguous:
            raise
        return int(array.ctypes.data)
