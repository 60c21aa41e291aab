"""Measures of statuses and chances against what came; statuses are places in STATUSES (0 expected, 2 critical)."""

from collections.abc import Callable

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.students.features import STATUSES

BINS = 10  # of the calibration error


def confusion(came: IntArray, called: IntArray) -> IntArray:
    """(3, 3) students by what came (rows) and what they were called.

    Args:
        came: int (n), each student's status as a place in STATUSES.
        called: int (n), the status that was predicted.

    Returns:
        int64 (3, 3).
    """
    size = len(STATUSES)
    counts: IntArray = np.bincount(came.astype(int) * size + called.astype(int), minlength=size * size)
    return counts.reshape(size, size)


def macro_f1(came: IntArray, called: IntArray) -> float:
    """Mean over the statuses of 2 x hits / (came + called); a status that neither came nor was called counts as 0.

    Args:
        came: int (n), each student's status as a place in STATUSES.
        called: int (n), the status that was predicted.

    Returns:
        0 to 1.

    >>> macro_f1(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1])).round(3)
    np.float64(0.778)
    """
    counts = confusion(came, called)
    sums = counts.sum(axis=0) + counts.sum(axis=1)
    return float(np.mean(np.where(sums > 0, 2 * counts.diagonal() / np.maximum(sums, 1), 0.0)))


def accuracy(came: IntArray, called: IntArray) -> float:
    """Share of students who were called what came.

    Args:
        came: int (n), each student's status as a place in STATUSES.
        called: int (n), the status that was predicted.

    Returns:
        0 to 1; nan without students.
    """
    return float(np.mean(came == called)) if len(came) else float("nan")


def recall(came: Bools, called: Bools) -> float:
    """Share of those to whom it came who were called it; booleans.

    Args:
        came: bool (n), to whom it came.
        called: bool (n), who was called it.

    Returns:
        0 to 1; nan if it came to nobody.
    """
    return float((came & called).sum() / came.sum()) if came.any() else float("nan")


def precision(came: Bools, called: Bools) -> float:
    """Share of those who were called it to whom it came; booleans.

    Args:
        came: bool (n), to whom it came.
        called: bool (n), who was called it.

    Returns:
        0 to 1; nan if nobody was called it.
    """
    return float((came & called).sum() / called.sum()) if called.any() else float("nan")


def auc(came: Bools, chance: FloatArray) -> float:
    """Chance that one to whom it came has the higher score than one to whom it did not; ties count half.

    Args:
        came: bool (n), to whom it came.
        chance: float (n), of any scale.

    Returns:
        0 to 1; nan where all or none are ``came``.

    >>> float(auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5])))
    0.75
    """
    hits, rest = int(came.sum()), int((~came).sum())
    if not hits or not rest:
        return float("nan")
    _, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[place]
    return float((ranks[came].sum() - hits * (hits + 1) / 2) / (hits * rest))


def average_precision(came: Bools, chance: FloatArray) -> float:
    """Mean precision at the places of those to whom it came; equal scores count as one place."""
    if not came.any():
        return float("nan")
    values, place, counts = np.unique(-chance, return_inverse=True, return_counts=True)
    hits = np.bincount(place, came, minlength=len(values))
    found = np.cumsum(hits) / np.cumsum(counts)
    return float((found * hits).sum() / hits.sum())


def brier(came: Bools, chance: FloatArray) -> float:
    """Mean squared difference of chance and what came."""
    return float(np.mean((chance - came) ** 2)) if len(came) else float("nan")


def calibration_error(came: Bools, chance: FloatArray) -> float:
    """Mean over students of the distance of chance and share, in ten bins of equal width."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    gaps = np.abs(np.bincount(place, came, minlength=BINS) - np.bincount(place, chance, minlength=BINS))
    return float(gaps.sum() / counts.sum()) if len(came) else float("nan")


CHANCE_MEASURES: dict[str, tuple[int, Callable[[Bools, FloatArray], float]]] = {  # name: (output, measure)
    "auc_lagging": (0, auc),
    "ap_lagging": (0, average_precision),
    "auc_critical": (1, auc),
    "ap_critical": (1, average_precision),
    "brier_lagging": (0, brier),
    "brier_critical": (1, brier),
    "calibration_error": (0, calibration_error),
    "calibration_error_critical": (1, calibration_error),
}
