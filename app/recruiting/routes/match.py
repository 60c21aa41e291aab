"""POST /recruiting/match: how well pairs fit that are stored, or given as texts."""

import asyncio
from typing import Any

from fastapi import Response

from app.http.bodies import BodyRoute
from app.recruiting.answers import Side, candidate_row, pair_json, private_json, vacancy_row
from app.recruiting.changes import scrub_fields
from app.recruiting.live_release import InService
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import Matches, Pair, Pairs

router = recruiting_router(route_class=BodyRoute)


@router.post("/match", summary="How well pairs fit", response_model=Matches)
async def match_pairs(body: Pairs, loaded: InService) -> Response:
    """Score, probability and reasons of each pair, in their order. Texts are cleaned of personal data, not stored."""
    found = await asyncio.to_thread(_matches, loaded, body.pairs)
    return private_json({"release": loaded.matcher.version, "matches": found})


def _matches(loaded: RecruitingRelease, pairs: list[Pair]) -> list[dict[str, Any]]:
    sides = [_sides(loaded, pair) for pair in pairs]
    return [_match(loaded, *each) for each in sides]


def _sides(loaded: RecruitingRelease, pair: Pair) -> tuple[Side, Side]:
    """Candidate and vacancy: rows, or what was given of them, without personal data.

    Raises:
        HTTPException: 404, an id is unknown.
    """
    candidate: Side = (
        candidate_row(loaded, pair.candidate)
        if isinstance(pair.candidate, str)
        else {"candidate_id": "", **scrub_fields(pair.candidate.model_dump(exclude_none=True))}
    )
    vacancy: Side = (
        vacancy_row(loaded, pair.vacancy)
        if isinstance(pair.vacancy, str)
        else {"vacancy_id": "", **scrub_fields(pair.vacancy.model_dump(exclude_none=True))}
    )
    return candidate, vacancy


def _match(loaded: RecruitingRelease, candidate: Side, vacancy: Side) -> dict[str, Any]:
    matcher = loaded.matcher
    return pair_json(matcher.match(candidate, vacancy), matcher.reasons(candidate, vacancy))
