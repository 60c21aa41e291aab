"""The made-up use case goes from its raw file to an HTTP answer, and nothing outside its folder knows it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from script_shared.releases import open_releases
from script_shared.settings import Settings, load_settings
from tests.app.conftest import serving, until
from tests.conftest import DAGS
from tests.fourth_use_case.steps import write_csv
from tests.pipelines.dags.conftest import AIRFLOWS_OWN

ENTRY = "tests.fourth_use_case.entry:LOANS"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """An instance that hosts news and loans; only a CSV is there."""
    write_csv(tmp_path / "in.csv")
    monkeypatch.setenv("PAUTA_USE_CASES", f"news,{ENTRY}")
    monkeypatch.setenv("PAUTA_LOANS_SOURCE_PATH", str(tmp_path / "in.csv"))
    for name in ("DATA_DIR", "MODELS_URI", "EVALUATION_DIR", "CACHE_DIR"):
        monkeypatch.setenv(f"PAUTA_{name}", str(tmp_path / name.lower()))
    monkeypatch.setenv("PAUTA_RELEASE_POLL_SECONDS", "0.05")
    return load_settings()


def test_from_the_csv_through_steps_and_gate_to_an_http_answer(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["loans", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["gate"]["accepted"] is True
    assert (facts["promote"]["promoted"], facts["promote"]["version"]) == (True, facts["run_id"])
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=loans").status_code == 200)
        answer = client.get("/loans/sé/tomorrow").json()
        assert answer == {"branch": "sé", "day": "2026-11-29", "loans": 73.0}  # a Sunday: 10 x 7 + 3
        assert client.get("/loans/north/tomorrow").status_code == 404
        assert client.get("/model?use_case=loans").json()["branches"] == ["east", "sé", "west"]
        assert client.get("/recommendations").status_code == 503
        assert "/loans/{branch}/tomorrow" in client.get("/openapi.json").json()["paths"]


def test_it_is_on_the_front_page_and_in_the_metrics(settings: Settings) -> None:
    assert main(["loans"]) == 0
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=loans").status_code == 200)
        release = client.get("/model?use_case=loans").json()["release"]
        assert client.get("/loans/sé/tomorrow").status_code == 200
        page = client.get("/").text
        assert '<h2><a href="loans/sé/tomorrow">loans</a></h2>' in page
        assert "how many books each branch lends tomorrow" in page
        assert f"release <b>{release}</b>" in page
        lines = client.get("/metrics").text.splitlines()
        assert "pauta_loans_answers_total 1.0" in lines
        assert f'pauta_use_case_release_info{{use_case="loans",version="{release}"}} 1.0' in lines
        assert "pauta_ready 0.0" in lines  # news is the first use case, and has no release


def test_a_damaged_release_is_refused_by_the_process_that_tries_it(settings: Settings, tmp_path: Path) -> None:
    assert main(["loans"]) == 0
    releases = open_releases(settings, "loans")
    pointer = releases.current()
    assert pointer is not None
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "forecast.json").write_text('{"means": {}, "until": "some day"}')
    releases.publish(folder, "damaged")
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=loans").status_code == 200)
        releases.promote("damaged", "test", check=False)
        until(lambda: client.get("/ready?use_case=loans").json()["refused"])
        ready = client.get("/ready?use_case=loans").json()
        assert "The check before service failed" in ready["refused"]["reason"]
        assert ready["release"] == pointer.version
        assert client.get("/loans/sé/tomorrow").status_code == 200
    verdicts = [json.loads(file.read_text()) for file in (settings.cache_dir / "loans" / "checks").glob("*.json")]
    reasons = [verdict["reason"] for verdict in verdicts if verdict["reason"]]
    assert reasons == ["forecast.json: is no forecast. Train again."]


def test_a_worse_candidate_is_published_and_not_promoted(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("day,branch,loans\n" + "".join(f"2026-01-{n:02},east,{n}\n" for n in range(1, 32)))
    assert main(["loans"]) == 0
    releases = open_releases(settings, "loans")
    assert len(releases.versions()) == 1
    assert releases.current() is None


def test_commands_know_it(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["loans"]) == 0
    assert main(["loans"]) == 0
    assert len(open_releases(settings, "loans").versions()) == 2
    assert main(["maintenance", "--use-case", "loans"]) == 0
    assert main(["releases", "--use-case", "loans", "prune"]) == 0
    assert main(["releases", "--use-case", "loans", "list"]) == 0
    assert "accepted" in capsys.readouterr().out


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
def test_its_dags_are_there_and_run(settings: Settings, airflow_database: None) -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(DAGS))
    assert bag.import_errors == {}
    assert {name for name in bag.dags if name.startswith("loans")} == {
        "loans_data",
        "loans_training",
        "loans_evaluation",
    }
    assert bag.dags["loans_data"].timetable.expression == "0 5 * * *"
    assert bag.dags["loans_evaluation"].timetable.expression == "0 6 * * 1"
    assert _run(bag, "loans_data", run_id="first") == {"download": "success", "refine": "success"}
    assert set(_run(bag, "loans_training", run_id="first").values()) == {"success"}
    pointer = open_releases(settings, "loans").current()
    assert pointer is not None
    assert pointer.version == "first"
    assert _run(bag, "loans_evaluation", run_id="first") == {"evaluate_service": "success"}


def _run(bag: Any, name: str, **params: Any) -> dict[str, str]:
    run = bag.dags[name].test(run_conf=params)
    return {task.task_id: str(task.state) for task in run.get_task_instances()}


def test_nothing_outside_its_folder_names_it() -> None:
    found = subprocess.run(
        ["git", "grep", "-ilE", r"fourth_use_case|\bloans\b", "--", "app", "pipelines", "script_shared"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
