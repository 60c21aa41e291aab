"""Draws the clicks of the held-out window to replay: the same number of each segment, by seed."""

from dataclasses import dataclass

import numpy as np

from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import segments_of
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.segments import SEGMENT_NAMES


@dataclass(frozen=True)
class SampledClicks:
    """n clicks, in time order.

    Attributes:
        places: of the clicks in the stream.
        segments: number of the user's segment just before each click.
        weights: how many clicks of the window each represents.
        users: row of the user of each.
        counts: by segment the clicks of the window that could be evaluated, and those evaluated.
        reread: clicks left out because the user had read the article.
    """

    places: IntArray
    segments: IntArray
    weights: FloatArray
    users: IntArray
    counts: dict[str, dict[str, int]]
    reread: int


def draw(stream: Stream, within: range, most: int, seed: int) -> SampledClicks:
    """At most ``most`` clicks of a range of the stream, shared alike among the segments.

    Args:
        stream: the clicks of a run or a file, in order.
        within: places in the stream.
        most: clicks to draw at most; where a segment has fewer than its share, the others get more.
        seed: makes the draw repeatable.
    """
    everything = np.arange(within.start, within.stop)
    new = everything[~stream.reread_within(within)]
    segments = segments_of(stream, new)
    sizes = np.bincount(segments, minlength=len(SEGMENT_NAMES))
    shares = share_out(sizes, most)
    random = np.random.default_rng(seed)
    chosen = [
        random.choice(np.flatnonzero(segments == code), share, replace=False) for code, share in enumerate(shares)
    ]
    at = np.sort(np.concatenate(chosen)).astype(np.int64)
    counts = {name: {"clicks": int(sizes[code]), "asked": int(shares[code])} for code, name in enumerate(SEGMENT_NAMES)}
    weights = (sizes / np.maximum(shares, 1))[segments[at]]
    return SampledClicks(new[at], segments[at], weights, stream.user[new[at]], counts, len(everything) - len(new))


def share_out(sizes: IntArray, most: int) -> IntArray:
    """How many of each are taken, none more than there are; what one has too few of goes to the others.

    >>> share_out(np.array([10, 100, 100]), 90).tolist()
    [10, 40, 40]
    """
    shares, left, open_ = np.zeros(len(sizes), np.int64), most, len(sizes)
    for code in np.argsort(sizes, kind="stable"):
        shares[code] = min(int(sizes[code]), left // open_)
        left, open_ = left - int(shares[code]), open_ - 1
    return shares
