"""Computes the features of candidates in compiled code: the same as the array operations in ``features.py``."""

import ctypes
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from script_shared.arrays import Float32s, Float64s, Int32s, Int64s
from script_shared.compiled.addresses import FLOAT32, FLOAT64, INT32, INT64, address
from script_shared.compiled.library import load

POINTER, NUMBER, REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float
LOGS = 7 + 3 + 3 * 11 + 4 + 2  # rows of logarithms, as in features.c
EXTRA = (
    "next_share",
    "mix",
    "next_evidence",
    "taste_share_gap",
    "reads",
    "taste_share",
    "last_share",
    "segment",
    "section_liking",
)  # rows after those of the table of inputs, as in features.c
EVIDENCE = EXTRA.index("next_evidence")


class Sums(NamedTuple):
    """The inputs of the features of m candidates.

    Attributes:
        used: rows of the live state.
        rows: int64 (m); mix: float32 (m).
        overall: float32 (7, 1, capacity); groups: float32 (3, groups, capacity), decayed clicks.
        codes: int64 (12), the code of everybody, then that of the user's group in each dimension.
        overall_totals: float32 (7); factors: float32 (3); group_totals: float32 (3, 12).
        together, following, onward, later: float32 (2, 3, 1 and 2, used), as in ``Signals``; None for zeros.
        after_last: float32 (used or more), weights of articles read after the visit's last one; None without one.
        after_factor, followed: the factor of ``after_last``, and how often another article was read after that one.
        listed_rows, listed_places: int64 (k); listed_scores: float32 (k), the list of the segment's model.
        sections: int32 (used or more); liking: float64 (sections); None if the liking is unknown.
        reads, taste_share, last_share, segment: the same for all candidates.
    """

    used: int
    rows: Int64s
    mix: Float32s
    overall: Float32s
    groups: Float32s
    codes: Int64s
    overall_totals: Float32s
    factors: Float32s
    group_totals: Float32s
    together: Float32s | None
    following: Float32s | None
    onward: Float32s | None
    later: Float32s | None
    after_last: Float32s | None
    after_factor: float
    followed: float
    listed_rows: Int64s
    listed_places: Int64s
    listed_scores: Float32s
    sections: Int32s | None
    liking: Float64s | None
    reads: float
    taste_share: float
    last_share: float
    segment: float


class _Inputs(ctypes.Structure):
    """``Inputs`` in features.c."""

    _fields_ = (
        *((name, NUMBER) for name in ("m", "used")),
        *((name, POINTER) for name in ("rows", "mix", "overall")),
        ("overall_step", NUMBER),
        ("groups", POINTER),
        *((name, NUMBER) for name in ("n_groups", "row_step")),
        *((name, POINTER) for name in ("codes", "overall_totals", "factors", "group_totals")),
        *((name, POINTER) for name in ("together", "following", "onward", "later", "after_last")),
        *((name, REAL) for name in ("after_factor", "followed_1", "followed_20")),
        *((name, POINTER) for name in ("listed_rows", "listed_places", "listed_scores")),
        ("n_listed", NUMBER),
        *((name, POINTER) for name in ("sections", "liking")),
        ("n_liking", NUMBER),
        *((name, REAL) for name in ("reads", "taste_share", "last_share", "segment")),
    )


def has_code() -> bool:
    """Whether the compiled code was built."""
    return _code() is not None


def feature_table(of: Sums, height: int) -> Float32s:
    """float32 (height + extra rows, m): the table of the inputs, then the features ``EXTRA``; needs the C code.

    Args:
        of: the inputs of the features.
        height: rows of the table of the inputs.

    Raises:
        IndexError: a row or a group does not exist.
        MemoryError: there is no memory left.
    """
    gather, finish = _code()
    m = len(of.rows)
    table, logs = np.empty((height + len(EXTRA), m), np.float32), np.empty((LOGS, m), np.float32)
    if not m:
        return table
    to, between = address(table, FLOAT32), address(logs, FLOAT32)
    if status := gather(ctypes.byref(_inputs(of)), to, between):
        raise MemoryError if status == -1 else IndexError("a row or a group is not one of the live state")
    np.log(logs, out=logs)
    np.log1p(table[height + EVIDENCE], out=table[height + EVIDENCE])
    finish(m, of.taste_share, between, to)
    return table


def _inputs(of: Sums) -> _Inputs:
    floats = (of.together, of.following, of.onward, of.later, of.after_last)
    return _Inputs(
        len(of.rows),
        of.used,
        address(of.rows, INT64),
        address(of.mix, FLOAT32),
        address(of.overall, FLOAT32),
        of.overall.shape[1] * of.overall.shape[2],
        address(of.groups, FLOAT32),
        of.groups.shape[1],
        of.groups.shape[2],
        address(of.codes, INT64),
        address(of.overall_totals, FLOAT32),
        address(of.factors, FLOAT32),
        address(of.group_totals, FLOAT32),
        *(None if each is None else address(each, FLOAT32) for each in floats),
        of.after_factor,
        of.followed + 1.0,
        of.followed + 20.0,
        address(of.listed_rows, INT64),
        address(of.listed_places, INT64),
        address(of.listed_scores, FLOAT32),
        len(of.listed_rows),
        None if of.sections is None else address(of.sections, INT32),
        None if of.liking is None else address(of.liking, FLOAT64),
        0 if of.liking is None else len(of.liking),
        of.reads,
        of.taste_share,
        of.last_share,
        of.segment,
    )


@cache
def _code() -> Any:
    """Both functions of the library; None if the library was not built."""
    if (library := load()) is None:
        return None
    gather, finish = library.gather_features, library.finish_features
    gather.argtypes, gather.restype = [POINTER, POINTER, POINTER], NUMBER
    finish.argtypes, finish.restype = [NUMBER, REAL, POINTER, POINTER], None
    return gather, finish
