"""Decision trees of all replicates as arrays, one after the other: finds the leaf of a row, and checks the arrays."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from script_shared.arrays import Float64s, FloatArray, Int16s, Int32s, IntArray, load_array, save_arrays

LEAF = -1
MANY = 512  # rows from which on trees are walked one after the other
BLOCK = 16_384  # rows that are walked at once
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

    roots: Int32s
    feature: Int16s
    threshold: Float64s
    left: Int32s
    right: Int32s
    value: Float64s

    def means(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): mean over the trees of the leaves' values; no feature is nan.

        Args:
            features: float (n, features); used as float32.
        """
        rows = np.ascontiguousarray(features, np.float32)
        size, means_of = (BLOCK, self._tree_by_tree) if len(rows) >= MANY else (MANY, self._all_trees)
        parts = [means_of(rows[start : start + size]) for start in range(0, len(rows), size)]
        return np.concatenate(parts) if parts else np.zeros((0, self.roots.shape[1], 2))

    def _all_trees(self, rows: FloatArray) -> FloatArray:
        """Of few rows: all of them through all trees at once."""
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

    def _tree_by_tree(self, rows: FloatArray) -> FloatArray:
        """Of many rows: a tree and its rows fit into the processor's cache."""
        leaf, own = self.feature == LEAF, np.arange(len(self.feature))
        ways = np.stack([np.where(leaf, own, self.left), np.where(leaf, own, self.right)], axis=1).ravel()
        column, limit = np.where(leaf, 0, self.feature).astype(np.intp), _as_float32(self.threshold)
        cells, first = rows.ravel(), np.arange(len(rows)) * rows.shape[1]
        sums = np.zeros((*self.roots.shape[:2], len(rows)))
        for (output, replicate, tree), root in np.ndenumerate(self.roots):
            nodes = np.full(len(rows), root, np.intp)
            for _ in range(self._depths[output, replicate, tree]):
                above = cells.take(first + column.take(nodes)) > limit.take(nodes)
                nodes = ways.take(2 * nodes + above)
            sums[output, replicate] += self.value.take(nodes)
        means: FloatArray = sums / self.roots.shape[2]
        return means.transpose(2, 1, 0)

    @cached_property
    def _depths(self) -> IntArray:
        """(2, replicates, trees) steps from each root to its furthest leaf."""
        depths = np.zeros(self.roots.shape, np.int64)
        tree, nodes = np.arange(self.roots.size), self.roots.ravel()
        while len(nodes):
            inner = self.feature[nodes] != LEAF
            tree, nodes = tree[inner], nodes[inner]
            depths.ravel()[np.unique(tree)] += 1
            tree, nodes = np.concatenate([tree, tree]), np.concatenate([self.left[nodes], self.right[nodes]])
        return depths

    def save(self, folder: Path) -> None:
        """Write the arrays into the folder.

        Args:
            folder: made when missing.
        """
        save_arrays(folder, {name: getattr(self, name) for name in NAMES})

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What ``save`` wrote, not checked yet.

        Args:
            folder: where they were saved.

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


def _as_float32(threshold: FloatArray) -> FloatArray:
    """The greatest float32 that is not above each threshold: for a float32 row, both part the same."""
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)
