"""Finds a request's candidates in compiled code: the same ones as the array operations in ``ranking/candidates.py``."""

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from script_shared.arrays import Bools, Float32s, Float64s, Int16s, Int64s
from script_shared.compiled.addresses import BOOL, FLOAT32, FLOAT64, INT16, INT64, address
from script_shared.compiled.library import load

FRESH_KEPT = 10  # as in candidates.c
POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int64
NONE = np.zeros(0, np.int64)


class Counts(NamedTuple):
    """What the live state knows of the article in each row.

    Attributes:
        number_in, clicks: int64 (used); first_ms: float64 (used); as in ``state/articles.py``.
        now, hour: float32 (used), clicks of ten minutes and of an hour.
        now_total, hour_total: float32, the same for all articles together.
        together, following: float32 (used), weights of articles read with or after the visit's; None without a visit.
        later: float32 (used), weights of articles read in a later visit; None without earlier reads.
    """

    number_in: Int64s
    first_ms: Float64s
    clicks: Int64s
    now: Float32s
    hour: Float32s
    now_total: np.float32
    hour_total: np.float32
    together: Float32s | None
    following: Float32s | None
    later: Float32s | None


class _State(ctypes.Structure):
    """``State`` in candidates.c."""

    _fields_ = (
        ("used", NUMBER),
        *((name, POINTER) for name in ("number_in", "first_ms", "clicks", "now", "hour")),
        *((name, ctypes.c_float) for name in ("now_total", "hour_total")),
        *((name, POINTER) for name in ("together", "following", "later")),
    )


def find_candidates(
    counts: Counts, read: Int64s, within: Bools | None, since_ms: float, count: int, extra: Sequence[tuple[Int64s, int]]
) -> tuple[Int64s, Float32s, Int16s] | None:
    """Rows, mix and sources of a request's candidates; None if the C code was not built.

    Args:
        counts: of the live state.
        read: int64, rows to leave out.
        within: bool (used), rows that may be candidates; None for all.
        since_ms: articles published after this moment may be fresh, epoch milliseconds.
        count: how many rows with the highest mix to find.
        extra: rows that other parts add, int64, and the bits of their sources.

    Returns:
        int64 (m), float32 (m) and int16 (m), as in :class:`Candidates`.

    Raises:
        IndexError: a row does not exist, or ``within`` has the wrong length.
        MemoryError: there is no memory left.
    """
    if (code := _code()) is None:
        return None
    if within is not None and len(within) != len(counts.number_in):
        raise IndexError("the length of within is not the number of rows of the live state")
    brought = np.concatenate([NONE, *(rows for rows, _ in extra)])
    bits, end = np.empty(len(brought), np.int16), 0
    for each, bit in extra:
        bits[end : end + len(each)] = bit
        end += len(each)
    most = count + len(brought) + FRESH_KEPT
    rows, mix, sources = np.empty(most, np.int64), np.empty(most, np.float32), np.empty(most, np.int16)
    m = code(
        ctypes.byref(_state(counts)),
        address(read, INT64),
        len(read),
        None if within is None else address(within, BOOL),
        since_ms,
        count,
        address(brought, INT64),
        address(bits, INT16),
        len(brought),
        address(rows, INT64),
        address(mix, FLOAT32),
        address(sources, INT16),
    )
    if m < 0:
        raise MemoryError if m == -1 else IndexError("a row is not one of the live state")
    return rows[:m], mix[:m], sources[:m]


def _state(of: Counts) -> _State:
    return _State(
        len(of.number_in),
        address(of.number_in, INT64),
        address(of.first_ms, FLOAT64),
        address(of.clicks, INT64),
        address(of.now, FLOAT32),
        address(of.hour, FLOAT32),
        of.now_total,
        of.hour_total,
        *(None if each is None else address(each, FLOAT32) for each in (of.together, of.following, of.later)),
    )


@cache
def _code() -> Any:
    """The function of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    code = library.find_candidates
    code.argtypes = [POINTER, POINTER, NUMBER, POINTER, ctypes.c_double, NUMBER, POINTER, POINTER, NUMBER]
    code.argtypes += [POINTER, POINTER, POINTER]
    code.restype = NUMBER
    return code
