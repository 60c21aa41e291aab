"""Who applied to what and when, with which outcome: all that is known by a day, and nothing later.

Applications are added in order of time. Training adds those before a day and then looks; serving adds all there are and
each new one as it comes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from script_shared.recruiting.features.recent import Numbers, Recent

UNDECIDED = -1
Known = tuple[int, int, int, int]  # other side's row, day applied, day updated (NEVER = -1), grade


@dataclass(frozen=True)
class Application:
    """One application.

    Attributes:
        candidate, vacancy: rows.
        day: days since 1970-01-01 on which it was made.
        updated: day of its last status, -1 when it never changed.
        grade: relevance by its status, UNDECIDED when nothing was decided.
    """

    candidate: int
    vacancy: int
    day: int
    updated: int = -1
    grade: int = UNDECIDED


class Activity:
    """Applications by candidate and by vacancy.

    Attributes:
        of_candidate: by candidate row (vacancy, day, updated, grade), oldest first.
        of_vacancy: by vacancy row (candidate, day, updated, grade), oldest first.
        recent: the latest entries of ``of_candidate`` as an array.
        changes: how many changes there were.
        touched: by vacancy the latest change of its applications, or of the other applications of its applicants.
        sizes: by vacancy how many applications it has.
    """

    def __init__(self, applications: Iterable[Application] = ()) -> None:
        self.of_candidate: dict[int, list[Known]] = {}
        self.of_vacancy: dict[int, list[Known]] = {}
        self.recent = Recent()
        self.touched, self.sizes = Numbers(), Numbers()
        self.changes = 0
        for application in applications:
            self.add(application)

    def add(self, new: Application) -> None:
        """Add an application; a known pair gets its new status.

        Args:
            new: rows of candidate and vacancy, with days since 1970-01-01.
        """
        for side, own, other in (
            (self.of_candidate, new.candidate, new.vacancy),
            (self.of_vacancy, new.vacancy, new.candidate),
        ):
            entries = side.setdefault(own, [])
            entry = (other, new.day, new.updated, new.grade)
            place = next((at for at, each in enumerate(entries) if each[0] == other), None)
            if place is None:
                entries.append(entry)
            else:
                entries[place] = (other, entries[place][1], new.updated, new.grade)
        self._note([new.candidate], [new.vacancy])

    def remove(self, candidate: int, vacancy: int) -> None:
        """Forget one application; nothing changes if there is none.

        Args:
            candidate: row of the candidate.
            vacancy: row of the vacancy.
        """
        for side, own, other in ((self.of_candidate, candidate, vacancy), (self.of_vacancy, vacancy, candidate)):
            side[own] = [entry for entry in side.get(own, ()) if entry[0] != other]
        self._note([candidate], [vacancy])

    def latest(self, candidate: int, most: int, leave_out: int = -1) -> list[Known]:
        """A candidate's newest applications, newest first, one vacancy left out.

        Args:
            candidate: row of the candidate.
            most: applications at most.
            leave_out: row of a vacancy, -1 for none.
        """
        entries = reversed(self.of_candidate.get(candidate, ()))
        return list(islice((entry for entry in entries if entry[0] != leave_out), most))

    def move(self, candidate: int, new: int) -> None:
        """Give a candidate's applications to another row, for a new version of the candidate.

        Args:
            candidate: row that loses the applications.
            new: row that gets them.
        """
        self.of_candidate[new] = self.of_candidate.pop(candidate, [])
        for vacancy, *_ in self.of_candidate[new]:
            entries = self.of_vacancy[vacancy]
            self.of_vacancy[vacancy] = [(new, *entry[1:]) if entry[0] == candidate else entry for entry in entries]
        self._note([candidate, new], [])

    def move_vacancy(self, vacancy: int, new: int) -> None:
        """Give a vacancy's applications to another row, for a new version of the vacancy.

        The old row keeps its list: another thread may be about to look at it.

        Args:
            vacancy: row of the old version.
            new: row that gets the applications.
        """
        self.of_vacancy[new] = list(self.of_vacancy.get(vacancy, ()))
        for candidate, *_ in self.of_vacancy[new]:
            entries = self.of_candidate[candidate]
            self.of_candidate[candidate] = [(new, *entry[1:]) if entry[0] == vacancy else entry for entry in entries]
        self._note([entry[0] for entry in self.of_vacancy[new]], [vacancy, new])

    def erase(self, candidate: int) -> None:
        """Forget a candidate.

        Args:
            candidate: row of the candidate.
        """
        gone = [entry[0] for entry in self.of_candidate.pop(candidate, ())]
        for vacancy in gone:
            entries = self.of_vacancy.get(vacancy, [])
            self.of_vacancy[vacancy] = [entry for entry in entries if entry[0] != candidate]
        self._note([candidate], gone)

    def _note(self, candidates: Sequence[int], vacancies: Sequence[int]) -> None:
        """Update the arrays after applications of these candidates, or to these vacancies, changed."""
        touched = [*vacancies]
        for row in candidates:
            entries = self.of_candidate.get(row, ())
            self.recent.put(row, entries)
            touched += [entry[0] for entry in entries]
        self.touched.put(touched, self.changes + 1)
        self.sizes.put(vacancies, [len(self.of_vacancy.get(row, ())) for row in vacancies])
        self.changes += 1


def known_grade(entry: Sequence[int], day: int) -> int:
    """The grade when it was decided before the day, else UNDECIDED.

    >>> known_grade((7, 10, 12, 3), 12), known_grade((7, 10, 12, 3), 13)
    (-1, 3)
    """
    return int(entry[3]) if 0 <= entry[2] < day else UNDECIDED
