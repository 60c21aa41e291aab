"""Fits each kind of member: one fit for each replicate, as the arrays or texts that are served."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.students.boosted import Boosted
from script_shared.students.features import FEATURES
from script_shared.students.forest import LEAF, Forest
from script_shared.students.logistic import Logistic
from script_shared.students.params import ModelParams
from script_shared.students.risk_model import Member

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


def _logistic(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> Logistic:
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = (features - mean) / scale
    weights, bias = np.zeros((len(draws), 2, len(names))), np.zeros((len(draws), 2))
    for replicate, rows in enumerate(draws):
        for output in (0, 1):
            found = bounded_logistic(scaled[rows], status[rows] > output, signs(names), params.logistic.strength)
            weights[replicate, output], bias[replicate, output] = found[:-1], found[-1]
    return Logistic(mean, scale, weights, bias)


def signs(names: Sequence[str]) -> list[int]:
    """By feature -1 where a higher value may only lower the risk, else 0."""
    return [-FEATURES[name].better for name in names]


def bounded_logistic(features: FloatArray, came: IntArray, sign: Sequence[int], strength: float) -> FloatArray:
    """(features + 1) weights and bias of a logistic regression with an L2 penalty on the weights.

    Args:
        features: (n, features) standardised.
        came: booleans.
        sign: by feature -1 for a weight that may not be above zero, 0 for any.
        strength: inverse of the penalty, as scikit-learn's C.
    """
    from scipy.optimize import minimize

    target = np.where(came, 1.0, -1.0)

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        margin = target * (features @ point[:-1] + point[-1])
        value = np.logaddexp(0, -margin).sum() + point[:-1] @ point[:-1] / (2 * strength)
        slope = -target / (1 + np.exp(np.clip(margin, -50, 50)))
        return value, np.append(slope @ features + point[:-1] / strength, slope.sum())

    bounds = [(None, 0.0) if each < 0 else (None, None) for each in (*sign, 0)]
    found: FloatArray = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    return found


def _forest(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> Forest:
    from sklearn.ensemble import RandomForestClassifier

    rows32 = features.astype(np.float32)
    trees: list[list[list[Any]]] = [[], []]
    for output in (0, 1):
        for replicate, rows in enumerate(draws):
            model = RandomForestClassifier(
                params.forest.trees,
                min_samples_leaf=params.forest.min_leaf,
                max_leaf_nodes=params.forest.max_leaves,
                max_samples=min(params.forest.rows, len(rows)),
                monotonic_cst=signs(names),
                random_state=params.seed + replicate,
            )
            model.fit(rows32[rows], status[rows] > output)
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


def _boosted(
    features: FloatArray, status: IntArray, draws: Sequence[IntArray], names: Sequence[str], params: ModelParams
) -> Boosted:
    import lightgbm

    wanted = params.lightgbm
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
            lightgbm.train(options, lightgbm.Dataset(features[rows], status[rows] > output), wanted.trees)
            for output in (0, 1)
        ]
        for rows in draws
    ]
    return Boosted(pairs)


FITS: dict[str, Callable[..., Member]] = {"logistic": _logistic, "forest": _forest, "lightgbm": _boosted}
