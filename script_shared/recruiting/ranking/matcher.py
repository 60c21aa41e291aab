"""A release in memory: retrieves, ranks and explains."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.index.base import Where
from script_shared.recruiting.ranking.boosted import best_of
from script_shared.recruiting.ranking.current_records import CurrentRecords
from script_shared.recruiting.ranking.parts import Parts, load_parts
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.profiles import profiles
from script_shared.recruiting.ranking.ranked import RankedItem
from script_shared.recruiting.ranking.reasons import Reasons, levels
from script_shared.recruiting.ranking.skills import compare, words_of_skills

if TYPE_CHECKING:
    from lightgbm import Booster


class Matcher(CurrentRecords):
    """Safe to use from many threads; changes and inline records wait for their turn.

    Attributes:
        version: the release's name.
        retrieved: nearest candidates that are ranked for a vacancy.
    """

    def __init__(self, parts: Parts, version: str = "") -> None:
        super().__init__(parts)
        self.version = version
        self.retrieved = int(parts.facts["retrieved"])
        self._asked_days, self._applied_days = int(parts.facts["asked_days"]), int(parts.facts["applied_days"])

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
        with self._vacancy_row(vacancy) as row:
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
        with self._candidate_row(candidate) as row:
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
        with self._candidate_row(candidate) as person, self._vacancy_row(vacancy) as thing:
            wanted = self.vacancies.get(thing)
            skills = compare(wanted, self.candidates.having(person, words_of_skills(wanted)))
            return Reasons(skills, levels(self.candidates.get(person), wanted))

    def match(self, candidate: int | Mapping[str, Any], vacancy: int | Mapping[str, Any]) -> RankedItem:
        """One pair, scored among the nearest candidates as in a list, because some features compare within a list.

        Args:
            candidate: row, or a record of somebody who is not in the release.
            vacancy: row, or a record of one that is not in the release.
        """
        with self._candidate_row(candidate) as person, self._vacancy_row(vacancy) as row:
            rows = self._nearest(row, self.retrieved)
            rows += [person] if person not in rows else []
            return next(each for each in self.rank_candidates(row, rows, len(rows)) if each.row == person)
