"""CORS: pages of other sites may send events and ask for lists, where a setting names these sites.

No cookie is involved and no credentials are ever allowed; ``Authorization`` is no header that a page may send, so the
admin routes stay out of reach of browsers on other sites.
"""

import time
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.errors import problem
from app.http.middleware import request_id
from app.metrics.telemetry import Telemetry

METHODS = ("GET", "HEAD", "POST")
SENT = ("Content-Type", "Content-Encoding", "X-Request-ID")
SHOWN = ("X-Request-ID", "Retry-After")
DAY_SECONDS = 86_400
PREFLIGHT = "preflight"  # the route by which they are counted


class CrossOrigin(CORSMiddleware):
    """Answers preflights, and adds the CORS headers to every answer.

    Args:
        allowed: origins, or ``*`` for all.
        telemetry: counts the preflights, which reach no route.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str], telemetry: Telemetry) -> None:
        super().__init__(
            app,
            allow_origins=allowed,
            allow_methods=METHODS,
            allow_headers=SENT,
            allow_credentials=False,
            expose_headers=SHOWN,
            max_age=DAY_SECONDS,
        )
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_preflight(scope):
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
        scope["request_id"] = request_id(scope)
        answer = self._answer(Request(scope))
        await answer(scope, receive, send)
        self._telemetry.http.count_request(PREFLIGHT, "OPTIONS", answer.status_code, time.perf_counter() - started)

    def _answer(self, request: Request) -> Response:
        made = self.preflight_response(request.headers)
        if made.status_code == 200:
            return Response(status_code=204, headers=_headers_without_content(made))
        detail = f"{bytes(made.body).decode()}: PAUTA_CORS_ORIGINS names the sites whose pages may ask. " + (
            f"Methods are {', '.join(METHODS)}; headers {', '.join(SENT)}."
        )
        return problem(request, 400, detail, headers=_headers_without_content(made))


def _is_preflight(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return False
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers


def _headers_without_content(made: Response) -> dict[str, str]:
    """The headers of a response that are not about its body."""
    return {name: value for name, value in made.headers.items() if not name.startswith("content-")}
