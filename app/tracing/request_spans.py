"""A span for each request, the root of its trace or a child of the caller's where the caller is trusted.

A span names the route, never the address: paths and queries hold ids of users. The instrumentation of ASGI that
OpenTelemetry offers records addresses, and believes the ``traceparent`` of every client.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.forwarded import within
from app.http.middleware import TRACE_ID, method_of, route_of
from app.tracing.use_case_of import UseCaseOf
from script_shared.addresses import Network

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

QUIET = ("/health", "/ready", "/metrics")  # requested every few seconds by probes
_HEADERS = (b"traceparent", b"tracestate")


class RequestSpans:
    """Traces requests; runs before the other middleware, because those change the sender's address.

    Whether a trace is kept is decided once, where it begins, and a kept trace costs time. So only a trusted proxy's
    trace continues here with its decision. A trace of anybody else is only linked to a new one, for which
    ``OTEL_TRACES_SAMPLER`` decides.

    Args:
        tracer: starts spans.
        trusted: networks of the proxies whose ``traceparent`` is believed.
        use_case_of: the use case that a request belongs to.
    """

    def __init__(self, app: ASGIApp, tracer: "Tracer", trusted: Sequence[Network], use_case_of: UseCaseOf) -> None:
        self.app, self._tracer, self._use_case_of = app, tracer, use_case_of
        networks = tuple(trusted)
        self._is_trusted = lru_cache(4096)(lambda address: within(address, networks))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].endswith(QUIET):
            await self.app(scope, receive, send)
            return
        span = self._start(scope)
        if span.is_recording():
            await self._run(span, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _start(self, scope: Scope) -> "Span":
        from opentelemetry.context import Context
        from opentelemetry.trace import Link, SpanKind, get_current_span
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent, links = Context(), []
        if carrier := {
            str(name, "ascii"): str(value, "latin-1") for name, value in scope["headers"] if name in _HEADERS
        }:
            caller = TraceContextTextMapPropagator().extract(carrier, Context())
            if self._is_trusted(scope["client"][0] if scope.get("client") else ""):
                parent = caller
            elif (stranger := get_current_span(caller).get_span_context()).is_valid:
                links.append(Link(stranger))
        return self._tracer.start_span("HTTP", parent, SpanKind.SERVER, links=links)

    async def _run(self, span: "Span", scope: Scope, receive: Receive, send: Send) -> None:
        from opentelemetry.context import attach, detach
        from opentelemetry.trace import set_span_in_context

        scope[TRACE_ID] = f"{span.get_span_context().trace_id:032x}"
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = attach(set_span_in_context(span))
        try:
            await self.app(scope, receive, send_and_note)
        finally:
            detach(token)
            _end(span, scope, status, self._use_case_of(scope))


def _end(span: "Span", scope: Scope, status: int, use_case: str) -> None:
    """Name the span and set its attributes; of what a person sent they hold only a plain request id."""
    from opentelemetry.trace import StatusCode

    method, route = method_of(scope), route_of(scope)
    span.update_name(f"{method} {route}")
    attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "pauta.use_case": use_case,
        "pauta.request_id": scope.get("request_id", ""),
        "pauta.variant": scope.get("variant", ""),
    }
    span.set_attributes({name: value for name, value in attributes.items() if value != ""})
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)
    span.end()
