"""Lists of "most read in the last h hours", which every model is compared with."""

import numpy as np

from pipelines.measures.splits import Reads
from script_shared.arrays import Bools, IntArray
from script_shared.clock import HOUR_MS

WIDTH = 64  # how far down the ranking a first look goes; users who read too much of that get a wider one


def row_name(hours: float) -> str:
    """Name of the row in every evaluation file.

    Args:
        hours: length of the window.

    >>> row_name(6.0), row_name(0.5)
    ('popularity_6h', 'popularity_0.5h')
    """
    return f"popularity_{hours:g}h"


def available(issued_ms: IntArray, now_ms: int, max_age_hours: float) -> Bools:
    """(n_articles,) booleans: published by now and not expired, the rule every model is held to."""
    alive: Bools = (issued_ms <= now_ms) & (issued_ms >= now_ms - max_age_hours * HOUR_MS)
    return alive


def most_read(reads: Reads, issued_ms: IntArray, alive: Bools, now_ms: int, hours: float) -> IntArray:
    """Rows of all available articles, most read in the window (now - hours, now] first, then the newest first.

    Args:
        reads: interactions, sorted by time.
        issued_ms: int64 (n_articles), publication times, epoch milliseconds, UTC.
        alive: bool (n_articles), which articles may be recommended at ``now_ms``.
        now_ms: epoch milliseconds, UTC.
        hours: length of the window.

    Returns:
        int64 (articles that are alive).
    """
    inside = (reads.time_ms > now_ms - hours * HOUR_MS) & (reads.time_ms <= now_ms)
    counts = np.bincount(reads.article[inside], minlength=len(issued_ms))
    rows = np.flatnonzero(alive)
    ordered: IntArray = rows[np.lexsort((rows, -issued_ms[rows], -counts[rows]))]
    return ordered


def unread(ranking: IntArray, users: IntArray, reads: Reads, now_ms: int, n: int) -> IntArray:
    """The first n of a ranking that each user has not read by now.

    Args:
        ranking: article rows, best first; the same for every user.
        users: (m,) user rows, ascending and distinct.
        reads: who read what; reads after ``now_ms`` are not looked at.
        now_ms: epoch milliseconds, UTC.
        n: articles wanted for each user.

    Returns:
        (m, n) article rows, -1 padded when the ranking is used up.
    """
    who, place = _places(ranking, users, reads, now_ms)
    lists = np.full((len(users), n), -1, np.int64)
    short, width = np.arange(len(users)), max(WIDTH, 2 * n)
    while len(short):
        mine = np.isin(who, short) & (place < width) if width > WIDTH else place < width
        rows = np.searchsorted(short, who[mine])
        lists[short] = _first_unread(ranking[:width], rows, place[mine], len(short), n)
        short = short[lists[short, -1] < 0] if width < len(ranking) else short[:0]
        width *= 8
    return lists


def _places(ranking: IntArray, users: IntArray, reads: Reads, now_ms: int) -> tuple[IntArray, IntArray]:
    """Of each read of these users of a ranked article: the user's position, and the article's place in the ranking."""
    size = int(max(reads.article.max(initial=0), ranking.max(initial=0))) + 1
    place_of = np.full(size, len(ranking), np.int64)
    place_of[ranking] = np.arange(len(ranking))
    position = np.full(int(max(reads.user.max(initial=0), users.max(initial=0))) + 1, -1, np.int64)
    position[users] = np.arange(len(users))
    who, place = position[reads.user], place_of[reads.article]
    kept = (who >= 0) & (place < len(ranking)) & (reads.time_ms <= now_ms)
    return who[kept], place[kept]


def _first_unread(ranking: IntArray, rows: IntArray, places: IntArray, m: int, n: int) -> IntArray:
    """(m, n): for each row the first n of the ranking whose place was not read by that row."""
    free = np.ones((m, len(ranking)), bool)
    free[rows, places] = False
    slot = np.cumsum(free, axis=1, dtype=np.int32) - 1
    row, place = np.nonzero(free & (slot < n))
    lists = np.full((m, n), -1, np.int64)
    lists[row, slot[row, place]] = ranking[place]
    return lists
