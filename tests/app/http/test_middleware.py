"""The access log: one line for each request, which an operator sees for failed ones."""

import asyncio
import logging
from typing import Any

import pytest

from app.http.middleware import RequestMiddleware
from app.metrics.telemetry import Telemetry


@pytest.mark.parametrize(("status", "level"), [(200, logging.DEBUG), (404, logging.DEBUG), (500, logging.WARNING)])
def test_a_failed_request_is_logged_as_a_warning_and_others_for_debugging(
    status: int, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def send(message: Any) -> None:
        assert (b"x-request-id", b"one") in message["headers"]

    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [(b"x-request-id", b"one")]}
    caplog.set_level(logging.DEBUG, "pauta.access")
    asyncio.run(RequestMiddleware(answer, Telemetry(), 1_000)(scope, None, send))  # type: ignore[arg-type]
    assert [record.levelno for record in caplog.records if record.name == "pauta.access"] == [level]
    assert f"GET unmatched {status}" in caplog.text
