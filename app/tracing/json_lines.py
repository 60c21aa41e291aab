"""Lines of the log as JSON, each with the request that it is about, so that a program can collect and join them."""

import json
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.tracing.use_case_of import UseCaseOf
from script_shared.errors import PautaError

_request: ContextVar[tuple[Scope, UseCaseOf] | None] = ContextVar("request", default=None)


class JsonLines(logging.Formatter):
    """One JSON object for each line: time (UTC), level, environment, logger, message, and the fields of the request.

    An error is given by its types and places in the code. Its text is left out, because it may quote what a person
    sent; only errors of this service itself keep their text, which names nobody.

    Args:
        environment: ``PAUTA_ENV``.
    """

    def __init__(self, environment: str) -> None:
        super().__init__()
        self._environment = environment

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname,
            "environment": self._environment,
            "logger": record.name,
            "message": record.getMessage(),
            **_of_request(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = list(_errors(record.exc_info[1]))
        return json.dumps(line)


class LogScope:
    """Lets the lines of a request name it; runs before the other middleware.

    Args:
        use_case_of: the use case that a request belongs to.
    """

    def __init__(self, app: ASGIApp, use_case_of: UseCaseOf) -> None:
        self.app, self._use_case_of = app, use_case_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _request.set((scope, self._use_case_of))
        try:
            await self.app(scope, receive, send)
        finally:
            _request.reset(token)


def _of_request() -> dict[str, str]:
    """The ids and the use case of the current request; empty outside of a request."""
    found = _request.get()
    if found is None:
        return {}
    scope, use_case_of = found
    known = {
        "request_id": scope.get("request_id", ""),
        "trace_id": scope.get("trace_id", ""),
        "use_case": use_case_of(scope),
    }
    return {name: value for name, value in known.items() if value}


def _errors(error: BaseException) -> Iterator[dict[str, Any]]:
    """The error, then the errors that caused it, newest first."""
    seen = set[int]()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(found.__traceback__)]
        words = {"message": found.log_text} if isinstance(found, PautaError) else {}
        yield {"type": type(found).__name__, **words, "places": places}
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
