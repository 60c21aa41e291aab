"""The candidate's next vacancy: a ranker that has learnt from the days before the test, compared with baselines."""

from dataclasses import dataclass
from typing import Any

from pipelines.recruiting.evaluation.figures import CANDIDATE, Figure, figures, rank_values
from pipelines.recruiting.evaluation.orders import PlainOrders, places
from pipelines.recruiting.training.cases import next_vacancies, replay
from pipelines.recruiting.training.encoder_fit import encode_all, project
from pipelines.recruiting.training.models import gather
from pipelines.recruiting.training.ranker_fit import case_features, fit_ranker
from pipelines.recruiting.training.records import Data
from pipelines.recruiting.training.step import model_params
from script_shared.recruiting.encoders.spaces import TextSpaces
from script_shared.recruiting.features.world import World
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking.boosted import scores_of

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
    that is learnt again every month, from the days before that month alone, as daily trainings do.
    """
    found = fitted(data, params, first)
    orders, openness = PlainOrders(data, found.world, first), model_params(params).openness
    encoded = encode_all(data, found.spaces.encoder)
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
            scores["candidate_renewed"] = scores_of(found.ranker, case_features(renewed, case))
            for model, score in scores.items():
                for metric, each in rank_values(places(score, case.hits)).items():
                    values.setdefault(model, {}).setdefault(metric, []).extend(each.tolist())
    return figures(values, RESAMPLES, params.ranker.seed)[0]
