"""Every route with a role that changes what users get writes one entry into the record of decisions."""

import inspect
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr

from app.main import create_app
from app.shell.page_route import PageRoute
from pipelines.decisions import note_step
from pipelines.registry import find
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving

READS = {  # they do not change what users get
    ("POST", "/news/list"),
    ("POST", "/predict"),
    ("POST", "/recommendations"),
    ("POST", "/students/predict"),
    ("POST", "/students/batch"),
    ("POST", "/students/predict/{ra}"),
    ("POST", "/predict/{ra}"),
    ("POST", "/recruiting/match"),
    ("POST", "/events"),  # events of users, in the event log itself
    ("POST", "/students/{ra}/what-if"),
    ("POST", "/students/page/{ra}"),
    ("POST", "/rules/preview"),
}
APP = create_app(Settings())
CHANGES = sorted(
    (method, route.path_format)
    for route in APP.routes
    if isinstance(route, APIRoute)
    for method in route.methods - {"GET", "HEAD", "OPTIONS"}
)
ROUTES: dict[tuple[str, str], APIRoute] = {
    (method, route.path_format): route
    for route in APP.routes
    if isinstance(route, APIRoute)
    for method in route.methods
}


def takes_decisions(route: Any) -> bool:
    """Whether the route gets the record of decisions."""
    return "decisions" in inspect.signature(route.endpoint).parameters


@pytest.mark.parametrize("at", [each for each in CHANGES if each not in READS], ids=" ".join)
def test_a_route_that_changes_something_writes_into_the_record(at: tuple[str, str]) -> None:
    route = ROUTES[at]
    if isinstance(route, PageRoute) and at[1] in ("/login", "/logout", "/language"):
        pytest.skip("the session of one person")
    assert takes_decisions(route), f"{at} records no decision"
    body = inspect.getsource(route.endpoint)
    records = body.count("decisions.record(")
    assert records == 1 or (records == 0 and re.search(r", decisions[,)]", body)), f"{at} records {records} decisions"


def test_every_route_that_only_reads_exists() -> None:
    assert {at for at in READS if at in ROUTES} >= {("POST", "/predict"), ("POST", "/events")}


def test_making_and_revoking_a_token_write_one_entry_each(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, models_uri=str(tmp_path / "models"), use_cases="students", admin_token=SecretStr(TOKEN)
    )
    with serving(settings) as client:
        client.headers.update({"Authorization": f"Bearer {TOKEN}"})
        assert client.post("/tokens", json={"name": "ana", "role": "viewer"}).status_code == 201
        assert client.delete("/tokens/ana").status_code == 200
        assert client.post("/model/reload").status_code == 503  # nothing was changed, so nothing is recorded
        entries = client.get("/audit").json()["entries"]
    assert [(each["what"], each["from"], each["to"], each["why"]) for each in entries] == [
        ("token", "ana", "", "revoked"),
        ("token", "", "ana", "made"),
    ]
    assert {each["who"] for each in entries} == {"token:admin"}


def test_a_change_is_answered_although_its_entry_can_neither_be_written_nor_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        data_dir=tmp_path, models_uri=str(tmp_path / "models"), use_cases="students", admin_token=SecretStr(TOKEN)
    )

    def fail(*_: Any) -> Any:
        raise UnavailableError("the disk is full.")

    with serving(settings) as client:
        client.headers.update({"Authorization": f"Bearer {TOKEN}"})
        for place in ("storage.local.LocalStorage.swap", "events.database.audit.AuditTable.append"):
            monkeypatch.setattr(f"script_shared.{place}", fail)
        monkeypatch.setattr("script_shared.events.database.tokens.TokenTable.current", fail)
        answer = client.post("/tokens", json={"name": "ana", "role": "viewer"})
        assert answer.status_code == 201, answer.text
        assert answer.json()["token"]
        assert client.delete("/tokens/ana").status_code == 200


def test_a_run_by_command_records_its_training_its_publication_and_what_the_gate_decided(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, models_uri=str(tmp_path / "models"))
    case = find(settings, "students")
    context = case.context(settings, "r1")
    with context.run.write("gated") as (_, facts):
        facts.update(accepted=True, reasons=["better"], in_service="v0")
    first = case.training_steps[0].name
    done = {first: {}, "publish": {"version": "v1"}, "promote": {"promoted": True, "version": "v1", "reason": "good"}}
    for name, facts in done.items():
        note_step(case, context, case.step(name), facts, "command:ana", "started by a person")
    with closing(EventLog(settings.events_address)) as log:
        entries = list(log.audit.chain())
    assert [(each.what, each.before, each.after) for each in entries] == [
        ("training", "", ""),
        ("publish", "", "v1"),
        ("promote", "v0", "v1"),
    ]
