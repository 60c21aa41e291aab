"""What each feature adds to a tree model's score, taken from the leaves of a row.

On the way from a tree's root to a leaf the expected score changes at every split; the change is credited to the feature
that splits. So every leaf has one fixed row of shares, made once, and a score is explained by adding as many rows as
there are trees. SHAP values weigh all orders of the features instead, which costs about 1 ms for each row here.

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
        trees: its roots, as ``dump_model`` has them.
    """

    def __init__(self, booster: "Booster", trees: Sequence[Node]) -> None:
        self._booster, width = booster, booster.num_feature()
        self._first = np.zeros(len(trees), np.int64)  # of each tree's leaves among all leaves
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
    """The mean value of the leaves under each node, by how many training rows each leaf holds."""
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
    """Enter the shares of every leaf under a node, by the leaf's number; ``so_far`` are those of the node."""
    if "split_feature" not in node:
        leaves[node.get("leaf_index", 0)] = so_far
        return
    for child in (node["left_child"], node["right_child"]):
        shares = so_far.copy()
        shares[node["split_feature"]] += means[id(child)] - means[id(node)]
        _fill(leaves, child, means, shares)
