"""Lines as JSON name the request, its trace and its use case, and quote no person."""

import asyncio
import io
import json
import logging
import logging.config
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from starlette.types import Scope

from app.log_lines import uvicorn_lines
from app.tracing.json_lines import JsonLines, LogScope
from app.tracing.use_case_of import UseCaseOf
from script_shared.errors import UnavailableError
from script_shared.settings import Settings
from tests.app.conftest import ROOT, Store, listens, started, until
from tests.patience import PATIENCE_SECONDS

NEWS = APIRouter()


@NEWS.get("/lists")
def get_lists() -> None:
    """A route of a use case."""


USE_CASE_OF = UseCaseOf({"news": [NEWS], "students": []})


def lines(write: Callable[[logging.Logger], None], scope: Scope | None = None) -> list[dict[str, Any]]:
    """What is written, outside of a request or while one is answered."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines("staging"))
    logger = logging.Logger("pauta.test")
    logger.addHandler(handler)

    async def app(*_: Any) -> None:
        await asyncio.to_thread(write, logger)

    if scope is None:
        write(logger)
    else:
        asyncio.run(LogScope(app, USE_CASE_OF)(scope, None, None))  # type: ignore[arg-type]
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_outside_of_a_request() -> None:
    (line,) = lines(lambda log: log.warning("a\n%s \ud800 é", "line"))
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING",
        "environment": "staging",
        "logger": "pauta.test",
        "message": "a\nline \ud800 é",
    }


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({"type": "http"}, {}),
        ({"request_id": "r1", "endpoint": get_lists}, {"request_id": "r1", "use_case": "news"}),
        ({"trace_id": "ab", "path_params": {"use_case": "students"}}, {"trace_id": "ab", "use_case": "students"}),
        ({"path_params": {"use_case": "ana"}}, {}),
    ],
)
def test_a_line_of_a_request_names_it(scope: Scope, found: dict[str, str]) -> None:
    (line,) = lines(lambda log: log.info("said"), scope)
    assert {name: line[name] for name in ("request_id", "trace_id", "use_case") if name in line} == found


def test_what_an_error_says_is_left_out_unless_it_is_our_own() -> None:
    def write(log: logging.Logger) -> None:
        try:
            try:
                raise ValueError("Ana has no class")
            except ValueError as error:
                raise UnavailableError("the log is unreachable.") from error
        except UnavailableError:
            log.exception("failed")

    (line,) = lines(write)
    assert [(error["type"], error.get("message")) for error in line["errors"]] == [
        ("UnavailableError", "the log is unreachable."),
        ("ValueError", None),
    ]
    assert all(error["places"][0].startswith(__file__) for error in line["errors"])
    assert "Ana" not in json.dumps(line)


def test_uvicorn_writes_the_same_form() -> None:
    config = uvicorn_lines(Settings(log_format="json", env="dev"))
    configurator = logging.config.DictConfigurator(config)  # type: ignore[attr-defined]
    formatter = configurator.configure_formatter(config["formatters"]["default"])
    assert isinstance(formatter, JsonLines)


@pytest.mark.slow
def test_every_line_of_a_real_service_is_json(
    store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    store.promote("v1")
    monkeypatch.setattr("tests.app.conftest.LOG", {"PAUTA_LOG_FORMAT": "json", "PAUTA_LOG_LEVEL": "debug"})
    with started(store.settings) as (address, _):
        until(lambda: listens(address))
        httpx.get(
            f"{address}/recommendations?user_id=ana-maria", headers={"X-Request-ID": "r1"}, timeout=PATIENCE_SECONDS
        )
    text = capfd.readouterr().err
    written = [json.loads(line) for line in text.splitlines()]
    (access,) = [line for line in written if line["logger"] == "pauta.access" and line.get("request_id") == "r1"]
    assert access["use_case"] == "news"
    assert {"uvicorn.error", "pauta.access"} <= {line["logger"] for line in written}
    assert "ana-maria" not in text


def test_the_form_of_lines_loads_nothing_that_is_large() -> None:
    large = ("numpy", "opentelemetry", "sqlalchemy")
    code = f"import sys, app.tracing.json_lines; print([name for name in {large} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"
