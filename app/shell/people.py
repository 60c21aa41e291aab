"""Who looks at the pages: the holder of a token, and the session that a browser keeps instead of it."""

import hmac
import time
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from fastapi import Request, Response

from app.dependencies import Service
from script_shared.use_case_settings import ADMIN, viewer_tokens

Role = Literal["viewer", "editor"]
COOKIE = "pauta_session"
SECONDS = 8 * 3600  # a working day
MOST_DIGITS = 12  # of a moment in seconds


@dataclass(frozen=True)
class Person:
    """The holder of a token.

    Attributes:
        name: of the token; ``admin`` for the admin token.
        key: use case and name, or ``admin``.
    """

    name: str
    key: str

    def may(self, role: Role, use_case: str) -> bool:
        """Whether pages and actions of this role are open in a use case: to admins all, to others looking."""
        return self.key == ADMIN or (role == "viewer" and self.key == f"{use_case}/{self.name}")


async def person_with(request: Request, token: str) -> Person | None:
    """The holder of a token, None for a wrong one; every token is compared, each in constant time."""
    given = token.encode()
    keys = [key for key, own in _tokens(request).items() if hmac.compare_digest(given, own.encode())]
    return _called(keys[0]) if keys else None


async def person_of(request: Request) -> Person | None:
    """The person of the session; None without a session, after its end, or when its token was changed."""
    key, _, rest = request.cookies.get(COOKIE, "").partition(":")
    until, _, mac = rest.partition(":")
    token = _tokens(request).get(key)
    if token is None or not until.isascii() or not until.isdecimal() or len(until) > MOST_DIGITS:
        return None
    if int(until) < time.time() or not hmac.compare_digest(mac.encode(), _mac(f"{key}:{until}", token).encode()):
        return None
    return _called(key)


async def open_session(request: Request, response: Response, person: Person) -> None:
    """Have the browser keep a session; it ends after a working day, or when the token is changed."""
    mark = f"{person.key}:{int(time.time()) + SECONDS}"
    response.set_cookie(
        COOKIE,
        f"{mark}:{_mac(mark, _tokens(request)[person.key])}",
        max_age=SECONDS,
        path=_root(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


async def close_session(request: Request, response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(COOKIE, path=_root(request), httponly=True, samesite="strict")


def form_key(request: Request) -> str:
    """What the forms of a session send back: other sites cannot know it, because they cannot read the cookie."""
    return sha256(f"forms of {request.cookies.get(COOKIE, '')}".encode()).hexdigest()


def _tokens(request: Request) -> dict[str, str]:
    """All tokens by key: ``admin``, or use case and name."""
    service: Service = request.app.state.service
    own = service.settings.admin_token
    admin = own.get_secret_value().strip() if own else ""
    found = {ADMIN: admin} if admin else {}
    for use_case in service.cases:
        viewers = service.settings.of(use_case).viewers
        for name, token in _parsed(viewers.get_secret_value()).items() if viewers else ():
            found[f"{use_case}/{name}"] = token
    return found


@lru_cache(8)
def _parsed(text: str) -> dict[str, str]:
    return viewer_tokens(text)


def _called(key: str) -> Person:
    return Person(key.rpartition("/")[2], key)


def _mac(text: str, token: str) -> str:
    return hmac.new(token.encode(), f"session of the pages: {text}".encode(), sha256).hexdigest()


def _root(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/"
