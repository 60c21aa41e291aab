"""The latest vacancies of candidates, as they were known on a day."""

from dataclasses import dataclass

import numpy as np

from script_shared.arrays import IntArray
from script_shared.recruiting.features.activity import UNDECIDED, known_grade
from script_shared.recruiting.features.world import World

LATEST = 5  # of a candidate's vacancies that are compared
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
    rows = np.full((len(people), LATEST), -1, np.int64)
    days = np.zeros((len(people), LATEST), np.int64)
    grades = np.full((len(people), LATEST), UNDECIDED, np.int64)
    counts = np.zeros(len(people), np.int64)
    of_candidate, without = world.activity.of_candidate, np.broadcast_to(leave_out, len(people)).tolist()
    for place, (person, vacancy) in enumerate(zip(people.tolist(), without, strict=True)):
        entries = of_candidate.get(person)
        if not entries:
            continue
        counted = [entry for entry in reversed(entries) if entry[0] != vacancy]
        counts[place] = len(counted)
        for at, entry in enumerate(counted[:LATEST]):
            rows[place, at], days[place, at], grades[place, at] = (entry[0], entry[1], known_grade(entry, day))
    return Past(rows, days, grades, counts)
