"""From partial scores to the best n candidates: add, exclude, sort, cut."""

from collections.abc import Sequence
from functools import lru_cache
from math import inf

import numpy as np

from script_shared.algorithms.histories import Histories
from script_shared.arrays import Float32s, FloatArray, Int64s, IntArray
from script_shared.compiled.best_code import best_places
from script_shared.news.recommenders.base import Part
from script_shared.news.recommenders.pool import Pool

NEVER = np.float32(-np.inf)
TIE = 1e-6  # score a place in the pool costs: near ties go to the more popular article, in any batch size


def total(parts: Sequence[Part]) -> Float32s:
    """float32 (n, m): the sum of the parts; near ties are settled by the candidates' order.

    Args:
        parts: at least one; the values of each are (n, m) for n users and m candidates.
    """
    values = np.array(parts[0].values, np.float32)
    for part in parts[1:]:
        values += part.values
    values -= _ties(values.shape[1])
    return values


@lru_cache(8)
def _ties(width: int) -> Float32s:
    """float32 (width): what is subtracted from the score at each place."""
    return np.arange(width, dtype=np.float32) * np.float32(TIE)


def forbid(scores: FloatArray, histories: Histories, exclude: IntArray, pool: Pool) -> None:
    """Set articles that each user read, or that nobody may get, to minus infinity, in place.

    Args:
        scores: float (n, m) of n users and the m candidates of the pool; changed.
        histories: reads of the n users.
        exclude: int (k), article rows that nobody may get.
        pool: says which column an article has.
    """
    places = pool.position[histories.article]
    inside = places >= 0
    if len(scores) == 1:  # one request
        scores[0, places[inside]] = NEVER
    else:
        scores[histories.owner[inside], places[inside]] = NEVER
    if len(exclude):
        barred = pool.position[exclude]
        scores[:, barred[barred >= 0]] = NEVER


def top(scores: FloatArray, n: int) -> Int64s:
    """int64 (rows, n): places of each row's n highest scores, highest first, -1 where there are fewer.

    Args:
        scores: float (rows, m); minus infinity for articles that are excluded.
        n: places wanted.

    >>> top(np.array([[0.1, 0.9, -np.inf], [0.3, 0.2, 0.4]]), 3).tolist()
    [[1, 0, -1], [2, 0, 1]]
    """
    n_rows, width = scores.shape
    n_found = min(n, width)
    found = np.full((n_rows, n), -1, np.int64)
    if n_found == 0:
        return found
    best = np.argpartition(scores, width - n_found, axis=1)[:, width - n_found :]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((best, -values))
    best = np.take_along_axis(best, order, axis=1)
    best[np.take_along_axis(values, order, axis=1) == NEVER] = -1
    found[:, :n_found] = best
    return found


def best(scores: FloatArray, n: int) -> Int64s:
    """int64 (at most n): places of the n highest of one user's scores, highest first; the same order as ``top``.

    Args:
        scores: float (m) of one user; ``NEVER`` for candidates that may not be given.
        n: places wanted.
    """
    if scores.dtype == np.float32 and (found := best_places(scores, n, -inf)) is not None:
        return found
    places = np.argsort(-scores, kind="stable")[: max(n, 0)]
    return places[scores[places] > NEVER]


def fill(rows: IntArray, count: int, read: IntArray, exclude: IntArray) -> IntArray:
    """The first ``count`` of ``rows`` that are neither read nor excluded.

    Args:
        rows: int (k) article rows, best first.
        count: rows wanted.
        read, exclude: int, rows to leave out.

    Returns:
        int (at most ``count``), with the dtype of ``rows``.

    >>> fill(np.array([4, 2, 7, 1]), 2, np.array([4]), np.array([1])).tolist()
    [2, 7]
    """
    window = count + len(read) + len(exclude)  # enough of them even if all others are barred
    head = rows[:window]
    barred = np.isin(head, read) | np.isin(head, exclude)
    return head[~barred][:count]
