"""Fits with XGBoost, and writes its trees in LightGBM's text format: serving reads one format and needs no XGBoost."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray

LEAF = -1
GROWN: dict[str, Any] = {"tree_method": "hist", "grow_policy": "lossguide", "max_depth": 0, "nthread": 1}
LEFT_WHEN_MISSING, RIGHT_WHEN_MISSING = 10, 8  # LightGBM's decision types of numbers that may be nan
HEADER = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx={last}
objective={objective}
feature_names={names}
feature_infos={infos}
tree_sizes={sizes}

"""


def fit_xgboost(
    features: FloatArray,
    labels: IntArray | Bools,
    settings: dict[str, Any],
    trees: int,
    names: Sequence[str],
    sizes: IntArray | None = None,
) -> Any:
    """A LightGBM booster with the trees of XGBoost; it scores float32 rows as XGBoost does.

    Args:
        features: float32 (n, features), nan for unknown values.
        settings: of XGBoost.
        sizes: of the lists of a ranking.
    """
    import lightgbm
    import xgboost

    data = xgboost.DMatrix(features, labels)
    if sizes is not None:
        data.set_group(sizes)
    learner = json.loads(bytes(xgboost.train({**GROWN, **settings}, data, trees).save_raw("json")))["learner"]
    ranking = sizes is not None
    base = float(str(learner["learner_model_param"]["base_score"]).strip("[]"))
    start = base if ranking else float(np.log(base / (1 - base)))
    found = learner["gradient_booster"]["model"]["trees"]
    texts = [_tree(place, tree, start if place == 0 else 0.0) for place, tree in enumerate(found)]
    header = HEADER.format(
        last=len(names) - 1,
        objective="lambdarank" if ranking else "binary sigmoid:1",
        names=" ".join(names),
        infos=" ".join(["[-1e300:1e300]"] * len(names)),
        sizes=" ".join(str(len(text)) for text in texts),
    )
    return lightgbm.Booster(model_str=f"{header}{''.join(texts)}end of trees\n")


def _tree(place: int, tree: dict[str, Any], start: float) -> str:
    """One tree; XGBoost goes left below a threshold, LightGBM also at it, so it gets the float32 just below.

    Args:
        start: added to every leaf.
    """
    left, right = np.asarray(tree["left_children"]), np.asarray(tree["right_children"])
    condition, inner = np.asarray(tree["split_conditions"], np.float32), left != LEAF
    number = np.where(inner, np.cumsum(inner) - 1, -np.cumsum(~inner))  # of an inner node, or -1, -2, … of a leaf
    leaves = condition[~inner].astype(float) + start
    lines: dict[str, Sequence[Any]] = {"num_leaves": [len(leaves)], "num_cat": [0]}
    if inner.any():
        defaults = np.asarray(tree["default_left"])[inner].astype(bool)
        lines |= {
            "split_feature": np.asarray(tree["split_indices"])[inner].tolist(),
            "split_gain": np.asarray(tree["loss_changes"], float)[inner].tolist(),
            "threshold": np.nextafter(condition[inner], np.float32(-np.inf)).astype(float).tolist(),
            "decision_type": np.where(defaults, LEFT_WHEN_MISSING, RIGHT_WHEN_MISSING).tolist(),
            "left_child": number[left[inner]].tolist(),
            "right_child": number[right[inner]].tolist(),
        }
    lines |= {"leaf_value": leaves.tolist(), "is_linear": [0], "shrinkage": [1]}
    rows = [f"{name}={' '.join(map(repr, values))}" for name, values in lines.items()]
    return f"Tree={place}\n" + "\n".join(rows) + "\n\n\n"
