"""HEAD is answered wherever GET is."""

import http.client

import httpx
import pytest
from fastapi.routing import APIRoute

from app.main import create_app
from script_shared.settings import Settings

ROUTES = [route for route in create_app(Settings()).routes if isinstance(route, APIRoute)]
ADDRESSES = sorted(route.path for route in ROUTES if "GET" in route.methods)
STATUSES = {  # of routes with nothing to show here, and one of students that needs no release; others answer 503
    "/students/health": 200,
    "/evaluation": 404,
    "/evaluation/drift": 404,
    "/experiments/{name}": 422,  # no experiment can have the name
    "/experiments/{name}/report": 422,
    "/rules/{rule_id}": 422,  # ids are numbers
    "/rules/{rule_id}/cost": 422,
}
PAGES = ("/operations", "/news/editor", "/recruiting/page", "/students/page")  # they lead to the login
NAMES = {"name": "front.js", "user_id:path": "u", "page:path": "a20", "session:path": "s"}


@pytest.mark.parametrize("template", [*ADDRESSES, "/openapi.json", "/static-offline-docs/swagger-ui.css"])
def test_head_answers_as_get_without_a_body(common: httpx.Client, admin: dict[str, str], template: str) -> None:
    common.post("/events", json={"event_id": "e", "user_id": "u", "session": "s", "page": "a20"})
    address = "/web/icon.svg" if template == "/web/{name:path}" else template
    for name, value in NAMES.items():
        address = address.replace(f"{{{name}}}", value)
    got, head = common.get(address, headers=admin), common.head(address, headers=admin)
    other = template.startswith(("/recruiting", "/students"))  # news alone has a release here
    expected = 303 if template.startswith(PAGES) else STATUSES.get(template, 503 if other else 200)
    assert head.status_code == got.status_code == expected
    assert head.headers.get("Content-Type") == got.headers.get("Content-Type")
    assert head.content == b""


def test_head_is_counted_by_its_route(client: httpx.Client) -> None:
    client.head("/health")
    assert 'pauta_http_requests_total{method="HEAD",route="/health",status="200"} 1.0' in client.get("/metrics").text


def test_a_connection_goes_on_after_head(shared: httpx.Client) -> None:
    connection = http.client.HTTPConnection(shared.base_url.host, shared.base_url.port or 80)
    for method in ("HEAD", "GET", "HEAD"):
        connection.request(method, "/health")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read() == (b"" if method == "HEAD" else b'{"status":"ok"}')
    connection.close()


def test_head_is_refused_where_get_is_not(shared: httpx.Client) -> None:
    response = shared.head("/predict")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
