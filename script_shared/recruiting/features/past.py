"""The latest vacancies of candidates, as they were known on a day."""

from dataclasses import dataclass

import numpy as np

from script_shared.arrays import IntArray
from script_shared.recruiting.features.activity import UNDECIDED, known_grade
from script_shared.recruiting.features.recent import LATEST as LATEST
from script_shared.recruiting.features.world import World

DECAY = np.asarray([1.0, 0.7, 0.5, 0.35, 0.25], np.float32)  # weight of the latest vacancies in a mean


@dataclass(frozen=True)
class Past:
    """The latest vacancies of some candidates, newest first.

    Attributes:
        rows: int (candidates, LATEST) vacancy, -1 where there are fewer.
        days, grades: of the applications; a grade that was not known by the day is UNDECIDED.
        counts: (candidates) vacancies in all.
    """

    rows: IntArray
    days: IntArray
    grades: IntArray
    counts: IntArray


def past_of(world: World, people: IntArray, leave_out: int | IntArray, day: int) -> Past:
    """The past of candidates on a day, one vacancy left out.

    Args:
        world: facts and activity.
        people: int (n), rows of candidates.
        leave_out: row of the vacancy whose applications do not count, -1 for none; or int (n), one of each candidate.
        day: days since 1970-01-01; later decisions count as undecided.
    """
    found = [each.astype(np.int64) for each in world.activity.recent.of(people)]
    counts, rows, days, updated, grades = found
    grades[(updated < 0) | (updated >= day)] = UNDECIDED
    past, without = Past(rows, days, grades, counts), np.broadcast_to(leave_out, len(people))
    applied = (rows == without[:, None]).any(axis=1) | (counts > LATEST)
    for place in np.flatnonzero(applied & (without >= 0)).tolist():
        _leave_out(world, past, place, int(people[place]), int(without[place]), day)
    return past


def _leave_out(world: World, past: Past, place: int, person: int, vacancy: int, day: int) -> None:
    """Write the row of a person again, without one vacancy."""
    entries = world.activity.of_candidate.get(person, ())
    counted = [entry for entry in reversed(entries) if entry[0] != vacancy]
    past.rows[place], past.days[place], past.grades[place] = -1, 0, UNDECIDED
    past.counts[place] = len(counted)
    for at, entry in enumerate(counted[:LATEST]):
        past.rows[place, at], past.days[place, at], past.grades[place, at] = (
            entry[0],
            entry[1],
            known_grade(entry, day),
        )
