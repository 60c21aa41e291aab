"""Moves a model's chances to the shares of the year that it speaks of, by that year's features alone."""

from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.students.tables.gold import columns_in
from script_shared.arrays import FloatArray
from script_shared.students.features import STATUSES
from script_shared.students.risk_model import Calibration, RiskModel

STEPS = 200
SMALLEST, GREATEST = 0.005, 0.995  # shares that are believed


def moved_to(model: RiskModel, rows: pl.DataFrame) -> RiskModel:
    """The model with its calibration moved to the shares of lagging and critical that fit these rows best.

    Assumes that students of a status look as they did in the training years, and only the shares differ (Saerens,
    Latinne and Decaestecker, 2002). No status of the rows is looked at.

    Args:
        rows: of gold, of the year whose risks are wanted.
    """
    chances = model.chances(model.matrix(columns_in(rows)))
    counts = np.array([model.facts["statuses"][name] for name in STATUSES], float)
    shares = np.array([counts[1:].sum(), counts[2]]) / counts.sum()
    moves = [change(chances[:, output], shares[output]) for output in (0, 1)]
    shift = np.asarray(model.calibration.shift) + moves
    return replace(model, calibration=Calibration(model.calibration.slope, (float(shift[0]), float(shift[1]))))


def change(chances: FloatArray, share: float) -> float:
    """What is added to the logits: those of the share that the chances themselves give, minus those of the old share.

    Args:
        chances: (n) by a model that was calibrated where ``share`` of the students had it.
    """
    inside = np.clip(chances, 1e-6, 1 - 1e-6)
    logit, old = np.log(inside / (1 - inside)), np.log(share / (1 - share))
    found = share
    for _ in range(STEPS):
        move = np.log(found / (1 - found)) - old
        found = float(np.clip(np.mean(1 / (1 + np.exp(-(logit + move)))), SMALLEST, GREATEST))
    return float(np.log(found / (1 - found)) - old)
