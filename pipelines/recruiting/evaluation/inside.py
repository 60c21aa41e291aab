"""Who of a vacancy's applicants is hired: AUC over all pairs, inside a vacancy, NDCG, calibration."""

from collections.abc import Callable, Mapping

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray

BINS = 10
MOST_RESAMPLES = 300


def auc(came: Bools, score: FloatArray) -> float:
    """Chance that a case with the outcome has a higher score than one without; ties count half.

    >>> float(auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5])))
    0.75
    """
    hits, rest = int(came.sum()), int((~came).sum())
    if not hits or not rest:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[came].sum() - hits * (hits + 1) / 2) / (hits * rest))


def resampled_auc(came: Bools, score: FloatArray, weights: FloatArray) -> FloatArray:
    """The AUC of many resamples at once.

    Args:
        weights: float64 (resamples, n), how often each case was drawn.

    Returns:
        float64 (resamples), nan for a resample that lacks one of the outcomes.

    >>> cases = np.array([True, False, True]), np.array([0.9, 0.5, 0.5])
    >>> resampled_auc(*cases, np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 0.0]])).tolist()
    [0.75, 1.0]
    """
    order = np.argsort(score, kind="stable")
    if not len(order):
        return np.full(len(weights), np.nan)
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan))
    hits, rest = (np.add.reduceat(weights[:, order] * chosen, starts, axis=1) for chosen in (came[order], ~came[order]))
    below = np.cumsum(rest, axis=1) - rest / 2
    total = hits.sum(axis=1) * rest.sum(axis=1)
    found = np.full(len(weights), np.nan)
    return np.divide((hits * below).sum(axis=1), total, out=found, where=total > 0)


def ndcg(gains: FloatArray, score: FloatArray, depth: int = 5) -> float:
    """NDCG of an order; nan without a gain. Equal scores keep their order."""
    ideal = np.sort(gains)[::-1][:depth]
    weight = 1 / np.log2(np.arange(2, depth + 2))
    best = float((ideal * weight[: len(ideal)]).sum())
    if best <= 0:
        return float("nan")
    got = gains[np.argsort(-score, kind="stable")][:depth]
    return float((got * weight[: len(got)]).sum() / best)


def groups_of(vacancy: IntArray, came: Bools) -> list[IntArray]:
    """Places of the applications of each vacancy that has both outcomes."""
    order = np.argsort(vacancy, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(vacancy[order])) + 1) if len(order) else []
    return [group for group in groups if 0 < came[group].sum() < len(group)]


def graded_values(
    vacancy: IntArray, gains: FloatArray, scores: Mapping[str, FloatArray], depth: int = 10
) -> dict[str, dict[str, list[float]]]:
    """NDCG of the applicants' order by outcome, for each vacancy whose outcomes differ, beside that of a random order.

    Args:
        gains: (n) of each application, such as its grade.
    """
    order = np.argsort(vacancy, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(vacancy[order])) + 1) if len(order) else []
    differ = [group for group in groups if gains[group].min() < gains[group].max()]
    name = f"graded_ndcg_at_{depth}"
    found = {
        model: {name: [ndcg(gains[group], np.nan_to_num(score[group], nan=-np.inf), depth) for group in differ]}
        for model, score in scores.items()
    }
    return {**found, "random": {name: [random_ndcg(gains[group], depth) for group in differ]}}


def inside_values(
    vacancy: IntArray, came: Bools, scores: Mapping[str, FloatArray]
) -> dict[str, dict[str, list[float]]]:
    """AUC and NDCG@5 of each vacancy with both outcomes, by model, and the expectation of a random order."""
    groups = groups_of(vacancy, came)
    found = {
        model: {
            "auc_inside": [auc(came[group], score[group]) for group in groups],
            "ndcg_at_5": [ndcg(came[group].astype(float), score[group]) for group in groups],
        }
        for model, score in scores.items()
    }
    expected = [random_ndcg(came[group].astype(float)) for group in groups]
    return {**found, "random": {"auc_inside": [0.5] * len(groups), "ndcg_at_5": expected}}


def random_ndcg(gains: FloatArray, depth: int = 5) -> float:
    """Expected NDCG of a random order; nan without a gain.

    >>> round(random_ndcg(np.array([1.0, 0.0])), 3)
    0.815
    """
    weight = 1 / np.log2(np.arange(2, depth + 2))
    ideal = np.sort(gains)[::-1][:depth]
    best = float((ideal * weight[: len(ideal)]).sum())
    return float(gains.mean() * weight[: min(len(gains), depth)].sum() / best) if best > 0 else float("nan")


def interval_by_vacancy(
    measure: Callable[[FloatArray], FloatArray], vacancy: IntArray, resamples: int, seed: int
) -> tuple[float, float]:
    """95 % interval of a measure over all applications; vacancies are drawn with all their applicants.

    Args:
        measure: of each row of float64 (resamples, n), how often each application was drawn; nan where there is none.
        vacancy: (n) of each application.

    Returns:
        the lower and the upper end, nan without a value.
    """
    names, which = np.unique(vacancy, return_inverse=True)
    draw = np.random.default_rng(seed)
    times = np.zeros((min(resamples, MOST_RESAMPLES) if len(names) else 0, len(names)))
    for row in times:
        row += np.bincount(draw.integers(0, len(names), len(names)), minlength=len(names))
    found = measure(times[:, which])
    if not np.isfinite(found).any():
        return float("nan"), float("nan")
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def calibration_error(came: Bools, chance: FloatArray) -> float:
    """Mean distance of chance and share, in ten bins of as many applications each."""
    if not len(came):
        return float("nan")
    parts = np.array_split(np.argsort(chance, kind="stable"), BINS)
    gaps = [abs(float(came[part].mean() - chance[part].mean())) * len(part) for part in parts if len(part)]
    return sum(gaps) / len(came)
