"""GET /releases: the published releases, and the one in service."""

from fastapi import APIRouter, Response

from app.dependencies import TheLive
from app.http.json_answer import json_response
from app.routes.shapes import ReleaseList
from script_shared.releases import Manifest, Pointer

router = APIRouter(tags=["model"])


@router.get("/releases", summary="All releases", response_model=ReleaseList)
def get_releases(live: TheLive) -> Response:
    """All releases in the store, newest first, with the pointer and its history."""
    pointer = live.releases.current()
    current = pointer.version if pointer else None
    served = live.served
    return json_response(
        {
            "current": current,
            "serving": served and served.release,
            "releases": [_shown(manifest, current) for manifest in live.releases.list()],
            "history": _history(pointer) if pointer else [],
        }
    )


def _shown(manifest: Manifest, current: str | None) -> dict[str, object]:
    return {
        "version": manifest.version,
        "created_at": manifest.created_at.isoformat(),
        "run_id": manifest.run_id,
        "bytes": manifest.total_bytes,
        "current": manifest.version == current,
        "facts": manifest.facts,
    }


def _history(pointer: Pointer) -> list[dict[str, object]]:
    return [move.model_dump(mode="json") for move in pointer.history]
