"""The packages of the API's image suffice: everything imports, and every route answers a plain request.

``make test-serving`` runs this file, and some others, where only those packages are installed.
"""

import json
import pkgutil
import re
from importlib import import_module
from typing import Any

import httpx
import pytest

import app
import script_shared

BODIES: dict[str, Any] = {  # of routes that need more than an empty object
    "/events": {"event_id": "e1", "user_id": "ana", "page": "a20"},
    "/articles": {"page": "p0", "title": "Eleição"},
}
LOADS = "/model/reload"


@pytest.mark.parametrize("package", [app, script_shared], ids=lambda package: package.__name__)
def test_every_module_can_be_imported(package: Any) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name:  # Alembic alone loads those
            assert import_module(module.name)


def test_every_route_answers_a_plain_request(common: httpx.Client, admin: dict[str, str]) -> None:
    paths = common.get("/openapi.json").json()["paths"]
    asked = [(method, path) for path, methods in paths.items() for method in methods]
    assert len(asked) > 30
    answers = {}
    for method, path in asked:
        address = re.sub(r"\{.*?\}", "a20", path)
        body = {"content": json.dumps(BODIES.get(path, {}))} if "requestBody" in paths[path][method] else {}
        headers = {**admin, "Content-Type": "application/json"}
        answers[method, path] = common.request(method.upper(), address, headers=headers, **body).status_code
    assert {route: status for route, status in answers.items() if status in (400, 401, 403, 405, 500)} == {}
    assert answers["post", "/events"] == answers["get", "/recommendations"] == answers["post", LOADS] == 200
