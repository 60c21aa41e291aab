"""Calibration and thresholds, fitted on chances of students whom the model has not seen."""

import numpy as np

from pipelines.students.scores import confusion, macro_f1
from script_shared.arrays import FloatArray, IntArray
from script_shared.students.params import DecisionParams
from script_shared.students.risk_model import TINY, Calibration, Thresholds

GRID = np.round(np.arange(0.05, 0.951, 0.025), 3)  # of the thresholds of the status
ENOUGH = 50_000  # students that thresholds of the status are chosen on at most
PENALTY = 1e3  # inverse strength of the calibration's own regularisation: nearly none


def calibrate(chances: FloatArray, status: IntArray) -> Calibration:
    """Platt's scaling of both chances; a slope is never below zero, which would turn the order round.

    Args:
        chances: (n, 2) of lagging and of critical.
        status: (n) what came.
    """
    from sklearn.linear_model import LogisticRegression

    inside = np.clip(chances, TINY, 1 - TINY)
    logit = np.log(inside / (1 - inside))
    slopes, shifts = [], []
    for output in (0, 1):
        model = LogisticRegression(C=PENALTY).fit(logit[:, [output]], status > output)
        slopes.append(max(float(model.coef_[0, 0]), 0.05))
        shifts.append(float(model.intercept_[0]))
    return Calibration((slopes[0], slopes[1]), (shifts[0], shifts[1]))


def choose_thresholds(chances: FloatArray, status: IntArray, wanted: DecisionParams) -> Thresholds:
    """The thresholds of the status with the lowest cost or the best macro-F1, and the cheapest one of ``urgent``.

    Args:
        chances: (n, 2) calibrated.
        status: (n) what came.
        wanted: the costs, and what is best.
    """
    best, found = -np.inf, Thresholds()
    urgent = _cheapest(chances[:, 1], status == 2, wanted.missed_critical_cost)
    costs, by_f1 = np.asarray(wanted.costs), wanted.thresholds == "macro_f1"
    every = -(-len(status) // ENOUGH)
    chances, status = chances[::every], status[::every]
    for critical in GRID:
        for lagging in GRID:
            called = np.select([chances[:, 1] >= critical, chances[:, 0] >= lagging], [2, 1], 0)
            score = macro_f1(status, called) if by_f1 else -float((confusion(status, called) * costs).sum())
            if score > best:
                best, found = score, Thresholds(float(critical), float(lagging), urgent)
    return found


def _cheapest(chance: FloatArray, critical: IntArray, cost: float) -> float:
    """The chance from which on an alarm costs least, between the two students that it parts."""
    order = np.argsort(-chance, kind="stable")
    hits = np.cumsum(critical[order])
    alarms = np.arange(1, len(order) + 1)
    total = cost * (critical.sum() - hits) + (alarms - hits)
    place = int(np.argmin(total))
    below = chance[order[place + 1]] if place + 1 < len(order) else 0.0
    return float((chance[order[place]] + below) / 2)
