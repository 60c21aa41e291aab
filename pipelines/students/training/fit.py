"""Fits a risk model on rows of gold: features as of their year, status of the next one."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.students.tables.gold import columns_in
from pipelines.students.training.decisions import calibrate, choose_thresholds
from pipelines.students.training.leaks import refuse_leaks
from pipelines.students.training.members import RARE, fit_member
from script_shared.arrays import FloatArray, IntArray
from script_shared.errors import InputError
from script_shared.students.features import STATUSES, Ruler, matrix
from script_shared.students.params import StudentsParams
from script_shared.students.risk_model import Calibration, Member, RiskModel, Thresholds


def ruler_of(params: StudentsParams) -> Ruler:
    """The ruler of the params.

    Args:
        params: of the use case.
    """
    return Ruler(params.ruler.first_age, tuple(params.ruler.phases))


def fit_model(rows: pl.DataFrame, params: StudentsParams) -> RiskModel:
    """Fit, calibrate and choose thresholds, by these rows alone.

    Args:
        rows: of gold, each with a next_status.
        params: of the model.

    Raises:
        InputError: a status has too few students to learn from, or a feature alone gives the answer away.
    """
    columns = columns_in(rows)
    features = matrix(columns, params.model.features, ruler_of(params))
    status = rows["next_status"].to_numpy()
    groups = groups_of(rows)
    _refuse_few(status)
    refuse_leaks(features, status, folds_of(groups, params.model.folds, params.model.seed + 1), params)
    model = _fit(features, status, groups, params, params.model.replicates)
    some = rows_of_some(groups, params.model.students, params.model.seed)
    features, status, groups = features[some], status[some], np.unique(groups[some], return_inverse=True)[1]
    fold = folds_of(groups, params.model.folds, params.model.seed + 1)
    unseen = left_out(features, status, groups, fold, params, max(2, params.model.replicates // params.model.folds))
    calibration = calibrate(unseen, status)
    thresholds = choose_thresholds(calibration.apply(unseen), status, params.decision)
    return replace(model, calibration=calibration, thresholds=thresholds, facts=_facts(rows))


def _fit(
    features: FloatArray, status: IntArray, groups: IntArray, params: StudentsParams, replicates: int
) -> RiskModel:
    low, typical, high = np.stack([_quantiles(column) for column in features.T], axis=1)
    filled = np.where(np.isnan(features), typical, features)
    draws = draw_students(groups, status, replicates, params.model.seed, params.model.students)
    names = params.model.features
    members: dict[str, Member] = {
        kind: fit_member(kind, filled, status, draws, names, params.model) for kind in params.model.kinds
    }
    return RiskModel(
        features=tuple(names),
        ruler=ruler_of(params),
        typical=typical,
        spread=np.stack([low, high]),
        members=members,
        calibration=Calibration(),
        thresholds=Thresholds(),
        interval=params.decision.interval,
        facts={},
    )


def _quantiles(values: FloatArray) -> FloatArray:
    """10, 50 and 90 % of the values that are there; 0 for a column without any."""
    known = values[~np.isnan(values)]
    return np.quantile(known, [0.1, 0.5, 0.9]) if len(known) else np.zeros(3)


def draw_students(groups: IntArray, status: IntArray, replicates: int, seed: int, most: int) -> list[IntArray]:
    """By replicate the rows of at most so many students, drawn with replacement, and ``RARE`` rows of each status."""
    draw = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(groups.max() + 2))
    needed = [np.flatnonzero(status == place)[:RARE] for place in range(len(STATUSES))]
    draws = []
    for _ in range(replicates):
        students = draw.integers(0, len(starts) - 1, min(len(starts) - 1, most))
        sizes = starts[students + 1] - starts[students]
        first = np.repeat(starts[students] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        draws.append(np.concatenate([order[first + np.arange(sizes.sum())], *needed]))
    return draws


def groups_of(rows: pl.DataFrame) -> IntArray:
    """(n) number of each row's student, from 0 on.

    Args:
        rows: of gold, n rows.

    Returns:
        int64 (n).
    """
    groups: IntArray = rows["ra"].rank("dense").to_numpy().astype(np.int64) - 1
    return groups


def rows_of_some(groups: IntArray, most: int, seed: int) -> IntArray:
    """The rows of at most so many students, drawn without replacement."""
    count = int(groups.max()) + 1
    chosen = np.zeros(count, bool)
    chosen[np.random.default_rng(seed + 2).permutation(count)[:most]] = True
    return np.flatnonzero(chosen[groups])


def folds_of(groups: IntArray, folds: int, seed: int) -> IntArray:
    """(n) fold of each row, drawn by student: all rows of a student are in one fold.

    Args:
        groups: int (n), as ``groups_of`` gives them.
        folds: number of folds.
        seed: makes the draw repeatable.

    Returns:
        int64 (n), 0 to ``folds`` - 1.
    """
    fold: IntArray = np.random.default_rng(seed).permutation(groups.max() + 1)[groups] % folds
    return fold


def left_out(
    features: FloatArray,
    status: IntArray,
    groups: IntArray,
    fold: IntArray,
    params: StudentsParams,
    replicates: int,
) -> FloatArray:
    """(n, 2) uncalibrated chances of every row by a model that has not seen its student.

    Args:
        features: float (n, features), nan where a value is missing.
        status: int (n), next year's status as a place in STATUSES.
        groups: int (n), number of each row's student.
        fold: int (n), as ``folds_of`` gives it.
        params: of the model.
        replicates: how often a model is fitted on resampled students; their mean counts.

    Returns:
        float64 (n, 2).

    Raises:
        InputError: a status has too few students to learn from.
    """
    found = np.zeros((len(features), 2))
    for number in range(params.model.folds):
        inside = fold == number
        _refuse_few(status[~inside])
        seen = np.unique(groups[~inside], return_inverse=True)[1]
        model = _fit(features[~inside], status[~inside], seen, params, replicates)
        found[inside] = model.raw(features[inside]).mean(axis=1)
    return found


def _refuse_few(status: IntArray) -> None:
    counts = np.bincount(status, minlength=len(STATUSES))
    few = [name for name, count in zip(STATUSES, counts, strict=True) if count < RARE]
    if few:
        raise InputError(
            f"of the students to learn from, too few are {' or '.join(few)} in the year after.",
            fix="Bring more years or more students.",
        )


def _facts(rows: pl.DataFrame) -> dict[str, Any]:
    status = rows["next_status"].to_numpy()
    years = sorted(int(year) for year in rows["year"].unique())
    return {
        "years": years,
        "last_target_year": years[-1] + 1,
        "students": rows["ra"].n_unique(),
        "rows": rows.height,
        "statuses": dict(zip(STATUSES, np.bincount(status, minlength=3).tolist(), strict=True)),
    }
