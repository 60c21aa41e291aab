"""People and vacancies as they are: areas, skills, levels, places, days. All texts and outcomes are made from this."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.recruiting.sources.planted.vocabulary import areas, words
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.params import GeneratedParams

MOST_SKILLS = 8
REPOSTED = 0.1  # share of vacancies that are asked for a second time
CLIENTS = 40
LEVELS = (0.12, 0.35, 0.4, 0.13)
LANGUAGES = (0.25, 0.3, 0.2, 0.15, 0.1)
PLACES = (0.45, 0.1, 0.08, 0.05, 0.1, 0.07, 0.05, 0.04, 0.03, 0.03)


@dataclass(frozen=True)
class People:
    """Candidates, an array each.

    Attributes:
        area, level, english, academic, city: places in their lists.
        skills: bool (people, most skills of an area) of the own area.
        day: around which each looks for work, in days from the first one.
        is_woman: planted for the figures by group; no model sees it.
    """

    area: IntArray
    level: IntArray
    english: IntArray
    academic: IntArray
    city: IntArray
    skills: Bools
    day: FloatArray
    is_woman: Bools


@dataclass(frozen=True)
class Vacancies:
    """Vacancies, an array each.

    Attributes:
        skills: bool (vacancies, most skills of an area) that are wanted.
        client: place of the client.
        day: on which it was asked for, in days from the first one.
        copy_of: place of the vacancy whose texts it repeats, -1 for none.
    """

    area: IntArray
    level: IntArray
    english: IntArray
    academic: IntArray
    city: IntArray
    skills: Bools
    client: IntArray
    day: IntArray
    copy_of: IntArray


@dataclass(frozen=True)
class World:
    """All of it.

    Attributes:
        first: day of the first vacancy.
    """

    first: date
    people: People
    vacancies: Vacancies


def make_world(params: GeneratedParams) -> World:
    """The world of these params.

    Args:
        params: sizes, days and the seed.
    """
    first = date.fromisoformat(params.first_day)
    people = _people(params, np.random.default_rng([params.seed, 1]))
    return World(first, people, _vacancies(params, np.random.default_rng([params.seed, 2])))


def _draw(rng: np.random.Generator, shares: tuple[float, ...], size: int) -> IntArray:
    chosen: IntArray = rng.choice(len(shares), size, p=np.array(shares) / sum(shares))
    return chosen


def _skills(rng: np.random.Generator, area: IntArray, low: int, high: int) -> Bools:
    """Some skills of each one's area; the first ones of a list are the frequent ones."""
    sizes = np.array([len(each.skills) for each in areas()])
    rank = np.arange(sizes.max())
    keys = rng.gumbel(size=(len(area), sizes.max())) - 0.12 * rank
    keys[rank >= sizes[area][:, None]] = -np.inf
    count = rng.integers(low, high + 1, len(area))
    order = np.argsort(-keys, axis=1)
    found = np.zeros(keys.shape, bool)
    np.put_along_axis(found, order, np.arange(keys.shape[1]) < count[:, None], axis=1)
    return found & (rank < sizes[area][:, None])


def _people(params: GeneratedParams, rng: np.random.Generator) -> People:
    size = params.candidates
    area = _draw(rng, tuple(each.share for each in areas()), size)
    return People(
        area=area,
        level=_draw(rng, LEVELS, size),
        english=_draw(rng, LANGUAGES, size),
        academic=_draw(rng, (0.1, 0.12, 0.13, 0.5, 0.15), size),
        city=_draw(rng, PLACES, size),
        skills=_skills(rng, area, 3, MOST_SKILLS),
        day=rng.uniform(-20, params.days, size),
        is_woman=rng.random(size) < 0.4,
    )


def _vacancies(params: GeneratedParams, rng: np.random.Generator) -> Vacancies:
    size = params.vacancies
    favourite = _draw(rng, tuple(each.share for each in areas()), CLIENTS)
    client = _draw(rng, tuple(1 / (place + 3) for place in range(CLIENTS)), size)
    other = _draw(rng, tuple(each.share for each in areas()), size)
    area = np.where(rng.random(size) < 0.5, favourite[client], other)
    found = {
        "area": area,
        "level": _draw(rng, LEVELS, size),
        "english": _draw(rng, LANGUAGES, size),
        "academic": _draw(rng, (0.12, 0.08, 0.05, 0.72, 0.03), size),
        "city": _draw(rng, PLACES, size),
        "skills": _skills(rng, area, 2, 5),
        "client": client,
    }
    day = np.sort(rng.integers(0, params.days, size))
    copy_of = np.full(size, -1)
    for place in np.flatnonzero(rng.random(size) < REPOSTED):
        if place > 10:
            copy_of[place] = source = int(rng.integers(max(0, int(place) - 60), int(place)))
            for array in found.values():
                array[place] = array[source]
    return Vacancies(**found, day=day, copy_of=copy_of)


def skill_names(area: int, has: IntArray) -> list[str]:
    """Names of the skills of one row.

    Args:
        area: place in ``areas()``.
        has: int (skills), not 0 for each skill of the row.
    """
    names = areas()[area].skills
    return [names[place] for place in np.flatnonzero(has[: len(names)])]


def city_of(place: int) -> tuple[str, str]:
    """State and city."""
    state, city = words()["cities"][place]
    return state, city
