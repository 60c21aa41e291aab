"""GET /model and POST /model/reload: the release in service."""

from typing import Any

from fastapi import APIRouter, Response

from app.answers import json_response
from app.dependencies import Admin, TheService
from app.routes.health import troubles
from app.served import Served
from app.state_shapes import Model, Reloaded
from script_shared.clock import ClockMode
from script_shared.errors import UnavailableError
from script_shared.times import iso

router = APIRouter(tags=["model"])


@router.get("/model", summary="The release in service", response_model=Model)
async def get_model(service: TheService) -> Response:
    """Facts of the release in service: version, promotion, counts, and example users of each segment."""
    return json_response({**facts(service.live.require()), **troubles(service.live)})


@router.post("/model/reload", summary="Load the current release again", response_model=Reloaded, dependencies=[Admin])
async def reload_model(service: TheService) -> Response:
    """Load and check the release that the pointer names, even if it was refused before. Reaches this process only."""
    live = service.live
    if await live.look(force=True):
        return json_response({"reloaded": True, **facts(live.require())})
    serving = f"Release {live.served.release} stays in service" if live.served else "Nothing is in service"
    raise UnavailableError(f"Nothing was loaded: {live.reason()}", fix=f"{serving}. Publish and promote again.")


def facts(served: Served) -> dict[str, Any]:
    """Facts of a loaded release."""
    model, pointer = served.model, served.pointer
    return {
        "release": served.release,
        "sequence": pointer.sequence,
        "created_at": served.manifest.created_at.isoformat(),
        "run_id": served.manifest.run_id,
        "promoted_at": pointer.promoted_at.isoformat(),
        "promoted_by": pointer.by,
        "promoted_because": pointer.reason,
        "loaded_at": iso(served.loaded_ms),
        "load_seconds": round(served.load_seconds, 3),
        "articles": len(model.catalog),
        "readers": len(model.readers),
        "facts": model.facts,
        "examples": shown_examples(model.clock.mode, served.examples),
    }


def shown_examples(mode: ClockMode, examples: dict[str, list[str]]) -> dict[str, list[str]]:
    """Example user ids; empty for releases built from current data.

    >>> shown_examples("data", {"logged": ["r1"]}), shown_examples("wall", {"logged": ["r1"]})
    ({'logged': ['r1']}, {'logged': []})
    """
    return {segment: ids if mode == "data" else [] for segment, ids in examples.items()}
