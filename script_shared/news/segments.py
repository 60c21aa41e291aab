"""Who belongs to which segment, and which recommender answers there: one table, the first match wins.

A fourth segment is one entry here, and its numbers in the params file.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import IntArray
from script_shared.errors import InputError
from script_shared.news.recommenders.base import Recommender
from script_shared.news.recommenders.grouped import Grouped
from script_shared.news.recommenders.hybrid import Hybrid
from script_shared.news.recommenders.popular import Popular


@dataclass(frozen=True)
class Segment:
    """A kind of reader.

    Attributes:
        name: as in answers, folders and metrics.
        belongs: given logged, bool (n), and reads, int (n), says who may belong, bool (n).
        recommender: what is fitted for them and answers them.
    """

    name: str
    belongs: Callable[[IntArray, IntArray], IntArray]
    recommender: type[Recommender]


def _logs_in(logged: IntArray, reads: IntArray) -> IntArray:
    return np.asarray(logged, bool)


def _came_back(logged: IntArray, reads: IntArray) -> IntArray:
    return np.asarray(reads) > 1


def _anybody(logged: IntArray, reads: IntArray) -> IntArray:
    return np.ones(len(reads), bool)


SEGMENTS: tuple[Segment, ...] = (
    Segment("logged", _logs_in, Hybrid),
    Segment("semi_logged", _came_back, Grouped),
    Segment("anonymous", _anybody, Popular),
)
SEGMENT_NAMES: tuple[str, ...] = tuple(segment.name for segment in SEGMENTS)


def segment_named(name: str) -> Segment:
    """The entry of a segment.

    Raises:
        InputError: there is no such segment.
    """
    for segment in SEGMENTS:
        if segment.name == name:
            return segment
    raise InputError(f"no segment is called {name!r}.", fix=f"Use one of: {', '.join(SEGMENT_NAMES)}.")


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
