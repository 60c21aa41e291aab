"""Scores of a tree model in compiled code: equal to LightGBM's to the last bit, in a fifth of the time."""

import ctypes
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from script_shared.arrays import Float64s, FloatArray
from script_shared.compiled.addresses import FLOAT32, FLOAT64, address
from script_shared.compiled.library import load

WIDE = 16  # rows that are scored together, as in trees.c
MOST_LEAVES = 32  # bits of a word
SUMS = ("lambdarank", "rank_xendcg", "regression")  # objectives whose score is the plain sum of the leaves
ZERO = np.float32(1e-35)  # values up to this size count as 0, positive or negative
Node = Mapping[str, Any]


class DecisionTrees:
    """Trees as flat arrays; trees.c explains how they are evaluated.

    Args:
        library: the compiled code.
        trees: the roots, as in LightGBM's ``dump_model``; ``is_supported`` must be true for each.

    Attributes:
        count: how many trees there are.
        width: how many features they need.
        addresses: of the arrays, in the order of the arguments in trees.c.
    """

    def __init__(self, library: ctypes.PyDLL, trees: Sequence[Node]) -> None:
        self._features: list[int] = []
        self._thresholds: list[np.float32] = []
        self._kept: list[int] = []
        self._values: list[float] = []
        nodes, leaves = [0], []
        for root in trees:
            leaves.append(len(self._values))
            self._add(root, leaves[-1])
            nodes.append(len(self._features))
        self._arrays = (
            np.array(nodes, np.int64),
            np.array(self._features, np.int64),
            np.array(self._thresholds, np.float32),
            np.array(self._kept, np.uint32),
            np.array(leaves, np.int64),
            np.array(self._values, np.float64),
        )
        self.count, self.width = len(trees), max(self._features, default=-1) + 1
        self.addresses = tuple(array.ctypes.data for array in self._arrays)
        self._add_trees = library.add_trees
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self._add_trees.argtypes = [pointer, number, number, number, *[pointer] * len(self._arrays), pointer]
        self._add_trees.restype = None

    @classmethod
    def of(cls, model: Mapping[str, Any], trees: Sequence[Node]) -> "DecisionTrees | None":
        """The trees of a model; None if the C code was not built or does not support the model.

        Args:
            model: the result of LightGBM's ``dump_model``, with one tree or more.
            trees: the roots of all trees.
        """
        library = load()
        if library is None or not is_plain_sum(model) or not all(map(is_supported, trees)):
            return None
        return cls(library, trees)

    def score(self, columns: FloatArray, start: int, count: int) -> Float64s:
        """float64 (m): the sum of the leaves that each row reaches.

        Args:
            columns: float32 (features, m).
            start: number of the first tree.
            count: number of trees; -1 for all from ``start`` on.

        Raises:
            ValueError: there are fewer columns than the trees need.
        """
        if len(columns) < self.width:
            raise ValueError(f"the trees need {self.width} features, not {len(columns)}")
        width = columns.shape[1]
        padded = np.empty((len(columns), -(-width // WIDE) * WIDE), np.float32)
        padded[:, :width], padded[:, width:] = columns, 0.0
        if math.isnan(padded.sum()):
            np.nan_to_num(padded, copy=False, posinf=np.inf, neginf=-np.inf)  # a missing value counts as 0
        scores = np.zeros(padded.shape[1])
        end = self.count if count < 0 else min(self.count, start + count)
        to = address(scores, FLOAT64)
        self._add_trees(address(padded, FLOAT32), padded.shape[1], start, end, *self.addresses, to)
        return scores[:width]

    def _add(self, node: Node, first: int) -> int:
        """Add the nodes and leaves under a node, from left to right.

        Args:
            first: place of the tree's first leaf.

        Returns:
            how many leaves there are.
        """
        if "split_feature" not in node:
            self._values.append(float(node["leaf_value"]))
            return 1
        place, before = len(self._features), len(self._values) - first
        self._features.append(int(node["split_feature"]))
        self._thresholds.append(_as_float32(float(node["threshold"])))
        self._kept.append(0)
        below = self._add(node["left_child"], first)
        self._kept[place] = ~(((1 << below) - 1) << before) & 0xFFFFFFFF
        return below + self._add(node["right_child"], first)


def is_plain_sum(model: Mapping[str, Any]) -> bool:
    """Whether the score of a model is the sum of its leaves: no probability, no mean, one score for each row.

    Args:
        model: the result of LightGBM's ``dump_model``.
    """
    single = model.get("num_tree_per_iteration", 1) == 1 and not model.get("average_output", False)
    return single and model.get("objective", "") in SUMS


def is_supported(root: Node) -> bool:
    """Whether a tree is small, compares numbers only by ``<=``, and treats missing ones as 0."""
    leaves, nodes = 0, [root]
    while nodes:
        node = nodes.pop()
        if "split_feature" not in node:
            leaves += 1
        elif node["decision_type"] != "<=" or node["missing_type"] != "None":
            return False
        else:
            nodes += [node["left_child"], node["right_child"]]
    return leaves <= MOST_LEAVES


def _as_float32(threshold: float) -> np.float32:
    """The float32 threshold that splits float32 values in the same way; LightGBM treats tiny values as 0."""
    if -ZERO <= threshold < 0:
        return np.nextafter(-ZERO, np.float32(-np.inf))
    if 0 <= threshold < ZERO:
        return ZERO
    with np.errstate(over="ignore"):
        near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))
