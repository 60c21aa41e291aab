"""JWTs of a single sign-on open the routes about students that their claims allow; each look has their name."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from script_shared.settings import Settings
from script_shared.students.database.access_record import digest_of
from tests.app.conftest import serving, until
from tests.app.security.issuer import AUDIENCE, ISSUER, Issuer, issuing, new_key
from tests.app.students.conftest import ADMIN, is_ready

ROLES = "teachers=viewer:students, recruiters=viewer:recruiting, staff=operator:students, heads=admin:students"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture
def client(settings: Settings, issuer: Issuer) -> Iterator[httpx.Client]:
    """A client without a token, of a service that reads the issuer's keys."""
    sign_on = {"jwt_jwks_url": issuer.address, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_roles": ROLES}
    with serving(Settings.model_validate(settings.model_dump() | sign_on)) as client:
        until(lambda: is_ready(client))
        yield client


def by(issuer: Issuer, *groups: str, sub: str = "ana", **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token(sub=sub, roles=list(groups), **claims)}"}


def test_a_teachers_token_opens_what_a_viewer_sees_and_nothing_else(client: httpx.Client, issuer: Issuer) -> None:
    teacher = by(issuer, "teachers")
    risk = client.get("/students/RA-2/risk", headers=teacher)
    assert (risk.status_code, risk.json()["ra"]) == (200, "RA-2")
    assert client.post("/predict/RA-2", headers=teacher).json() == risk.json()
    assert client.get("/students", headers=teacher).json()["total"] == 3
    assert client.get("/students?format=csv", headers=teacher).text.startswith("ra,")
    assert client.post("/students/predict", headers=teacher, json={"records": [{"ida": 5}]}).status_code == 200
    lines = client.post("/students/batch", headers=teacher | {"Content-Type": "application/x-ndjson"}, content=b"{}")
    assert lines.status_code == 200
    for method, path in (("GET", "/students/access"), ("DELETE", "/students/RA-1"), ("POST", "/students/train")):
        assert client.request(method, path, headers=teacher).status_code == 403
    assert client.post("/students/model/reload", headers=by(issuer, "staff")).status_code == 200


def test_the_access_record_and_the_record_of_decisions_have_the_subjects_name(
    client: httpx.Client, issuer: Issuer
) -> None:
    client.get("/students/RA-2/risk", headers=by(issuer, "teachers", sub="rui"))
    head = by(issuer, "heads", sub="eva")
    (look,) = client.get("/students/access?ra=RA-2", headers=head).json()["looks"]
    assert (look["viewer"], look["role"], look["student"]) == ("jwt:rui", "viewer", digest_of("RA-2"))
    assert client.delete("/students/RA-2", headers=head).json() == {"erased": True}
    assert client.get("/students/RA-2/risk", headers=head).status_code == 404
    entries = client.get("/audit?what=erasure", headers=ADMIN).json()["entries"]
    assert [entry["who"] for entry in entries] == ["token:jwt:eva"]


def test_other_tokens_open_nothing_about_students(client: httpx.Client, issuer: Issuer) -> None:
    stranger = jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "exp": int(time.time()) + 600, "roles": ["heads"]},
        new_key(),
        "RS256",
        {"kid": "k1"},
    )
    wrong = {
        "of recruiting": (by(issuer, "recruiters"), 403),
        "of no role": (by(issuer, "cooks"), 401),
        "expired": (by(issuer, "teachers", exp=int(time.time()) - 60), 401),
        "for another service": (by(issuer, "teachers", aud="shop"), 401),
        "of another key": ({"Authorization": f"Bearer {stranger}"}, 401),
        "none": ({}, 401),
    }
    found = {
        name: client.get("/students/RA-2/risk", headers=headers).status_code for name, (headers, _) in wrong.items()
    }
    assert found == {name: status for name, (_, status) in wrong.items()}
