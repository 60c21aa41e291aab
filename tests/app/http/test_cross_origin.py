"""Pages of other sites may send events and ask for lists where the setting names the site; admin routes never."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from script_shared.settings import Settings
from tests.app.conftest import Store, serving
from tests.app.http.test_errors import is_problem

SITE = "https://site.example"


def serve_origins(settings: Settings, allowed: str) -> AbstractContextManager[httpx.Client]:
    return serving(settings.model_copy(update={"cors_origins": allowed}))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("origins")
    with serve_origins(
        Settings(data_dir=root, models_uri=str(root / "models")), f"{SITE},http://localhost:3000"
    ) as client:
        yield client


def preflight(
    client: httpx.Client, route: str, *, origin: str = SITE, method: str = "POST", **more: str
) -> httpx.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method, **more}
    return client.options(route, headers=headers)


def credentials(response: httpx.Response) -> str | None:
    return response.headers.get("Access-Control-Allow-Credentials")


@pytest.mark.parametrize("route", ["/events", "/recommendations", "/predict"])
def test_a_preflight_of_a_named_site_is_allowed(client: httpx.Client, route: str) -> None:
    response = preflight(client, route, **{"Access-Control-Request-Headers": "content-type, content-encoding"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Origin" in response.headers["Vary"]
    assert credentials(response) is None


@pytest.mark.parametrize(
    "origin",
    ["https://other.example", "http://site.example", "https://site.example.evil", "null", "https://asite.example"],
)
def test_another_site_is_refused_with_a_problem_and_gets_no_leave(client: httpx.Client, origin: str) -> None:
    response = preflight(client, "/events", origin=origin)
    assert response.status_code == 400
    assert is_problem(response)
    assert "PAUTA_CORS_ORIGINS" in response.json()["detail"]
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Access-Control-Allow-Origin" not in client.get("/health", headers={"Origin": origin}).headers


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_no_page_may_delete(client: httpx.Client, method: str) -> None:
    assert preflight(client, "/users/u", method=method).status_code == 400


def test_no_page_may_send_a_token(client: httpx.Client) -> None:
    response = preflight(client, "/articles", **{"Access-Control-Request-Headers": "authorization"})
    assert response.status_code == 400
    assert "uthorization" not in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("method", "route"), [("GET", "/health"), ("HEAD", "/health"), ("GET", "/nowhere"), ("POST", "/predict")]
)
def test_every_answer_even_an_error_can_be_read_by_the_site(client: httpx.Client, method: str, route: str) -> None:
    response = client.request(method, route, headers={"Origin": SITE})
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "X-Request-ID" in response.headers["Access-Control-Expose-Headers"]
    assert "Origin" in response.headers["Vary"]
    assert credentials(response) is None


def test_a_mistake_of_the_service_can_be_read_too(store: Store) -> None:
    app = create_app(store.settings.model_copy(update={"cors_origins": SITE}))

    async def fails() -> None:
        raise ZeroDivisionError

    app.add_api_route("/fails", fails)
    response = asyncio.run(_ask(app, "/fails"))
    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == SITE


async def _ask(app: FastAPI, route: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.get(route, headers={"Origin": SITE})


def test_a_star_allows_every_site_and_still_no_credentials(store: Store) -> None:
    with serve_origins(store.settings, "*") as client:
        for response in (
            preflight(client, "/events"),
            client.get("/health", headers={"Origin": "https://any.example"}),
        ):
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert credentials(response) is None


def test_without_the_setting_no_page_gets_leave(store: Store) -> None:
    with serve_origins(store.settings, "") as client:
        assert preflight(client, "/events").status_code == 405
        assert "Access-Control-Allow-Origin" not in client.get("/health", headers={"Origin": SITE}).headers


def test_preflights_are_counted(client: httpx.Client) -> None:
    counted = re.compile(r'pauta_http_requests_total{method="OPTIONS",route="preflight",status="204"} (\d+)')
    preflight(client, "/events")
    before = int(counted.findall(client.get("/metrics").text)[0])
    preflight(client, "/events")
    assert int(counted.findall(client.get("/metrics").text)[0]) == before + 1
