"""Bodies of senders without the role are refused before they are read."""

import httpx
import pytest

from tests.app.conftest import TOKEN
from tests.app.test_admin_routes import OPERATIONS

BODIES = [b"{", b"\xff", b"[" * 30_000, b'"' + b"x" * 500_000 + b'"', b"1" * 5000]
ROUTES = sorted(
    (method, path)
    for (method, path), operation in OPERATIONS.items()
    if operation.get("security") and "requestBody" in operation
)


@pytest.mark.parametrize("body", BODIES, ids=["cut", "not UTF-8", "deep", "large", "long number"])
def test_no_route_reads_the_body_of_a_sender_without_its_role(common: httpx.Client, body: bytes) -> None:
    viewer = _token_of_a_viewer(common)
    json = {"Content-Type": "application/json"}
    assert len(ROUTES) > 15
    for method, path in ROUTES:
        nobody = common.request(method, path, content=body, headers=json)
        assert nobody.status_code == 401, (method, path, nobody.text)
        if OPERATIONS[method, path]["x-role"] != "viewer":
            low = common.request(method, path, content=body, headers={**json, "Authorization": f"Bearer {viewer}"})
            assert low.status_code == 403, (method, path, low.text)


def test_a_body_of_a_sender_with_the_role_is_read(common: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    answer = common.post("/tokens", content=b"{", headers=headers)
    assert answer.status_code == 422
    assert "is not valid JSON" in answer.text


def _token_of_a_viewer(client: httpx.Client) -> str:
    admin = {"Authorization": f"Bearer {TOKEN}"}
    client.delete("/tokens/low", headers=admin)
    return str(client.post("/tokens", json={"name": "low", "role": "viewer"}, headers=admin).json()["token"])
