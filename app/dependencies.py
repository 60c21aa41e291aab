"""The service's parts that routes get."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request

from app.experiments.running import RunningExperiments
from app.metrics.evaluation_file import EvaluationFile
from app.metrics.telemetry import Telemetry
from app.releases.release_manager import ReleaseManager
from app.security.requirement import Security
from app.use_case import AppUseCase
from script_shared.audit.trail import AuditTrail
from script_shared.errors import RequestError
from script_shared.events import EventLog
from script_shared.settings import Settings
from script_shared.tracing.tracing import Tracing

if TYPE_CHECKING:
    from app.trigger import Trigger


@dataclass(frozen=True)
class Service:
    """The parts of one running service, made once by ``create_app``.

    Attributes:
        use_cases: the release in service of each, by name; the first is the default.
        cases: the same use cases as their own folders describe them.
        log: the event log that the use cases share.
        audit: the record of decisions.
        security: identifies the sender of a request.
        experiments: those that run now.
        tracing: the spans of this process, None where traces are off.
    """

    settings: Settings
    telemetry: Telemetry
    use_cases: dict[str, ReleaseManager[Any]]
    cases: dict[str, AppUseCase]
    log: EventLog
    audit: AuditTrail
    security: Security
    evaluation: EvaluationFile
    started_ms: int
    experiments: RunningExperiments
    tracing: Tracing | None = None

    @cached_property
    def trigger(self) -> "Trigger":
        """Starts DAGs. Its client of Airflow takes 40 ms to import, and not every service needs it."""
        from app.trigger import Trigger

        return Trigger(self.settings)

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


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


UseCaseName = Annotated[
    str | None,
    Query(description="Name of a use case; the first of this instance when left out."),
]


async def _live(service: Annotated[Service, Depends(_service)], use_case: UseCaseName = None) -> ReleaseManager[Any]:
    return service.live_of(use_case)


def in_service(use_case: str) -> Any:
    """What the loader of a use case made of its release in service, for the signature of a route.

    The route answers 503 while there is none.

    Args:
        use_case: name of the use case.
    """

    async def require_release(service: Annotated[Service, Depends(_service)]) -> Any:
        return service.use_cases[use_case].require()

    return Depends(require_release)


TheLive = Annotated[ReleaseManager[Any], Depends(_live)]
TheService = Annotated[Service, Depends(_service)]
