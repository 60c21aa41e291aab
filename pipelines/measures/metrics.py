"""Measures of recommended lists against what users read, for all users at once.

Shapes: ``lists`` (n_users, K) article rows, best first, -1 where a list is shorter; ``truth`` (n_users, n_articles)
ones where the user read the article. Accuracy measures give one value per user, nan where the user has no ground truth.
Formulas are those of trec_eval with binary relevance: Recall@k, nDCG@k with gain 1 / log2(rank + 1) and the ideal list
cut at k, reciprocal rank of the first hit within k, success@k.
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.errors import InputError

Accuracy = Callable[[Bools, IntArray, int], FloatArray]


def hits(lists: IntArray, truth: csr_array) -> Bools:
    """Which recommended articles the user read.

    Args:
        lists: int (n_users, m), article rows, best first, -1 for an empty place.
        truth: (n_users, n_articles), what each user newly read.

    Returns:
        bool (n_users, m).

    Raises:
        InputError: a list names an article twice, which would count one read twice.
    """
    _refuse_repeats(lists)
    n_users, n_articles = truth.shape
    rows = np.repeat(np.arange(n_users, dtype=np.int64), np.diff(truth.indptr))
    wanted = np.sort(rows * n_articles + truth.indices)
    asked = np.arange(n_users, dtype=np.int64)[:, None] * n_articles + lists
    return (lists >= 0) & _contains(wanted, asked)


def truth_sizes(truth: csr_array) -> IntArray:
    """(n_users,) how many articles each user read.

    Args:
        truth: (n_users, n_articles), an entry for each article that a user read.

    Returns:
        int (n_users).
    """
    sizes: IntArray = np.diff(truth.indptr)
    return sizes


def recall(found: Bools, sizes: IntArray, cutoff: int) -> FloatArray:
    """Share of the user's reads that are among the first ``cutoff``.

    Args:
        found: bool (n_users, m), see ``hits``.
        sizes: int (n_users), reads of each user.
        cutoff: places that count.

    Returns:
        float64 (n_users), nan for a user without reads.
    """
    return _nan_where_empty(found[:, :cutoff].sum(axis=1) / np.maximum(sizes, 1), sizes)


def hit_rate(found: Bools, sizes: IntArray, cutoff: int) -> FloatArray:
    """1 where any of the first ``cutoff`` was read, else 0."""
    return _nan_where_empty(np.where(found[:, :cutoff].any(axis=1), 1.0, 0.0), sizes)


def mrr(found: Bools, sizes: IntArray, cutoff: int) -> FloatArray:
    """1 / rank of the first hit among the first ``cutoff``, 0 without a hit."""
    cut = found[:, :cutoff]
    return _nan_where_empty(np.where(cut.any(axis=1), 1.0 / (cut.argmax(axis=1) + 1), 0.0), sizes)


def ndcg(found: Bools, sizes: IntArray, cutoff: int) -> FloatArray:
    """Discounted gain of the first ``cutoff`` divided by that of the best possible list.

    Args:
        found: bool (n_users, m), see ``hits``.
        sizes: int (n_users), reads of each user.
        cutoff: places that count.

    Returns:
        float64 (n_users), 0..1; nan for a user without reads.
    """
    gains = 1.0 / np.log2(np.arange(cutoff) + 2.0)
    cut = found[:, :cutoff]
    ideal = np.concatenate([[1.0], np.cumsum(gains)])[np.minimum(sizes, cutoff)]
    return _nan_where_empty(cut @ gains[: cut.shape[1]] / np.where(sizes > 0, ideal, 1.0), sizes)


ACCURACY: dict[str, Accuracy] = {"recall": recall, "ndcg": ndcg, "mrr": mrr, "hr": hit_rate}


def self_information(counts: IntArray) -> FloatArray:
    """-log2 p(article) from training reads, p = (reads + 1) / (all reads + articles), so an unread article is finite.

    Args:
        counts: (n_articles,) reads of each article in the training data.

    Returns:
        float64 (n_articles), bits, each above 0.
    """
    information: FloatArray = -np.log2((counts + 1.0) / (counts.sum() + len(counts)))
    return information


def novelty(lists: IntArray, information: FloatArray, cutoff: int) -> FloatArray:
    """Mean self-information in bits of each user's first ``cutoff`` articles; nan for an empty list.

    Args:
        lists: int (n_users, m), article rows, -1 for an empty place.
        information: float (n_articles), bits, see ``self_information``.
        cutoff: places that count.
    """
    cut = lists[:, :cutoff]
    given = cut >= 0
    sizes = given.sum(axis=1)
    total = np.where(given, information[np.where(given, cut, 0)], 0.0).sum(axis=1)
    return _nan_where_empty(total / np.maximum(sizes, 1), sizes)


def coverage(lists: IntArray, available: Bools, cutoff: int) -> float:
    """Share of the available articles that are among any user's first ``cutoff``; nan when none is available.

    Args:
        available: (n_articles,) booleans, the articles that could have been recommended.
    """
    shown = np.zeros(len(available) + 1, bool)
    shown[lists[:, :cutoff].ravel()] = True  # -1 falls on the extra place at the end
    possible = int(available.sum())
    return float((shown[:-1] & available).sum() / possible) if possible else float("nan")


def _nan_where_empty(values: FloatArray, sizes: IntArray) -> FloatArray:
    result: FloatArray = np.where(sizes > 0, values, np.nan)
    return result


def _contains(ordered: IntArray, asked: IntArray) -> Bools:
    if not len(ordered):
        return np.zeros(asked.shape, bool)
    places = np.minimum(np.searchsorted(ordered, asked), len(ordered) - 1)
    return ordered[places] == asked


def _refuse_repeats(lists: IntArray) -> None:
    ordered = np.sort(lists, axis=1)
    repeated = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
    if repeated.any():
        raise InputError(
            f"{int(repeated.sum())} of {len(lists)} lists name an article twice, the first in row {repeated.argmax()}.",
            fix="Recommend distinct articles.",
        )
