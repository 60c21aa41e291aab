"""GET /operations: the use cases at a glance."""

from typing import Any

from fastapi import APIRouter, Response

from app.dependencies import Service, TheService
from app.http.public_text import public
from app.operations.case_page import NAME, AnyCase
from app.operations.links import Links
from app.shell.page_route import PageRoute
from app.shell.view import View
from script_shared.errors import PautaError
from script_shared.times import iso

router = APIRouter(prefix=f"/{NAME}", include_in_schema=False, route_class=PageRoute)


@router.get("")
def get_overview(view: AnyCase, service: TheService) -> Response:
    """Release, readiness and drift of each use case that the token opens."""
    names = [name for name in service.use_cases if view.viewer.may("viewer", name)]
    return view.page(
        "operations/overview",
        view.texts["name"],
        cases=[_case_view(view, service, name) for name in names],
        links=Links.of(service.settings),
        may_read_record=view.viewer.may("operator", None),
    )


def _case_view(view: View, service: Service, name: str) -> dict[str, Any]:
    live = service.use_cases[name]
    served, refusal = live.served, live.refusal
    drift = service.telemetry.drift.figures(name)
    first = next(iter(drift["comparisons"].values()), None) if drift else None
    return {
        "name": name,
        "title": view.shell.texts(view.language, name).get("name", name),
        "release": served.release if served else "",
        "since": iso(served.loaded_ms) if served else "",
        "reason": "" if served else public(live.reason()),
        "refused": f"{refusal.release}: {public(refusal.reason)}" if refusal else "",
        "store": live.store.text,
        "pinned": _pin_text(service, name),
        "drift": first["verdict"] if first else "",
        "alarm": bool(first and first["alarm"]),
    }


def _pin_text(service: Service, name: str) -> str:
    """The pin of the release in service as a sentence, "" for none."""
    try:
        pointer = service.use_cases[name].releases.current()
    except PautaError:
        return ""  # the state of the store says why
    found = [pin for pin in pointer.pins if pin.version == pointer.version] if pointer else []
    return f"{found[0].by}: {found[0].reason}" if found else ""
