"""The record of decisions has tokens and a run by command; a change that cannot be recorded is still answered."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.decisions import note_step
from pipelines.registry import find
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving


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
