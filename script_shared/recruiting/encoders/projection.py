"""A projection learnt from pairs that belong together: relevant component analysis.

Directions in which the two of a pair differ say nothing about who fits whom, so they are shrunk; directions in which
pairs agree and others differ are stretched. See Bar-Hillel et al., Learning a Mahalanobis metric from equivalence
constraints, JMLR 6 (2005); with the spread of all vectors as the numerator it is Fisher's discriminant.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.tfidf import unit


@dataclass(frozen=True)
class Projection:
    """A linear map of vectors.

    Attributes:
        mean: float32 (width) subtracted first.
        matrix: float32 (width, narrower).
    """

    mean: Float32s
    matrix: Float32s

    @classmethod
    def fit(cls, left: FloatArray, right: FloatArray, weight: FloatArray, *, width: int, shrink: float) -> "Projection":
        """Learn it.

        Args:
            left, right: float (pairs, d): the vectors of each pair.
            weight: (pairs) how much each pair counts.
            width: directions kept at most.
            shrink: share of the mean spread that is added to the differences, so that no direction is trusted too far.
        """
        share = (weight / weight.sum())[:, None]
        mean = ((left + right) / 2 * share).sum(axis=0)
        gap, middle = left - right, (left + right) / 2 - mean
        within = (gap * share).T @ gap / 2
        between = (middle * share).T @ middle
        size = len(within)
        within += shrink * np.trace(within) / size * np.eye(size)
        values, vectors = np.linalg.eigh(within)
        whiten = vectors / np.sqrt(values)
        spread, turn = np.linalg.eigh(whiten.T @ between @ whiten)
        best = np.argsort(-spread)[:width]
        return cls(mean.astype(np.float32), (whiten @ turn[:, best]).astype(np.float32))

    def apply(self, vectors: FloatArray) -> Float32s:
        """float32 (n, narrower): rows of length 1; what had no words stays zeros.

        Args:
            vectors: float (n, width).
        """
        found = unit((vectors - self.mean) @ self.matrix)
        found[~vectors.any(axis=1)] = 0.0
        return found

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        save_arrays(folder, {"projection.mean": self.mean, "projection.matrix": self.matrix})

    @classmethod
    def load(cls, folder: Path) -> "Projection":
        """Read it.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or the arrays do not fit together.
        """
        mean, matrix = (load_array(folder, "projection.mean"), load_array(folder, "projection.matrix"))
        if matrix.ndim != 2 or mean.shape != matrix.shape[:1]:
            raise ReleaseCorruptError(f"{folder}: the projection does not fit together.", fix="Train it again.")
        return cls(mean, matrix)


def pairs_within(owner: IntArray, item: IntArray, most: int = 20) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs of items that share an owner, such as vacancies that share a candidate; each owner counts by its items.

    Args:
        owner: int (n), whom each item belongs to, in order of time.
        item: int (n), in the same order.
        most: items of an owner at most, the latest; more would make pairs without end.

    Returns:
        left and right, int (pairs): two different items of one owner; and weight, float64 (pairs), so that an owner of
        m items counts m - 1 in all.

    >>> left, right, weight = pairs_within(np.array([1, 1, 2]), np.array([7, 8, 7]))
    >>> left.tolist(), right.tolist(), weight.tolist()
    ([7], [8], [1.0])
    """
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=np.nan))
    left: list[IntArray] = []
    right: list[IntArray] = []
    weight: list[FloatArray] = []
    for group in np.split(item[order], starts[1:]) if len(order) else []:
        unique = np.unique(group[-most:])
        if len(unique) > 1:
            first, second = np.triu_indices(len(unique), 1)
            left.append(unique[first])
            right.append(unique[second])
            weight.append(np.full(len(first), 2.0 / len(unique)))
    if not left:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    return np.concatenate(left), np.concatenate(right), np.concatenate(weight)
