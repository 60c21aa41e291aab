"""Every route of the pages, with the session of every role: nobody reaches more than the table of roles says."""

import httpx
import pytest
from fastapi.routing import APIRoute

from app.main import create_app
from app.security.route_roles import requirement_of
from app.shell.page_route import PageRoute
from script_shared.people import ROLES, covers
from script_shared.settings import Settings
from tests.app.operations.conftest import Site
from tests.app.shell.sessions import form_key, log_in

VALUES = {"use_case": "news", "action": "promote", "name": "name", "page": "a20", "quarantine_id": "none", "ra": "RA-1"}
ROUTES = sorted(
    (method, route.path_format)
    for route in create_app(Settings()).routes
    if isinstance(route, PageRoute)
    for method in route.methods
    if method in ("GET", "POST") and route.path_format not in ("/login", "/logout")
)
NEEDED = {
    (method, route.path_format): requirement_of(route)
    for route in create_app(Settings()).routes
    if isinstance(route, APIRoute)
    for method in route.methods
}
FINE = {200, 204, 303, 404, 409, 422, 503}  # 503: only news has a release here


def address(path: str) -> str:
    """A path with its parameters filled."""
    for name in path.split("{")[1:]:
        name = name.split("}")[0]
        path = path.replace(f"{{{name}}}", VALUES.get(name.removesuffix(":path"), "x1"))
    return path


def ask(own: httpx.Client, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return own.get(address(path))
    key = form_key(own.get("/operations"))
    return own.post(address(path), data={"form_key": key, "reason": "tried", "confirmed": "no"})


@pytest.mark.parametrize("role", ROLES)
def test_a_session_opens_exactly_the_pages_of_its_role(site: Site, role: str) -> None:
    wrong = []
    with log_in(site.client, site.tokens[role]) as own:
        for method, path in ROUTES:
            needed = NEEDED[method, path]
            status = ask(own, method, path).status_code
            may = needed is None or covers(role, needed.role)
            if (status == 403) == may or status not in FINE | {403}:
                wrong.append((method, path, status))
    assert wrong == []


def test_without_a_session_pages_lead_to_the_login(site: Site) -> None:
    for method, path in ROUTES:
        if NEEDED[method, path] is not None:
            answer = site.client.request(method, address(path))
            assert answer.status_code in (303, 401, 403), (method, path, answer.status_code)
            assert answer.status_code != 303 or "login" in answer.headers["Location"], path
