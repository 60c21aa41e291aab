"""GET /health and /ready: whether the process runs, and whether it can serve."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_response
from app.dependencies import TheService
from app.errors import problem
from app.live import Live
from app.public_text import public
from app.served import Served
from app.state_shapes import Health, Ready
from script_shared.times import iso

router = APIRouter(tags=["operations"])
RETRY_AFTER_SECONDS = 2


@router.get("/health", summary="Liveness", response_model=Health)
async def get_health() -> dict[str, str]:
    """200 as soon as the process listens."""
    return {"status": "ok"}


@router.get("/ready", summary="Readiness", response_model=Ready)
async def get_ready(request: Request, service: TheService) -> Response:
    """200 once a release is loaded and checked; until then 503 with the reason and Retry-After."""
    live = service.live
    if live.served is None:
        detail = f"No release is in service yet: {live.reason()}"
        return problem(request, 503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}, **troubles(live))
    return json_response(
        {"status": "ready", "release": live.served.release, "clock": clock_facts(live.served), **troubles(live)}
    )


def clock_facts(served: Served) -> dict[str, str]:
    """The clock of the release in service, and why it was chosen."""
    clock = served.model.clock
    return {"mode": clock.mode, "now": iso(clock.now_ms()), "data_end": iso(clock.data_end_ms), "why": clock.why}


def troubles(live: Live) -> dict[str, Any]:
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
