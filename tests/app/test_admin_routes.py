"""Admin routes are closed to everybody without the token, whatever is sent instead; found by asking the application."""

import contextlib
import http.client
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr

from app.main import create_app
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving
from tests.app.http.test_errors import is_problem
from tests.patience import PATIENCE_SECONDS

APP = create_app(Settings())
ROUTES = sorted(
    (method, route.path_format) for route in APP.routes if isinstance(route, APIRoute) for method in route.methods
)
OPERATIONS = {
    (method.upper(), path): operation
    for path, operations in APP.openapi()["paths"].items()
    for method, operation in operations.items()
}
ADMIN = sorted(at for at, operation in OPERATIONS.items() if operation.get("security"))
PUBLIC = {  # open to everybody, and meant to be; a new route is either here or needs the token
    ("GET", "/"),
    ("GET", "/articles"),
    ("GET", "/articles/{page}"),
    ("GET", "/demo"),
    ("GET", "/demo.js"),
    ("GET", "/docs"),
    ("GET", "/docs/oauth2-redirect"),
    ("GET", "/evaluation/metrics"),
    ("GET", "/health"),
    ("GET", "/info"),
    ("GET", "/latest"),
    ("GET", "/metrics"),
    ("GET", "/model"),
    ("GET", "/most-read"),
    ("GET", "/news"),
    ("GET", "/pauta.js"),
    ("GET", "/ready"),
    ("GET", "/recommendations"),
    ("GET", "/releases"),
    ("GET", "/students/health"),
    ("GET", "/students/model"),
    ("GET", "/login"),
    ("GET", "/web/{name}"),
    ("POST", "/events"),
    ("POST", "/login"),
    ("POST", "/predict"),
    ("POST", "/recommendations"),
}
SIGNED_IN = {  # by a cookie
    ("GET", "/students/page"),
    ("GET", "/students/page/{ra}"),
    *((method, path) for method, path in ROUTES if path.startswith("/recruiting/page")),
    ("POST", "/logout"),
    ("POST", "/students/page/{ra}"),
}
BASIC = "Basic b3BlbnM6YWRtaW4tcm91dGVz"
WRONG = {
    "nothing": None,
    "blank": "",
    "blanks": "   ",
    "scheme alone": "Bearer",
    "blank token": "Bearer ",
    "blanks as token": "Bearer    ",
    "wrong": "Bearer wrong",
    "beginning": f"Bearer {TOKEN[:-1]}",
    "more": f"Bearer {TOKEN}x",
    "twice": f"Bearer {TOKEN} {TOKEN}",
    "case": f"Bearer {TOKEN.upper()}",
    "not ascii": "Bearer é",
    "no scheme": TOKEN,
    "another scheme": BASIC,
    "token as another scheme": f"Basic {TOKEN}",
    "token scheme": f"Token {TOKEN}",
}
UNSET: dict[str, Any] = {"unset": None, "blank": SecretStr(""), "blanks": SecretStr("   ")}


def test_every_route_is_either_public_on_purpose_or_needs_the_token() -> None:
    assert len(ADMIN) >= 6
    assert set(ROUTES) - PUBLIC - SIGNED_IN == set(ADMIN)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("closed")
    settings = Settings(
        data_dir=root,
        models_uri=str(root / "models"),
        admin_token=SecretStr(TOKEN),
        airflow_url="http://inner.host:8080",
    )
    with serving(settings) as client:
        yield client


@pytest.fixture(scope="module", params=UNSET)
def tokenless(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("tokenless")
    settings = Settings(data_dir=root, models_uri=str(root / "models"), admin_token=UNSET[request.param])
    with serving(settings) as client:
        yield client


def ask(client: httpx.Client, at: tuple[str, str], sent: str | None) -> httpx.Response:
    """The answer to a header sent byte by byte as it is; httpx itself refuses some of these."""
    host, port = client.base_url.host, client.base_url.port or 80
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    with contextlib.closing(connection):
        headers = {} if sent is None else {"Authorization": sent}
        connection.request(at[0], at[1].replace("{", "").replace("}", ""), headers=headers)
        answer = connection.getresponse()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())


@pytest.mark.parametrize("sent", WRONG)
@pytest.mark.parametrize("at", ADMIN)
def test_an_admin_route_refuses_whatever_is_not_the_token(closed: httpx.Client, at: tuple[str, str], sent: str) -> None:
    response = ask(closed, at, WRONG[sent])
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert is_problem(response)
    assert TOKEN not in response.text


@pytest.mark.parametrize("at", ADMIN)
def test_an_admin_route_is_closed_to_everybody_while_no_token_is_set(
    tokenless: httpx.Client, at: tuple[str, str]
) -> None:
    for sent in WRONG.values():
        assert ask(tokenless, at, sent).status_code == 403


@pytest.mark.parametrize("at", ADMIN)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_opens_an_admin_route(closed: httpx.Client, at: tuple[str, str], scheme: str) -> None:
    assert ask(closed, at, f"{scheme} {TOKEN}").status_code not in (401, 403)


@pytest.mark.parametrize("sent", WRONG)
def test_settings_are_shown_in_full_to_the_token_alone(closed: httpx.Client, sent: str) -> None:
    shown = [ask(closed, ("GET", "/info"), header).json()["settings"] for header in (WRONG[sent], f"Bearer {TOKEN}")]
    assert ["inner.host" in str(settings) for settings in shown] == [False, True]
    assert TOKEN not in str(shown)


@pytest.mark.parametrize("sent", WRONG)
def test_settings_are_shown_in_full_to_nobody_while_no_token_is_set(tokenless: httpx.Client, sent: str) -> None:
    full = tokenless.get("/info").json()["settings"]
    assert ask(tokenless, ("GET", "/info"), WRONG[sent]).json()["settings"] == full
