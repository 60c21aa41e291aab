"""Logistic regressions with bounded weights: two of them, or an ordinal one with two cuts."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray

TIGHT = {"maxiter": 1_000, "ftol": 1e-12, "gtol": 1e-6}
APART = 1e-3  # logits that the two cuts of an ordinal regression are apart at least


def two_logistics(
    features: FloatArray, status: IntArray, weight: FloatArray, sign: Sequence[int], strength: float
) -> tuple[FloatArray, FloatArray]:
    """Weights (2, features) and bias (2) of lagging and of critical, each fitted for itself.

    Args:
        features: (n, features) standardised.
        status: (n) what came.
        weight: (n) of each student.
        sign: by feature -1 for a weight that may not be above zero, 0 for any.
        strength: inverse of the L2 penalty on the weights, as scikit-learn's C.
    """
    found = np.stack([bounded_logistic(features, status > output, sign, strength, weight) for output in (0, 1)])
    return found[:, :-1], found[:, -1]


def bounded_logistic(
    features: FloatArray, came: Bools, sign: Sequence[int], strength: float, weight: FloatArray | float = 1.0
) -> FloatArray:
    """(features + 1) weights and bias of a logistic regression; see ``two_logistics``.

    Args:
        came: booleans.
    """
    target = np.where(came, 1.0, -1.0)

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        margin = target * (features @ point[:-1] + point[-1])
        value = (weight * np.logaddexp(0, -margin)).sum() + point[:-1] @ point[:-1] / (2 * strength)
        slope = -weight * target * _sigmoid(-margin)
        return value, np.append(slope @ features + point[:-1] / strength, slope.sum())

    return _lowest(loss, np.zeros(features.shape[1] + 1), [*_bounds(sign), (None, None)])


def ordinal_logistic(
    features: FloatArray, status: IntArray, weight: FloatArray, sign: Sequence[int], strength: float
) -> tuple[FloatArray, FloatArray]:
    """Weights (2, features), twice the same, and bias (2): proportional odds of lagging and of critical.

    McCullagh, Regression Models for Ordinal Data (1980): one slope, a cut for each step of the status. Arguments as
    those of ``two_logistics``.
    """

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        slopes, lagging, gap = point[:-2], point[-2], point[-1]
        above = features @ slopes + lagging
        upper, lower = _sigmoid(above), _sigmoid(above - gap)  # chance of lagging, chance of critical
        chance = np.select([status == 2, status == 1], [lower, upper - lower], 1 - upper)
        chance = np.maximum(chance, 1e-12)
        value = -(weight * np.log(chance)).sum() + slopes @ slopes / (2 * strength)
        d_upper, d_lower = upper * (1 - upper), lower * (1 - lower)
        d_above = np.select([status == 2, status == 1], [d_lower, d_upper - d_lower], -d_upper) * -weight / chance
        d_gap = np.select([status == 2, status == 1], [-d_lower, d_lower], 0.0) * -weight / chance
        return value, np.concatenate([d_above @ features + slopes / strength, [d_above.sum(), d_gap.sum()]])

    start = np.append(np.zeros(features.shape[1] + 1), 1.0)
    found = _lowest(loss, start, [*_bounds(sign), (None, None), (APART, None)])
    return np.stack([found[:-2]] * 2), np.array([found[-2], found[-2] - found[-1]])


def _bounds(sign: Sequence[int]) -> list[tuple[float | None, float | None]]:
    return [(None, 0.0) if each < 0 else (None, None) for each in sign]


def _sigmoid(logit: FloatArray) -> FloatArray:
    chances: FloatArray = 1 / (1 + np.exp(-np.clip(logit, -50, 50)))
    return chances


def _lowest(
    loss: Callable[[FloatArray], tuple[float, FloatArray]],
    start: FloatArray,
    bounds: Sequence[tuple[float | None, float | None]],
) -> FloatArray:
    from scipy.optimize import minimize

    found: FloatArray = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=TIGHT).x
    return found
