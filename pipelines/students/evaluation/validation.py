"""Cross-validation by student, repeated: each student is judged by a model that has not seen any of its years."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipelines.students.evaluation.measures import Answers, measures
from pipelines.students.tables.gold import columns_in, status_now
from pipelines.students.training.decisions import calibrate, choose_thresholds
from pipelines.students.training.fit import folds_of, groups_of, left_out, ruler_of
from script_shared.arrays import FloatArray, IntArray
from script_shared.students.features import matrix
from script_shared.students.params import StudentsParams

SEED = 100  # of the first repeat, on top of the model's own


def validate(rows: pl.DataFrame, params: StudentsParams, repeats: int) -> Iterator[dict[str, float]]:
    """Every measure by name, once for each repeat; calibration and thresholds of a fold are fitted on the others.

    Args:
        rows: of gold, each with a next_status.
        params: of the model, which is fitted ``model.replicates`` times in each fold.
        repeats: how often the students are divided into folds.

    Yields:
        measures by name, as ``measures`` gives them.
    """
    features = matrix(columns_in(rows), params.model.features, ruler_of(params))
    status, now, groups = rows["next_status"].to_numpy(), status_now(rows), groups_of(rows)
    for repeat in range(repeats):
        fold = folds_of(groups, params.model.folds, params.model.seed + SEED + repeat)
        raw = left_out(features, status, groups, fold, params, params.model.replicates)
        yield measures(status, now, _answers(raw, status, fold, params))


def _answers(raw: FloatArray, status: IntArray, fold: IntArray, params: StudentsParams) -> Answers:
    chances, called, urgent = np.zeros_like(raw), np.zeros(len(raw), np.int8), np.zeros(len(raw), bool)
    for number in range(params.model.folds):
        own, others = fold == number, fold != number
        calibration = calibrate(raw[others], status[others])
        limits = choose_thresholds(calibration.apply(raw[others]), status[others], params.decision)
        chances[own] = calibration.apply(raw[own])
        called[own] = limits.statuses(chances[own])
        urgent[own] = chances[own, 1] >= limits.urgent
    return Answers(chances, called, urgent)
