"""The planted world: students with an ability and an engagement that decide who is promoted, year by year.

The truth: a student is promoted with the chance ``sigmoid(BASE + ABILITY a + ENGAGEMENT e)``; a and e show, with noise,
in the indices of the year; some are placed by chance alone. The ideal phase follows from the date of birth. So next
year's lag is known but for promotion and leaving, and no model can be better than the chance in ``truth``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from script_shared.arrays import FloatArray, IntArray
from script_shared.students.params import GeneratedParams, RulerParams

BASE, ABILITY, ENGAGEMENT = 0.7, 0.8, 0.8  # of the chance to be promoted, on the logit scale
REPLACED = 0.2  # share of students who are placed by a test that nobody sees: 0, 1 or 2 phases up, each as likely
LEAVE_BASE, LEAVE_BEHIND = -1.3, 0.25  # of the chance to leave; the second for each year of lag
CUT_MONTH = 10  # born after it, a student counts as a year younger, from the second year on
ENTRY_AGES = (7, 16)
GENDERS = ("girl", "boy")
SCHOOLS = ("public", "private sponsored", "private", "private partner", "private scholarship")
SCHOOL_SHARES = (0.78, 0.1, 0.05, 0.04, 0.03)


@dataclass
class People:
    """Everybody who ever was a student; arrays of one length, the position is the person.

    Attributes:
        ability, engagement: standard normal, what the indices show.
    """

    birth_year: IntArray
    birth_month: IntArray
    birth_day: IntArray
    gender: IntArray
    school: IntArray
    entry_year: IntArray
    ability: FloatArray
    engagement: FloatArray


@dataclass
class Year:
    """One year of the students that it has; arrays of one length, ``person`` sorted.

    Attributes:
        promotion: chance to be promoted at the end of the year.
    """

    year: int
    person: IntArray
    phase: IntArray
    ideal: IntArray
    indices: dict[str, FloatArray]
    promotion: FloatArray

    @property
    def lag(self) -> IntArray:
        """Phase minus ideal phase."""
        lag: IntArray = self.phase - self.ideal
        return lag


@dataclass
class World:
    """People and their years."""

    people: People
    years: list[Year]
    ruler: RulerParams

    def lagging_next(self, number: int) -> FloatArray:
        """Chance of each student of a year to lag a year later, given a stay; from what decides it."""
        year = self.years[number]
        gap = year.phase - ideal_phase(self, year.person, year.year + 1)
        plain = np.where(gap >= 0, 0.0, np.where(gap <= -2, 1.0, 1.0 - year.promotion))
        placed = np.clip(-gap, 0, 3) / 3
        return (1 - REPLACED) * plain + REPLACED * placed


def make_world(params: GeneratedParams, ruler: RulerParams) -> World:
    """The world of these params; the same params give the same world on every machine.

    Args:
        params: number of students and years, and the seed.
        ruler: which phase belongs to which age.
    """
    draw = np.random.default_rng([params.seed, 1])
    world = World(_no_people(), [], ruler)
    person: IntArray = np.empty(0, np.int64)
    phase: IntArray = np.empty(0, np.int64)
    for number in range(params.years):
        year = params.first_year + number
        new = _join(world, draw, params.students - len(person), year)
        start = np.maximum(ideal_phase(world, new, year) - draw.choice(4, len(new), p=[0.35, 0.55, 0.1, 0.0]), 0)
        person, phase = np.concatenate([person, new]), np.concatenate([phase, start])
        world.years.append(_year(world, draw, year, person, phase))
        person, phase = _next(world.years[-1], draw)
    return world


def ideal_phase(world: World, person: IntArray, year: int) -> IntArray:
    """The ideal phase of people in a year, by the ruler; from the second year on with the cut by month of birth."""
    people, ruler = world.people, world.ruler
    first = not world.years or year == world.years[0].year
    late = 0 if first else (people.birth_month[person] > CUT_MONTH).astype(int)
    age = year - people.birth_year[person] - late
    place = np.clip(age - ruler.first_age, 0, len(ruler.phases) - 1)
    ideal: IntArray = np.asarray(ruler.phases)[place]
    return ideal


def _no_people() -> People:
    whole, real = np.empty(0, np.int64), np.empty(0)
    return People(whole, whole, whole, whole, whole, whole, real, real)


def _join(world: World, draw: np.random.Generator, count: int, year: int) -> IntArray:
    """New people, as many as are missing; returns their positions."""
    people, count = world.people, max(0, count)
    ability = draw.standard_normal(count)
    fresh = People(
        birth_year=year - draw.integers(*ENTRY_AGES, count),
        birth_month=draw.integers(1, 13, count),
        birth_day=draw.integers(1, 29, count),
        gender=draw.integers(0, 2, count),
        school=draw.choice(len(SCHOOLS), count, p=SCHOOL_SHARES),
        entry_year=np.full(count, year),
        ability=ability,
        engagement=0.4 * ability + np.sqrt(1 - 0.16) * draw.standard_normal(count),
    )
    start = len(people.birth_year)
    world.people = People(*(np.concatenate([getattr(people, name), getattr(fresh, name)]) for name in vars(people)))
    return np.arange(start, start + count)


def _year(world: World, draw: np.random.Generator, year: int, person: IntArray, phase: IntArray) -> Year:
    people = world.people
    ability, engagement = people.ability[person], people.engagement[person]
    promotion = 1 / (1 + np.exp(-(BASE + ABILITY * ability + ENGAGEMENT * engagement)))
    ideal = ideal_phase(world, person, year)
    return Year(year, person, phase, ideal, _indices(draw, ability, engagement, phase - ideal), promotion)


def _indices(
    draw: np.random.Generator, ability: FloatArray, engagement: FloatArray, lag: IntArray
) -> dict[str, FloatArray]:
    def observe(mean: float, signal: npt.ArrayLike, noise: float) -> FloatArray:
        values: FloatArray = np.clip(mean + np.asarray(signal) + noise * draw.standard_normal(len(ability)), 0, 10)
        return np.round(values, 3)

    found = {"iaa": observe(8.3, 0.2 * engagement, 1.2), "ieg": observe(7.6, 1.4 * engagement, 0.7)}
    found["ips"] = draw.choice([2.5, 5.0, 6.3, 7.5, 8.8], len(ability))
    found["ida"] = observe(6.4, 1.4 * ability, 0.7)
    found["mat"], found["por"] = observe(6.0, 1.3 * ability, 1.2), observe(6.4, 1.2 * ability, 1.2)
    found["ing"] = np.where(draw.random(len(ability)) < 0.35, observe(6.5, 1.0 * ability, 1.4), np.nan)
    found["ipv"] = observe(7.3, 0.6 * ability + 0.5 * engagement, 0.7)
    found["ipp"] = observe(7.4, 0.2 * ability, 0.9)
    found["ian"] = np.select([lag <= -3, lag <= -1], [2.5, 5.0], 10.0)
    weights = {"iaa": 0.1, "ieg": 0.2, "ips": 0.1, "ida": 0.2, "ipv": 0.2, "ian": 0.1, "ipp": 0.1}
    found["inde"] = np.round(np.sum([weight * found[name] for name, weight in weights.items()], axis=0), 4)
    return found


def _next(year: Year, draw: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Who stays, and in which phase."""
    leave = 1 / (1 + np.exp(-(LEAVE_BASE + LEAVE_BEHIND * np.maximum(-year.lag, 0))))
    stays = draw.random(len(leave)) >= leave
    promoted = (draw.random(len(leave)) < year.promotion).astype(int)
    placed = draw.random(len(leave)) < REPLACED
    step = np.where(placed, draw.integers(0, 3, len(leave)), promoted)
    return year.person[stays], np.minimum(year.phase + step, 8)[stays]
