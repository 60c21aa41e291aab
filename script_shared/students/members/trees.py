"""Decision trees of all replicates as arrays, behind one another: how a row finds its leaf, and whether they fit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from script_shared.arrays import FloatArray, IntArray, load_array, save_arrays

LEAF = -1
ROWS = 2048  # predicted at once: ROWS x trees nodes in memory
NAMES = ("roots", "feature", "threshold", "left", "right", "value")


@dataclass(frozen=True)
class Trees:
    """A row goes left where its feature, as float32, is at most the threshold.

    Attributes:
        roots: int32 (2, replicates, trees) the nodes where the trees of lagging and of critical begin.
        feature: int16 (nodes) column that a node looks at, LEAF for a leaf.
        threshold: float64 (nodes).
        left: int32 (nodes) the next node; the right one is in ``right``.
        right: int32 (nodes).
        value: float64 (nodes) what a leaf says.
    """

    roots: IntArray
    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray

    def means(self, features: FloatArray) -> FloatArray:
        """float64 (n, replicates, 2): mean over the trees of the leaves' values; no feature is nan."""
        rows = features.astype(np.float32)
        parts = [self._means(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]
        return np.concatenate(parts) if parts else np.zeros((0, self.roots.shape[1], 2))

    def _means(self, rows: FloatArray) -> FloatArray:
        nodes = np.broadcast_to(self.roots.ravel(), (len(rows), self.roots.size)).ravel().astype(np.intp)
        row = np.repeat(np.arange(len(rows)), self.roots.size)
        open_ = np.flatnonzero(self.feature[nodes] != LEAF)
        while len(open_):
            at = nodes[open_]
            below = rows[row[open_], self.feature[at]] <= self.threshold[at]
            nodes[open_] = after = np.where(below, self.left[at], self.right[at])
            open_ = open_[self.feature[after] != LEAF]
        means: FloatArray = self.value[nodes].reshape(len(rows), *self.roots.shape).mean(axis=3)
        return np.swapaxes(means, 1, 2)

    def save(self, folder: Path) -> None:
        """Write the arrays into the folder."""
        save_arrays(folder, vars(self))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What ``save`` wrote, not looked through yet.

        Raises:
            ReleaseCorruptError: an array is missing.
        """
        return cls(**{name: load_array(folder, name) for name in NAMES})

    def sound(self, columns: int) -> bool:
        """Whether all nodes and columns that are named exist, every way ends, and every value is a number."""
        nodes = len(self.feature)
        sizes = [len(array) for array in (self.threshold, self.left, self.right, self.value)]
        if self.roots.ndim != 3 or len(self.roots) != 2 or not self.roots.size or sizes != [nodes] * 4:
            return False
        inner = self.feature != LEAF
        own = np.arange(nodes)[inner]
        after = np.stack([self.left[inner], self.right[inner]])
        return bool(
            ((self.feature >= LEAF) & (self.feature < columns)).all()
            and ((self.roots >= 0) & (self.roots < nodes)).all()
            and (after > own).all()  # children stand behind their parent, so every way ends
            and (after < nodes).all()
            and np.isfinite(self.value).all()
        )
