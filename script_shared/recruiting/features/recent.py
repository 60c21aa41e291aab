"""The latest applications of each candidate in one array, so that those of many people are read at once."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Int32s, IntArray

LATEST = 5  # of a candidate's vacancies that are compared
ROOM = 1024  # candidates that there is room for at the start
BLANK = [0, *[-1] * LATEST, *[0] * LATEST, *[-1] * (2 * LATEST)]


class Recent:
    """A row for each candidate: how many applications, then vacancy, day, day updated and grade, newest first.

    The last row stays blank: it is that of everybody who has not applied. A row is replaced as a whole, so a thread
    that reads sees it before or after a change.
    """

    def __init__(self) -> None:
        self._table = np.tile(np.asarray(BLANK, np.int32), (ROOM, 1))

    def put(self, candidate: int, entries: Sequence[Sequence[int]]) -> None:
        """Replace a candidate's applications.

        Args:
            candidate: row of the candidate.
            entries: vacancy, day, day updated and grade of each application, oldest first.
        """
        if candidate >= len(self._table) - 1:
            self._grow(candidate)
        row = BLANK.copy()
        row[0] = len(entries)
        for place, entry in enumerate(entries[: -LATEST - 1 : -1], 1):
            row[place::LATEST] = entry
        self._table[candidate] = row

    def _grow(self, candidate: int) -> None:
        table = np.tile(np.asarray(BLANK, np.int32), (2 * (candidate + 2), 1))
        table[: len(self._table)] = self._table
        self._table = table

    def of(self, candidates: IntArray) -> tuple[Int32s, Int32s, Int32s, Int32s, Int32s]:
        """Of some candidates.

        Args:
            candidates: int (n), rows.

        Returns:
            int32 (n) number of applications; int32 (n, LATEST) vacancies, days, days updated and grades of the latest
            ones, newest first; the vacancy is -1 where there are fewer.
        """
        table = self._table
        found = table[np.minimum(candidates, len(table) - 1)]
        vacancies, days, updated, grades = (
            found[:, start : start + LATEST] for start in range(1, 1 + 4 * LATEST, LATEST)
        )
        return found[:, 0], vacancies, days, updated, grades
