"""What each feature adds to a tree model's score, computed from the leaves that a row reaches.

From a tree's root to a leaf, the expected score changes at every split; the change is credited to the feature that
splits. So every leaf has one fixed row of shares, computed once, and the shares of a score are the sum of one row per
tree. SHAP values weigh all orders of the features instead, which takes about 1 ms for each row here.

Source: Saabas (2014), "Interpreting random forests"; the shares and the expected score add up to the score.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.throttle import yield_cpu

if TYPE_CHECKING:
    from lightgbm import Booster

Node = Mapping[str, Any]


class LeafShares:
    """The shares of every leaf of a model.

    Args:
        booster: the LightGBM model.
        trees: the roots of its trees, as in ``dump_model``.
    """

    def __init__(self, booster: "Booster", trees: Sequence[Node]) -> None:
        self._booster, width = booster, booster.num_feature()
        self._first = np.zeros(len(trees), np.int64)  # place of each tree's first leaf among all leaves
        rows: list[FloatArray] = []
        for number, tree in enumerate(trees):
            self._first[number] = len(rows)
            leaves: dict[int, FloatArray] = {}
            _fill(leaves, tree, _means(tree), np.zeros(width, np.float32))
            rows += [leaves[leaf] for leaf in sorted(leaves)]
            yield_cpu()
        self._shares = np.array(rows, np.float32).reshape(-1, width)

    def of(self, features: FloatArray) -> Float32s:
        """float32 (m, features): what each feature adds to the score of each row."""
        ends: IntArray = np.asarray(self._booster.predict(features, num_threads=1, pred_leaf=True), np.int64)
        columns = (ends.reshape(len(features), -1) + self._first).ravel()
        starts = np.arange(0, len(columns) + 1, len(self._first))
        where = csr_array((np.ones(len(columns), np.float32), columns, starts), (len(features), len(self._shares)))
        shares: FloatArray = where @ self._shares
        return shares


def _means(root: Node) -> dict[int, float]:
    """The mean value of the leaves under each node, weighted by the number of training rows in each leaf."""
    means: dict[int, float] = {}

    def weigh(node: Node) -> tuple[float, float]:
        if "split_feature" in node:
            (left, below), (right, above) = weigh(node["left_child"]), weigh(node["right_child"])
            weight, total = left + right, below + above
        else:
            weight = max(1.0, float(node.get("leaf_count", 1)))
            total = weight * float(node["leaf_value"])
        means[id(node)] = total / weight
        return weight, total

    weigh(root)
    return means


def _fill(leaves: dict[int, FloatArray], node: Node, means: dict[int, float], so_far: FloatArray) -> None:
    """Write the shares of every leaf under a node, by the leaf's number; ``so_far`` are those of the node."""
    if "split_feature" not in node:
        leaves[node.get("leaf_index", 0)] = so_far
        return
    for child in (node["left_child"], node["right_child"]):
        shares = so_far.copy()
        shares[node["split_feature"]] += means[id(child)] - means[id(node)]
        _fill(leaves, child, means, shares)
