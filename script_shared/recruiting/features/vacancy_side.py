"""Features of vacancies from the activity on a day: how many applications they get, and from whom."""

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np

from script_shared.arrays import Float32s, FloatArray, Int64s, IntArray
from script_shared.recruiting.features.activity import Activity, known_grade

PACES = (1, 3, 7, 14)  # days back that applications are counted over
OTHERS = 5  # newest other vacancies of an applicant that count
APPLICANTS = 25  # newest applicants that count
ROOM = 256  # rows of vacancies to come that there is room for
NEVER = -1  # before the first change
LONG_AGO = 400.0  # days since something that never happened
NAMES = (
    "applicants",
    *(f"applicants_{days}d" for days in PACES),
    "days_since_applicant",
    "refused_known",
    "good_known",
)


class Rows:
    """float32 (vacancies, width): numbers of each vacancy, computed again after its applications changed."""

    def __init__(self, width: int) -> None:
        self._state = (np.zeros((0, width), np.float32), np.zeros(0, np.int64))  # numbers; the change they are of

    def of(
        self, vacancies: IntArray, activity: Activity, compute: Callable[[int], FloatArray | list[float]]
    ) -> Float32s:
        """float32 (n, width).

        Args:
            vacancies: int (n), rows.
            compute: the numbers of a vacancy, (width).
        """
        last, now = int(vacancies.max(initial=-1)), activity.changes
        state = self._state  # another thread may replace it meanwhile
        if last >= len(state[0]):
            state = self._state = self._grow(*state, last + ROOM)
        numbers, of_change = state
        for row in np.unique(vacancies[of_change[vacancies] < activity.touched.of(vacancies)]).tolist():
            numbers[row] = compute(row)
            of_change[row] = now
        return numbers[vacancies]

    @staticmethod
    def _grow(old: Float32s, of_change: Int64s, size: int) -> tuple[Float32s, Int64s]:
        numbers, changes = np.zeros((size, old.shape[1]), np.float32), np.full(size, NEVER, np.int64)
        numbers[: len(old)], changes[: len(old)] = old, of_change
        return numbers, changes


class VacancySide:
    """Numbers and mean vectors of vacancies, kept until their applications or, for the numbers, the day changes."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._of_day = (-1, Rows(len(NAMES)))
        self._profiles: Rows | None = None
        self._shared: dict[int, tuple[int, IntArray, FloatArray]] = {}

    def numbers(self, vacancies: IntArray, day: int) -> Float32s:
        """float32 (n, len(NAMES)) of vacancies on a day."""
        of_day, rows = self._of_day
        if of_day != day:
            rows = Rows(len(NAMES))
            self._of_day = (day, rows)
        return rows.of(vacancies, self._activity, lambda row: self._count(row, day))

    def _count(self, row: int, day: int) -> list[float]:
        entries = self._activity.of_vacancy.get(row, [])
        ages = [day - entry[1] for entry in entries]
        grades = [known_grade(entry, day) for entry in entries]
        paces = [float(sum(age <= days for age in ages)) for days in PACES]
        refused, good = (sum(grade == 0 for grade in grades), sum(grade >= 3 for grade in grades))
        return [float(len(ages)), *paces, float(min(ages, default=LONG_AGO)), float(refused), float(good)]

    def profiles(self, vacancies: IntArray, vectors: FloatArray) -> Float32s:
        """float32 (n, width): mean vector of the other vacancies of each vacancy's applicants.

        Rows are zeros for a vacancy whose applicants applied to nothing else.

        Args:
            vacancies: int (n), rows.
            vectors: float32 (vacancies, width), the same in every call.
        """
        rows = self._profiles
        if rows is None:
            rows = self._profiles = Rows(vectors.shape[1])
        return rows.of(vacancies, self._activity, lambda row: self.profile(row, vectors))

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

    def count_shared(self, vacancy: int, others: IntArray) -> FloatArray:
        """How many applicants a vacancy shares with others; see ``shared_applicants``.

        Args:
            vacancy: row.
            others: int, rows of any shape; -1 for none.

        Returns:
            float64 in the shape of ``others``.
        """
        found, now = self._shared.get(vacancy), self._activity.changes
        if found is None or found[0] < int(self._activity.touched.of(np.asarray(vacancy))):
            found = self._shared[vacancy] = (now, *_sorted_counts(_count_others(self._activity, [vacancy])))
        counts = look_up(found[1], found[2], others)
        return counts / np.sqrt(np.maximum(self._activity.sizes.of(others), 1))


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
    counts = _count_others(activity, vacancies, leave_out)
    return {row: count / sqrt(len(activity.of_vacancy[row])) for row, count in counts.items()}


def _count_others(activity: Activity, vacancies: Sequence[int], leave_out: int = -1) -> dict[int, float]:
    """The same before it is divided by the length of the other vacancy's list."""
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
    return found
