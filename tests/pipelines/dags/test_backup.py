"""The DAG ``backup``, run for real by Airflow on SQLite and on PostgreSQL: it saves, restores, and removes old ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from script_shared.settings import Settings
from tests.conftest import DAGS
from tests.pipelines.backup.conftest import releases_made, server, settings  # noqa: F401  fixtures

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.usefixtures("airflow_database")]


@pytest.fixture
def installation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:  # noqa: F811
    for name in ("data_dir", "models_uri", "evaluation_dir", "cache_dir", "backup_dir", "events_uri"):
        monkeypatch.setenv(f"PAUTA_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("PAUTA_BACKUP_SCHEDULE", "15 2 * * *")
    monkeypatch.setenv("PAUTA_BACKUP_KEEP", "1")
    return settings


def run() -> tuple[str, dict[str, str], dict[str, Any]]:
    dag = DagBag(dag_folder=str(DAGS)).dags["backup"]
    assert getattr(dag.timetable, "expression", None) == "15 2 * * *"
    made = dag.test()
    tasks = {task.task_id: task for task in made.get_task_instances()}
    returned = {name: task.xcom_pull(task_ids=name) for name, task in tasks.items()}
    return str(made.state), {name: str(task.state) for name, task in tasks.items()}, returned


def test_a_backup_is_saved_restored_and_the_one_before_removed(installation: Settings) -> None:
    state, tasks, first = run()
    assert (state, tasks) == ("success", dict.fromkeys(("save", "restore", "tidy"), "success"))
    assert (first["restore"]["entries"], first["restore"]["releases"], first["tidy"]) == (30, 3, {"removed": []})
    state, _, second = run()
    assert state == "success"
    assert second["tidy"] == {"removed": [first["save"]["backup"]]}
    figures = json.loads((installation.evaluation_dir / "backup" / "backup.json").read_text())
    assert figures["problem"] == ""
    assert figures["kept"] == 1


def test_a_backup_that_cannot_be_restored_fails_the_run(installation: Settings, tmp_path: Path) -> None:
    model = next(Path(installation.models_uri).glob("news/releases/v1/files-*/model.json"))
    model.write_text("{}")
    manifest = next(Path(installation.models_uri).glob("news/releases/v1/manifest.json"))
    content = json.loads(manifest.read_text())
    content["files"] = {"model.json": {"sha256": _digest(model), "bytes": 2}}
    manifest.write_text(json.dumps(content))
    state, tasks, _ = run()
    assert state == "failed"
    assert tasks == {"save": "success", "restore": "failed", "tidy": "success"}
    figures = json.loads((installation.evaluation_dir / "backup" / "backup.json").read_text())
    assert figures["restorable_at"] is None


def _digest(path: Path) -> str:
    from script_shared.storage.local import digest_file

    return digest_file(path).sha256
