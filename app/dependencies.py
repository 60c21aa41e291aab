"""What routes are handed: the service's parts, and the guard of the admin routes."""

import hmac
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, Protocol

from fastapi import Depends, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.metrics.evaluation_file import EvaluationFile
from app.metrics.telemetry import Telemetry
from app.releases.release_manager import ReleaseManager
from app.trigger import Trigger
from app.use_case import AppUseCase
from script_shared.errors import RequestError
from script_shared.events import EventLog
from script_shared.settings import Settings


@dataclass(frozen=True)
class Service:
    """The parts of one running service, made once by ``create_app``.

    Attributes:
        use_cases: the release in service of each, by name; the first is the default.
        cases: the same use cases as their own folders describe them.
        log: the event log that the use cases share.
    """

    settings: Settings
    telemetry: Telemetry
    use_cases: dict[str, ReleaseManager[Any]]
    cases: dict[str, AppUseCase]
    log: EventLog
    trigger: Trigger
    evaluation: EvaluationFile
    started_ms: int

    def live_of(self, use_case: str | None) -> ReleaseManager[Any]:
        """The release of a use case, of the first one for None.

        Raises:
            RequestError: this instance does not serve it.
        """
        name = use_case or next(iter(self.use_cases), "")
        if name not in self.use_cases:
            names = ", ".join(self.use_cases) or "none"
            raise RequestError(f"use_case: {name!r} is not served here.", fix=f"Use one of: {names}.")
        return self.use_cases[name]


class HasSettings(Protocol):
    """The service, or what a use case made of it for its routes."""

    @property
    def settings(self) -> Settings: ...


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


def refuse(service: HasSettings, what: str) -> NoReturn:
    """Refuse requests without the admin token.

    Args:
        service: knows the settings.
        what: beginning of the sentence in the answer, such as ``Erasure``.

    Raises:
        HTTPException: 403 while no token is set, else 401.
    """
    if not _token(service):
        raise HTTPException(403, f"{what} is for admins. Set PAUTA_ADMIN_TOKEN and start the service again.")
    detail = f"{what} needs the header 'Authorization: Bearer <PAUTA_ADMIN_TOKEN>'."
    raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


def is_admin(request: Request, service: HasSettings) -> bool:
    """Whether the request carries the admin token, for routes that show admins more."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _opens(service, given)


def _token(service: HasSettings) -> str:
    """The admin token, "" when none is set."""
    token = service.settings.admin_token
    return token.get_secret_value().strip() if token else ""


def _opens(service: HasSettings, given: str) -> bool:
    """Whether this is the admin token; compared in constant time."""
    token = _token(service)
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


UseCaseName = Annotated[
    str | None,
    Query(description="Name of a use case; the first of this instance when left out."),
]


async def _live(service: Annotated[Service, Depends(_service)], use_case: UseCaseName = None) -> ReleaseManager[Any]:
    return service.live_of(use_case)


def in_service(use_case: str) -> Any:
    """What the loader of a use case made of its release in service, for the signature of a route.

    The route answers 503 while there is none.
    """

    async def loaded(service: Annotated[Service, Depends(_service)]) -> Any:
        return service.use_cases[use_case].require()

    return Depends(loaded)


TheLive = Annotated[ReleaseManager[Any], Depends(_live)]
TheService = Annotated[Service, Depends(_service)]
Admin = Depends(_admin)
