"""A release in memory: retrieves, ranks and explains, and accepts new records while it serves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.clock import HOUR_MS, wall_ms
from script_shared.recruiting.features.activity import UNDECIDED, Application
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.index.base import Entry, Where
from script_shared.recruiting.ranking.boosted import best_of
from script_shared.recruiting.ranking.parts import Parts, load_parts
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.profiles import profiles, tags_of_candidate, tags_of_vacancy
from script_shared.recruiting.ranking.ranked import RankedItem
from script_shared.recruiting.ranking.reasons import Reasons, levels
from script_shared.recruiting.ranking.skills import compare, words_of_skills
from script_shared.recruiting.records import NEVER, Candidate, Vacancy

if TYPE_CHECKING:
    from lightgbm import Booster


HISTORY_DAYS = 30  # the span of the data's newest days in which vacancies are still being filled


class Matcher:
    """Safe to use from many threads; changes and inline records wait for their turn.

    Attributes:
        version: the release's name.
        day: days since 1970-01-01 that counts as today: the last one of the data, or of a later application.
        is_history: whether the data ended so long ago that its last day stays today, and changes count as of it.
        vacancies, candidates: their records by row.
    """

    def __init__(self, parts: Parts, version: str = "") -> None:
        self.parts, self.version = parts, version
        self.vacancies, self.candidates, self.world = parts.vacancies, parts.candidates, parts.world
        self.day = int(parts.facts["day"])
        self.is_history = wall_ms() // (24 * HOUR_MS) - self.day > HISTORY_DAYS
        self.retrieved = int(parts.facts["retrieved"])
        self._asked_days, self._applied_days = int(parts.facts["asked_days"]), int(parts.facts["applied_days"])
        self._replaced: list[int] = []  # rows of vacancies that have a newer one
        self._lock = RLock()

    @classmethod
    def load(cls, folder: Path, version: str = "") -> "Matcher":
        """Map a release folder into memory; nothing is unpickled.

        Args:
            folder: of the release; its files stay mapped, so it must not change.
            version: of the release.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(load_parts(folder), version)

    def open_vacancies(self) -> IntArray:
        """Rows of the vacancies that are open today, of each the newest, and those asked for later that were added."""
        with self._lock:
            age = self.day - self.world.vacancy_facts["asked"]
            open_ = (age <= self._asked_days) & ((age >= 0) | (np.arange(len(age)) >= len(self.vacancies.ids)))
            for row, entries in self.world.activity.of_vacancy.items():
                if entries and self.day - max(entry[1] for entry in entries[-3:]) <= self._applied_days:
                    open_[row] = True
            open_[self._replaced] = False
        return np.flatnonzero(open_)

    def rank_candidates(
        self, vacancy: int | Mapping[str, Any], rows: Sequence[int] | None, k: int, where: Where | None = None
    ) -> list[RankedItem]:
        """Candidates for a vacancy, best first.

        Args:
            vacancy: a row, or a dict by columns of the vacancies' table.
            rows: candidates to put in order; None retrieves the nearest ones.
            k: how many at most.
            where: filter of those that are retrieved, by tag.
        """
        with self._vacancy(vacancy) as row:
            if rows is None:
                rows = self._nearest(row, max(self.retrieved, k), where)
            people = np.asarray([each for each in rows if each >= 0], np.int64)
            return self._rank(people, np.full(len(people), row), people, self.parts.candidate_ranker, k)

    def _nearest(self, vacancy: int, k: int, where: Where | None = None) -> list[int]:
        """Rows of the candidates whose vectors are nearest to a vacancy's."""
        index = self.parts.candidate_index
        vector = self.world.vacancy_vectors("learnt")[vacancy]
        return self.candidates.rows([each.id for each in index.query(vector, k, where, index.encoder)])

    def rank_vacancies(
        self, candidate: int | Mapping[str, Any], rows: Sequence[int] | None, k: int
    ) -> list[RankedItem]:
        """Vacancies for a candidate, best first; without rows those that are open and not applied to yet.

        Args:
            candidate: row, or a record of somebody who is not in the release.
            rows: of the vacancies to put in order.
            k: vacancies at most.
        """
        with self._candidate(candidate) as row:
            if rows is None:
                before = [entry[0] for entry in self.world.activity.of_candidate.get(row, ())]
                rows = np.setdiff1d(self.open_vacancies(), before).tolist()
            things = np.asarray(rows, np.int64)
            return self._rank(np.full(len(things), row), things, things, self.parts.vacancy_ranker, k)

    def _rank(
        self, candidates: IntArray, vacancies: IntArray, shown: IntArray, ranker: "Booster", k: int
    ) -> list[RankedItem]:
        if not len(shown):
            return []
        day = self.day
        features = pair_features(self.world, candidates, vacancies, day)
        best, scores = best_of(ranker, features, k)
        chances = self.parts.match.chances_of(self.world, features[best], candidates[best], vacancies[best], day)
        alike = self.similarities(candidates[best], vacancies[best])
        rows = zip(shown[best].tolist(), scores.tolist(), chances.tolist(), alike.tolist(), strict=True)
        return [RankedItem(*row) for row in rows]

    def similarities(self, candidates: IntArray, vacancies: IntArray) -> FloatArray:
        """(n) cosine of the candidates' profiles and the vacancies.

        Args:
            candidates: int (n), rows.
            vacancies: int (n), rows.

        Returns:
            float (n), -1 to 1.
        """
        own = profiles(self.world, candidates)
        found: FloatArray = np.einsum("nd,nd->n", own, self.world.vacancy_vectors("learnt")[vacancies])
        return found

    def similar_vacancies(self, row: int, k: int, where: Where | None = None) -> list[tuple[int, float]]:
        """The nearest other vacancies with their cosine.

        Args:
            row: of the vacancy.
            k: vacancies at most.
            where: values that a vacancy must have, by name; None for all.

        Returns:
            row and cosine, -1 to 1, highest first.
        """
        found = self.parts.vacancy_index.query(self.vacancies.id_of(row), k, where)
        return [(self.vacancies.row(each.id), each.similarity) for each in found]

    def similar_candidates(self, row: int, k: int, where: Where | None = None) -> list[tuple[int, float]]:
        """The nearest other candidates with their cosine.

        Args:
            row: of the candidate.
            k: candidates at most.
            where: values that a candidate must have, by name; None for all.

        Returns:
            row and cosine, -1 to 1, highest first.
        """
        found = self.parts.candidate_index.query(self.candidates.id_of(row), k, where)
        return [(self.candidates.row(each.id), each.similarity) for each in found]

    def search(
        self, text: str, kind: str, k: int, where: Where | None = None, keep: Callable[[int], bool] | None = None
    ) -> list[tuple[int, float]]:
        """Rows of "candidates" or "vacancies" for a free text: BM25 and the vectors, with equal weight.

        Args:
            text: words to look for.
            kind: ``candidates`` or ``vacancies``.
            k: results at most.
            where: filter of the nearest vectors, by tag; ``keep`` has to check it, too.
            keep: whether a row may be a result; None keeps all.

        Returns:
            Row and score, 0..1, best first.
        """
        ours = kind == "vacancies"
        side: People[Any] = self.vacancies if ours else self.candidates
        index = self.parts.vacancy_index if ours else self.parts.candidate_index
        found = self.parts.spaces.vacancies([{"title": text}])["learnt"][0]
        with self._lock:  # rows that come or go between words and vectors would not fit together
            scores = side.bm25(text)
            scores = scores / (float(scores.max(initial=0.0)) or 1.0)
            near = index.query(found, max(10 * k, 100), where, index.encoder) if found.any() else []
            for each in near:
                scores[side.row(each.id)] += each.similarity
        best = np.argsort(-scores, kind="stable")[: int(np.count_nonzero(scores > 0))].tolist()
        current = (row for row in best if side.row(side.id_of(row)) == row and (keep is None or keep(row)))
        return [(row, float(scores[row]) / 2) for row in islice(current, k)]

    def reasons(self, candidate: int | Mapping[str, Any], vacancy: int | Mapping[str, Any]) -> Reasons:
        """Why a pair fits or does not.

        Args:
            candidate: row, or a record of somebody who is not in the release.
            vacancy: row, or a record of one that is not in the release.
        """
        with self._candidate(candidate) as person, self._vacancy(vacancy) as thing:
            wanted = self.vacancies.get(thing)
            skills = compare(wanted, self.candidates.having(person, words_of_skills(wanted)))
            return Reasons(skills, levels(self.candidates.get(person), wanted))

    def match(self, candidate: int | Mapping[str, Any], vacancy: int | Mapping[str, Any]) -> RankedItem:
        """One pair, scored among the nearest candidates as in a list, because some features compare within a list.

        Args:
            candidate: row, or a record of somebody who is not in the release.
            vacancy: row, or a record of one that is not in the release.
        """
        with self._candidate(candidate) as person, self._vacancy(vacancy) as row:
            rows = self._nearest(row, self.retrieved)
            rows += [person] if person not in rows else []
            return next(each for each in self.rank_candidates(row, rows, len(rows)) if each.row == person)

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
    def _vacancy(self, given: int | Mapping[str, Any]) -> Iterator[int]:
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
    def _candidate(self, given: int | Mapping[str, Any]) -> Iterator[int]:
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
