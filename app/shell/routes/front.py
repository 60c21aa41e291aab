"""GET /: the front page, a list of the use cases of this instance."""

from typing import Any

from fastapi import APIRouter, Response

from app.dependencies import TheService
from app.http.public_text import public
from app.releases.release_manager import ReleaseManager
from app.shell.page_route import PageRoute
from app.shell.view import OpenView, View
from app.use_case import AppUseCase
from script_shared.times import iso

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/")
async def index(view: OpenView, service: TheService) -> Response:
    """The use cases of this instance, with the release of each that is in service."""
    cases = [_case_view(view, service.cases[name], live) for name, live in service.use_cases.items()]
    return view.page("shell/front", view.texts["front"], cases=cases)


def _case_view(view: View, case: AppUseCase, live: ReleaseManager[Any]) -> dict[str, Any]:
    texts, served = view.shell.texts(view.language, case.name), live.served
    return {
        "name": case.name,
        "title": texts.get("name", case.name),
        "about": texts.get("about", case.about),
        "home": case.pages.home if case.pages else case.page,
        "shortcuts": _shortcuts(view, case),
        "release": served.release if served else "",
        "since": iso(served.loaded_ms) if served else "",
        "reason": "" if served else public(live.reason()),
    }


def _shortcuts(view: View, case: AppUseCase) -> list[tuple[str, str]]:
    """Address and text of each link that the person may follow."""
    if view.person is None or case.pages is None:
        return []
    texts, found = view.shell.texts(view.language, case.name), case.pages.shortcuts.items()
    return [(address, texts[word]) for address, (word, role) in found if view.person.may(role, case.name)]
