"""Sessions of the pages: a cookie that only the holder of a token can have, and that no other site can use."""

import hmac
import time
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response

from app.dependencies import Service, TheService
from app.students.viewers import Viewer, tokens_of, viewer_called

COOKIE = "pauta_students"
SECONDS = 8 * 3600  # a working day
MOST_DIGITS = 12  # of a moment in seconds


def open_session(request: Request, response: Response, name: str, token: str) -> None:
    """Have the browser keep a session; it ends after a working day, or when the token is changed."""
    until = int(time.time()) + SECONDS
    response.set_cookie(
        COOKIE,
        f"{name}:{until}:{_mac(name, until, token)}",
        max_age=SECONDS,
        path=home(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def close_session(request: Request, response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(COOKIE, path=home(request), httponly=True, samesite="strict")


def viewer_in(cookie: str, service: Service) -> Viewer | None:
    """The viewer of a session cookie; None without a session, after its end, or when its token was changed."""
    name, _, rest = cookie.partition(":")
    until, _, mac = rest.partition(":")
    token = tokens_of(service).get(name)
    if token is None or not until.isascii() or not until.isdecimal() or len(until) > MOST_DIGITS:
        return None
    if int(until) < time.time():
        return None
    return viewer_called(name) if hmac.compare_digest(mac.encode(), _mac(name, int(until), token).encode()) else None


def home(request: Request) -> str:
    """The address of the first page, with the prefix of a proxy."""
    return f"{request.scope.get('root_path', '')}/students/page"


def refuse_other_sites(request: Request) -> None:
    """Refuse a form that a page of another site sends.

    Raises:
        HTTPException: 403, the browser says that it comes from elsewhere.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)


async def _viewer(request: Request, service: TheService) -> Viewer:
    found = viewer_in(request.cookies.get(COOKIE, ""), service)
    if found is None:
        raise HTTPException(401)
    return found


def _mac(name: str, until: int, token: str) -> str:
    return hmac.new(token.encode(), f"session of the students pages: {name} until {until}".encode(), sha256).hexdigest()


SessionViewer = Annotated[Viewer, Depends(_viewer)]
