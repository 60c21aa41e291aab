"""The records of a release in memory, which accepts new ones while it serves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np

from script_shared.clock import HOUR_MS, wall_ms
from script_shared.recruiting.features.activity import UNDECIDED, Application
from script_shared.recruiting.index.base import Entry
from script_shared.recruiting.ranking.parts import Parts
from script_shared.recruiting.ranking.profiles import profiles, tags_of_candidate, tags_of_vacancy
from script_shared.recruiting.records import NEVER, Candidate, Vacancy

HISTORY_DAYS = 30  # the span of the data's newest days in which vacancies are still being filled


class CurrentRecords:
    """Adds and erases records, and keeps indexes and activity up to date. Safe to use from many threads.

    Attributes:
        parts: of the release.
        vacancies, candidates: their records by row.
        world: what features are made from.
        day: days since 1970-01-01 that counts as today: the last one of the data, or of a later application.
        is_history: whether the data ended so long ago that its last day stays today, and changes count as of it.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.vacancies, self.candidates, self.world = parts.vacancies, parts.candidates, parts.world
        self.day = int(parts.facts["day"])
        self.is_history = wall_ms() // (24 * HOUR_MS) - self.day > HISTORY_DAYS
        self._replaced: list[int] = []  # rows of vacancies that have a newer one
        self._lock = RLock()

    def add_vacancy(self, vacancy: Vacancy) -> int:
        """Add a vacancy, or a new version of one, which keeps the applicants. Its row, which is a new one.

        Args:
            vacancy: recognised by its id.
        """
        with self._lock:
            old = self.vacancies.row(vacancy.id)
            row = self._push_vacancy(vacancy)
            self.vacancies.name(row)
            if old >= 0:
                self._replaced.append(old)
                self.world.activity.move_vacancy(old, row)
            vector = self.world.vacancy_vectors("learnt")[row]
            index = self.parts.vacancy_index
            index.upsert([Entry(vacancy.id, vector, tags_of_vacancy(vacancy))], index.encoder)
        return row

    def add_candidate(self, candidate: Candidate) -> int:
        """Add a candidate, or a new version of one, who keeps the applications. The row, which is a new one.

        Args:
            candidate: recognised by the id.
        """
        with self._lock:
            old = self.candidates.row(candidate.id)
            row = self._push_candidate(candidate)
            self.candidates.name(row)
            if old >= 0:
                self.world.activity.move(old, row)
            self._index_candidate(row)
        return row

    def add_application(
        self, candidate: int, vacancy: int, day: int, updated: int = NEVER, grade: int = UNDECIDED
    ) -> None:
        """Add an application, or the new status of one; it counts in features at once.

        Args:
            candidate: row of the candidate.
            vacancy: row of the vacancy.
            day: of the application, days since 1970-01-01.
            updated: day of the status, days since 1970-01-01, NEVER for none.
            grade: of the status.
        """
        with self._lock:
            if self.is_history:
                day, updated = min(day, self.day), min(updated, self.day)
            self.world.activity.add(Application(candidate, vacancy, day, updated, grade))
            self.day = max(self.day, day)
            self._index_candidate(candidate)

    def remove_application(self, candidate: int, vacancy: int) -> None:
        """Forget an application, which no longer counts in features.

        Args:
            candidate: row of the candidate.
            vacancy: row of the vacancy.
        """
        with self._lock:
            self.world.activity.remove(candidate, vacancy)
            self._index_candidate(candidate)

    def erase_candidate(self, row: int) -> None:
        """Remove a candidate from index, activity and answers.

        Args:
            row: of the candidate.
        """
        with self._lock:
            self.parts.candidate_index.delete([self.candidates.id_of(row)])
            self.world.activity.erase(row)
            self.candidates.erase(row)

    def _index_candidate(self, row: int) -> None:
        vector = profiles(self.world, np.asarray([row]))[0]
        index, tags = self.parts.candidate_index, tags_of_candidate(self.candidates.get(row))
        index.upsert([Entry(self.candidates.id_of(row), vector, tags)], index.encoder)

    @contextmanager
    def _vacancy_row(self, given: int | Mapping[str, Any]) -> Iterator[int]:
        """The row of a vacancy; one that is given inline has a row until the block ends."""
        if not isinstance(given, Mapping):
            yield int(given)
            return
        with self._lock:
            try:
                yield self._push_vacancy(Vacancy.of(given))
            finally:
                self.world.drop_vacancy()
                self.vacancies.drop()

    @contextmanager
    def _candidate_row(self, given: int | Mapping[str, Any]) -> Iterator[int]:
        if not isinstance(given, Mapping):
            yield int(given)
            return
        with self._lock:
            try:
                yield self._push_candidate(Candidate.of(given))
            finally:
                self.world.drop_candidate()
                self.candidates.drop()

    def _push_vacancy(self, vacancy: Vacancy) -> int:
        self.world.add_vacancies([vacancy], self.parts.spaces.vacancies([vacancy.document]))
        return self.vacancies.push(vacancy)

    def _push_candidate(self, candidate: Candidate) -> int:
        self.world.add_candidates([candidate], self.parts.spaces.candidates([candidate.document]))
        return self.candidates.push(candidate)
