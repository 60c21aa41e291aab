"""Figures of the applicants: who is hired, over all and inside a vacancy; how similarity relates to outcomes."""

from functools import partial

import numpy as np

from pipelines.recruiting.evaluation.correlations import correlation_figures
from pipelines.recruiting.evaluation.figures import Figure, figures
from pipelines.recruiting.evaluation.inside import (
    auc,
    calibration_error,
    graded_values,
    inside_values,
    interval_by_vacancy,
    resampled_auc,
)
from pipelines.recruiting.evaluation.replayed import DecidedApplications
from script_shared.arrays import FloatArray

MATCH, LATEST = "match", "latest_first"


def match_figures(found: DecidedApplications, resamples: int, seed: int) -> list[Figure]:
    """AUC of a hire over all applications and inside a vacancy, NDCG inside, correlations, calibration.

    The order "latest application first" is among the models; intervals are by vacancy.
    """
    scores = {MATCH: found.scores[MATCH], LATEST: found.day.astype(float)}
    scores |= {model: score for model, score in found.scores.items() if model not in scores}
    filled = {model: np.nan_to_num(score, nan=-1.0) for model, score in scores.items()}
    result = [_auc(found, model, score, resamples, seed) for model, score in filled.items()]
    result += figures(inside_values(found.vacancy, found.hired, filled), resamples, seed)[0]
    gains = np.maximum(found.grade, 0).astype(float)
    result += figures(graded_values(found.vacancy, gains, scores), resamples, seed)[0]
    result += correlation_figures(found, scores, resamples, seed)
    chance, size = found.scores[MATCH], len(found.hired)
    error = calibration_error(found.hired, chance)
    brier = float(np.mean((chance - found.hired) ** 2)) if size else np.nan
    for metric, value in (("calibration_error", error), ("brier", brier)):
        result.append(Figure(MATCH, metric, value, np.nan, np.nan, size))
    return result


def _auc(found: DecidedApplications, model: str, score: FloatArray, resamples: int, seed: int) -> Figure:
    low, high = interval_by_vacancy(partial(resampled_auc, found.hired, score), found.vacancy, resamples, seed)
    return Figure(model, "auc_hired", auc(found.hired, score), low, high, len(score))
