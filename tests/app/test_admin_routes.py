"""Routes with a role are closed to everybody without it, whatever they send; the application lists the routes."""

import contextlib
import http.client
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr

from app.main import create_app
from script_shared.events import EventLog
from script_shared.people import ROLES
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving
from tests.app.http.test_errors import is_problem
from tests.app.security.issuer import AUDIENCE, ISSUER, Issuer, issuing
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
    ("GET", "/news/changes"),
    ("GET", "/news/compare"),
    ("GET", "/news/read/{page}"),
    ("POST", "/news/list"),
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
    *(
        (method, path)
        for method, path in ROUTES
        if path.startswith(("/recruiting/page", "/operations", "/news/editor"))
    ),
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
LOGS: dict[str, str] = {}  # address of the log, by address of the service
UNSET: dict[str, Any] = {"unset": None, "blank": SecretStr(""), "blanks": SecretStr("   ")}


def test_every_route_is_either_public_on_purpose_or_needs_the_token() -> None:
    assert len(ADMIN) >= 6
    assert set(ROUTES) - PUBLIC - SIGNED_IN == set(ADMIN)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("closed")
    settings = Settings(
        data_dir=root,
        models_uri=str(root / "models"),
        admin_token=SecretStr(TOKEN),
        airflow_url="http://127.0.0.1:9/inner.host",
        wrong_tokens_per_minute=1e6,
        jwt_jwks_url=issuer.address,
        jwt_issuer=ISSUER,
        jwt_audience=AUDIENCE,
    )
    with serving(settings) as client:
        LOGS[str(client.base_url)] = settings.events_address
        yield client


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


def made(client: httpx.Client, name: str, role: str, **more: Any) -> str:
    """The secret of a new token."""
    body = {"name": name, "role": role, **more}
    return str(client.post("/tokens", json=body, headers={"Authorization": f"Bearer {TOKEN}"}).json()["token"])


@pytest.fixture(scope="module")
def tokens(closed: httpx.Client) -> dict[str, str]:
    """A token of each role, and one of an admin of students alone."""
    found = {role: made(closed, f"of-{role}", role) for role in ROLES}
    return {**found, "students": made(closed, "of-students", "admin", use_cases=["students"])}


@pytest.fixture(scope="module")
def ended(closed: httpx.Client, issuer: Issuer) -> dict[str, str]:
    """Headers of tokens of admins that opened something once, or elsewhere."""
    admin = {"Authorization": f"Bearer {TOKEN}"}
    log = closed_log(closed)
    revoked, again = made(closed, "left", "admin"), ""
    assert closed.delete("/tokens/left", headers=admin).status_code == 200
    again = made(closed, "left", "admin")
    assert closed.delete("/tokens/left", headers=admin).status_code == 200
    _, expired = log.tokens.make("past", "admin", by="test", expires_ms=1)
    log.close()
    texts = {
        "revoked": revoked,
        "expired": expired,
        "of an ended name": again,
        "expired JWT": issuer.token("admin", exp=1),
        "JWT of another issuer": issuer.token("admin", iss="https://elsewhere.example"),
    }
    return {name: f"Bearer {text}" for name, text in texts.items()}


def closed_log(client: httpx.Client) -> EventLog:
    """The log of the service."""
    return EventLog(LOGS[str(client.base_url)])


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


def statuses(client: httpx.Client, routes: list[tuple[str, str]], sent: str | None) -> dict[tuple[str, str], int]:
    """The status of each route; every refusal is a problem that repeats no token."""
    answers = {at: ask(client, at, sent) for at in routes}
    for answer in answers.values():
        if answer.status_code in (401, 403):
            assert is_problem(answer)
            assert TOKEN not in answer.text
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    return {at: answer.status_code for at, answer in answers.items()}


@pytest.mark.parametrize("sent", WRONG)
def test_every_route_with_a_role_refuses_everything_but_tokens(closed: httpx.Client, sent: str) -> None:
    assert {at: status for at, status in statuses(closed, ADMIN, WRONG[sent]).items() if status != 401} == {}


@pytest.mark.parametrize("name", ["revoked", "expired", "of an ended name", "expired JWT", "JWT of another issuer"])
def test_every_route_with_a_role_refuses_a_token_that_has_ended(
    closed: httpx.Client, ended: dict[str, str], name: str
) -> None:
    assert {at: status for at, status in statuses(closed, ADMIN, ended[name]).items() if status != 401} == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_route_opens_to_its_role_and_to_no_lower_one(
    closed: httpx.Client, tokens: dict[str, str], role: str
) -> None:
    refused = {at for at, status in statuses(closed, ADMIN, f"Bearer {tokens[role]}").items() if status == 403}
    assert refused == {at for at in ADMIN if ROLES.index(OPERATIONS[at]["x-role"]) > ROLES.index(role)}


def test_a_token_of_one_use_case_opens_no_route_of_another_or_of_the_service(
    closed: httpx.Client, tokens: dict[str, str]
) -> None:
    opened = {at for at, status in statuses(closed, ADMIN, f"Bearer {tokens['students']}").items() if status != 403}
    assert opened == {at for at in ADMIN if at[1].startswith("/students") or at[1] == "/predict/{ra}"}


def test_every_route_is_closed_to_everybody_while_no_token_is_set(tokenless: httpx.Client) -> None:
    for sent in ("nothing", "wrong", "another scheme"):
        assert {at: status for at, status in statuses(tokenless, ADMIN, WRONG[sent]).items() if status != 403} == {}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_admin_token_opens_every_route(closed: httpx.Client, scheme: str) -> None:
    refused = {at: code for at, code in statuses(closed, ADMIN, f"{scheme} {TOKEN}").items() if code in (401, 403)}
    assert refused == {}


@pytest.mark.parametrize("sent", WRONG)
def test_settings_are_shown_in_full_to_the_token_alone(closed: httpx.Client, sent: str) -> None:
    shown = [ask(closed, ("GET", "/info"), header).json()["settings"] for header in (WRONG[sent], f"Bearer {TOKEN}")]
    assert ["inner.host" in str(settings) for settings in shown] == [False, True]
    assert TOKEN not in str(shown)


@pytest.mark.parametrize("sent", WRONG)
def test_settings_are_shown_in_full_to_nobody_while_no_token_is_set(tokenless: httpx.Client, sent: str) -> None:
    full = tokenless.get("/info").json()["settings"]
    assert ask(tokenless, ("GET", "/info"), WRONG[sent]).json()["settings"] == full
