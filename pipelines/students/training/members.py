"""Fits each kind of member: one fit for each replicate, as the arrays or texts that are served."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipelines.students.training.regressions import ordinal_logistic, two_logistics
from script_shared.arrays import FloatArray, IntArray
from script_shared.students.features import FEATURES
from script_shared.students.members.boosted import BoostedTrees
from script_shared.students.members.forest import Forest
from script_shared.students.members.logistic import Logistic
from script_shared.students.members.trees import LEAF
from script_shared.students.members.xgboost_trees import XgboostTrees
from script_shared.students.model_params import ModelParams
from script_shared.students.risk_model import Member

MANY = 10_000  # rows from which threads save more than they cost
RARE = 2  # students of a class that a fit needs


def fit_member(
    kind: str,
    features: FloatArray,
    status: IntArray,
    draws: Sequence[IntArray],
    names: Sequence[str],
    params: ModelParams,
) -> Member:
    """Fit one kind of member on each draw.

    Args:
        features: (n, features) without nan.
        status: (n) places in STATUSES.
        draws: by replicate the rows that it learns from.
        names: of the features.
    """
    return FITS[kind](features, status, draws, names, params)


def _weights(status: IntArray, params: ModelParams) -> FloatArray:
    """(n) weight of each student by what came."""
    weights: FloatArray = np.asarray(params.class_weights, float)[status]
    return weights


def _logistic(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> Logistic:
    wanted, sign = params.of("logistic"), signs(names)
    fit = ordinal_logistic if wanted.ordinal else two_logistics
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled, weight = (features - mean) / scale, _weights(status, params)
    found = [fit(scaled[rows], status[rows], weight[rows], sign, wanted.strength) for rows in draws]
    return Logistic(mean, scale, np.stack([pair[0] for pair in found]), np.stack([pair[1] for pair in found]))


def signs(names: Sequence[str]) -> list[int]:
    """By feature -1 where a higher value may only lower the risk, else 0."""
    return [-FEATURES[name].better for name in names]


def _forest(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> Forest:
    from sklearn.ensemble import RandomForestClassifier

    wanted, weight = params.of("forest"), _weights(status, params)
    rows32 = features.astype(np.float32)
    trees: list[list[list[Any]]] = [[], []]
    for output in (0, 1):
        for replicate, rows in enumerate(draws):
            model = RandomForestClassifier(
                wanted.trees,
                min_samples_leaf=wanted.min_leaf,
                max_leaf_nodes=wanted.max_leaves,
                max_samples=min(wanted.rows, len(rows)),
                max_features=wanted.columns,
                monotonic_cst=signs(names),
                random_state=params.seed + replicate,
                n_jobs=-1 if len(rows) >= MANY else 1,  # the trees are the same
            )
            model.fit(rows32[rows], status[rows] > output, weight[rows])
            trees[output].append([estimator.tree_ for estimator in model.estimators_])
    return forest_of(trees)


def forest_of(trees: Sequence[Sequence[Sequence[Any]]]) -> Forest:
    """scikit-learn's trees of two classes, by output and replicate, as arrays."""
    parts: dict[str, list[Any]] = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}
    roots, start = [], 0
    for tree in (tree for output in trees for replicate in output for tree in replicate):
        leaf = tree.children_left == LEAF
        parts["feature"].append(np.where(leaf, LEAF, tree.feature).astype(np.int16))
        parts["threshold"].append(np.where(leaf, 0.0, tree.threshold))
        parts["left"].append(np.where(leaf, start, tree.children_left + start).astype(np.int32))
        parts["right"].append(np.where(leaf, start, tree.children_right + start).astype(np.int32))
        parts["value"].append(tree.value[:, 0, 1])
        roots.append(start)
        start += tree.node_count
    shaped = np.asarray(roots, np.int32).reshape(2, len(trees[0]), -1)
    return Forest(shaped, **{name: np.concatenate(arrays) for name, arrays in parts.items()})


def _fit_boosted(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> BoostedTrees:
    import lightgbm

    wanted, weight = params.of("lightgbm"), _weights(status, params)
    options = {
        "objective": "binary",
        "learning_rate": wanted.learning_rate,
        "num_leaves": wanted.leaves,
        "min_data_in_leaf": wanted.min_leaf,
        "lambda_l2": wanted.penalty,
        "monotone_constraints": signs(names),
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": params.seed,
        "verbose": -1,
    }
    pairs = [
        [
            lightgbm.train(
                options, lightgbm.Dataset(features[rows], status[rows] > output, weight=weight[rows]), wanted.trees
            )
            for output in (0, 1)
        ]
        for rows in draws
    ]
    return BoostedTrees(pairs)


def _xgboost(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> XgboostTrees:
    import xgboost

    wanted, weight = params.of("xgboost"), _weights(status, params)
    options = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "learning_rate": wanted.learning_rate,
        "max_depth": wanted.depth,
        "min_child_weight": wanted.min_weight,
        "lambda": wanted.penalty,
        "subsample": wanted.rows,
        "colsample_bytree": wanted.columns,
        "monotone_constraints": f"({','.join(map(str, signs(names)))})",
        "nthread": 1,
        "seed": params.seed,
    }

    def text(rows: IntArray, output: int) -> str:
        data = xgboost.DMatrix(features[rows], status[rows] > output, weight=weight[rows])
        return bytes(xgboost.train(options, data, wanted.trees).save_raw("json")).decode()

    return XgboostTrees.of([[text(rows, output) for output in (0, 1)] for rows in draws])


FITS: dict[str, Callable[..., Member]] = {
    "logistic": _logistic,
    "forest": _forest,
    "lightgbm": _fit_boosted,
    "xgboost": _xgboost,
}
