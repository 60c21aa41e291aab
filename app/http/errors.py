"""Turns every error into a problem (RFC 9457): one JSON shape for 4xx and 5xx, with what is wrong and what to do.

The members are ``type`` (always ``about:blank``), ``title`` (the status in words), ``status``, ``detail``, ``instance``
(the path), ``request_id``, and for a 422 ``errors``: a list of ``{in, field, message}``.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from app.http.public_text import public
from script_shared.errors import ConflictError, InputError, PautaError, ReleaseError, SourceError, UnavailableError

log = logging.getLogger("pauta.app")
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
CUT = "ends before all of it came: send it again"
_MOST_ERRORS = 20


def problem(
    request: Request, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """A problem as a response.

    Args:
        request: what was asked; gives ``instance`` and ``request_id``.
        status: HTTP status.
        detail: what is wrong and what to do about it, for people.
        headers: more headers, such as ``Retry-After``.
        members: more members of the JSON object.
    """
    request_id = request.scope.get("request_id", "")
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": public(detail) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else detail,
        "instance": _clean(request.url.path),
        "request_id": request_id,
        **members,
    }
    headers = {"X-Request-ID": request_id, **(headers or {})}
    page: Response | None = request.app.state.error_page(request, body) if _has_pages(request) else None
    if page is not None:
        page.headers.update(headers)
        return page
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem; ``Watched`` does so for unexpected errors.

    Args:
        app: before its first request.
    """
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(PautaError, _ours)  # type: ignore[arg-type]
    app.add_exception_handler(ClientDisconnect, _cut)  # type: ignore[arg-type]


async def _http(request: Request, error: HTTPException) -> Response:
    if entry := _unreadable(error):
        return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"body: {entry['message']}.", errors=[entry])
    detail, headers = str(error.detail), dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "This address does not exist. /docs lists all routes."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_allowed_methods(request))
        headers["Allow"] = allowed
        detail = f"{request.method} is not answered here. Use {allowed}."
    return problem(request, error.status_code, detail, headers=headers)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    untyped = _type_problem(request, error.body)
    errors = [untyped] if untyped else [_one(entry) for entry in error.errors()[:_MOST_ERRORS]]
    detail = " ".join(f"{entry['field'] or entry['in']}: {entry['message']}." for entry in errors[:5])
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


async def _cut(request: Request, _: ClientDisconnect) -> Response:
    entry = {"in": "body", "field": "", "message": CUT}
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"body: {CUT}.", errors=[entry])


async def _ours(request: Request, error: PautaError) -> Response:
    if isinstance(error, ConflictError):
        return problem(request, HTTPStatus.CONFLICT, str(error))
    if isinstance(error, InputError):
        return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    if isinstance(error, UnavailableError | ReleaseError | SourceError):
        log.warning("request %s: %s", request.scope.get("request_id"), error.log_text)
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=retry)
    log.error("request %s failed: %s", request.scope.get("request_id"), error.log_text)
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


def unexpected_problem(request: Request, error: Exception) -> Response:
    """The answer to an unexpected error, which is logged with its traceback."""
    log.error("request %s failed", request.scope.get("request_id"), exc_info=error)
    detail = "The service failed. Its log has the details under this request id."
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _has_pages(request: Request) -> bool:
    return hasattr(request.scope.get("app", request).state, "error_page")


def _unreadable(error: HTTPException) -> dict[str, str] | None:
    """About a body that FastAPI could not parse although it is sent as JSON; None for any other error."""
    messages = {
        UnicodeDecodeError: "is not UTF-8: send JSON in UTF-8",
        RecursionError: "is nested too deeply: send flatter JSON",
        ValueError: "holds a number that is too long: send a shorter one",
        ClientDisconnect: CUT,
    }
    cause = error.__cause__
    message = next((text for kind, text in messages.items() if isinstance(cause, kind)), None)
    return {"in": "body", "field": "", "message": message} if message else None


def _type_problem(request: Request, body: object) -> dict[str, str] | None:
    """About a body that was read as plain bytes because its type does not say JSON, as curl's does not."""
    sent = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_json = sent.startswith("application/") and (sent.endswith(("/json", "+json")))
    if is_json or not isinstance(body, bytes):
        return None
    named = f"was sent as {_clean(sent)}" if sent else "was sent without a type"
    return {"in": "body", "field": "", "message": f"{named}: send JSON with the header Content-Type: application/json"}


def _one(entry: Mapping[str, Any]) -> dict[str, str]:
    """One validation error: its place and message; the value itself is not repeated."""
    place: Sequence[Any] = entry["loc"]
    if entry["type"] == "json_invalid":
        return {"in": "body", "field": "", "message": f"is not valid JSON: {entry.get('ctx', {}).get('error', '')}"}
    message = {"extra_forbidden": "is not known here", "missing": "is missing"}.get(entry["type"], entry["msg"])
    message = message.removeprefix("Value error, ")  # which pydantic puts before the words of our own checks
    return {"in": str(place[0]), "field": _clean(".".join(str(part) for part in place[1:])), "message": message}


def _clean(text: str) -> str:
    """Text that can be written as UTF-8 and is not endless, whatever the client sent."""
    return text[:200].encode("utf-8", "replace").decode()


def _allowed_methods(request: Request) -> list[str]:
    """The methods that any route answers at this path."""
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
