"""Errors as pages, for people: on pages, and when a browser requests an address that does not exist."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from app.shell.addresses import MOST_LENGTH, relative
from app.shell.page_route import PageRoute
from app.shell.view import OF_REQUEST, View, host_view

OWN_WORDS = (403, 404, 409, 422, 429, 500, 503)


def install(app: FastAPI) -> None:
    """Make errors of the application pages where people read them.

    Args:
        app: before its first request.
    """
    app.state.error_page = error_page


def error_page(request: Request, problem: Mapping[str, Any]) -> Response | None:
    """A problem as a page; None if a program sent the request.

    Args:
        problem: the members of the problem.
    """
    route, status = request.scope.get("route"), int(problem["status"])
    if not isinstance(route, PageRoute) and (route is not None or not _is_browser(request)):
        return None
    if status == HTTPStatus.UNAUTHORIZED:
        return _login(request)
    view: View = request.scope.get(OF_REQUEST) or host_view(request)
    headline = view.texts[f"error_{status}" if status in OWN_WORDS else "error"]
    return view.page("shell/error", headline, status=status, problem=problem)


def _login(request: Request) -> Response:
    """A redirect to the login, and from there back to the page if the request only read it."""
    root = request.scope.get("root_path", "")
    back = request.url.path.removeprefix(root).lstrip("/") if request.method in ("GET", "HEAD") else ""
    back += f"?{request.url.query}" if back and request.url.query else ""
    following = f"?next={quote(back)}" if back and len(back) <= MOST_LENGTH else ""
    return RedirectResponse(relative(request, f"login{following}"), 303)


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")
