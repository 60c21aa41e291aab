"""The viewers: holders of the admin token, or of a token of ``PAUTA_STUDENTS_VIEWERS``."""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.dependencies import Service, TheService
from script_shared.use_case_settings import ADMIN, variable, viewer_tokens

VARIABLE = variable("students", "viewers")
_bearer = HTTPBearer(auto_error=False, scheme_name="Viewer", description=f"A token of {VARIABLE}, or the admin token.")


@dataclass(frozen=True)
class Viewer:
    """A person or program with a token.

    Attributes:
        name: of the token; ``admin`` for the admin token.
        role: viewers look at students; an admin may also erase, train, reload and read the access record.
    """

    name: str
    role: Literal["admin", "viewer"]


def tokens_of(service: Service) -> dict[str, str]:
    """All tokens that may look at students, by name."""
    admin, viewers = service.settings.admin_token, service.settings.of("students").viewers
    found = _parsed(viewers.get_secret_value()) if viewers else {}
    own = admin.get_secret_value().strip() if admin else ""
    return found | ({ADMIN: own} if own else {})


@lru_cache(4)
def _parsed(text: str) -> dict[str, str]:
    return viewer_tokens(text)


def viewer_with(token: str, service: Service) -> Viewer | None:
    """The holder of a token, None for a wrong one; every token is compared, each in constant time."""
    given = token.encode()
    names = [name for name, own in tokens_of(service).items() if hmac.compare_digest(given, own.encode())]
    return viewer_called(names[0]) if names else None


def viewer_called(name: str) -> Viewer:
    """The viewer of a token's name."""
    return Viewer(name, "admin" if name == ADMIN else "viewer")


async def _viewer(
    service: TheService, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Viewer:
    found = viewer_with(credentials.credentials, service) if credentials else None
    if found is not None:
        return found
    if not tokens_of(service):
        detail = f"Students are shown to holders of a token. Set {VARIABLE} or PAUTA_ADMIN_TOKEN and start again."
        raise HTTPException(403, detail)
    detail = f"This route needs the header 'Authorization: Bearer <a token of {VARIABLE} or PAUTA_ADMIN_TOKEN>'."
    raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


def route_of(request: Request) -> str:
    """Method and template of the route that answers, which hold no id."""
    return f"{request.method} {request.scope['route'].path_format}"


TheViewer = Annotated[Viewer, Depends(_viewer)]
