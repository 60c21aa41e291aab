"""Sorts readers into segments."""

import numpy as np

from script_shared.arrays import IntArray
from script_shared.news.segments import SEGMENT_NAMES, SEGMENTS, Segment, segment_named


def segment_codes(logged: IntArray, reads: IntArray) -> IntArray:
    """int8 (n): the place in ``SEGMENTS`` of every reader, given who logs in and how much each has read so far.

    >>> [SEGMENT_NAMES[code] for code in segment_codes(np.array([True, False, False]), np.array([0, 2, 1]))]
    ['logged', 'semi_logged', 'anonymous']
    """
    codes = np.full(len(reads), -1, np.int8)
    for code, segment in enumerate(SEGMENTS):
        codes[(codes < 0) & segment.belongs(logged, reads)] = code
    return codes


def segment_of(*, logged: bool, reads: int) -> Segment:
    """The segment of one reader."""
    return SEGMENTS[int(segment_codes(np.array([logged]), np.array([reads]))[0])]


def members(segment: str, logged: IntArray, reads: IntArray) -> IntArray:
    """bool (n): who belongs to the segment."""
    return segment_codes(logged, reads) == SEGMENT_NAMES.index(segment_named(segment).name)
