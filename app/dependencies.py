"""What routes are handed: the service's parts, and the guard of the admin routes."""

import hmac
from dataclasses import dataclass, field
from typing import Annotated, NoReturn

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.day_keys import DayKeys
from app.evaluation import EvaluationFile
from app.event_proof import EventProof
from app.following import Following
from app.live import Live
from app.second_lists import SecondLists
from app.telemetry import Telemetry
from app.trigger import Trigger
from script_shared.releases import Releases
from script_shared.settings import Settings


@dataclass(frozen=True)
class Service:
    """The parts of one running service, made once by ``create_app``."""

    settings: Settings
    telemetry: Telemetry
    releases: Releases
    live: Live
    following: Following
    day_keys: DayKeys
    event_proof: EventProof
    trigger: Trigger
    evaluation: EvaluationFile
    started_ms: int
    lists: SecondLists = field(default_factory=SecondLists)


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


_bearer = HTTPBearer(auto_error=False, description="The value of PAUTA_ADMIN_TOKEN.")


async def _admin(
    service: Annotated[Service, Depends(_service)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Lets the holder of the admin token pass; the token is compared in constant time."""
    if not _opens(service, credentials.credentials if credentials else ""):
        refuse(service, "This route")


def refuse(service: Service, what: str) -> NoReturn:
    """Refuse what only admins may have.

    Raises:
        HTTPException: 403 while no token is set, else 401.
    """
    if not _token(service):
        raise HTTPException(403, f"{what} is for admins. Set PAUTA_ADMIN_TOKEN and start the service again.")
    detail = f"{what} needs the header 'Authorization: Bearer <PAUTA_ADMIN_TOKEN>'."
    raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


def is_admin(request: Request, service: Service) -> bool:
    """Whether the request carries the admin token, for routes that show admins more."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _opens(service, given)


def _token(service: Service) -> str:
    """The admin token, "" when none is set."""
    token = service.settings.admin_token
    return token.get_secret_value().strip() if token else ""


def _opens(service: Service, given: str) -> bool:
    """Whether this is the admin token; compared in constant time."""
    token = _token(service)
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


TheService = Annotated[Service, Depends(_service)]
Admin = Depends(_admin)
