"""Adds the middleware for traces and JSON log lines to an application."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, FastAPI

from app.tracing.json_lines import LogScope
from app.tracing.request_spans import RequestSpans
from app.tracing.use_case_of import UseCaseOf
from script_shared.addresses import networks
from script_shared.settings import Settings
from script_shared.tracing.tracing import Tracing


def follow_requests(
    app: FastAPI, settings: Settings, tracing: Tracing | None, routers: Mapping[str, Iterable[APIRouter]]
) -> None:
    """Add the middleware if traces are on or log lines are JSON; otherwise nothing is added, which costs nothing.

    Args:
        app: the application, whose other middleware was added before.
        settings: the format of log lines, and the trusted proxies.
        tracing: makes the spans of this process; None for no traces.
        routers: those of each use case, by its name.
    """
    use_case_of = UseCaseOf(routers)
    if tracing is not None:
        trusted = networks(settings.trusted_proxies)
        app.add_middleware(RequestSpans, tracer=tracing.tracer, trusted=trusted, use_case_of=use_case_of)
    if settings.log_format == "json":
        app.add_middleware(LogScope, use_case_of=use_case_of)
