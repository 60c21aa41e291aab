"""Updates a release in memory from the tables, so that added and changed records count at once."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from threading import Lock

from app.erased_people import ErasedPeople
from app.recruiting.index_copies import send_together
from script_shared.errors import UnavailableError
from script_shared.recruiting.params import GradesParams
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.recruiting.records import Candidate, Vacancy, day_of
from script_shared.recruiting.store.store import RecruitingStore, StoredRow

log = logging.getLogger("pauta.recruiting")
SECONDS = 0.25  # between two reads of the tables
DOWN_SECONDS = 5.0  # the same after a read that failed, which may have waited for a server
UNDECIDED = -1


@dataclass
class Position:
    """How far a release in memory has followed the tables.

    Attributes:
        change: the latest change that is in it.
        removed: ids of vacancies that were removed.
        erased: digests of the erased people whom the release no longer has.
        next_read: on the monotonic clock, when the tables are read again.
    """

    change: int = 0
    removed: set[str] = field(default_factory=set)
    erased: frozenset[str] = frozenset()
    next_read: float = float("-inf")
    guard: Lock = field(default_factory=Lock)


class LiveRecords:
    """Args:
    store: the tables.
    grades: relevance of each status.
    erased: who was erased.
    """

    def __init__(self, store: RecruitingStore, grades: GradesParams, erased: ErasedPeople) -> None:
        self.store, self.grades, self._erased = store, grades, erased

    async def forget_erased(self, matcher: Matcher, position: Position) -> None:
        """Remove candidates from the release whom any process erased.

        Raises:
            UnavailableError: the erasures were never read.
        """
        await self._erased.follow()
        if position.erased is not self._erased.known:
            await asyncio.to_thread(self._forget, matcher, position, self._erased.known)

    def _forget(self, matcher: Matcher, position: Position, digests: frozenset[str]) -> None:
        with position.guard, send_together(matcher):
            names = matcher.candidates.names()
            for place in self._erased.among(names, digests - position.erased):
                matcher.erase_candidate(matcher.candidates.row(names[place]))
            position.erased = digests

    async def follow(self, matcher: Matcher, position: Position, *, now: bool = False) -> None:
        """Update the release from the tables if that is due.

        Args:
            now: even if the last read was a moment ago.

        Raises:
            UnavailableError: the tables cannot be read.
        """
        if not now and time.monotonic() < position.next_read:
            return
        position.next_read = time.monotonic() + SECONDS  # one request reads, the others continue
        try:
            await asyncio.to_thread(self.apply, matcher, position)
        except UnavailableError:
            position.next_read = time.monotonic() + DOWN_SECONDS
            raise

    async def follow_if_possible(self, matcher: Matcher, position: Position) -> None:
        """The same; while the tables are unreachable, the release in memory stays as it is."""
        try:
            await self.follow(matcher, position)
        except UnavailableError as error:
            log.warning("the recruiting tables cannot be read; answers are as of the last change: %s", error)

    def apply(self, matcher: Matcher, position: Position) -> None:
        """Put all later changes into the release, in their order; one that cannot be applied is logged and left out."""
        with position.guard, send_together(matcher):
            for stored in self.store.since(position.change):
                try:
                    self._put(matcher, position, stored)
                except (LookupError, TypeError, ValueError) as error:
                    log.error("change %d of %s is left out (%s)", stored.change, stored.kind, type(error).__name__)
                position.change = stored.change

    def _put(self, matcher: Matcher, position: Position, stored: StoredRow) -> None:
        record = stored.record
        if stored.kind == "vacancies":
            position.removed.discard(record["vacancy_id"])
            if stored.removed:
                position.removed.add(record["vacancy_id"])
                matcher.parts.vacancy_index.delete([record["vacancy_id"]])
            else:
                matcher.add_vacancy(Vacancy.of(record))
        elif stored.kind == "candidates":
            self._put_candidate(matcher, stored)
        else:
            self._put_application(matcher, stored)

    def _put_candidate(self, matcher: Matcher, stored: StoredRow) -> None:
        name = stored.record["candidate_id"]
        if not stored.removed and not self._erased.has(name):
            matcher.add_candidate(Candidate.of(stored.record))
        elif (row := matcher.candidates.row(name)) >= 0:
            matcher.erase_candidate(row)

    def _put_application(self, matcher: Matcher, stored: StoredRow) -> None:
        record = stored.record
        candidate, vacancy = matcher.candidates.row(record["candidate_id"]), matcher.vacancies.row(record["vacancy_id"])
        if candidate < 0 or vacancy < 0:
            return
        if stored.removed:
            matcher.remove_application(candidate, vacancy)
            return
        grade = self.grades.grade_of(record["status"])
        days = day_of(record["applied_on"]), day_of(record["updated_on"])
        matcher.add_application(candidate, vacancy, *days, UNDECIDED if grade is None else grade)
