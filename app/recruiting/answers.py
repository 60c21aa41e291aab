"""Answers of the recruiting routes as JSON values, and the records that a route asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from fastapi import HTTPException, Response

from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.ranking.ranked import RankedItem
from script_shared.recruiting.ranking.reasons import Reasons

NO_VACANCY = "The release in service does not know this vacancy."
NO_CANDIDATE = "The release in service does not know this candidate."
NO_STORE = {"Cache-Control": "no-store"}  # browsers and proxies keep nothing about people
OF_VACANCY = (
    "title",
    "asked_on",
    "state",
    "city",
    "level",
    "academic",
    "english",
    "spanish",
    "contract_types",
    "areas",
)
OF_CANDIDATE = ("title", "created_on", "area", "level", "academic", "english", "spanish")
Side = int | Mapping[str, Any]


def private_json(body: Any) -> Response:
    """A JSON answer that browsers and proxies must not store.

    Args:
        body: JSON values; NumPy values are not among them.
    """
    return Response(orjson.dumps(body), 200, NO_STORE, "application/json")


def vacancy_row(loaded: RecruitingRelease, vacancy: str) -> int:
    """The row of a vacancy.

    Args:
        loaded: the release in service.
        vacancy: id, as a request has it.

    Raises:
        HTTPException: 404, there is none; the id is not repeated.
    """
    row = loaded.matcher.vacancies.row(vacancy)
    if row < 0 or vacancy in loaded.position.removed:
        raise HTTPException(404, NO_VACANCY)
    return row


def candidate_row(loaded: RecruitingRelease, candidate: str) -> int:
    """The row of a candidate.

    Args:
        loaded: the release in service.
        candidate: id, as a request has it.

    Raises:
        HTTPException: 404, there is none, or the candidate was erased; the id is not repeated.
    """
    row = loaded.matcher.candidates.row(candidate)
    if row < 0 or loaded.erased.has(candidate):
        raise HTTPException(404, NO_CANDIDATE)
    return row


def shown_vacancy(loaded: RecruitingRelease, row: int) -> dict[str, Any]:
    """A vacancy in a list.

    Args:
        loaded: the release in service.
        row: of the vacancy.

    Returns:
        ``vacancy_id`` and the fields ``OF_VACANCY``.
    """
    record = loaded.matcher.vacancies.record(row)
    return {"vacancy_id": record["vacancy_id"], **{name: record[name] for name in OF_VACANCY}}


def shown_candidate(loaded: RecruitingRelease, row: int) -> dict[str, Any]:
    """A candidate in a list.

    Args:
        loaded: the release in service.
        row: of the candidate.

    Returns:
        ``candidate_id`` and the fields ``OF_CANDIDATE``.
    """
    record = loaded.matcher.candidates.record(row)
    return {"candidate_id": record["candidate_id"], **{name: record[name] for name in OF_CANDIDATE}}


def pair_json(ranked: RankedItem, reasons: Reasons) -> dict[str, Any]:
    """How well a pair fits, and why.

    Args:
        ranked: one entry of a list.
        reasons: of the same pair.

    Returns:
        ``score`` (the order), ``match_probability`` (0 to 1), ``similarity`` (a cosine) and ``reasons``.
    """
    return {
        "score": ranked.score,
        "match_probability": ranked.match_probability,
        "similarity": ranked.similarity,
        "reasons": {
            "shared_skills": list(reasons.skills.shared),
            "missing_skills": list(reasons.skills.missing),
            "levels": [vars(level) for level in reasons.levels],
        },
    }


def without_erased(loaded: RecruitingRelease, rows: Sequence[RankedItem]) -> list[RankedItem]:
    """The candidates who were not erased."""
    people = loaded.matcher.candidates
    return [each for each in rows if not loaded.erased.has(people.id_of(each.row))]


def without_removed(loaded: RecruitingRelease, rows: Iterable[int]) -> list[int]:
    """The vacancies that were not removed.

    Args:
        loaded: the release in service.
        rows: of vacancies.
    """
    things, removed = loaded.matcher.vacancies, loaded.position.removed
    return [row for row in rows if things.id_of(row) not in removed] if removed else list(rows)
