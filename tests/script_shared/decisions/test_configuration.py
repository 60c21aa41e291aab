"""Settings and params that changed are in the record once, and no secret is."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from script_shared.audit.trail import AuditTrail, follow_once
from script_shared.decisions.configuration import configuration_of, params_in_files
from script_shared.decisions.decision import Entry
from script_shared.events import EventLog
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings

SECRET = "a-secret-of-the-newsroom"


@pytest.fixture
def base(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "data").mkdir()
    return {
        "data_dir": tmp_path / "data",
        "models_uri": str(tmp_path / "models"),
        "events_uri": f"sqlite:///{tmp_path}/events.db",
    }


def entries(base: dict[str, Any]) -> list[Entry]:
    with closing(EventLog(base["events_uri"])) as log:
        assert AuditTrail(Settings(**base), log).check().problems == ()
        return list(log.audit.chain())


def start(base: dict[str, Any], scope: str = "service", params: dict[str, Any] | None = None, **changed: Any) -> bool:
    settings = Settings(**(base | changed))
    return follow_once(settings, scope, scope, configuration_of(settings, params or {}))


def test_the_first_start_adds_no_entry_and_a_changed_setting_one_from_value_to_value(base: dict[str, Any]) -> None:
    assert not start(base)
    assert not start(base)
    assert start(base, clock="wall", served_share=0.5)
    assert not start(base, clock="wall", served_share=0.5)
    assert start(base)
    first, back = entries(base)
    assert first.view()["evidence"]["changes"] == {
        "PAUTA_CLOCK": {"from": "auto", "to": "wall"},
        "PAUTA_SERVED_SHARE": {"from": "1", "to": "0.5"},
    }
    assert first.why == "2 changed: PAUTA_CLOCK, PAUTA_SERVED_SHARE"
    assert (first.what, first.who) == ("configuration", "service")
    assert back.view()["evidence"]["changes"]["PAUTA_CLOCK"] == {"from": "wall", "to": "auto"}


def test_of_a_secret_only_a_keyed_hash_is_recorded_and_never_a_value(base: dict[str, Any]) -> None:
    changed: dict[str, Any] = {
        "admin_token": SecretStr(SECRET),
        "mlflow_uri": f"http://ana:{SECRET}@mlflow:5000",
        "by_use_case": {
            "students": UseCaseSettings(
                database_uri=SecretStr(f"postgresql://ana:{SECRET}@db/x"), viewers=SecretStr(f"rui={SECRET}")
            )
        },
    }
    start(base)
    assert start(base, **changed)
    assert not start(base, **changed)
    assert start(base, **(changed | {"admin_token": SecretStr(SECRET + "2")}))
    first, second = entries(base)
    assert set(first.view()["evidence"]["changes"]) == {
        "PAUTA_ADMIN_TOKEN",
        "PAUTA_MLFLOW_URI",
        "PAUTA_STUDENTS_DATABASE_URI",
        "PAUTA_STUDENTS_VIEWERS",
    }
    assert first.view()["evidence"]["changes"]["PAUTA_MLFLOW_URI"]["to"].startswith("http://***@mlflow:5000 (keyed")
    assert second.before != second.after
    assert second.before.startswith("PAUTA_ADMIN_TOKEN=secret (keyed hash ")
    stored = b"".join(path.read_bytes() for path in Path(base["data_dir"]).parent.glob("events.db*"))
    assert SECRET.encode() not in stored


def test_all_workers_of_a_service_write_one_entry_together(base: dict[str, Any]) -> None:
    start(base)
    settings = Settings(**(base | {"clock": "wall"}))
    found = configuration_of(settings, {})
    with closing(EventLog(base["events_uri"])) as log:
        trail = AuditTrail(settings, log)
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda _: trail.follow("service", "service", found), range(16)))
    assert sum(written) == 1
    assert len(entries(base)) == 1


def test_a_change_that_api_and_dags_both_see_is_one_entry(base: dict[str, Any]) -> None:
    for scope in ("service", "pipelines:news", "pipelines:students"):
        start(base, scope)
    changed = [start(base, scope, clock="wall") for scope in ("pipelines:news", "service", "pipelines:students")]
    assert changed == [True, False, False]
    assert start(base, "service", clock="data")
    assert start(base, "pipelines:news", clock="auto"), "another change than the one of the service"


def test_a_scope_that_had_the_value_before_does_not_hide_the_change_of_another(base: dict[str, Any]) -> None:
    start(base, "service")
    start(base, "pipelines:news", clock="wall")
    assert start(base, "service", clock="wall")


def test_changed_params_are_an_entry_of_their_use_case_and_equal_numbers_are_no_change(base: dict[str, Any]) -> None:
    params = load_params(NewsParams, FILE)
    changed = load_params(NewsParams, FILE, ["gate.tolerance = 0.5"])
    raw = params_in_files(Settings(**base), ["news", "no-such-use-case"])
    assert list(raw) == ["news"]
    settings = Settings(**base)
    validated = configuration_of(settings, {"news": params}).values
    assert configuration_of(settings, raw).values.items() <= validated.items(), "1 in the file is 1.0 in the params"
    for table, expected in ((params, False), (changed, True)):
        found = configuration_of(settings, {"news": table})
        assert follow_once(settings, "pipelines:news", "dag:news_data", found, "news") is expected
    (entry,) = entries(base)
    assert (entry.use_case, entry.after) == ("news", "news.gate.tolerance=0.5")
