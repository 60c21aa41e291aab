"""GET /health and /ready: whether the process runs, and whether it can serve."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.dependencies import TheService, UseCaseName
from app.http.errors import problem
from app.http.json_answer import json_response
from app.http.public_text import public
from app.releases.loaded_release import LoadedRelease
from app.releases.release_manager import ReleaseManager
from app.routes.shapes import Health, Ready
from script_shared.times import iso

router = APIRouter(tags=["operations"])
RETRY_AFTER_SECONDS = 2


@router.get("/health", summary="Liveness", response_model=Health)
async def get_health() -> dict[str, str]:
    """200 as soon as the process listens."""
    return {"status": "ok"}


@router.get("/ready", summary="Readiness", response_model=Ready)
async def get_ready(request: Request, service: TheService, use_case: UseCaseName = None) -> Response:
    """200 once a release is loaded and checked; until then 503 with the reason and Retry-After.

    With several use cases: once the first of ``PAUTA_USE_CASES`` has a release in service and no other is still loading
    its first. Another one without a promoted release, with a refused one or with an unreachable store does not hold it
    up; ``use_cases`` says which are ready.
    With ``use_case``: once that one has a release in service.
    """
    first, lives = service.live_of(use_case), service.use_cases.values()
    if first.served is None or (not use_case and any(live.is_starting for live in lives)):
        waiting = first if first.served is None else next(live for live in lives if live.is_starting)
        detail = f"No release of {waiting.use_case} is in service yet: {waiting.reason()}"
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return problem(request, 503, detail, headers=headers, **troubles(first), use_cases=_each(service.use_cases))
    return json_response(
        {
            "status": "ready",
            "release": first.served.release,
            "clock": clock_facts(first.served),
            **troubles(first),
            "use_cases": _each(service.use_cases),
        }
    )


def clock_facts(served: LoadedRelease[Any]) -> dict[str, str | None]:
    """The clock of the release in service, and why it was chosen; ``data_end`` is None without interactions."""
    clock = served.clock
    data_end = iso(clock.data_end_ms) if clock.data_end_ms else None
    return {"mode": clock.mode, "now": iso(clock.now_ms()), "data_end": data_end, "why": clock.why}


def troubles(live: ReleaseManager[Any]) -> dict[str, Any]:
    """Why a newer release is not in service, and whether the release store can be read."""
    refusal = live.refusal
    refused = refusal and {
        "release": refusal.release,
        "reason": public(refusal.reason),
        "at": iso(refusal.at_ms),
        "retried": not refusal.final,
    }
    error = live.store.error
    return {"refused": refused, "store_error": error and public(error), "release_store": live.store.text}


def _each(lives: dict[str, ReleaseManager[Any]]) -> dict[str, Any]:
    return {
        name: {
            "ready": live.served is not None,
            "release": live.served and live.served.release,
            "reason": None if live.served is not None else public(live.reason()),
        }
        for name, live in lives.items()
    }
