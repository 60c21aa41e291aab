"""Refuses a feature that holds the answer: alone, it predicts next year's status of students left out of its fit."""

from collections.abc import Callable, Iterator

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.errors import InputError
from script_shared.students.features import STATUSES
from script_shared.students.params import StudentsParams

MOST = 10_000  # rows that are checked
LEAVES, MIN_LEAF = 64, 5  # of the tree of one feature: enough leaves for any code of the status, and none by chance
Score = Callable[[Bools, FloatArray], float]


def refuse_leaks(features: FloatArray, status: IntArray, fold: IntArray, params: StudentsParams) -> None:
    """Refuse a feature that alone predicts next year's status nearly as well as the status itself.

    Its values are checked as they are, and as a code: a small tree of the one feature learns from some students and is
    judged on the others. Whether the value is missing is checked, too.

    Args:
        features: float (n, features), nan where a value is missing.
        status: int (n), next year's status as a place in STATUSES.
        fold: int (n), all rows of a student in one fold, at least two folds.
        params: params of the use case.

    Raises:
        InputError: names the feature, and its AUC of lagging or average precision of critical.
    """
    some = np.random.default_rng(params.model.seed).permutation(len(status))[:MOST]
    features, status, fold = features[some], status[some], fold[some]
    for place, name in enumerate(params.model.features):
        for measure, strength in strengths(features[:, place], status, fold):
            if strength > params.evaluation.leak_alarm:
                raise InputError(
                    f"the feature {name} alone predicts next year's status ({measure} {strength:.3f}): it holds the "
                    "answer, not what was known in its year.",
                    fix="Look at where the column comes from, and leave it out of model.features until then.",
                )


def strengths(values: FloatArray, status: IntArray, fold: IntArray) -> Iterator[tuple[str, float]]:
    """How well one feature alone predicts who lags and who is critical next year, by measure.

    Args:
        values: float (n), nan where a value is missing.
        status: int (n), next year's status as a place in STATUSES.
        fold: int (n), all rows of a student in one fold.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    measures: tuple[tuple[str, Score, Bools], ...] = (
        ("AUC of lagging", roc_auc_score, status > 0),
        ("average precision of critical", average_precision_score, status == STATUSES.index("critical")),
    )
    known = ~np.isnan(values)
    filled = np.where(known, values, np.nanmin(values, initial=0.0) - 1.0)
    for measure, score, came in measures:
        if _both(came[known]):
            yield measure, max(_strength(score, came[known], sign * values[known]) for sign in (1, -1))
            yield measure, _on_others(score, values[known], came[known], fold[known])
        if not known.all() and _both(came):
            yield measure, _on_others(score, filled, came, fold)


def _on_others(score: Score, values: FloatArray, came: Bools, fold: IntArray) -> float:
    """The measure of a tree of these values, on students that it was not fitted on; 0 if too few can be judged."""
    from sklearn.tree import DecisionTreeClassifier

    chances = np.full(len(values), np.nan)
    for number in np.unique(fold):
        inside = fold == number
        if _both(came[~inside]) and inside.any():
            tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=MIN_LEAF, random_state=0)
            tree.fit(values[~inside, None], came[~inside])
            chances[inside] = tree.predict_proba(values[inside, None])[:, 1]
    judged = ~np.isnan(chances)
    return _strength(score, came[judged], chances[judged]) if _both(came[judged]) else 0.0


def _strength(score: Score, came: Bools, chances: FloatArray) -> float:
    return float(score(came, chances))


def _both(came: Bools) -> bool:
    return bool(came.any() and not came.all())
