"""GET /model and POST /model/reload: the release in service."""

from typing import Any

from fastapi import APIRouter, Response

from app.decisions import TheDecisions
from app.dependencies import TheLive
from app.http.json_answer import json_response
from app.releases.release_manager import ReleaseManager
from app.routes.health import troubles
from app.routes.shapes import Model, ModelReloaded
from app.security.requirement import require
from script_shared.errors import UnavailableError
from script_shared.times import iso

router = APIRouter(tags=["model"])


@router.get("/model", summary="The release in service", response_model=Model)
async def get_model(live: TheLive) -> Response:
    """Facts of the release in service: version, promotion, and for news counts and example users."""
    return json_response({**facts(live), **troubles(live)})


@router.post(
    "/model/reload",
    summary="Load the current release again",
    response_model=ModelReloaded,
    dependencies=[require("operator")],
)
async def reload_model(live: TheLive, decisions: TheDecisions) -> Response:
    """Load and check the release that the pointer names, even if it was refused before. Reaches this process only."""
    before = live.served.release if live.served else ""
    if await live.look(force=True):
        now = facts(live)
        await decisions.record(
            "reload", live.use_case, before=before, after=now["release"], why="requested by a person"
        )
        return json_response({"reloaded": True, **now})
    serving = f"Release {live.served.release} stays in service" if live.served else "Nothing is in service"
    raise UnavailableError(f"Nothing was loaded: {live.reason()}", fix=f"{serving}. Publish and promote again.")


def facts(live: ReleaseManager[Any]) -> dict[str, Any]:
    """Facts of a loaded release.

    Raises:
        UnavailableError: none is loaded.
    """
    served = live.require_release()
    pointer = served.pointer
    return {
        "use_case": live.use_case,
        "release": served.release,
        "sequence": pointer.sequence,
        "created_at": served.manifest.created_at.isoformat(),
        "run_id": served.manifest.run_id,
        "promoted_at": pointer.promoted_at.isoformat(),
        "promoted_by": pointer.by,
        "promoted_because": pointer.reason,
        "loaded_at": iso(served.loaded_ms),
        "load_seconds": round(served.load_seconds, 3),
        **live.card(),
    }
