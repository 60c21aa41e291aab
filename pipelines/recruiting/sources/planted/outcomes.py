"""Who applies where, and with which outcome: by shared skills, level and language, with a planted bias."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.recruiting.sources.planted.vocabulary import areas
from pipelines.recruiting.sources.planted.world import World
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.params import GeneratedParams

POOL = 300  # people considered for a vacancy
NONE = 0.2  # share of vacancies without an applicant
MOST = 25  # applicants of a vacancy
SEARCH_DAYS = 45.0  # scale of the days around which a person looks for work
BIASED_AREA, BIAS = 3, 1.5  # women of this area are refused more often: planted, so that the figures by group show it
HIRED = 0.07  # share of the best-fitting applicants of a vacancy's market who are hired
UNDECIDED_DAYS = 60  # before the end: most of these are not decided
LADDER = (  # share of the applications from the best one down, and their statuses with weights
    (
        HIRED,
        {"Contratado pela Decision": 0.85, "Contratado como Hunting": 0.07, "Aprovado": 0.06, "Proposta Aceita": 0.02},
    ),
    (0.01, {"Desistiu da Contratação": 1.0}),
    (0.03, {"Entrevista com Cliente": 0.45, "Entrevista Técnica": 0.55}),
    (0.08, {"Não Aprovado pelo Cliente": 0.75, "Não Aprovado pelo Requisitante": 0.25}),
    (0.31, {"Encaminhado ao Requisitante": 1.0}),
    (0.40, {"Prospect": 0.82, "Inscrito": 0.16, "Em avaliação pelo RH": 0.02}),
    (0.10, {"Desistiu": 0.5, "Não Aprovado pelo RH": 0.38, "Sem interesse nesta vaga": 0.12}),
)
OPEN = {"Prospect": 0.55, "Encaminhado ao Requisitante": 0.33, "Inscrito": 0.12}


@dataclass(frozen=True)
class Applications:
    """One row for each application, by vacancy.

    Attributes:
        person, vacancy: places in the world.
        applied, updated: days from the first one; updated is -1 where it never was.
        fit: how well they fit, without luck and without bias.
        status: as in the files.
    """

    person: IntArray
    vacancy: IntArray
    applied: IntArray
    updated: IntArray
    fit: FloatArray
    status: list[str]


def make_applications(world: World, params: GeneratedParams) -> Applications:
    """About as many applications as the params say.

    Args:
        world: people and vacancies.
        params: number of applications, and the seed.
    """
    rng = np.random.default_rng([params.seed, 3])
    by_area = [np.flatnonzero(world.people.area == place) for place in range(len(areas()))]
    counts = _counts(rng, params)
    person, vacancy, fit = [], [], []
    for place in np.flatnonzero(counts):
        chosen, fits = _applicants(world, rng, int(place), int(counts[place]), by_area)
        person.append(chosen)
        vacancy.append(np.full(len(chosen), place))
        fit.append(fits)
    people, vacancies, fits = np.concatenate(person), np.concatenate(vacancy), np.concatenate(fit)
    applied = world.vacancies.day[vacancies] + np.minimum(rng.exponential(7, len(people)), 60).astype(int)
    order = np.lexsort((applied, vacancies))
    people, vacancies, fits, applied = people[order], vacancies[order], fits[order], applied[order]
    status = _statuses(world, rng, people, fits, applied, params.days)
    updated = applied + rng.integers(0, 25, len(people))
    updated[rng.random(len(people)) < 0.08] = -1
    return Applications(people, vacancies, applied, updated, fits, status)


def fit_of(world: World, people: IntArray, vacancy: int) -> FloatArray:
    """How well people fit a vacancy: wanted skills that they have, level, English, place."""
    vacancies, crowd = world.vacancies, world.people
    same = crowd.area[people] == vacancies.area[vacancy]
    wanted = vacancies.skills[vacancy]
    shared = (crowd.skills[people] & wanted).sum(axis=1) / max(int(wanted.sum()), 1)
    level = -np.abs(crowd.level[people] - vacancies.level[vacancy])
    english = np.minimum(crowd.english[people] - vacancies.english[vacancy], 0)
    city = crowd.city[people] == vacancies.city[vacancy]
    found: FloatArray = 3.0 * shared * same + 1.5 * same + 0.6 * level + 0.3 * english + 0.4 * city
    return found


def _counts(rng: np.random.Generator, params: GeneratedParams) -> IntArray:
    """Applicants of each vacancy."""
    raw = rng.gamma(1.2, 1.0, params.vacancies) * (rng.random(params.vacancies) >= NONE)
    counts: IntArray = np.minimum(np.round(raw * params.applications / raw.sum()), MOST).astype(int)
    return counts


def _applicants(
    world: World, rng: np.random.Generator, vacancy: int, count: int, by_area: Sequence[IntArray]
) -> tuple[IntArray, FloatArray]:
    """People who fit and look for work at that time, most of them of the area."""
    own = by_area[int(world.vacancies.area[vacancy])]
    pool = np.unique(
        np.concatenate(
            [
                rng.choice(own, min(POOL, len(own)), replace=False) if len(own) else own,
                rng.integers(0, len(world.people.area), POOL // 10),
            ]
        )
    )
    fit = fit_of(world, pool, vacancy)
    away = np.abs(world.people.day[pool] - world.vacancies.day[vacancy]) / SEARCH_DAYS
    keys = 1.2 * fit - away + rng.gumbel(size=len(pool))
    chosen = np.argsort(-keys)[:count]
    return pool[chosen], fit[chosen]


def _statuses(
    world: World, rng: np.random.Generator, people: IntArray, fit: FloatArray, applied: IntArray, days: int
) -> list[str]:
    """The ladder from the best to the worst, by fit, luck and the planted bias; the newest are mostly undecided."""
    bias = BIAS * (world.people.is_woman[people] & (world.people.area[people] == BIASED_AREA))
    order = np.argsort(-(fit - bias + rng.logistic(0, 0.7, len(fit))))
    status = np.empty(len(fit), object)
    start = 0
    for share, names in LADDER:
        end = len(fit) if names is LADDER[-1][1] else min(len(fit), start + round(share * len(fit)))
        status[order[start:end]] = rng.choice(list(names), end - start, p=list(names.values()))
        start = end
    late = (applied > days - UNDECIDED_DAYS) & (rng.random(len(fit)) < 0.75)
    status[late] = rng.choice(list(OPEN), int(late.sum()), p=list(OPEN.values()))
    return [str(each) for each in status]
