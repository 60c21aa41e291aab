"""The list of the segment's model for one user, as rows of the live state, for the ranking."""

from typing import NamedTuple

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.ranking.segment_list import SegmentList
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState


class SegmentCandidates(NamedTuple):
    """The k articles of a segment's list that are alive in the live state, best first.

    Attributes:
        segment: number of the segment, in the order of the segments; -1 for no list.
        rows: int64 (k), rows of the live state.
        places: int64 (k), places in the whole list, from 0.
        scores: float32 (k), scores in the list.
    """

    segment: int
    rows: IntArray
    places: IntArray
    scores: FloatArray


NOTHING = SegmentCandidates(-1, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


def segment_candidates(state: LiveState, made: SegmentList | None) -> SegmentCandidates:
    """A segment's list in the form used by the ranking."""
    if made is None:
        return NOTHING
    rows = np.array([state.article_row(article) for article in made.ids], np.int64)
    scores = np.array([made.scores[article] for article in made.ids], np.float32)
    alive = np.flatnonzero(rows >= 0)
    return SegmentCandidates(SEGMENT_NAMES.index(made.segment), rows[alive], alive, scores[alive])
