"""Sorts users into segments."""

from collections.abc import Collection

import numpy as np

from script_shared.arrays import Bools, Int8s, IntArray
from script_shared.news.segments import SEGMENT_NAMES, SEGMENTS, Segment, segment_named


def segment_codes(logged: Bools, reads: IntArray, among: Collection[str] = SEGMENT_NAMES) -> Int8s:
    """int8 (n): the place in ``SEGMENTS`` of every user, given who logs in and how much each has read so far.

    Args:
        logged: bool (n).
        reads: int (n).
        among: names of the segments there are; users of another one go to the next that matches. -1 where none does.

    >>> [SEGMENT_NAMES[code] for code in segment_codes(np.array([True, False, False]), np.array([0, 2, 1]))]
    ['logged', 'semi_logged', 'anonymous']
    """
    codes = np.full(len(reads), -1, np.int8)
    for code, segment in enumerate(SEGMENTS):
        if segment.name in among:
            codes[(codes < 0) & segment.belongs(logged, reads)] = code
    return codes


def segment_of(*, logged: bool, reads: int, among: Collection[str] = SEGMENT_NAMES) -> Segment:
    """The segment of one user.

    Args:
        logged: whether the user has an account.
        reads: articles that the user has read, 0 or more.
        among: names of the segments that a release serves; the last of all segments where no rule fits.
    """
    one, some = np.bool_(logged), np.int64(reads)
    for segment in SEGMENTS:
        if segment.name in among and segment.belongs(one, some):  # type: ignore[arg-type]
            return segment
    return SEGMENTS[-1]


def members(segment: str, logged: Bools, reads: IntArray, among: Collection[str] = SEGMENT_NAMES) -> Bools:
    """bool (n): whether each user belongs to the segment.

    Args:
        segment: name of the segment.
        logged: bool (n), whether each user has an account.
        reads: int (n), articles that each user has read.
        among: names of the segments to choose from; a user belongs to the first whose rule fits.
    """
    return segment_codes(logged, reads, among) == SEGMENT_NAMES.index(segment_named(segment).name)
