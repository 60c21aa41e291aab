"""What routes are handed: the service's parts, and the guard of the admin routes."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.evaluation import EvaluationFile
from app.following import Following
from app.live import Live
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
    trigger: Trigger
    evaluation: EvaluationFile
    started_ms: int


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


_bearer = HTTPBearer(auto_error=False, description="The value of PAUTA_ADMIN_TOKEN.")


async def _admin(
    service: Annotated[Service, Depends(_service)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Lets the holder of the admin token pass; the token is compared in constant time."""
    token = service.settings.admin_token
    if token is None or not token.get_secret_value():
        raise HTTPException(403, "Admin routes are closed. Set PAUTA_ADMIN_TOKEN and start the service again.")
    given = credentials.credentials if credentials else ""
    if not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        detail = "This route needs the header 'Authorization: Bearer <PAUTA_ADMIN_TOKEN>'."
        raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


TheService = Annotated[Service, Depends(_service)]
Admin = Depends(_admin)
