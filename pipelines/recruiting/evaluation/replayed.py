"""One replay of the held-out days: places of what was applied to, places of applicants, chances of a hire."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.recruiting.evaluation.candidate_orders import CandidateOrders
from pipelines.recruiting.evaluation.figures import CANDIDATE, rank_values
from pipelines.recruiting.evaluation.orders import PlainOrders, places, places_of
from pipelines.recruiting.training.applicants import Retrieval, by_vacancy, counts_of_day, is_hired
from pipelines.recruiting.training.cases import Case, Day, Openness, next_vacancies, replay
from pipelines.recruiting.training.models import Models
from pipelines.recruiting.training.ranker_fit import case_features
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.features.match_features import from_pair_features
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.features.world import World
from script_shared.recruiting.ranking.boosted import scores_of

DEPTHS = (10, 50, 100)
NEAREST = 200  # candidates of a vacancy that the ranker orders
SCORES = ("match", "applicants_order", "candidate_ranker", "similarity")


@dataclass
class ReplayFindings:
    """What the replay found.

    Attributes:
        next_vacancy: model to metric to the value of each case.
        rows: of each case (candidate, vacancy, day).
        applicants: the same for vacancies on a day: recall of the applicants, and of the hired applicants.
        lists_of: the vacancy of each of those lists.
        places: of the applications that were scored, by list; scores: of each list by model.
    """

    next_vacancy: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    applicants: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    lists_of: list[int] = field(default_factory=list)
    places: list[IntArray] = field(default_factory=list)
    scores: list[dict[str, FloatArray]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Near:
    """Candidates as vectors on a day."""

    retrieval: Retrieval
    today: Day


def replay_test(
    data: Data, world: World, models: Models, first: int, end: int, openness: Openness, share: float
) -> ReplayFindings:
    """Replay the days from ``first`` until before ``end``.

    Args:
        world: with the models' vectors.
        share: of the cases that are measured, drawn by seed.
    """
    found, draw = ReplayFindings(), np.random.default_rng(1)
    orders, people, retrieval = PlainOrders(data, world, first), CandidateOrders(data, first), Retrieval(data, world)
    changed = np.zeros(0, np.int64)
    for today in replay(data, world, first, end, openness):
        retrieval.refresh(today.day, changed)
        changed = np.unique(data.candidate[today.places])
        for case in next_vacancies(data, world, today):
            if draw.random() < share:
                _measure_case(found, world, models, orders, case)
        for places_ in by_vacancy(data, today.places):
            if draw.random() < share:
                _measure_applicants(found, data, world, models, people, Near(retrieval, today), places_)
        people.add(today.places)
    return found


def _measure_case(found: ReplayFindings, world: World, models: Models, orders: PlainOrders, case: Case) -> None:
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
    found: ReplayFindings, data: Data, world: World, models: Models, orders: CandidateOrders, near: Near, at: IntArray
) -> None:
    """Chances and scores of a vacancy's applicants on a day, and their places among all candidates."""
    vacancy, applicants = int(data.vacancy[at[0]]), data.candidate[at]
    alike = near.retrieval.vectors @ world.vacancy_vectors("learnt")[vacancy]
    seen = near.retrieval.is_known(applicants)
    things, day = np.full(len(at), vacancy), near.today.day
    features = pair_features(world, applicants, things, day)
    own = from_pair_features(world, features, applicants, things, day, counts_of_day(data, near.today, at))
    found.places.append(at)
    found.scores.append(
        {
            "match": models.match.of_features(own),
            "applicants_order": models.match.in_order(own),
            "candidate_ranker": scores_of(models.candidate_ranker, features),
            "similarity": np.where(seen, alike[applicants], np.nan),
        }
    )
    if not seen.any():
        return
    rows = near.retrieval.nearest(alike, NEAREST)
    ranked = np.full(len(alike), -np.inf)
    ranked[rows] = scores_of(models.candidate_ranker, pair_features(world, rows, np.full(len(rows), vacancy), day))
    came = is_hired(data.grade[at])[seen]
    found.lists_of.append(vacancy)
    for model, scores in {CANDIDATE: ranked, "learnt": alike, **orders.of(vacancy)}.items():
        where = places_of(np.where(near.retrieval.known, scores, -np.inf), applicants[seen])
        _extend(found.applicants, model, recalls(where, came))


def recalls(place: FloatArray, came: Bools) -> dict[str, list[float]]:
    """Recall of the applicants at each depth, and of the hired applicants; nan if nobody was hired."""
    found = {f"recall_at_{depth}": [float((place < depth).mean())] for depth in DEPTHS}
    return found | {
        f"hired_recall_at_{depth}": [float((place[came] < depth).mean()) if came.any() else np.nan] for depth in DEPTHS
    }


@dataclass(frozen=True)
class DecidedApplications:
    """Applications of the test, by place in the data.

    Attributes:
        scores: of each model.
    """

    candidate: IntArray
    vacancy: IntArray
    day: IntArray
    hired: Bools
    grade: IntArray
    scores: dict[str, FloatArray]


def decided_applications(data: Data, found: ReplayFindings) -> DecidedApplications:
    """The applications of the replay that were measured."""
    at = np.concatenate(found.places) if found.places else np.zeros(0, np.int64)
    scores = {
        name: np.concatenate([each[name] for each in found.scores]) if found.scores else np.zeros(0) for name in SCORES
    }
    grade = data.grade[at]
    return DecidedApplications(data.candidate[at], data.vacancy[at], data.day[at], is_hired(grade), grade, scores)
