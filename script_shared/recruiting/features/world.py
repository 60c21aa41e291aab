"""All that features are made of: facts and vectors of vacancies and candidates, and the activity up to now."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray
from script_shared.recruiting.encoders.spaces import SPACES, Spaces
from script_shared.recruiting.features.activity import Activity
from script_shared.recruiting.features.facts import CandidateFacts, VacancyFacts
from script_shared.recruiting.features.vacancy_side import VacancySide
from script_shared.recruiting.records import Candidate, Vacancy


class Vectors:
    """Rows of vectors with room at the end."""

    def __init__(self, start: FloatArray) -> None:
        self._rows, self._length = start, len(start)

    @property
    def rows(self) -> Float32s:
        """float32 (n, width)."""
        return self._rows[: self._length]

    def extend(self, more: FloatArray) -> None:
        """Add rows at the end."""
        needed = self._length + len(more)
        if needed > len(self._rows):
            room = np.zeros((max(needed, 2 * self._length), more.shape[1]), np.float32)
            room[: self._length] = self.rows
            self._rows = room
        self._rows[self._length : needed] = more
        self._length = needed

    def drop(self) -> None:
        """Remove the last row."""
        self._length -= 1


class World:
    """Vacancies and candidates by row.

    Attributes:
        vacancy_facts, candidate_facts: what is compared.
        vacancy_vectors, candidate_vectors: by space; a candidate without a text has zeros.
        activity: applications up to now.
        side: numbers of vacancies by that activity.
    """

    def __init__(
        self,
        vacancies: Sequence[Vacancy],
        candidates: Sequence[Candidate],
        vacancy_vectors: Spaces,
        candidate_vectors: Spaces,
        activity: Activity | None = None,
    ) -> None:
        self.vacancy_facts, self.candidate_facts = VacancyFacts(), CandidateFacts()
        self.vacancy_facts.extend(vacancies)
        self.candidate_facts.extend(candidates)
        self.activity = activity or Activity()
        self.project(vacancy_vectors, candidate_vectors)

    def project(self, vacancy_vectors: Spaces, candidate_vectors: Spaces) -> None:
        """Take other vectors, such as those of a projection that has learnt of later days.

        Args:
            vacancy_vectors: float32 (vacancies, width) in each space.
            candidate_vectors: float32 (candidates, width) in each space.
        """
        self._vacancy_vectors = {name: Vectors(vacancy_vectors[name]) for name in SPACES}
        self._candidate_vectors = {name: Vectors(candidate_vectors[name]) for name in SPACES}
        self.use(self.activity)

    def use(self, activity: Activity) -> None:
        """Take another activity, such as an empty one that is filled day by day.

        Args:
            activity: used as it is, not copied.
        """
        self.activity, self.side = activity, VacancySide(activity)

    def vacancy_vectors(self, space: str) -> Float32s:
        """float32 (vacancies, width).

        Args:
            space: one of ``SPACES``.

        Returns:
            rows in the order of the vacancies' rows.
        """
        return self._vacancy_vectors[space].rows

    def candidate_vectors(self, space: str) -> Float32s:
        """float32 (candidates, width).

        Args:
            space: one of ``SPACES``.

        Returns:
            rows in the order of the candidates' rows.
        """
        return self._candidate_vectors[space].rows

    def add_vacancies(self, vacancies: Sequence[Vacancy], vectors: Spaces) -> None:
        """Add vacancies at the end.

        Args:
            vacancies: n records.
            vectors: float32 (n, width) by space.
        """
        self.vacancy_facts.extend(vacancies)
        for name in SPACES:
            self._vacancy_vectors[name].extend(vectors[name])

    def drop_vacancy(self) -> None:
        """Remove the last vacancy."""
        self.vacancy_facts.drop()
        for vectors in self._vacancy_vectors.values():
            vectors.drop()

    def drop_candidate(self) -> None:
        """Remove the last candidate."""
        self.candidate_facts.columns.length -= 1
        for vectors in self._candidate_vectors.values():
            vectors.drop()

    def add_candidates(self, candidates: Sequence[Candidate], vectors: Spaces) -> None:
        """Add candidates at the end.

        Args:
            candidates: n records.
            vectors: float32 (n, width) in each space.
        """
        self.candidate_facts.extend(candidates)
        for name in SPACES:
            self._candidate_vectors[name].extend(vectors[name])
