"""Generated requests of every operation of the OpenAPI description, as every role, to a service with all use cases.

No answer is a 5xx, each conforms to the description, and each role reaches exactly the operations that ``x-role`` opens
to it. ``make test-schema`` installs schemathesis into ``.venv-schema``; without it the test is skipped.
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from script_shared.people import ROLES
from script_shared.recruiting.store.contacts import Contacts
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.airflow_double import airflow
from tests.app.conftest import TOKEN, Store, serving, until
from tests.app.recruiting.releases import OLD_VACANCY, VACANCY
from tests.app.recruiting.releases import make_release as make_recruiting
from tests.app.students.releases import make_release as make_students

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-schema/bin/python"
ASK = Path(__file__).parent / "properties" / "ask.py"
MORE = "PAUTA_TEST_SCHEMA"  # more options of ask.py
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
LATER = "2100-01-01T00:00:00Z"

pytestmark = pytest.mark.slow


@pytest.fixture
def service(store: Store, tmp_path: Path) -> Iterator[httpx.Client]:
    """A service with a release of each use case, an Airflow, contacts, and an admin as its client."""
    if not PYTHON.exists():
        pytest.skip("schemathesis is not installed: make test-schema")
    store.promote("v1")
    for name, make in (("students", make_students), ("recruiting", make_recruiting)):
        releases = Releases(f"{store.settings.models_uri}/{name}")
        releases.publish(make(tmp_path / name), "v1")
        releases.promote("v1", "test")
    with airflow() as double:
        for case in ("students", "recruiting"):
            double.dags |= {f"{case}_training": ("force", "run_id"), f"{case}_data": ("refresh", "source")}
        settings = _settings(store, double.address)
        with serving(settings) as client:
            for name in ("news", "students", "recruiting"):
                until(lambda name=name: client.get("/ready", params={"use_case": name}).is_success)  # type: ignore[misc]
            client.headers.update(ADMIN)
            yield client


def _settings(store: Store, airflow_address: str) -> Settings:
    recruiting = store.settings.of("recruiting").model_copy(
        update={"contact_key": SecretStr(Fernet.generate_key().decode())}
    )
    settings = store.settings.model_copy(
        update={
            "airflow_url": airflow_address,
            "airflow_username": "pauta",
            "airflow_password": SecretStr("right"),
            "by_use_case": {"recruiting": recruiting},
        }
    )
    contacts = Contacts.of(settings)
    assert contacts is not None
    contacts.replace({"10001": {"names": ["Zuleica Rezende"], "phones": ["(11) 98765-4321"]}})
    contacts.close()
    return settings


def _made(client: httpx.Client, path: str, body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def _known(client: httpx.Client) -> dict[str, list[Any]]:
    """Values that exist, by name of a parameter or field; rules, an experiment and more are made first."""
    rules = [
        {"kind": "pin", "about": {"by": "article", "name": "a12"}, "place": 1, "end": LATER, "reason": "a test"},
        {"kind": "boost", "about": {"by": "section", "name": "mundo"}, "end": LATER, "reason": "a test"},
        {"kind": "take_down", "about": {"by": "article", "name": "a30"}, "reason": "a test"},
    ]
    event = {"event_id": "known-1", "user_id": "log0", "page": "a20", "session": "visit-1"}
    variants = [{"name": "as-is", "share": 0.5}, {"name": "other", "share": 0.5}]
    _made(client, "/events", event)
    _made(client, "/experiments", {"name": "known", "variants": variants})
    quarantined = _made(client, "/quarantine", {"users": ["bad"], "reason": "a test"})
    people = ["log0", "semi0", "nobody"]
    return {
        "rule_id": [_made(client, "/rules", rule)["rule_id"] for rule in rules],
        "quarantine_id": [quarantined["id"]],
        "event_id": ["known-1"],
        "use_case": ["news", "students", "recruiting"],
        "user_id": people,
        "userId": people,
        "session": ["visit-1"],
        "page": ["a20", "a12", "a30"],
        "section": ["mundo", "esportes"],
        "ra": ["RA-1", "RA-2", "RA-3"],
        "kind": ["vacancies", "candidates", "applications"],
        "vacancy_id": [VACANCY, OLD_VACANCY],
        "candidate_id": ["10001", "10002", "10003"],
        "record_id": [VACANCY, "10001"],
        "version": [1, 2],
    }


def _ask(folder: Path, address: str, description: Any, tokens: dict[str, str], known: dict[str, list[Any]]) -> Any:
    """The report of all requests."""
    file = folder / "facts.json"
    facts = {"address": address, "description": description, "tokens": tokens, "known": known}
    file.write_text(json.dumps(facts), encoding="utf-8")
    command = [PYTHON, ASK, file, *os.environ.get(MORE, "").split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return json.loads(done.stdout)


def test_no_generated_request_breaks_the_description_or_its_role(
    service: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = {role: _made(service, "/tokens", {"name": f"of-{role}", "role": role})["token"] for role in ROLES}
    description = service.get("/openapi.json").json()
    report = _ask(tmp_path, str(service.base_url).rstrip("/"), description, tokens, _known(service))
    with capsys.disabled():
        print(f"\n{report['operations']} operations, {len(report['always_valid'])} of them without invalid requests")
        for role, counts in report["requests"].items():
            print(f"  {role}: {sum(counts.values())} requests, by status {counts}")
    assert report["operations"] > 70
    shown = [f"{each['operation']} as {each['role']}: {each['kind']}\n  {each}" for each in report["failures"]]
    assert not shown, "\n".join(shown)


class Careless(BaseHTTPRequestHandler):
    """Breaks one promise per path, for every sender."""

    ANSWERS: ClassVar = {  # status, type and body by path
        "/open": (200, "application/json", b'{"count": 1}'),
        "/closed": (403, "application/problem+json", b"{}"),
        "/failing": (500, "application/problem+json", b"{}"),
        "/misshapen": (200, "application/json", b'{"count": "one"}'),
        "/mistyped": (200, "text/html", b"1"),
        "/unnamed": (201, "application/json", b'{"count": 1}'),
        "/plain": (404, "application/json", b"{}"),
    }

    def do_GET(self) -> None:
        status, media_type, body = self.ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def _promises(path: str) -> dict[str, Any]:
    shape = {"type": "object", "properties": {"count": {"type": "integer"}}}
    types = ("application/problem+json", "application/json") if path == "/plain" else ("application/problem+json",)
    errors = {"description": "", "content": {name: {"schema": {}} for name in types}}
    answer = {"description": "", "content": {"application/json": {"schema": shape}}}
    operation = {"responses": {"200": answer, "4XX": errors, "5XX": errors}}
    return {"get": {**operation, "x-role": "admin"} if path == "/open" else operation}


def test_every_kind_of_broken_promise_is_reported(tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("schemathesis is not installed: make test-schema")
    paths = {path: _promises(path) for path in Careless.ANSWERS}
    description = {"openapi": "3.1.0", "info": {"title": "careless", "version": "1"}, "paths": paths}
    with ThreadingHTTPServer(("127.0.0.1", 0), Careless) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        tokens = {"viewer": "v", "admin": "a"}
        report = _ask(tmp_path, f"http://127.0.0.1:{server.server_port}", description, tokens, {})
        server.shutdown()
        thread.join()
    assert {(each["operation"], each["kind"]) for each in report["failures"]} == {
        ("GET /open", "open to a lower role"),
        ("GET /closed", "refused to its role"),
        ("GET /failing", "ServerError"),
        ("GET /misshapen", "JsonSchemaError"),
        ("GET /mistyped", "UndefinedContentType"),
        ("GET /unnamed", "UndefinedStatusCode"),
        ("GET /plain", "an error that is no problem"),
    }
    assert {each["role"] for each in report["failures"] if each["operation"] == "GET /open"} == {"none", "viewer"}
