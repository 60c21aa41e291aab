"""Finds the highest of many scores in compiled code."""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from script_shared.arrays import Float32s, Int64s
from script_shared.compiled.addresses import FLOAT32, INT64, address
from script_shared.compiled.library import load

POINTER, NUMBER, REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float


def best_places(scores: Float32s, most: int, floor: float) -> Int64s | None:
    """int64 (at most ``most``): places of the highest scores, highest first; None if the C code was not built.

    Args:
        scores: float32 (m); the lower place wins ties.
        most: how many places to find, 0 or more.
        floor: only scores above it count.
    """
    if (code := _code()) is None:
        return None
    scores, most = np.ascontiguousarray(scores), max(0, min(most, len(scores)))
    kept, places = np.empty(most, np.float32), np.empty(most, np.int64)
    of, to, at = address(scores, FLOAT32), address(kept, FLOAT32), address(places, INT64)
    return places[: code(of, len(scores), floor, most, to, at)]


@cache
def _code() -> Any:
    """The function of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    code = library.find_best
    code.argtypes, code.restype = [POINTER, NUMBER, REAL, NUMBER, POINTER, POINTER], NUMBER
    return code
