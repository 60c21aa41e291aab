"""The candidate's next vacancy: a ranker that has learnt from the days before the test, compared with baselines."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.recruiting.evaluation.figures import CANDIDATE, Figure, figures, rank_values
from pipelines.recruiting.evaluation.orders import PlainOrders, places
from pipelines.recruiting.training.cases import next_vacancies, replay
from pipelines.recruiting.training.encoder_fit import encode_all, project
from pipelines.recruiting.training.models import gather
from pipelines.recruiting.training.ranker_fit import case_features, fit_ranker
from pipelines.recruiting.training.records import Data
from pipelines.recruiting.training.step import model_params
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.spaces import TextSpaces
from script_shared.recruiting.features.past import LATEST
from script_shared.recruiting.features.world import World
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking.boosted import scores_of
from tests.benchmarks.recruiting.encoded import learnt_sides, vectors_of

RESAMPLES = 1000
RENEWED = 30  # days between two projections


@dataclass(frozen=True)
class Fitted:
    """What has learnt from the days before a day."""

    spaces: TextSpaces
    world: World
    ranker: Any


_kept: dict[int, Fitted] = {}


def fitted(data: Data, params: RecruitingParams, first: int) -> Fitted:
    """Encoder, projections and ranker of the days before ``first``; the same for every task of that day."""
    if first not in _kept:
        wanted, known = model_params(params), data.before(first)
        found = gather(known, first, wanted, vacancies_only=True)
        spaces = project(known, found.encoded, first, wanted.encoder)
        found.world.project(*found.encoded.spaces(spaces))
        _kept[first] = Fitted(spaces, found.world, fit_ranker(found.cases.rows(), wanted.ranker))
    return _kept[first]


def next_figures(data: Data, params: RecruitingParams, first: int, end: int) -> list[Figure]:
    """Cases: every application of somebody who had applied before, to a vacancy that was open and new to the person.

    ``candidate`` has learnt from the days before ``first``. ``candidate_renewed`` is the same ranker with a projection
    that is learnt again every month, from the days before that month alone, as daily trainings do. ``sentence`` is the
    cosine of a pretrained encoder with the nearest of the candidate's latest vacancies, as ``lsa`` is of LSA.
    """
    found = fitted(data, params, first)
    orders, openness = PlainOrders(data, found.world, first), model_params(params).openness
    encoded = encode_all(data, found.spaces.encoder)
    sentence = vectors_of(data, Sentence())
    others = {
        "sentence": sentence.vacancies,
        "sentence_learnt": learnt_sides(data.before(first), sentence, first, params)["learnt"][0],
    }
    renewed, month = World(data.vacancies, data.candidates, *encoded.spaces(found.spaces)), first
    values: dict[str, dict[str, list[float]]] = {}
    for today in replay(data, found.world, first, end, openness):
        if renewed.activity is not found.world.activity:
            renewed.use(found.world.activity)
        if today.day >= month + RENEWED:
            month = today.day
            renewed.project(*encoded.spaces(project(data.before(month), encoded, month, params.encoder)))
        for case in next_vacancies(data, found.world, today):
            features = case_features(found.world, case)
            scores = {CANDIDATE: scores_of(found.ranker, features), **orders.of(case, features)}
            older = [entry[0] for entry in found.world.activity.latest(case.candidate, LATEST)]
            scores |= {name: _nearest(vectors, case.open, older) for name, vectors in others.items()}
            scores["candidate_renewed"] = scores_of(found.ranker, case_features(renewed, case))
            for model, score in scores.items():
                for metric, each in rank_values(places(score, case.hits)).items():
                    values.setdefault(model, {}).setdefault(metric, []).extend(each.tolist())
    return figures(values, RESAMPLES, params.ranker.seed)[0]


def _nearest(vectors: FloatArray, open_: IntArray, older: list[int]) -> FloatArray:
    """float (open) cosine with the nearest of some vacancies, -1 without any."""
    if not older:
        return np.full(len(open_), -1.0)
    found: FloatArray = (vectors[open_] @ vectors[older].T).max(axis=1)
    return found
