"""The OpenAPI description is valid, names every answer and error, and says what the service really answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from pydantic import SecretStr

from app.main import create_app
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, of_a_module, until
from tests.app.recruiting.releases import VACANCY
from tests.app.recruiting.releases import make_release as make_recruiting_release
from tests.app.releases_made import make_release
from tests.app.students.releases import make_release as make_students_release

METHODS = ("get", "post", "put", "delete")
SCHEMA: dict[str, Any] = create_app(Settings()).openapi()
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in SCHEMA["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
EVALUATION = """run_id,evaluated_at,source,release,model,segment,metric,cutoff,value,low,high,users,\
window_start,window_end
r1,2026-01-01T00:00:00,sample,v1,candidate,logged,ndcg,10,0.25,,0.3,100,a,b
"""
EVENT = {"event_id": "e1", "user_id": "u", "session": "s", "page": "a20", "position": 0}
ASKED: dict[tuple[str, str], list[dict[str, Any]]] = {  # how routes with parameters are asked
    ("GET", "/recommendations"): [{"params": {"explain": "1"}}, {}],
    ("POST", "/recommendations"): [{"json": {"history": ["a1"]}}],
    ("POST", "/predict"): [{"json": {}}],
    ("POST", "/events"): [{"json": EVENT}, {"json": [EVENT]}],
    ("POST", "/articles"): [{"json": {"page": "a20", "title": "A title"}}],
    ("GET", "/users/{user_id}"): [{"path": "/users/g"}],
    ("DELETE", "/users/{user_id}"): [{"path": "/users/u"}],
    ("GET", "/sessions/{session}"): [{"path": "/sessions/h"}],
    ("DELETE", "/sessions/{session}"): [{"path": "/sessions/t"}],
    ("POST", "/quarantine"): [{"json": {"reason": "r", "users": ["nobody"]}}],
    ("DELETE", "/events/{event_id}"): [{"path": "/events/wrong-1"}],
    ("PUT", "/events/{event_id}"): [{"path": "/events/wrong-2", "json": {"page": "a21"}}],
    ("GET", "/articles/{page}"): [{"path": "/articles/a30", "params": {"user_id": "u"}}, {"path": "/articles/a3"}],
    ("GET", "/students/{ra}"): [{"path": "/students/RA-1"}],
    ("GET", "/students/{ra}/risk"): [{"path": "/students/RA-1/risk"}],
    ("POST", "/students/{ra}/what-if"): [{"path": "/students/RA-1/what-if", "json": {"ieg": 9}}],
    ("DELETE", "/students/{ra}"): [{"path": "/students/RA-4"}],
    ("POST", "/students/predict/{ra}"): [{"path": "/students/predict/RA-1"}],
    ("POST", "/predict/{ra}"): [{"path": "/predict/RA-1"}],
    ("POST", "/students/batch"): [{"content": '[{"lag": -1}]', "headers": {"Content-Type": "application/json"}}],
    ("POST", "/students/predict"): [{"json": {"records": [{"lag": -1}]}}],
    ("POST", "/tokens"): [{"json": {"name": "ana", "role": "viewer"}}],
    ("GET", "/live"): [{"params": {"digest": "1", "trending": "10m"}}, {}],
}
PAIR = {"candidate": {"cv_text": "Java"}, "vacancy": {"title": "Dev", "skills_text": "Java; SAP"}}
for kind, name in (("vacancies/{vacancy_id}", VACANCY), ("candidates/{candidate_id}", "10001")):
    for other in ("candidates", "vacancies", "similar"):
        ASKED["GET", f"/recruiting/{kind}/{other}"] = [{"path": f"/recruiting/{kind.split('/')[0]}/{name}/{other}"}]
ASKED["POST", "/recruiting/match"] = [{"json": {"pairs": [PAIR]}}]
ASKED["GET", "/recruiting/search"] = [{"params": {"q": "java", "kind": kind}} for kind in ("candidates", "vacancies")]
ASKED["GET", "/recruiting/records/{kind}"] = [{"path": "/recruiting/records/vacancies"}]
ASKED["GET", "/recruiting/records/{kind}/{record_id}"] = [{"path": "/recruiting/records/vacancies/own"}]
for kind in ("vacancies", "candidates"):
    ASKED["PUT", f"/recruiting/records/{kind}/{{record_id}}"] = [
        {"path": f"/recruiting/records/{kind}/own-put", "json": {"title": "Dev Java"}}
    ]
ASKED["DELETE", "/recruiting/records/vacancies/{record_id}"] = [
    {"path": "/recruiting/records/vacancies/gone?version=1"}
]
APPLICATION = {"candidate_id": "10003", "vacancy_id": VACANCY, "status": "Prospect"}
ASKED["POST", "/recruiting/applications"] = [{"json": APPLICATION}]
ASKED["DELETE", "/recruiting/applications"] = [
    {"path": f"/recruiting/applications?candidate_id=10004&vacancy_id={VACANCY}&version=1"}
]
ASKED["DELETE", "/recruiting/candidates/{candidate_id}"] = [{"path": "/recruiting/candidates/10002"}]
ELSEWHERE = {
    ("DELETE", "/tokens/{name}"),
    ("POST", "/train"),
    ("POST", "/students/train"),
    ("GET", "/evaluation"),
    ("GET", "/evaluation/drift"),
    *(("GET", f"/experiments/{{name}}{part}") for part in ("", "/report")),
    ("PUT", "/experiments/{name}"),
    ("POST", "/experiments/{name}/stop"),
    *((method, "/rules/{rule_id}") for method in ("GET", "PUT", "DELETE")),
    ("GET", "/rules/{rule_id}/cost"),
    ("POST", "/rules"),
    ("POST", "/rules/preview"),
    ("POST", "/experiments"),
    ("GET", "/recruiting/vacancies/{vacancy_id}/applicants"),
    ("GET", "/recruiting/access"),
    ("GET", "/recruiting/candidates/{candidate_id}/contact"),
}  # need an Airflow, a report, a rule, an experiment, an applicant, or kept contacts; other tests compare their shapes


def test_the_description_is_valid_openapi() -> None:
    validate(SCHEMA)


def test_every_operation_has_a_name_of_its_own_without_its_path() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names) > 15
    assert {"get_recommendations", "post_events", "get_ready", "get_evaluation_metrics"} <= set(names)


@pytest.mark.parametrize("at", OPERATIONS)
def test_every_error_is_described_as_a_problem(at: tuple[str, str]) -> None:
    responses = OPERATIONS[at]["responses"]
    for code in ("4XX", "5XX"):
        assert responses[code]["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        }
    assert "HTTPValidationError" not in SCHEMA["components"]["schemas"]


@pytest.mark.parametrize("at", OPERATIONS)
def test_every_answer_has_a_schema(at: tuple[str, str]) -> None:
    answers = {code: said for code, said in OPERATIONS[at]["responses"].items() if code.startswith("2")}
    assert answers
    for said in answers.values():
        for content in said["content"].values():
            assert content["schema"]


@pytest.mark.parametrize("name", SCHEMA["components"]["schemas"])
def test_no_field_has_a_default_that_generators_take_for_present(name: str) -> None:
    for field in SCHEMA["components"]["schemas"][name].get("properties", {}).values():
        assert "default" not in field


@pytest.mark.parametrize("name", ["Event", "ArticlePost", "RecommendationsBody", "PredictBody"])
def test_what_may_be_left_out_is_not_required(name: str) -> None:
    required = set(SCHEMA["components"]["schemas"][name].get("required", ()))
    assert required == {"Event": {"event_id", "page"}, "ArticlePost": {"page"}}.get(name, set())


def promote_recruiting(root: Path) -> None:
    releases = Releases(f"{root / 'models'}/recruiting")
    releases.publish(make_recruiting_release(root / "recruiting"), "c1")
    releases.promote("c1", "test")


def promote_students(root: Path) -> None:
    releases = Releases(f"{root / 'models'}/students")
    releases.publish(make_students_release(root / "students"), "s1")
    releases.promote("s1", "test")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("described")
    (root / "evaluation_metrics.csv").write_text(EVALUATION)
    folders: dict[str, Path] = {"Velha": make_release(root / "made", "Velha")}
    with of_a_module(root, folders, admin_token=SecretStr(TOKEN)) as client:
        promote_students(root)
        promote_recruiting(root)
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        for name in ("own", "gone"):
            client.put(f"/recruiting/records/vacancies/{name}", json={"title": "Dev"}, headers=ADMIN)
        client.post("/recruiting/applications", json=APPLICATION | {"candidate_id": "10004"}, headers=ADMIN)
        until(lambda: client.get("/ready?use_case=students").status_code == 200)
        visits = [("u", "s"), ("", "t"), ("g", "h")]
        client.post("/events", json=[EVENT | {"event_id": s, "user_id": u, "session": s} for u, s in visits])
        client.post(
            "/events",
            json=[EVENT | {"event_id": name, "user_id": "w", "session": "w"} for name in ("wrong-1", "wrong-2")],
        )
        made = client.post("/quarantine", json={"reason": "r", "users": ["nobody"]}, headers=ADMIN).json()["id"]
        ASKED["DELETE", "/quarantine/{quarantine_id}"] = [{"path": f"/quarantine/{made}"}]
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("at", sorted(set(OPERATIONS) - ELSEWHERE))
def test_the_service_answers_as_described(service: httpx.Client, at: tuple[str, str]) -> None:
    method, path = at
    for asked in ASKED.get(at, [{}]):
        more = {name: value for name, value in asked.items() if name not in ("path", "headers")}
        headers = {**ADMIN, **asked.get("headers", {})}
        response = service.request(method, asked.get("path", path), headers=headers, **more)
        said = OPERATIONS[at]["responses"][str(response.status_code)]["content"]
        kind = response.headers["Content-Type"].partition(";")[0]
        assert kind in said
        if kind == "application/json":
            complaints(response.json(), said[kind]["schema"])


def complaints(answer: Any, schema: dict[str, Any]) -> None:
    """Fails on what the schema does not allow, and on every field that it does not name."""
    Draft202012Validator({**closed(schema), "components": closed(SCHEMA["components"])}).validate(answer)


def closed(schema: Any) -> Any:
    """The schema without room for fields that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(part) for name, part in schema.items()}
    return {**made, "unevaluatedProperties": False} if isinstance(made.get("properties"), dict) else made


def test_a_problem_is_as_described(service: httpx.Client) -> None:
    for response in (service.get("/recommendations?num_recs=0"), service.get("/nowhere"), service.delete("/events")):
        complaints(response.json(), {"$ref": "#/components/schemas/Problem"})
