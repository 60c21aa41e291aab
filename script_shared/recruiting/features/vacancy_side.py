"""Features of vacancies from the activity on a day: how many applications they get, and from whom."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.features.activity import Activity, known_grade

PACES = (1, 3, 7, 14)  # days back that applications are counted over
OTHERS = 5  # newest other vacancies of an applicant that count
APPLICANTS = 25  # newest applicants that count
ROOM = 256  # rows of vacancies to come that there is room for
LONG_AGO = 400.0  # days since something that never happened
NAMES = (
    "applicants",
    *(f"applicants_{days}d" for days in PACES),
    "days_since_applicant",
    "refused_known",
    "good_known",
)


class VacancySide:
    """Numbers and mean vectors of vacancies, kept until the activity or the day changes."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._state = (-1, -1)
        self._numbers = np.zeros((0, len(NAMES)), np.float32)
        self._profiles: dict[int, FloatArray] = {}
        self._shared: dict[int, tuple[IntArray, FloatArray]] = {}

    def _fresh(self, day: int) -> None:
        state = (day, self._activity.changes)
        if state != self._state:
            self._state = state
            self._numbers, self._profiles, self._shared = np.zeros((0, len(NAMES)), np.float32), {}, {}

    def numbers(self, vacancies: IntArray, day: int) -> Float32s:
        """float32 (n, len(NAMES)) of vacancies on a day."""
        self._fresh(day)
        found = self._numbers  # by row, nan where it is not counted yet; another thread may begin a new one
        last = int(vacancies.max(initial=-1))
        if last >= len(found):
            found = np.full((last + ROOM, len(NAMES)), np.nan, np.float32)
            self._numbers = found
        for row in np.unique(vacancies[np.isnan(found[vacancies, 0])]).tolist():
            found[row] = self._count(row, day)
        return found[vacancies]

    def _count(self, row: int, day: int) -> list[float]:
        entries = self._activity.of_vacancy.get(row, [])
        ages = [day - entry[1] for entry in entries]
        grades = [known_grade(entry, day) for entry in entries]
        paces = [float(sum(age <= days for age in ages)) for days in PACES]
        refused, good = (sum(grade == 0 for grade in grades), sum(grade >= 3 for grade in grades))
        return [float(len(ages)), *paces, float(min(ages, default=LONG_AGO)), float(refused), float(good)]

    def profiles(self, vacancies: IntArray, vectors: FloatArray, day: int) -> Float32s:
        """float32 (n, width): mean vector of the other vacancies of each vacancy's applicants.

        Rows are zeros for a vacancy whose applicants applied to nothing else.
        """
        self._fresh(day)
        found, rows = self._profiles, vacancies.tolist()
        for row in rows:
            if row not in found:
                found[row] = self.profile(row, vectors)
        return np.stack([found[row] for row in rows]) if rows else np.zeros((0, vectors.shape[1]), np.float32)

    def profile(self, row: int, vectors: FloatArray, leave_out: int = -1) -> FloatArray:
        """(width) the same of one vacancy, one candidate left out."""
        others: list[int] = []
        for candidate, *_ in self._activity.of_vacancy.get(row, [])[-APPLICANTS:]:
            if candidate != leave_out:
                others += [entry[0] for entry in self._activity.latest(candidate, OTHERS, row)]
        if not others:
            return np.zeros(vectors.shape[1], np.float32)
        mean: FloatArray = vectors[others].mean(axis=0)
        length = float(np.sqrt(mean @ mean))
        return mean / length if length > 0 else mean

    def count_shared(self, vacancy: int, others: IntArray, day: int) -> FloatArray:
        """How many applicants a vacancy shares with others; see ``shared_applicants``.

        Args:
            vacancy: row.
            others: int, rows of any shape; -1 for none.
            day: days since 1970-01-01.

        Returns:
            float64 in the shape of ``others``.
        """
        self._fresh(day)
        found = self._shared
        if vacancy not in found:
            found[vacancy] = _sorted_counts(shared_applicants(self._activity, [vacancy]))
        return look_up(*found[vacancy], others)


def _sorted_counts(counts: dict[int, float]) -> tuple[IntArray, FloatArray]:
    """Vacancies in order, and the count of each."""
    rows = np.asarray(sorted(counts), np.int64)
    return rows, np.asarray([counts[row] for row in rows.tolist()], np.float64)


def look_up(rows: IntArray, values: FloatArray, wanted: IntArray) -> FloatArray:
    """float64 in the shape of ``wanted``: the value of each row, 0 for one that is not there.

    Args:
        rows: int (n), in order.
        values: float64 (n).
        wanted: int, rows of any shape.
    """
    if not len(rows):
        return np.zeros(wanted.shape)
    places = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    return np.where(rows[places] == wanted, values[places], 0.0)


def shared_applicants(activity: Activity, vacancies: Sequence[int], leave_out: int = -1) -> dict[int, float]:
    """By vacancy how many applicants it shares with those given, each pair as the cosine of the two lists.

    Args:
        vacancies: rows, such as those that a candidate applied to.
        leave_out: a candidate who does not count.
    """
    found: dict[int, float] = {}
    for vacancy in vacancies:
        applicants = activity.of_vacancy.get(vacancy, [])
        share = 1.0 / sqrt(max(len(applicants), 1))
        for candidate, *_ in applicants[-4 * APPLICANTS :]:
            if candidate == leave_out:
                continue
            for other, *_ in activity.of_candidate.get(candidate, [])[-4 * OTHERS :]:
                if other != vacancy:
                    found[other] = found.get(other, 0.0) + share
    return {row: count / sqrt(len(activity.of_vacancy[row])) for row, count in found.items()}
