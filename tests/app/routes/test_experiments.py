"""Experiments through the API: roles, versions, the record of decisions, and every process within a second."""

from contextlib import closing
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.events import EventLog
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving, until

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
VARIANTS = [{"name": "on", "share": 0.5}, {"name": "off", "share": 0.5, "ranker": False}]


def settings_of(tmp_path: Any, **more: Any) -> Settings:
    return Settings(
        data_dir=tmp_path,
        models_uri=str(tmp_path / "models"),
        evaluation_dir=tmp_path / "evaluation",
        use_cases="news,students",
        admin_token=SecretStr(TOKEN),
        **more,
    )


def list_experiments(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/experiments", headers=ADMIN).json()["experiments"]
    return found


def list_decisions(client: httpx.Client) -> list[dict[str, Any]]:
    query = {"what": "experiment"}
    found: list[dict[str, Any]] = client.get("/audit", params=query, headers=ADMIN).json()["entries"]
    return found


def test_an_experiment_is_started_changed_and_stopped_by_operators_and_every_change_is_recorded(tmp_path: Any) -> None:
    with serving(settings_of(tmp_path)) as client:
        body = {"name": "ranker", "variants": VARIANTS, "why": "does it help?"}
        tokens = {
            role: client.post("/tokens", json={"name": role, "role": role}, headers=ADMIN).json()["token"]
            for role in ("viewer", "editor", "operator")
        }
        as_role = {role: {"Authorization": f"Bearer {token}"} for role, token in tokens.items()}
        assert client.post("/experiments", json=body, headers=as_role["editor"]).status_code == 403
        assert client.get("/experiments").status_code == 401
        made = client.post("/experiments", json=body, headers=as_role["operator"])
        assert made.status_code == 201, made.text
        assert (made.json()["version"], made.json()["changed_by"]) == (1, "operator")
        assert "key" not in made.text
        assert client.post("/experiments", json=body, headers=as_role["operator"]).status_code == 409
        change = {"version": 1, "shares": {"off": 0.1}, "why": "less"}
        assert client.put("/experiments/ranker", json=change, headers=ADMIN).json()["version"] == 2
        late = client.put("/experiments/ranker", json=change, headers=ADMIN)
        assert late.status_code == 409
        assert "has version 2, changed by admin" in late.json()["detail"]
        assert client.post("/experiments/ranker/stop", json={}, headers=ADMIN).json()["state"] == "stopped"
        assert client.post("/experiments/other/stop", json={}, headers=ADMIN).status_code == 422
        assert client.get("/experiments/other", headers=ADMIN).status_code == 404
        assert client.get("/experiments/ranker/report", headers=ADMIN).status_code == 404
        report = tmp_path / "evaluation" / "experiments" / "ranker.json"
        report.parent.mkdir(parents=True)
        report.write_text('{"verdict": "Nothing is known yet."}', encoding="utf-8")
        found = client.get("/experiments/ranker/report", headers=as_role["viewer"])
        assert found.json()["verdict"] == "Nothing is known yet."
        versions = client.get("/experiments/ranker", headers=as_role["viewer"]).json()["versions"]
        assert [(each["version"], each["state"]) for each in versions] == [
            (3, "stopped"),
            (2, "running"),
            (1, "running"),
        ]
        entries = list_decisions(client)
    assert [(each["who"], each["evidence"]["action"]) for each in reversed(entries)] == [
        ("token:operator", "start"),
        ("token:admin", "change"),
        ("token:admin", "stop"),
    ]
    assert entries[-1]["why"] == "experiment ranker: start: does it help?"


def test_a_use_case_that_serves_no_variants_refuses_them(tmp_path: Any) -> None:
    with serving(settings_of(tmp_path)) as client:
        body = {"name": "a", "use_case": "students", "variants": VARIANTS}
        answer = client.post("/experiments", json=body, headers=ADMIN)
        assert answer.status_code == 422
        assert "students serves no variants" in answer.json()["detail"]
        body["use_case"] = "recruiting"
        assert "not served here" in client.post("/experiments", json=body, headers=ADMIN).json()["detail"]


def test_a_file_starts_changes_and_stops_experiments_and_the_api_changes_none(tmp_path: Any) -> None:
    file = tmp_path / "experiments.toml"
    text = '[[experiment]]\nname = "ranker"\nvariants = [{name = "on", share = 0.5}, {name = "off", share = %s}]\n'
    file.write_text(text % 0.5, encoding="utf-8")
    with serving(settings_of(tmp_path, experiments_file=file)) as client:
        until(lambda: list_experiments(client))
        refused = client.put("/experiments/ranker", json={"version": 1, "shares": {"off": 0.1}}, headers=ADMIN)
        assert refused.status_code == 409
        assert "come from a file" in refused.json()["detail"]
        file.write_text(text % 0.2, encoding="utf-8")
        until(lambda: list_experiments(client)[0]["version"] == 2)
        file.write_text("[[experiment]]\nname = 'broken'\nvariants = []\n", encoding="utf-8")
        file.write_text("# none\n", encoding="utf-8")
        until(lambda: list_experiments(client)[0]["state"] == "stopped")
        until(lambda: len(list_decisions(client)) == 3)  # the service records a decision after it has acted on it
        entries = list_decisions(client)
    assert [each["who"] for each in entries] == ["service"] * 3


def test_another_process_follows_without_a_restart(tmp_path: Any) -> None:
    settings = settings_of(tmp_path)
    with serving(settings) as first, serving(settings) as second, closing(EventLog(settings.events_address)) as log:
        service = second  # knows nothing of the request to the first
        first.post("/experiments", json={"name": "ranker", "variants": VARIANTS}, headers=ADMIN)
        shown = 'pauta_experiment_answers_total{experiment="ranker"'
        until(lambda: shown in service.get("/metrics").text)
        log.experiments.stop("ranker", None, "guard", "it lost")
        until(lambda: shown not in first.get("/metrics").text and shown not in second.get("/metrics").text)


@pytest.mark.parametrize("body", [{"name": "x"}, {"name": "x", "variants": VARIANTS, "key": "a"}], ids=["none", "key"])
def test_an_incomplete_experiment_is_refused(tmp_path: Any, body: dict[str, Any]) -> None:
    with serving(settings_of(tmp_path)) as client:
        assert client.post("/experiments", json=body, headers=ADMIN).status_code == 422
