"""GET /releases: the published releases, and the one in service."""

import threading
import time
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Response

from app.dependencies import TheLive
from app.http.json_answer import json_response
from app.routes.shapes import ReleaseList
from script_shared.releases import Manifest, Pointer, Releases

router = APIRouter(tags=["model"])
KEPT_SECONDS = 1.0
_lists: WeakKeyDictionary[Releases, tuple[float, Pointer | None, list[Manifest]]] = WeakKeyDictionary()
_lock = threading.Lock()


@router.get("/releases", summary="All releases", response_model=ReleaseList)
def get_releases(live: TheLive) -> Response:
    """All releases in the store, newest first, with the pointer and its history.

    What is published without being promoted may be missing for a second.
    """
    pointer = live.releases.current()
    current = pointer.version if pointer else None
    served = live.served
    return json_response(
        {
            "current": current,
            "serving": served and served.release,
            "releases": [_release_json(manifest, current) for manifest in _manifests(live.releases, pointer)],
            "history": _history(pointer) if pointer else [],
        }
    )


def _manifests(releases: Releases, pointer: Pointer | None) -> list[Manifest]:
    """All releases, read at most once a second while the pointer stays: each has a file to read."""
    with _lock:
        at, seen, found = _lists.get(releases, (0.0, None, []))
        if not at or seen != pointer or time.monotonic() - at > KEPT_SECONDS:
            found = releases.list()
            _lists[releases] = (time.monotonic(), pointer, found)
        return found


def _release_json(manifest: Manifest, current: str | None) -> dict[str, object]:
    return {
        "version": manifest.version,
        "created_at": manifest.created_at.isoformat(),
        "run_id": manifest.run_id,
        "bytes": manifest.total_bytes,
        "current": manifest.version == current,
        "facts": {name: value for name, value in manifest.facts.items() if name != "params"},
    }


def _history(pointer: Pointer) -> list[dict[str, object]]:
    return [move.model_dump(mode="json") for move in pointer.history]
