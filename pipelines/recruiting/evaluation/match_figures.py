"""Figures of the match classifier: over all applications, inside a vacancy, and calibrated or not."""

import numpy as np

from pipelines.recruiting.evaluation.figures import Figure, figures
from pipelines.recruiting.evaluation.inside import (
    auc,
    auc_interval,
    calibration_error,
    groups_of,
    inside_values,
    random_ndcg,
)
from pipelines.recruiting.evaluation.replayed import Decided

MATCH, LATEST, RANKER, RANDOM = "match", "latest_first", "candidate_ranker", "random"


def match_figures(found: Decided, resamples: int, seed: int) -> list[Figure]:
    """AUC of a hire over all applications and inside a vacancy, NDCG@5 inside, compared with latest first."""
    scores = {MATCH: found.chance, LATEST: found.day.astype(float), RANKER: found.score}
    result = []
    for model, score in scores.items():
        low, high = auc_interval(found.hired, score, found.vacancy, resamples, seed)
        result.append(Figure(model, "auc_hired", auc(found.hired, score), low, high, len(score)))
    inside = inside_values(found.vacancy, found.hired, scores)
    groups = groups_of(found.vacancy, found.hired)
    if groups:
        expected = [random_ndcg(len(group), int(found.hired[group].sum())) for group in groups]
        inside[RANDOM] = {"auc_inside": [0.5] * len(groups), "ndcg_at_5": expected}
        result += figures(inside, resamples, seed)[0]
    error = calibration_error(found.hired, found.chance)
    result.append(Figure(MATCH, "calibration_error", error, np.nan, np.nan, len(found.chance)))
    brier = float(np.mean((found.chance - found.hired) ** 2)) if len(found.chance) else np.nan
    result.append(Figure(MATCH, "brier", brier, np.nan, np.nan, len(found.chance)))
    return result
