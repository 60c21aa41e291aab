"""Paths without parameters are looked up in a table, with the same answers as the router's."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from app.routes.exact_routes import ExactRoutes


def _app() -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.mount("/files", FastAPI())

    @app.get("/one")
    def one(request: Request) -> dict[str, Any]:
        return {"route": request.scope["route"].path, "path": str(request.url_for("named", name="x"))}

    @app.post("/one")
    def other(number: int) -> int:
        if number < 0:
            raise HTTPException(409, "negative")
        return number

    @app.get("/{name}", name="named")
    def named(name: str) -> str:
        return name

    @app.get("/behind")
    def behind() -> str:
        return "never"

    return app


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[TestClient, TestClient]]:
    quick = _app()
    ExactRoutes.install(quick.router)
    with TestClient(_app()) as plain, TestClient(quick) as exact:
        yield plain, exact


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/one"),
        ("POST", "/one?number=3"),
        ("POST", "/one?number=-3"),
        ("POST", "/one?number=x"),
        ("PUT", "/one"),
        ("HEAD", "/one"),
        ("GET", "/one/"),
        ("GET", "/two"),
        ("GET", "/behind"),
        ("GET", "/a/b"),
        ("GET", "/openapi.json"),
        ("GET", "/files/x"),
    ],
)
def test_answers_are_those_of_the_router(clients: tuple[TestClient, TestClient], method: str, path: str) -> None:
    plain, exact = (client.request(method, path) for client in clients)
    assert (exact.status_code, exact.content) == (plain.status_code, plain.content)
    assert exact.headers.get("allow") == plain.headers.get("allow")


def test_routes_without_parameters_are_in_the_table_unless_another_one_comes_before() -> None:
    exact = ExactRoutes(_app().router)
    assert {("GET", "/one"), ("POST", "/one"), ("GET", "/openapi.json")} <= set(exact._routes)
    assert ("GET", "/behind") not in exact._routes


def test_the_prefix_of_a_proxy_is_no_part_of_the_path() -> None:
    app = _app()
    ExactRoutes.install(app.router)
    with TestClient(app, root_path="/news") as client:
        assert client.get("/news/one").json() == {"route": "/one", "path": "http://testserver/news/x"}
