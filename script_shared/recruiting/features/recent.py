"""Applications as arrays, so that those of many candidates or vacancies are read at once."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Int32s, Int64s, IntArray

LATEST = 5  # of a candidate's vacancies that are compared
ROOM = 1024  # candidates that there is room for at the start
BLANK = [0, *[-1] * LATEST, *[0] * LATEST, *[-1] * (2 * LATEST)]


class Recent:
    """A row for each candidate: how many applications, then vacancy, day, day updated and grade, newest first.

    The last row stays blank: it is used for everybody who has not applied. A row is replaced as a whole, so a reading
    thread sees it either before or after a change.
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


class Numbers:
    """A number for each row, 0 by default; the last one stays 0."""

    def __init__(self) -> None:
        self._values = np.zeros(ROOM, np.int64)

    def put(self, rows: Sequence[int], values: Sequence[int] | int) -> None:
        """Replace the numbers of some rows.

        Args:
            rows: 0 or more each.
            values: one of each row, or one for all of them.
        """
        needed = max(rows, default=-1) + 2
        if needed > len(self._values):
            more = np.zeros(2 * needed, np.int64)
            more[: len(self._values)] = self._values
            self._values = more
        if len(rows):
            self._values[list(rows)] = values

    def of(self, rows: IntArray) -> Int64s:
        """int64 in the shape of the rows.

        Args:
            rows: int, of any shape.
        """
        values = self._values
        return values[np.minimum(rows, len(values) - 1)]
