"""Replays the applications day by day: what was open, what a candidate applied to next, who applied to a vacancy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, Int64s, IntArray
from script_shared.recruiting.features.activity import Activity
from script_shared.recruiting.features.world import World

NEVER_APPLIED = -(10**6)


@dataclass(frozen=True)
class Openness:
    """When a vacancy counts as open.

    Attributes:
        asked_days: days since it was asked for.
        applied_days: or days since the latest application to it.
    """

    asked_days: int = 45
    applied_days: int = 14


@dataclass(frozen=True)
class Day:
    """A day of the replay; while it is processed, the world has only the days before.

    Attributes:
        day: days since 1970-01-01.
        places: of its applications in the data.
        open: rows of the vacancies that are open.
    """

    day: int
    places: IntArray
    open: Int64s


@dataclass(frozen=True)
class Case:
    """A candidate on a day, who had applied before, and the vacancies that were open and new to the candidate.

    Attributes:
        open: int64 (n) vacancies.
        hits: bool (n) those that the candidate applied to on that day.
        age: int64 (n) days since each was asked for.
    """

    candidate: int
    day: int
    open: Int64s
    hits: Bools
    age: Int64s


class OpenVacancies:
    """Keeps which vacancies are open, as applications come."""

    def __init__(self, asked: IntArray, openness: Openness) -> None:
        self._asked, self._openness = asked, openness
        self._applied = np.full(len(asked), NEVER_APPLIED, np.int64)

    def on(self, day: int) -> Int64s:
        """Rows of the vacancies that are open on a day."""
        age = day - self._asked
        recent = day - self._applied <= self._openness.applied_days
        return np.flatnonzero((age >= 0) & ((age <= self._openness.asked_days) | recent))

    def apply(self, vacancies: IntArray, day: int) -> None:
        """Note applications of a day."""
        self._applied[vacancies] = day


def replay(data: Data, world: World, first: int, end: int, openness: Openness) -> Iterator[Day]:
    """The days with applications from ``first`` until before ``end``.

    Args:
        data: all records.
        world: takes a new activity, which is filled as the days go by; read it before the next day is asked for.
        first: days since 1970-01-01.
        end: days since 1970-01-01, not included.
        openness: how long a vacancy counts as open.
    """
    activity = Activity()
    world.use(activity)
    pool = OpenVacancies(asked_days(data), openness)
    days, starts = np.unique(data.day, return_index=True)
    for day, start, stop in zip(days.tolist(), starts.tolist(), [*starts[1:].tolist(), len(data.day)], strict=True):
        if day >= end:
            break
        places = np.arange(start, stop)
        if day >= first:
            yield Day(day, places, pool.on(day))
        for application in data.applications(places):
            activity.add(application)
        pool.apply(data.vacancy[places], day)


def asked_days(data: Data) -> Int64s:
    """int64 (vacancies) days on which they were asked for."""
    return np.asarray([each.asked_on for each in data.vacancies], np.int64)


def next_vacancies(data: Data, world: World, today: Day, *, with_cv: bool = False) -> Iterator[Case]:
    """The candidates of a day who had applied before, with what was open to them.

    Args:
        data: all records.
        world: with the activity until that day.
        today: a day of ``replay``.
        with_cv: also candidates who had not applied before but have a text.
    """
    asked, texts = world.vacancy_facts["asked"], world.candidate_vectors("text")
    for candidate in np.unique(data.candidate[today.places]).tolist():
        before = [entry[0] for entry in world.activity.of_candidate.get(candidate, ())]
        if not before and not (with_cv and texts[candidate].any()):
            continue
        new = today.open[~np.isin(today.open, before)]
        own = data.candidate[today.places] == candidate
        hits = np.isin(new, data.vacancy[today.places][own])
        if hits.any():
            yield Case(candidate, today.day, new, hits, (today.day - asked[new]).astype(np.int64))
