"""The applicants of a vacancy and their statuses: from the files, and as changed since."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.recruiting.release_loader import RecruitingRelease
from script_shared.errors import UnavailableError
from script_shared.recruiting.features.activity import Known
from script_shared.recruiting.params import GradesParams
from script_shared.recruiting.records import iso_day
from script_shared.recruiting.store.store import StoredRow

FIRST = "Prospect"  # the status of an applicant about whom nothing is decided
STAGES = ("undecided", "forwarded", "interviewed", "offered", "hired", "refused")
BY_GRADE = ("refused", "forwarded", "interviewed", "offered", "hired")
MOST = 1_000  # applications of one vacancy or candidate that a page looks at
log = logging.getLogger("pauta.recruiting")


@dataclass(frozen=True)
class Step:
    """An application.

    Attributes:
        stage: one of ``STAGES``.
        status: in the words of the files; "" if the release knows only the stage.
        version: to send with a change.
        applied_on: ISO day, None where unknown.
    """

    stage: str
    status: str
    version: int
    applied_on: str | None


@dataclass(frozen=True)
class Ladder:
    """Applications by the id of the candidate, or of the vacancy.

    Attributes:
        can_change: False while the tables are unreachable.
        statuses: that can be set, by stage.
    """

    steps: Mapping[str, Step]
    can_change: bool
    statuses: Mapping[str, list[str]]

    def step(self, name: str) -> Step:
        """The application of an id; an empty one if there is none."""
        return self.steps.get(name, Step("", "", 0, None))


def ladder_of_vacancy(loaded: RecruitingRelease, vacancy: str, row: int) -> Ladder:
    """The applicants of a vacancy, latest first.

    Args:
        loaded: the release in service.
        vacancy: its id.
        row: its row.
    """
    entries = loaded.matcher.world.activity.of_vacancy.get(row, ())
    known = {loaded.matcher.candidates.id_of(entry[0]): _known_step(entry) for entry in reversed(entries[-MOST:])}
    return _ladder(loaded, known, "candidate_id", vacancy_id=vacancy)


def ladder_of_candidate(loaded: RecruitingRelease, candidate: str, row: int) -> Ladder:
    """The applications of a candidate, latest first.

    Args:
        loaded: the release in service.
        candidate: the id.
        row: the row.
    """
    entries = loaded.matcher.world.activity.of_candidate.get(row, ())
    known = {loaded.matcher.vacancies.id_of(entry[0]): _known_step(entry) for entry in reversed(entries[-MOST:])}
    return _ladder(loaded, known, "vacancy_id", candidate_id=candidate)


def _ladder(loaded: RecruitingRelease, known: dict[str, Step], key: str, **equal: str) -> Ladder:
    grades = loaded.live.grades
    statuses = {stage: [FIRST] if stage == "undecided" else list(getattr(grades, stage)) for stage in STAGES}
    try:
        stored, _ = loaded.live.store.page("applications", 0, MOST, None, **equal)
    except UnavailableError as error:
        log.warning("statuses cannot be read: %s", error.log_text)
        return Ladder(known, False, statuses)
    latest = {str(each.record[key]): _stored_step(grades, each) for each in stored}
    everything = {**latest, **{name: step for name, step in known.items() if name not in latest}}
    return Ladder({name: step for name, step in everything.items() if _exists(loaded, key, name)}, True, statuses)


def _exists(loaded: RecruitingRelease, key: str, name: str) -> bool:
    if key == "vacancy_id":
        return loaded.matcher.vacancies.row(name) >= 0 and name not in loaded.position.removed
    return loaded.matcher.candidates.row(name) >= 0 and not loaded.erased.has(name)


def _known_step(entry: Known) -> Step:
    _, day, _, grade = entry
    return Step(BY_GRADE[grade] if grade >= 0 else "undecided", "", 0, iso_day(day))


def _stored_step(grades: GradesParams, stored: StoredRow) -> Step:
    record: dict[str, Any] = stored.record
    grade = grades.grade_of(record["status"])
    stage = "undecided" if grade is None else BY_GRADE[grade]
    return Step(stage, record["status"], stored.version, record["applied_on"])
