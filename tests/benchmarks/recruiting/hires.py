"""Who of a vacancy's applicants is hired: the match classifier and its parts, beside the latest application first."""

from functools import partial

import numpy as np

from pipelines.recruiting.evaluation.figures import Figure, figures
from pipelines.recruiting.evaluation.inside import (
    auc,
    calibration_error,
    graded_values,
    inside_values,
    interval_by_vacancy,
    resampled_auc,
)
from pipelines.recruiting.training.applicants import Pairs, is_hired
from pipelines.recruiting.training.cases import replay
from pipelines.recruiting.training.encoder_fit import encode_all, fit_encoder, project
from pipelines.recruiting.training.match_fit import fit_match
from pipelines.recruiting.training.order_fit import fit_order
from pipelines.recruiting.training.records import Data
from pipelines.recruiting.training.step import model_params
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.features.match_features import NAMES
from script_shared.recruiting.features.vacancy_side import NAMES as VACANCY_NUMBERS
from script_shared.recruiting.features.world import World
from script_shared.recruiting.params import RecruitingParams
from tests.benchmarks.recruiting.seed import seed_scores

RESAMPLES = 1000
EARLIEST = 500  # applications before the first training row
RENEWED = 90  # days between two fits of the projection
LARGE = 5  # applicants of a vacancy whose order is measured to depth 10


def hire_figures(data: Data, params: RecruitingParams, first: int, end: int) -> list[Figure]:
    """Figures of the applications from ``first`` until before ``end``."""
    features, at = gathered(data, params, first, end)
    came, day = is_hired(data.grade[at]), data.day[at]
    known = came & (data.updated[at] < first)
    old = day < first - params.match.min_days
    test = (day >= first) & (day < end)
    vacancy, hit = data.vacancy[at][test], came[test]
    scores: dict[str, FloatArray] = {"latest_first": day[test].astype(float), "first_come": -day[test].astype(float)}
    for model, columns in _columns().items():
        masked = features if columns is None else _only(features, columns)
        match = fit_match(masked[old], known[old], params.match)
        scores[model] = match.of_features(masked[test])
    if order := fit_order(features[old], data.vacancy[at][old], known[old]):
        scores["applicants_order"] = order.of_features(features[test])
    scores["seed"] = seed_scores(data, at, old, test, known, params.match)
    return _figures(scores, vacancy, hit, params.match.seed)


def gathered(data: Data, params: RecruitingParams, first: int, end: int) -> tuple[FloatArray, IntArray]:
    """Features of the applications, each as it was on its day, and their places in the data.

    Until the test begins, the projection is fitted again every ``RENEWED`` days on the days before, as in a training.
    """
    encoded = encode_all(data, fit_encoder(data, params.encoder, first))
    block = begin = int(data.day[min(EARLIEST, len(data.day) - 1)])
    world = World(data.vacancies, data.candidates, *encoded.spaces(project(data, encoded, begin, params.encoder)))
    pairs = Pairs()
    for today in replay(data, world, begin, end, model_params(params).openness):
        if block < first and today.day >= min(block + RENEWED, first):
            block = min(today.day, first)
            world.project(*encoded.spaces(project(data, encoded, block, params.encoder)))
        pairs.add(data, world, today)
    return pairs.rows()


def _columns() -> dict[str, list[str] | None]:
    vacancy = [
        name for name in NAMES if name.startswith(("vacancy_", "contract_", "area_", "topic_", "need_", "title_w"))
    ]
    history = [name for name in NAMES if name not in vacancy and name not in VACANCY_NUMBERS]
    return {"history": history, "vacancy": [*vacancy, *VACANCY_NUMBERS], "match": None}


def _only(features: FloatArray, columns: list[str]) -> FloatArray:
    kept = np.isin(NAMES, columns)
    return np.where(kept, features, 0).astype(np.float32)


def _figures(scores: dict[str, FloatArray], vacancy: IntArray, came: Bools, seed: int) -> list[Figure]:
    found = []
    for model, score in scores.items():
        low, high = interval_by_vacancy(partial(resampled_auc, came, score), vacancy, RESAMPLES, seed)
        found.append(Figure(model, "auc_hired", auc(came, score), low, high, len(score)))
        if 0 <= score.min() <= score.max() <= 1:
            found.append(Figure(model, "calibration_error", calibration_error(came, score), np.nan, np.nan, len(score)))
            found.append(Figure(model, "brier", float(np.mean((score - came) ** 2)), np.nan, np.nan, len(score)))
    found += figures(inside_values(vacancy, came, scores), RESAMPLES, seed)[0]
    large = np.isin(
        vacancy, [group for group, size in zip(*np.unique(vacancy, return_counts=True), strict=True) if size >= LARGE]
    )
    kept = {model: score[large] for model, score in scores.items()}
    return found + figures(graded_values(vacancy[large], came[large].astype(float), kept), RESAMPLES, seed)[0]
