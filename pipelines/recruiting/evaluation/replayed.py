"""One replay of the held-out days: places of what was applied to, places of applicants, chances of a hire."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.recruiting.evaluation.figures import CANDIDATE, rank_values
from pipelines.recruiting.evaluation.orders import PlainOrders, places
from pipelines.recruiting.training.applicants import Retrieval, by_vacancy, hired
from pipelines.recruiting.training.cases import Case, Day, Openness, next_vacancies, replay
from pipelines.recruiting.training.models import Models
from pipelines.recruiting.training.ranker_fit import case_features
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.features.world import World
from script_shared.recruiting.ranking.boosted import scores_of

DEPTHS = (10, 50, 100)
GAINS = np.asarray([0, 1, 2, 3, 4], float)  # of an applicant by grade, in NDCG


@dataclass
class Replayed:
    """What the replay found.

    Attributes:
        next_vacancy: model to metric to the value of each case.
        rows: of each case (candidate, vacancy, day).
        applicants: the same for vacancies on a day: recall of applicants, NDCG of their order.
        places: of the applications whose chance was predicted; chances: those chances.
    """

    next_vacancy: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    applicants: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    places: list[IntArray] = field(default_factory=list)
    chances: list[FloatArray] = field(default_factory=list)
    scores: list[FloatArray] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def replay_test(
    data: Data, world: World, models: Models, first: int, end: int, openness: Openness, share: float
) -> Replayed:
    """Replay the days from ``first`` until before ``end``.

    Args:
        world: with the models' vectors.
        share: of the cases that are measured, drawn by seed.
    """
    found, draw = Replayed(), np.random.default_rng(1)
    orders, retrieval = PlainOrders(data, world, first), Retrieval(data, world)
    changed = np.zeros(0, np.int64)
    for today in replay(data, world, first, end, openness):
        retrieval.refresh(today.day, changed)
        changed = np.unique(data.candidate[today.places])
        for case in next_vacancies(data, world, today):
            if draw.random() < share:
                _measure_case(found, world, models, orders, case)
        for places_ in by_vacancy(data, today.places):
            if draw.random() < share:
                _measure_applicants(found, data, world, models, retrieval, places_, today)
    return found


def _measure_case(found: Replayed, world: World, models: Models, orders: PlainOrders, case: Case) -> None:
    features = case_features(world, case)
    scores = {CANDIDATE: scores_of(models.vacancy_ranker, features), **orders.of(case, features)}
    found.sizes.append(len(case.open))
    found.rows += [(case.candidate, row, case.day) for row in case.open[case.hits].tolist()]
    for model, values in scores.items():
        _extend(found.next_vacancy, model, rank_values(places(values, case.hits)))


def _extend(table: dict[str, dict[str, list[float]]], model: str, values: dict[str, Any]) -> None:
    metrics = table.setdefault(model, {})
    for name, each in values.items():
        metrics.setdefault(name, []).extend(np.asarray(each, float).tolist())


def _measure_applicants(
    found: Replayed, data: Data, world: World, models: Models, retrieval: Retrieval, at: IntArray, today: Day
) -> None:
    vacancy, applicants = int(data.vacancy[at[0]]), data.candidate[at]
    chances = models.match.chances(world, applicants, data.vacancy[at], today.day)
    found.places.append(at)
    found.chances.append(chances)
    features = pair_features(world, applicants, np.full(len(at), vacancy), today.day)
    found.scores.append(scores_of(models.candidate_ranker, features))
    alike = retrieval.vectors @ world.vacancy_vectors("learnt")[vacancy]
    seen = retrieval.is_known(applicants)
    if not seen.any():
        return
    near = retrieval.nearest(vacancy, 200)
    known = np.union1d(near, applicants[seen])
    ranked = scores_of(models.candidate_ranker, pair_features(world, known, np.full(len(known), vacancy), today.day))
    ranked = np.where(np.isin(known, near), ranked, -np.inf)
    own = np.isin(known, applicants[seen])
    newest = np.asarray([_last_day(world, row) for row in known.tolist()])
    active = np.asarray([len(world.activity.of_candidate.get(row, ())) for row in known.tolist()])
    place = {
        CANDIDATE: places(ranked, own),
        "learnt": places(alike, np.isin(np.arange(len(alike)), applicants[seen])),
        "newest_of_near": places(np.where(np.isin(known, near), newest, -1), own),
        "most_active_of_near": places(np.where(np.isin(known, near), active, -1), own),
    }
    for model, where in place.items():
        values = {f"recall_at_{depth}": [float((where < depth).mean())] for depth in DEPTHS}
        _extend(found.applicants, model, values)


def _last_day(world: World, row: int) -> int:
    entries = world.activity.of_candidate.get(row, ())
    return max((entry[1] for entry in entries), default=-1)


@dataclass(frozen=True)
class Decided:
    """Applications of the test with their scores, by place in the data."""

    vacancy: IntArray
    day: IntArray
    hired: Bools
    grade: IntArray
    chance: FloatArray
    score: FloatArray


def decided(data: Data, found: Replayed) -> Decided:
    """The applications of the replay that were measured."""
    at = np.concatenate(found.places) if found.places else np.zeros(0, np.int64)
    chance = np.concatenate(found.chances) if found.chances else np.zeros(0)
    score = np.concatenate(found.scores) if found.scores else np.zeros(0)
    grade = data.grade[at]
    return Decided(data.vacancy[at], data.day[at], hired(grade), grade, chance, score)
