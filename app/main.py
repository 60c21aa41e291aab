"""Wiring: makes the application out of its parts."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import BaseRoute

from app import __version__, description, memory
from app.configuration import note_configuration
from app.dependencies import Service
from app.experiments.running import RunningExperiments
from app.http import errors
from app.http.cross_origin import CrossOrigin
from app.http.forwarded import ForwardedHeaders
from app.http.heads import Heads
from app.http.middleware import RequestMiddleware
from app.http.server.connections import Connections
from app.http.server.guarded_http import STATE
from app.http.server.limits import HttpLimits
from app.log_lines import set_up_logging
from app.metrics.evaluation_file import EvaluationFile
from app.metrics.telemetry import Telemetry
from app.metrics.use_case_metrics import ReleaseCounts
from app.operations.pages import OPERATIONS
from app.registry import use_cases
from app.releases.release_guard import ReleaseGuard
from app.releases.release_manager import ReleaseManager
from app.routes import audit, evaluation, experiments, health, info, metrics, model, releases, tokens, train
from app.routes.exact_routes import ExactRoutes
from app.security.callers import Callers
from app.security.request_limits import RequestLimits
from app.security.requirement import Security
from app.shell import error_pages
from app.shell.people import SESSION
from app.shell.routes import files, front, login
from app.shell.shell import Shell
from app.tracing.wrapping import follow_requests
from app.use_case import AppUseCase, Parts
from script_shared.addresses import networks, origins
from script_shared.audit.trail import AuditTrail
from script_shared.clock import wall_ms
from script_shared.events import EventLog
from script_shared.events.following.log_spans import LogSpans
from script_shared.releases import open_releases
from script_shared.settings import Settings, load_settings
from script_shared.throttle import SWITCH_SECONDS
from script_shared.tracing.tracing import Tracing, open_tracing

ROUTERS = (
    health,
    info,
    model,
    train,
    evaluation,
    releases,
    tokens,
    experiments,
    audit,
    metrics,
    front,
    files,
    login,
)  # of the host; use cases have their own
METRICS_FOLDER = "_PAUTA_METRICS_FOLDER"  # from the parent process to its workers
DESCRIPTION = (
    "Recommendations and predictions of the use cases that this instance hosts, each from its release in service. "
    "Every error is `application/problem+json` (RFC 9457) and says what to do."
)
_MADE: dict[tuple[int, ...], list[BaseRoute]] = {}  # routes by the ids of their routers


def create_app(settings: Settings, metrics_folder: Path | None = None, tracing: Tracing | None = None) -> FastAPI:
    """The application; it answers at once and waits for releases by itself.

    Args:
        metrics_folder: where the worker processes of one service find each other, None for a single process.
        tracing: makes the spans of this process; None for no traces.

    Raises:
        SettingsError: a use case that the settings choose cannot be imported.
    """
    cases = use_cases(settings)
    service = _service(settings, cases, metrics_folder, tracing)
    app = FastAPIOffline(
        title="Pauta",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
        favicon_url="web/icon.svg",  # beside /docs, under whatever prefix
        redirect_slashes=False,
        responses=description.responses(),
        generate_unique_id_function=description.operation_id,
        separate_input_output_schemas=False,
    )
    app.state.service = service
    own_pages = {name: case.pages for name, case in cases.items() if case.pages}
    app.state.shell = Shell({**own_pages, OPERATIONS.home: OPERATIONS})
    errors.install(app)
    error_pages.install(app)
    _wrap(app, service)
    ExactRoutes.install(app.router, routes_of(cases))
    description.finish(app)
    return app


def _own_routers(cases: Mapping[str, AppUseCase]) -> dict[str, list[APIRouter]]:
    return {name: [*(case.pages.routers if case.pages else ()), *case.routers] for name, case in cases.items()}


def _routers(cases: Mapping[str, AppUseCase]) -> Iterator[APIRouter]:
    for own in _own_routers(cases).values():
        yield from own
    yield from (*OPERATIONS.routers, *(module.router for module in ROUTERS))


def routes_of(cases: Mapping[str, AppUseCase]) -> list[BaseRoute]:
    """The routes of an application. They keep no state, so applications share them.

    ``include_router`` would create every route a second time, which takes 0.15 s.

    Args:
        cases: the use cases by name.
    """
    routers = list(_routers(cases))
    key = tuple(id(router) for router in routers)  # routers are objects of modules, which stay
    if key not in _MADE:
        made = [description.complete(route) for router in routers for route in router.routes]
        _MADE[key] = sorted(made, key=_match_order)
    return _MADE[key]


def _match_order(route: BaseRoute) -> int:
    """Sort key of routes: those for programs, which are requested most, are compared with a path first.

    A route without parameters matches a single path, so it may come before all others; routes with parameters keep
    their order.
    """
    if "{" in getattr(route, "path", "{"):
        return 2
    return 0 if getattr(route, "include_in_schema", False) else 1


def _wrap(app: FastAPI, service: Service) -> None:
    """The middleware of every request; the last added runs first."""
    settings, telemetry = service.settings, service.telemetry
    app.add_middleware(Heads)
    if settings.rate_per_token or settings.rate_per_address:
        callers, wrong = service.security.callers, service.security.wrong
        app.add_middleware(RequestLimits, callers=callers, settings=settings, cookie=SESSION.name, wrong=wrong)
    app.add_middleware(RequestMiddleware, telemetry=telemetry, body_bytes=settings.http_body_bytes)
    if settings.cors_origins:
        app.add_middleware(CrossOrigin, allowed=origins(settings.cors_origins), telemetry=telemetry)
    app.add_middleware(ForwardedHeaders, root=settings.root_path, trusted=networks(settings.trusted_proxies))
    follow_requests(app, settings, service.tracing, _own_routers(service.cases))


def default_app() -> FastAPI:
    """The application with settings from the environment; what ``python -m app`` starts in each process."""
    settings = load_settings()
    set_up_logging(settings)
    memory.import_lightgbm()
    folder = os.environ.get(METRICS_FOLDER)
    tracing = open_tracing("pauta-api", settings.env, {"service.version": __version__})
    return create_app(settings, Path(folder) if folder else None, tracing)


def _service(
    settings: Settings, cases: dict[str, AppUseCase], metrics_folder: Path | None, tracing: Tracing | None
) -> Service:
    table = EvaluationFile(settings.evaluation_dir)
    telemetry = Telemetry(table, metrics_folder, settings.evaluation_dir)
    telemetry.disk.watch(settings)
    log = EventLog(settings.events_address)
    audit_trail = AuditTrail(settings, log)
    running = RunningExperiments(log, audit_trail, settings.experiments_file)
    spans = LogSpans(tracing.tracer if tracing is not None else None)
    hosted: dict[str, ReleaseManager[Any]] = {}
    for name, case in cases.items():
        own = telemetry.own()
        counts = telemetry.counts_of(name, own, first=not hosted)
        hosted[name] = _live(case, Parts(settings, log, own, running, spans), counts, metrics_folder)
        running.checks[name] = hosted[name].loader.check_experiment
    return Service(
        settings=settings,
        telemetry=telemetry,
        use_cases=hosted,
        cases=cases,
        log=log,
        audit=audit_trail,
        security=Security(settings, Callers(settings, log)),
        evaluation=table,
        started_ms=wall_ms(),
        experiments=running,
        tracing=tracing,
    )


def _live(case: AppUseCase, parts: Parts, counts: ReleaseCounts, shared: Path | None) -> ReleaseManager[Any]:
    settings, loader = parts.settings, case.loader(parts)
    return ReleaseManager(
        open_releases(settings, case.name),
        loader,
        counts,
        settings.release_poll_seconds,
        use_case=case.name,
        shared=shared,
        guard=ReleaseGuard.of(settings, case.name, loader),
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    memory.give_back_large()
    sys.setswitchinterval(SWITCH_SECONDS)
    memory.keep_imports()
    service: Service = app.state.service
    with contextlib.suppress(OSError):  # the log in it is unreachable then, and reported so
        service.settings.data_dir.mkdir(parents=True, exist_ok=True)
    await service.telemetry.start()
    for live in service.use_cases.values():
        await live.start()
    limits, proxies = HttpLimits.of(service.settings), networks(service.settings.trusted_proxies)
    connections = Connections(limits, service.telemetry.connections.count_refused, proxies)
    service.telemetry.connections.follow(connections.__len__)
    releases = (live.watch() for live in service.use_cases.values())
    decisions = service.telemetry.decisions.follow(service.log.audit.newest)
    rounds = (*releases, service.experiments.watch(), connections.watch(), note_configuration(service), decisions)
    watches = [asyncio.create_task(each) for each in (*rounds, memory.MappedFiles().watch())]
    yield {STATE: connections}
    for watch in watches:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
    for live in service.use_cases.values():
        await live.stop()
    await service.security.callers.stop()
    await asyncio.to_thread(service.log.close)
    await service.telemetry.stop()
    if service.tracing is not None:
        await asyncio.to_thread(service.tracing.close)
