"""Several worker processes are forked from a process that has imported the service, and share its imports."""

import gc
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app import description
from app.main import _routers, create_app, routes_of
from app.registry import use_cases
from script_shared.settings import Settings
from tests.app.conftest import Store, listens, serving, started, until
from tests.patience import PATIENCE_SECONDS

LEAST_SHARED = 30 << 20  # bytes that a worker still shares after its start, of 70 MB of imports


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are new interpreters")
def test_workers_share_the_imports_of_their_parent_and_are_replaced_when_they_end(store: Store) -> None:
    store.promote("v1")
    with started(store.settings, workers=2) as (address, service):
        until(lambda: listens(address))
        until(lambda: "pauta_workers 2.0" in httpx.get(f"{address}/metrics", timeout=PATIENCE_SECONDS).text)
        workers = psutil.Process(service.pid).children()
        assert len(workers) == 2
        assert min(map(_shared_bytes, workers)) > LEAST_SHARED
        workers[0].kill()
        until(lambda: len({each.pid for each in psutil.Process(service.pid).children()} - {workers[0].pid}) == 2)
        until(lambda: "pauta_workers 2.0" in httpx.get(f"{address}/metrics", timeout=PATIENCE_SECONDS).text)


def _shared_bytes(process: psutil.Process) -> int:
    """Anonymous memory that the process shares with others."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("Shared_Dirty"))
    return 1024 * int(kilobytes)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are new interpreters")
def test_a_service_that_is_stopped_at_once_ends_with_its_workers(store: Store) -> None:
    with started(store.settings, workers=2) as (_, service):
        until(lambda: len(psutil.Process(service.pid).children()) >= 1)
        service.terminate()  # while the workers start
        assert service.wait(PATIENCE_SECONDS) in (0, -15)


def test_the_garbage_collector_is_on_in_a_running_service(store: Store) -> None:
    gc.disable()  # as the command does until all is imported
    try:
        with serving(store.settings):
            assert gc.isenabled()
    finally:
        gc.enable()


def test_routes_are_described_as_if_each_had_been_included() -> None:
    cases = use_cases(Settings())
    included = APIRouter(responses=description.responses(), generate_unique_id_function=description.operation_id)
    for router in _routers(cases):
        included.include_router(router)
    order = [(route.path, route.methods) for route in routes_of(cases) if isinstance(route, APIRoute)]
    again = [route for route in included.routes if isinstance(route, APIRoute)]
    again.sort(key=lambda route: order.index((route.path, route.methods)))
    described: dict[str, Any] = {"title": "", "version": "", "separate_input_output_schemas": False}
    assert get_openapi(routes=routes_of(cases), **described) == get_openapi(routes=again, **described)


def test_applications_share_their_routes() -> None:
    one, other = create_app(Settings()), create_app(Settings())
    assert set(map(id, one.routes)) & set(map(id, other.routes)) == set(map(id, routes_of(use_cases(Settings()))))
