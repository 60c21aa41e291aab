"""A random forest as arrays: the trees of all replicates behind one another, equal to the library's predictions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import FloatArray, IntArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError

NAME = "forest"
LEAF = -1
ROWS = 2048  # predicted at once: ROWS x trees nodes in memory


@dataclass(frozen=True)
class Forest:
    """Fitted trees. A row goes left where its feature, as float32, is at most the threshold.

    Attributes:
        roots: int32 (2, replicates, trees) the nodes where the trees of lagging and of critical begin.
        feature: int16 (nodes) column that a node looks at, LEAF for a leaf.
        threshold: float64 (nodes).
        left: int32 (nodes) the next node; the right one is in ``right``.
        right: int32 (nodes).
        value: float64 (nodes) share of students in a node to whom it came.
    """

    roots: IntArray
    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray

    def predict(self, features: FloatArray) -> FloatArray:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate; no feature is nan."""
        rows = features.astype(np.float32)
        parts = [self._predict(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]
        return np.concatenate(parts) if parts else np.zeros((0, self.roots.shape[1], 2))

    def _predict(self, rows: FloatArray) -> FloatArray:
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
        """Write the arrays below ``folder/forest``."""
        save_arrays(folder / NAME, vars(self))

    @classmethod
    def load(cls, folder: Path, columns: int) -> "Forest":
        """Read a saved forest.

        Args:
            columns: how many features it may look at.

        Raises:
            ReleaseCorruptError: arrays are missing, or name nodes or columns that do not exist, or a way back.
        """
        names = ("roots", "feature", "threshold", "left", "right", "value")
        forest = cls(**{name: load_array(folder / NAME, name) for name in names})
        if not forest._sound(columns):
            raise ReleaseCorruptError(f"{folder / NAME}: the trees do not fit together.", fix="Train it again.")
        return forest

    def _sound(self, columns: int) -> bool:
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
            and ((self.value >= 0) & (self.value <= 1)).all()
        )
